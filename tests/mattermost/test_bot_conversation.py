"""What people live with the bot: asked, answered in the thread, followed, corrected, rated."""

# ruff: noqa: F811  (a fixture's name is an argument's)

from __future__ import annotations

import threading
from itertools import pairwise

import pytest

from tests.mattermost.bot_fixtures import Bots, bots  # noqa: F401  # fixture
from tests.mattermost.fake_mattermost import Account
from ui.mattermost.writing.neutral import ZERO_WIDTH


def test_a_mention_gets_a_receipt_and_one_answer_in_its_thread(bots: Bots) -> None:
    bots.start()
    question = bots.ask("@cct que dit EXI-ARCH-12 ?")
    answer = bots.answer(question)
    assert answer.root_id == question.id
    assert "Écho : que dit EXI-ARCH-12 ?" in answer.message
    assert "**EXI-ARCH-12** P (primordiale)" in answer.message
    assert "cct-exigences.md?plain=1#L50-L50" in answer.message
    assert answer.props["unsafe_links"] == "true"
    seen = bots.server.wait_until(
        lambda w: [r for r in w.reactions.get(question.id, []) if r.user_id == bots.account.id]
    )
    assert [r.emoji_name for r in seen] == ["eyes"]


def test_the_sources_are_written_once_with_the_requirement_page(bots: Bots) -> None:
    bots.start(public_url="https://cct.invalid/")
    answer = bots.answer(bots.ask())
    assert answer.message.count("**Sources**") == 1
    assert "https://cct.invalid/exigences/pi/EXI-ARCH-12" in answer.message
    assert "Et pour le CCT MirAI ?" in answer.message


def test_direct_and_group_messages_need_no_mention(bots: Bots) -> None:
    bots.start()
    alice, bruno = bots.team.alice, bots.team.bruno
    direct = bots.server.direct(alice, bots.account)
    group = bots.server.group(alice, bruno, bots.account)
    assert bots.answer(bots.ask("le WAF est-il obligatoire", channel=direct)).channel_id == direct.id
    assert bots.answer(bots.ask("le WAF est-il obligatoire ?", channel=group)).channel_id == group.id


def test_a_follow_up_in_the_thread_needs_no_mention_and_knows_what_was_asked(bots: Bots) -> None:
    bots.start()
    first = bots.ask("@cct peut-on se passer du WAF ?")
    bots.answer(first)
    chat = bots.ask("merci, c'est clair", who=bots.team.bruno, root=first)
    second = bots.ask("et en préproduction ?", who=bots.team.bruno, root=first)
    bots.answer(second)
    assert bots.answers(chat) == []
    history = bots.assistant.asked[-1].history
    assert [t.question for t in history] == ["merci, c'est clair", "peut-on se passer du WAF ?"]
    assert history[-1].cited == ("pi:EXI-ARCH-12",)


def test_nobody_else_wakes_it(bots: Bots) -> None:
    bots.start()
    server, channel = bots.server, bots.team.channel
    other = server.bot("autre", bots.team.team)
    server.join(channel, other)
    quiet = [
        bots.ask("le WAF est-il obligatoire ?"),
        bots.ask("@channel réunion ?"),
        bots.ask("`@cct` et\n```\n@cct ?\n```"),
        bots.ask("@cctv tu viens ?"),
        server.post(other, channel, "@cct le WAF ?"),
        server.webhook_post(bots.team.alice, channel, "@cct le WAF ?", from_webhook="true"),
        server.webhook_post(bots.team.alice, channel, "@cct a rejoint", kind="system_join_channel"),
    ]
    bots.settled()
    assert [a for q in quiet for a in bots.answers(q)] == []
    assert len(bots.assistant.asked) == 1


def test_a_bare_mention_in_a_thread_answers_what_was_said_above(bots: Bots) -> None:
    bots.start()
    root = bots.ask("Le WAF est-il obligatoire en préproduction ?", who=bots.team.bruno)
    bots.answer(bots.ask("@cct", root=root))
    assert bots.assistant.asked[-1].text == "Le WAF est-il obligatoire en préproduction ?"


def test_the_context_leaves_out_people_who_may_not_be_read(bots: Bots) -> None:
    bots.start(denied_users=(bots.team.bruno.id,))
    root = bots.ask("Nous parlons de la sauvegarde", who=bots.team.bruno)
    bots.ask("et de la grappe de production", root=root)
    bots.answer(bots.ask("@cct est-ce permis ?", root=root))
    assert [t.question for t in bots.assistant.asked[-1].history] == ["et de la grappe de production"]


def test_the_context_holds_what_was_written_in_the_question_s_own_millisecond(bots: Bots) -> None:
    bots.start()
    bots.server.clock.stop()
    root = bots.ask("nous parlons de la grappe de production")
    question = bots.ask("@cct est-ce permis ?", root=root)
    bots.server.clock.go()
    bots.answer(question)
    assert [t.question for t in bots.assistant.asked[-1].history] == ["nous parlons de la grappe de production"]


