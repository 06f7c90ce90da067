"""What the server calls: the slash command, the buttons, the dialogs; pressed by people, refused to anybody else."""

# ruff: noqa: F811  (a fixture's name is an argument's)

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.mattermost.bot_fixtures import Bots, bots  # noqa: F401  # fixture
from tests.mattermost.fake_mattermost import Account, FakeMattermost
from tests.mattermost.official_client.official_developer import OfficialDeveloper
from tests.reserved_ports import reserved_port
from ui.feedback.comments import StoredComments
from ui.feedback.store import SqlFeedbackStore


@pytest.fixture
def port() -> Iterator[int]:
    """Where the bot is to listen."""
    with reserved_port() as kept:
        yield kept


@pytest.fixture
def callback(port: int, bots: Bots) -> str:
    """A bot that the server may call, its address."""
    bots.server.settings.allowed_untrusted = "127.0.0.1"
    url = f"http://127.0.0.1:{port}"
    admin = bots.team.admin
    made = _rest(
        bots,
        admin,
        "POST",
        "/commands",
        {"team_id": bots.team.team.id, "trigger": "cct", "method": "P", "url": f"{url}/mattermost/commande"},
    )
    assert made.status_code == 201, made.text
    bots.start(callback_url=url, port=port, command_tokens=made.json()["token"])
    bots.settled()
    return url


