"""What the bot makes of words: who is spoken to, what is asked, how an answer is cut and made harmless."""

from __future__ import annotations

import io
import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.settings import SettingsError
from tests.mattermost.running_bot import bot_settings
from ui.mattermost.client.models import Post
from ui.mattermost.conversation.commands import Command, read_command
from ui.mattermost.conversation.incoming import Account, Place, as_question, asks
from ui.mattermost.conversation.mentions import mentions, without_mention
from ui.mattermost.secrecy import HidesSecrets
from ui.mattermost.settings import checked
from ui.mattermost.writing.buttons import Signer, read_press
from ui.mattermost.writing.neutral import neutral, visible
from ui.mattermost.writing.splitting import split

ME = Account("b" * 26, "cct")


@pytest.mark.parametrize(
    "message",
    [
        "@cct bonjour",
        "Dis @cct, le WAF ?",
        "**@CCT** le WAF ?",
        "le WAF ? @cct.",
        "(@cct)",
        "> citation\n\n@cct: et ça ?",
        "`@alice` @cct ?",
        "| a |\n|---|\n| @cct |",
    ],
)
def test_a_name_in_the_text_is_a_mention(message: str) -> None:
    assert mentions(message, "cct")


@pytest.mark.parametrize(
    "message",
    ["`@cct`", "```\n@cct le WAF ?\n```", "~~~yaml\nuser: @cct\n~~~", "    @cct dans du code", "@cctv ?", "@cct-test ?", "mail@cct", "@channel le WAF ?", "@all", "@here", "https://forge.invalid/@cct", "cct ?", "```\n@cct fence that never closes"],
)  # fmt: skip
def test_code_other_names_and_everybody_are_no_mention(message: str) -> None:
    assert not mentions(message, "cct")


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("@cct peut-on se passer du WAF ?", "peut-on se passer du WAF ?"),
        ("Bonjour @cct, et le WAF ?", "Bonjour et le WAF ?"),
        ("@cct", ""),
        ("@cct que dit `/health` ?\n```yaml\nkind: Pod @cct\n```", "que dit `/health` ?"),
        ("@cct que veut dire `@cct` ?", "que veut dire `@cct` ?"),
        ("@cctv @cct: oui ?", "@cctv oui ?"),
    ],
)
def test_the_question_is_what_is_left_without_the_name_and_the_code_blocks(message: str, text: str) -> None:
    assert without_mention(message, "cct") == text


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ("aide", Command("help")),
        ("", Command("help")),
        ("Sources", Command("sources")),
        ("oublie", Command("forget")),
        ("exi ARCH-12", Command("ask", "Que dit EXI-ARCH-12 ?")),
        ("EXI-arch 12", Command("ask", "Que dit EXI-ARCH-12 ?")),
        ("diff", Command("diff")),
        ("diff pi", Command("diff", source="pi")),
        ("diff pi 2024-05-12 bb6bc70", Command("diff", source="pi", revisions=("2024-05-12", "bb6bc70"))),
        ("différence entre P et I ?", Command("ask", "différence entre P et I ?")),
        ("quelles sont les sources autorisées ?", Command("ask", "quelles sont les sources autorisées ?")),
    ],
)
def test_commands_are_read_and_everything_else_is_a_question(words: str, command: Command) -> None:
    assert read_command(words) == command