def test_the_context_keeps_to_its_budget(bots: Bots) -> None:
    bots.start(context_characters=40)
    root = bots.ask("x" * 100)
    bots.ask("la grappe de production", root=root)
    bots.answer(bots.ask("@cct est-ce permis ?", root=root))
    assert [t.question for t in bots.assistant.asked[-1].history] == ["la grappe de production"]


@pytest.mark.parametrize(
    "rule", ["denied_users", "allowed_users", "denied_channels", "allowed_channels", "denied_teams", "allowed_teams"]
)
def test_a_refusal_is_polite_and_asks_nothing_of_the_assistant(bots: Bots, rule: str) -> None:
    team = bots.team
    other = team.server.channel(team.team, "ailleurs", team.alice, team.bot)
    values = {
        "denied_users": team.alice.id,
        "allowed_users": team.bruno.id,
        "denied_channels": team.channel.id,
        "allowed_channels": other.id,
        "denied_teams": team.team.id,
        "allowed_teams": "z" * 26,
    }
    bots.start(**{rule: (values[rule],)})
    refused = bots.answer(bots.ask(), holding="Désolé")
    assert refused.root_id
    assert bots.assistant.asked == []


def test_who_has_left_the_channel_gets_no_answer(bots: Bots) -> None:
    question = bots.ask()
    bots.server.leave(bots.team.channel, bots.team.alice)
    bots.start()
    bots.settled()
    assert bots.answers(question) == []


def test_an_edit_after_the_answer_amends_the_answer(bots: Bots) -> None:
    bots.start()
    question = bots.ask("@cct que dit la règle du WAF ?")
    first = bots.answer(question)
    bots.server.edit(bots.team.alice, question, "@cct que dit la règle du pare-feu ?")
    amended = bots.answer(question, holding="règle du pare-feu")
    assert amended.id == first.id
    assert "après la modification" in amended.message
    assert len(bots.answers(question)) == 1


def test_an_edit_while_it_is_answered_is_what_gets_answered(bots: Bots) -> None:
    bots.assistant.gate = threading.Event()
    bots.start()
    question = bots.ask("@cct que dit la règle du WAF ?")
    bots.server.wait_until(lambda _: bool(bots.assistant.asked))
    bots.server.edit(bots.team.alice, question, "@cct que dit la règle du pare-feu ?")
    bots.server.wait_until(lambda _: bots.made[0].parts.questions.backlog().claimed)
    bots.assistant.gate.set()
    bots.answer(question, holding="règle du pare-feu")
    bots.settled()
    assert len(bots.answers(question)) == 1
    assert "WAF" not in bots.answers(question)[0].message


def test_a_name_put_right_by_an_edit_asks(bots: Bots) -> None:
    bots.start()
    question = bots.ask("@ctt que dit la règle ?")
    bots.settled()
    bots.server.edit(bots.team.alice, question, "@cct que dit la règle ?")
    bots.answer(question)


def test_a_deleted_question_is_not_answered(bots: Bots) -> None:
    bots.assistant.gate = threading.Event()
    ledger = bots.start().parts.questions
    root = bots.ask("Nous parlons de la sauvegarde")
    question = bots.ask("@cct est-ce permis ?", root=root)
    bots.server.wait_until(lambda _: bool(bots.assistant.asked))
    bots.server.delete(bots.team.alice, question)
    bots.server.wait_until(lambda _: ledger.is_dropped(question.id))
    bots.assistant.gate.set()
    bots.settled()
    assert [a for a in bots.answers(question) if not a.delete_at] == []


def test_a_model_is_shown_while_it_writes_and_ends_in_one_post(bots: Bots) -> None:
    bots.assistant.sentences = tuple(f"Phrase {n}. " for n in range(8))
    bots.assistant.between = 0.4
    bots.start()
    question = bots.ask()
    answer = bots.answer(question)
    assert "Phrase 7." in answer.message and "Sources" in answer.message
    assert "rédaction en cours" not in answer.message
    assert len(bots.answers(question)) == 1
    shown = bots.server.versions(answer)
    assert shown and "Je lis les documents" in shown[0].message
    moments = [v.edit_at or v.create_at for v in shown]
    assert all(b - a >= 900 for a, b in pairwise(moments))


def test_a_model_is_not_shown_where_the_setting_says_so(bots: Bots) -> None:
    bots.assistant.sentences = ("Une phrase. ",)
    bots.start(streaming=False)
    answer = bots.answer(bots.ask())
    assert bots.server.versions(answer) == []


def test_a_long_answer_comes_in_numbered_parts_with_its_sources_once(bots: Bots) -> None:
    bots.assistant.text = "\n\n" + "\n\n".join(f"Paragraphe {n} " + "mot " * 200 for n in range(60))
    bots.start()
    question = bots.ask()
    bots.answer(question, holding="*(3/", part=3)
    bots.assistant.text = ""
    bots.settled()
    parts = bots.answers(question)
    assert [p.message.rsplit("\n\n", 1)[1] for p in parts] == [
        f"*({n}/{len(parts)})*" for n in range(1, len(parts) + 1)
    ]
    assert sum(p.message.count("**Sources**") for p in parts) == 1
    assert max(len(p.message) for p in parts) <= 16383