def _rest(bots: Bots, who: Account, method: str, path: str, body: Any = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {who.token}"}
    return httpx.request(method, f"{bots.server.url}/api/v4{path}", json=body, headers=headers, timeout=60)


def _press(bots: Bots, who: Account, post_id: str, button: str) -> httpx.Response:
    return _rest(bots, who, "POST", f"/posts/{post_id}/actions/{button}", {})


def _kept(bots: Bots) -> list[tuple[str, tuple[str, ...], str]]:
    votes = SqlFeedbackStore(bots.made[0].parts.database).all()
    return [(v.ballot.vote, v.ballot.reasons, v.ballot.comment) for v in votes]


def _answered(bots: Bots) -> Any:
    answer = bots.answer(bots.ask())
    bots.settled()
    return answer


def test_an_answer_has_buttons_whose_ids_the_server_can_route(bots: Bots, callback: str) -> None:
    answer = _answered(bots)
    actions = answer.props["attachments"][0]["actions"]
    assert [a["id"] for a in actions] == ["cctuseful", "cctuseless", "cctsources", "cctcomment"]
    assert all(a["id"].isalnum() and a["integration"]["url"] == f"{callback}/mattermost/bouton" for a in actions)


def test_the_two_votes_replace_each_other(bots: Bots, callback: str) -> None:
    answer = _answered(bots)
    assert _press(bots, bots.team.bruno, answer.id, "cctuseful").status_code == 200
    assert _kept(bots) == [("useful", (), "")]
    assert _press(bots, bots.team.bruno, answer.id, "cctuseless").status_code == 200
    assert _kept(bots) == [("not_useful", (), "")]
    assert _press(bots, bots.team.alice, answer.id, "cctuseful").status_code == 200
    assert len(_kept(bots)) == 2


def test_a_press_with_another_signature_changes_nothing(bots: Bots, callback: str) -> None:
    answer = _answered(bots)
    context = answer.props["attachments"][0]["actions"][0]["integration"]["context"]
    body = {"user_id": bots.team.bruno.id, "channel_id": answer.channel_id, "post_id": answer.id, "context": context}
    forged = [
        {**body, "context": {**context, "signature": "0" * 64}},
        {**body, "context": {}},
        {**body, "channel_id": "x" * 26},
        {**body, "post_id": "y" * 26},
    ]
    for one in forged:
        answered = httpx.post(f"{callback}/mattermost/bouton", json=one, timeout=60)
        assert "n'est pas" in answered.json()["ephemeral_text"]
    assert _kept(bots) == []
    assert httpx.post(f"{callback}/mattermost/bouton", content=b"{", timeout=60).status_code == 400
    assert httpx.post(f"{callback}/mattermost/bouton", content=b"x" * 70_000, timeout=60).status_code == 413


def test_why_it_was_not_useful_is_asked_and_kept(
    bots: Bots,
    callback: str,
    official_developer: Callable[[FakeMattermost, Account], OfficialDeveloper],
) -> None:
    answer = _answered(bots)
    bruno = official_developer(bots.server, bots.team.bruno)
    bruno.connect()
    buttons = bruno.buttons(next(p for p in bruno.thread(answer.id) if p["id"] == answer.id))
    bruno.press(answer.id, buttons["👎 Pas utile"])
    dialog = _dialog(bruno)
    assert len(dialog["dialog"]["title"]) <= 24
    bruno.submit_dialog(
        dialog, {"reason": "incomplete", "comment": "et la préprod ?"}, answer.channel_id, bots.team.team.id
    )
    assert _kept(bots) == [("not_useful", ("incomplete",), "et la préprod ?")]


def test_a_requirement_is_commented_for_the_form(
    bots: Bots,
    callback: str,
    official_developer: Callable[[FakeMattermost, Account], OfficialDeveloper],
) -> None:
    answer = _answered(bots)
    bruno = official_developer(bots.server, bots.team.bruno)
    bruno.connect()
    bruno.press(answer.id, "cctcomment")
    dialog = _dialog(bruno)
    refused = bruno.submit_dialog(
        dialog, {"record": "0", "proposal": " ", "importance": "haute"}, answer.channel_id, bots.team.team.id
    )
    assert refused["errors"]
    bruno.submit_dialog(
        dialog,
        {"record": "0", "proposal": "Préciser le délai.", "importance": "haute"},
        answer.channel_id,
        bots.team.team.id,
    )
    (kept,) = StoredComments(bots.made[0].parts.database).left()
    assert (kept.source, kept.record, kept.line) == ("pi", "EXI-ARCH-12", 50)
    assert (kept.proposal, kept.importance, kept.author) == ("Préciser le délai.", "haute", "")


def _dialog(person: OfficialDeveloper) -> dict[str, Any]:
    event = person.wait_event("open_dialog")
    return dict(json.loads(event["data"]["dialog"]))


def test_the_passages_are_shown_to_who_asks_alone(
    bots: Bots,
    callback: str,
    official_developer: Callable[[FakeMattermost, Account], OfficialDeveloper],
) -> None:
    answer = _answered(bots)
    bruno = official_developer(bots.server, bots.team.bruno)
    bruno.connect()
    bruno.press(answer.id, "cctsources")
    shown = bruno.wait_event("ephemeral_message")
    assert "adresse de santé" in json.loads(shown["data"]["post"])["message"]


@pytest.mark.parametrize(
    ("text", "holding"),
    [
        ("EXI-ARCH-12", "Écho : Que dit EXI-ARCH-12 ?"),
        ("sources", "Je lis ces documents"),
        ("diff", "Aucune révision"),
        ("le WAF est-il obligatoire ?", "Écho : le WAF"),
    ],
)
def test_a_slash_command_is_acknowledged_then_answered_to_who_typed_it(
    bots: Bots,
    callback: str,
    official_developer: Callable[[FakeMattermost, Account], OfficialDeveloper],
    text: str,
    holding: str,
) -> None:
    bruno = official_developer(bots.server, bots.team.bruno)
    bruno.connect()
    bruno.run_command(f"/cct {text}", bots.team.channel.id, bots.team.team.id)
    bruno.wait_event("ephemeral_message", lambda e: holding in json.loads(e["data"]["post"])["message"])
    assert bots.server.posts(bots.team.channel, author=bots.account) == []


def test_a_slash_command_without_the_token_is_refused(bots: Bots, callback: str) -> None:
    form = {"token": "faux", "channel_id": bots.team.channel.id, "user_id": bots.team.bruno.id, "text": "aide"}
    refused = httpx.post(f"{callback}/mattermost/commande", data=form, timeout=60)
    assert refused.status_code == 401
    assert len(bots.assistant.asked) == 1, "the one that settled the test"


def test_an_answer_is_never_sent_to_another_host(bots: Bots, callback: str) -> None:
    token = bots.made[0].parts.settings.command_token_list()[0]
    form = {
        "token": token,
        "channel_id": bots.team.channel.id,
        "user_id": bots.team.bruno.id,
        "text": "le WAF ?",
        "response_url": "http://evil.invalid/hooks/commands/abc",
    }
    assert "Je cherche" in httpx.post(f"{callback}/mattermost/commande", data=form, timeout=60).json()["text"]
    seen = bots.server.wait_until(lambda _: [r for r in bots.server._server.seen if "/hooks/commands/abc" in r.path])
    assert seen, "the path alone is kept: our own server is called"


def test_health_and_measures_are_served(bots: Bots, callback: str) -> None:
    _answered(bots)
    health = httpx.get(f"{callback}/health", timeout=60)
    assert health.status_code == 200
    assert health.json()["connecte"] is True and health.json()["meneur"] is True
    measures = httpx.get(f"{callback}/metrics", timeout=60).text
    assert 'cct_mattermost_reponses_total{issue="answered"}' in measures
    assert "cct_mattermost_connecte 1.0" in measures
    assert 'cct_questions_total{canal="mattermost",issue="answered"}' in measures