@pytest.mark.parametrize(
    "text", ["et en préprod ?", "pourquoi", "Comment faire", "EXI-ARCH-12", "merci, et pour le WAF ?"]
)
def test_what_reads_as_a_question(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize(
    "text", ["merci beaucoup", "ok je regarde", "je pense que oui", "on en parle demain", "👍", "D'accord !"]
)
def test_what_people_tell_each_other_is_no_question(text: str) -> None:
    assert not asks(text)


def _post(message: str = "@cct le WAF ?", **more: object) -> Post:
    fields = {"id": "p" * 26, "channel_id": "c" * 26, "user_id": "u" * 26, "message": message, "create_at": 5, **more}
    return Post.model_validate(fields)


def _asked(post: Post, kind: str = "O", answered: bool = False, follow_ups: bool = True) -> bool:
    found = as_question(post, Place(kind), ME, follow_ups=follow_ups, answered_in=lambda _: answered)
    return found is not None


def test_a_mention_asks_and_a_direct_message_asks_without_one() -> None:
    assert _asked(_post())
    assert not _asked(_post("le WAF ?"))
    assert _asked(_post("le WAF est-il obligatoire"), "D")
    assert not _asked(_post("merci !"), "D")


def test_a_group_message_asks_by_a_mention_or_a_question_to_nobody_else() -> None:
    assert _asked(_post("@cct le WAF"), "G")
    assert _asked(_post("le WAF est-il obligatoire ?"), "G")
    assert not _asked(_post("@alice tu viens ?"), "G")
    assert not _asked(_post("je ne sais pas"), "G")


def test_a_question_goes_on_without_a_mention_only_where_the_bot_answers() -> None:
    reply = _post("et en préprod ?", root_id="r" * 26)
    assert _asked(reply, answered=True)
    assert not _asked(reply, answered=False)
    assert not _asked(reply, answered=True, follow_ups=False)
    assert not _asked(_post("@alice et en préprod ?", root_id="r" * 26), answered=True)
    assert not _asked(_post("je confirme", root_id="r" * 26), answered=True)


@pytest.mark.parametrize(
    "fields",
    [
        {"user_id": ME.id},
        {"props": {"from_bot": "true"}},
        {"props": {"from_webhook": "true"}},
        {"props": {"from_plugin": True}},
        {"type": "system_join_channel"},
        {"remote_id": "x" * 26},
        {"delete_at": 9},
    ],
)
def test_ourselves_machines_the_system_and_other_servers_ask_nothing(fields: dict[str, object]) -> None:
    assert not _asked(_post(**fields))
    assert not _asked(_post("le WAF ?", **fields), "D")


@pytest.mark.parametrize(
    "text",
    [
        "@channel",
        "voir @alice",
        "#hashtag",
        ":smile:",
        "~canal",
        "![x](https://a.invalid/x.png)",
        "(voir :)",
        "[x](javascript:alert(1))",
    ],
)
def test_harmless_text_looks_the_same_and_is_not_the_same(text: str) -> None:
    assert neutral(text) != text
    assert visible(neutral(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "`@channel`",
        "https://forge.invalid/blob/x.md?plain=1#L12-L13",
        "[lire](https://forge.invalid/x#L3)",
        "à 10:30, ok",
        "# Titre",
        "1. liste",
        "a ~~barré~~ b",
        "mail : x",
    ],
)
def test_code_addresses_and_plain_words_are_left_alone(text: str) -> None:
    assert neutral(text) == text


def test_a_short_answer_is_one_post() -> None:
    assert split("Une réponse.", 1000) == ["Une réponse."]


def test_no_part_is_too_long_and_no_word_is_lost() -> None:
    text = "\n\n".join(f"Paragraphe {n} " + "mot " * 60 for n in range(40))
    parts = split(text, 1000)
    assert all(len(p) <= 1000 for p in parts)
    assert [p.rsplit("\n\n", 1)[1] for p in parts] == [f"*({n}/{len(parts)})*" for n in range(1, len(parts) + 1)]
    body = " ".join(p.rsplit("\n\n", 1)[0] for p in parts)
    assert body.split() == text.split()


def test_a_code_block_is_closed_and_opened_again() -> None:
    code = "\n".join(f"ligne {n} du fichier de configuration" for n in range(100))
    parts = split(f"Voici :\n\n```yaml\n{code}\n```\n\nFin.", 800)
    assert len(parts) > 3
    for part in parts:
        assert part.count("```") % 2 == 0
        assert "ligne" not in part or "```yaml\n" in part


def test_a_table_keeps_its_head_in_every_part() -> None:
    rows = "\n".join(f"| EXI-{n} | " + "texte " * 10 + "|" for n in range(60))
    parts = split(f"| id | texte |\n|---|---|\n{rows}", 900)
    assert len(parts) > 2
    assert all(p.startswith("| id | texte |\n|---|---|\n| EXI-") for p in parts)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(
    st.lists(st.sampled_from(["mot", "```", "| a |", "|---|", "", "```yaml", "x" * 150, "# t", "~~~"]), max_size=80),
    st.integers(200, 400),
)
def test_parts_always_fit_whatever_the_text(lines: list[str], longest: int) -> None:
    assert all(len(part) <= longest for part in split("\n".join(lines), longest))


def test_a_signature_holds_for_its_words_and_its_channel_alone() -> None:
    signer, other = Signer(b"k" * 32), Signer(b"z" * 32)
    context = {
        "action": "useful",
        "question": "q",
        "channel": "c",
        "signature": signer.sign("button", "useful", "q", "c"),
    }
    pressed = read_press(signer, context, "c")
    assert pressed is not None and pressed.action == "useful"
    assert read_press(signer, context, "another") is None
    assert read_press(other, context, "c") is None
    assert read_press(signer, {**context, "action": "comment"}, "c") is None
    assert read_press(signer, {}, "") is None


def test_the_token_is_never_logged_not_even_in_a_traceback() -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(HidesSecrets(["s3cr3t-token"]))
    log = logging.Logger("essai")
    log.addHandler(handler)
    log.error("Bearer %s", "s3cr3t-token")
    try:
        raise RuntimeError("avec s3cr3t-token")
    except RuntimeError:
        log.exception("panne")
    assert "s3cr3t-token" not in out.getvalue()
    assert "RuntimeError: avec •••" in out.getvalue()


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"url": ""}, "MATTERMOST_URL"),
        ({"url": "mattermost.example.fr"}, "MATTERMOST_URL"),
        ({"token": ""}, "MATTERMOST_TOKEN"),
        ({"callback_url": "ici"}, "MATTERMOST_CALLBACK_URL"),
        ({"denied_channels": "town-square"}, "MATTERMOST_DENIED_CHANNELS"),
    ],
)
def test_a_refused_setting_is_named_with_its_remedy(values: dict[str, str], named: str) -> None:
    given = {
        "server": "https://mattermost.invalid",
        "token": "t",
        **{("server" if k == "url" else k): v for k, v in values.items()},
    }
    with pytest.raises(SettingsError) as refused:
        checked(bot_settings(given.pop("server"), given.pop("token"), **given))
    assert named in refused.value.message
    assert refused.value.remedy