def test_an_amended_answer_that_is_shorter_leaves_no_part_behind(bots: Bots) -> None:
    bots.assistant.text = "\n\n" + "mot " * 8000
    bots.start()
    question = bots.ask()
    bots.answer(question, holding="*(2/", part=2)
    bots.assistant.text = ""
    bots.server.edit(bots.team.alice, question, "@cct que dit la règle du pare-feu ?")
    bots.answer(question, holding="règle du pare-feu")
    bots.settled()
    assert len(bots.answers(question)) == 1


def test_what_it_writes_notifies_nobody(bots: Bots) -> None:
    bots.assistant.text = "\n\nvoir @channel, @bruno et #incident :smile: ![x](https://a.invalid/x.png)"
    bots.start()
    answer = bots.answer(bots.ask())
    for sign in ("@channel", "@bruno", "#incident", ":smile:", "!["):
        assert sign not in answer.message
    assert f"@{ZERO_WIDTH}channel" in answer.message


def test_a_person_who_asks_a_lot_waits_and_is_told(bots: Bots) -> None:
    bots.start(rate=2)
    for n in range(2):
        bots.answer(bots.ask(f"@cct que dit la règle {n} ?"))
    third = bots.ask("@cct que dit la règle 3 ?")
    told = bots.answer(third, holding="questions en une minute")
    assert told.root_id == third.id
    bots.answer(bots.ask("@cct que dit la règle 4 ?", who=bots.team.bruno))


def test_who_waits_is_told_their_place_and_gets_the_answer_in_the_same_post(bots: Bots) -> None:
    bots.assistant.gate = threading.Event()
    bots.start(at_once=1)
    first = bots.ask("@cct que dit la règle 1 ?")
    bots.server.wait_until(lambda _: bool(bots.assistant.asked))
    second = bots.ask("@cct que dit la règle 2 ?", who=bots.team.bruno)
    told = bots.answer(second, holding="n° 1 de la file")
    bots.assistant.gate.set()
    assert bots.answer(second, holding="règle 2").id == told.id
    assert len(bots.answers(first)) == len(bots.answers(second)) == 1


@pytest.mark.parametrize(
    ("words", "holding"),
    [
        ("aide", "mot pour mot"),
        ("sources", "Je lis ces documents"),
        ("diff", "Aucune révision officielle"),
        ("oublie", "C'est oublié"),
    ],
)
def test_the_words_that_are_commands(bots: Bots, words: str, holding: str) -> None:
    bots.start()
    bots.answer(bots.ask(f"@cct {words}"), holding=holding)
    assert bots.assistant.asked == []


def test_what_was_forgotten_serves_no_more(bots: Bots) -> None:
    bots.start()
    first = bots.ask("@cct peut-on se passer du WAF ?")
    bots.answer(first)
    bots.answer(bots.ask("@cct oublie", root=first), holding="1 question")
    bots.answer(bots.ask("@cct et en préproduction ?", root=first))
    assert bots.assistant.asked[-1].history == ()


def test_a_failing_assistant_is_an_apology_not_a_silence(bots: Bots) -> None:
    from ingest.errors import IndexMissing

    bots.assistant.failure = IndexMissing("Aucun index n'est prêt.", "Lancez : cct ingest.")
    bots.start()
    bots.answer(bots.ask(), holding="Aucun index n'est prêt")


def _votes(bots: Bots) -> list[str]:
    from ui.feedback.store import SqlFeedbackStore

    return [f.ballot.vote for f in SqlFeedbackStore(bots.made[0].parts.database).all()]


def _until_votes(bots: Bots, wanted: list[str]) -> None:
    deadline = threading.Event()
    for _ in range(1200):
        if _votes(bots) == wanted:
            return
        deadline.wait(0.05)
    assert _votes(bots) == wanted


def test_thumbs_are_votes_and_a_thumb_taken_away_takes_its_vote(bots: Bots) -> None:
    bots.start()
    answer = bots.answer(bots.ask())
    bots.settled()
    who: Account = bots.team.bruno
    bots.server.react(who, answer, "+1")
    _until_votes(bots, ["useful"])
    bots.server.react(who, answer, "-1")
    _until_votes(bots, ["not_useful"])
    bots.server.unreact(who, answer, "+1")
    bots.settled()
    assert _votes(bots) == ["not_useful"]
    bots.server.unreact(who, answer, "-1")
    _until_votes(bots, [])


def test_a_thumb_on_anything_else_is_nobodys_vote(bots: Bots) -> None:
    bots.start()
    question = bots.ask()
    bots.answer(question)
    bots.server.react(bots.team.bruno, question, "+1")
    bots.server.react(bots.team.bruno, bots.answers(question)[0], "tada")
    bots.settled()
    assert _votes(bots) == []
