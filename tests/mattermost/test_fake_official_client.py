"""The official client, which nobody here wrote, finds in the fake the server it expects."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.mattermost.conftest import SmallTeam, people
from tests.mattermost.fake_faults import error_before_commit, rate_limited
from tests.mattermost.fake_integration_endpoint import IntegrationEndpoint
from tests.mattermost.fake_mattermost import FakeMattermost
from tests.mattermost.fake_records import VERSION_ID
from tests.mattermost.official_client.official_developer import ClientRefused, OfficialDeveloper

Develop = Callable[..., OfficialDeveloper]


def test_a_person_asks_reads_the_thread_and_reacts(small_team: SmallTeam, official_developer: Develop) -> None:
    server, bot = small_team.server, small_team.bot
    alice = official_developer(server, small_team.alice)
    assert alice.me["username"] == "alice"
    asked = alice.post(small_team.channel.id, "@cct peut-on se passer du pare-feu ?")
    server.post(bot, small_team.channel, "Non.", asked["id"])
    assert [(p["message"], p["root_id"]) for p in alice.thread(asked["id"])] == [
        ("@cct peut-on se passer du pare-feu ?", ""),
        ("Non.", asked["id"]),
    ]
    answer = alice.thread(asked["id"])[1]
    assert answer["props"] == {"from_bot": "true"}
    alice.react(answer["id"], "+1")
    assert [(r.user_id, r.emoji_name) for r in server.reactions(answer["id"])] == [(small_team.alice.id, "+1")]
    assert [r["emoji_name"] for r in alice.call("getReactionsForPost", answer["id"])] == ["+1"]
    alice.unreact(answer["id"], "+1")
    assert server.reactions(answer["id"]) == []
    assert alice.server_version() == VERSION_ID


def test_the_stream_tells_of_posts_editions_deletions_reactions_and_typing(
    small_team: SmallTeam, official_developer: Develop
) -> None:
    server, channel = small_team.server, small_team.channel
    alice, bruno = official_developer(server, small_team.alice), official_developer(server, small_team.bruno)
    alice.connect()
    bruno.connect()
    post = bruno.post(channel.id, "@alice tu as vu ?")
    event = alice.wait_event("posted")
    assert json.loads(event["data"]["post"])["id"] == post["id"]
    assert json.loads(event["data"]["mentions"]) == [small_team.alice.id]
    assert (event["data"]["channel_type"], event["data"]["sender_name"]) == ("O", "@bruno")
    assert event["broadcast"]["channel_id"] == channel.id
    assert "mentions" not in bruno.wait_event("posted")["data"]
    bruno.call("patchPost", {"id": post["id"], "message": "@alice as-tu vu ?"})
    assert alice.wait_post(edited=True)["edit_at"] > 0
    alice.react(post["id"], "eyes")
    assert json.loads(bruno.wait_event("reaction_added")["data"]["reaction"])["emoji_name"] == "eyes"
    alice.unreact(post["id"], "eyes")
    bruno.wait_event("reaction_removed")
    assert bruno.typing(channel.id, post["id"])["status"] == "OK"
    assert alice.wait_event("typing")["data"] == {"parent_id": post["id"], "user_id": small_team.bruno.id}
    bruno.call("deletePost", post["id"])
    assert json.loads(alice.wait_event("post_deleted")["data"]["post"])["id"] == post["id"]
    assert alice.ping()["data"]["text"] == "pong"
    assert [e["seq"] for e in alice.events] == list(range(len(alice.events)))
    assert "closed" not in alice.socket_news


def test_with_the_header_the_client_resumes_and_misses_nothing(
    small_team: SmallTeam, official_developer: Develop
) -> None:
    server, alice = small_team.server, official_developer(small_team.server, small_team.alice)
    alice.connect(header=True)
    identity = alice.stream()["connection_id"]
    with server.faults.during("GET /websocket", error_before_commit()):
        alice.abort()
        server.wait_disconnected(small_team.alice)
        server.post(small_team.bruno, small_team.channel, "pendant la coupure")
    alice.wait_post(lambda p: p["message"] == "pendant la coupure")
    assert "missed" not in alice.socket_news
    assert alice.stream()["connection_id"] == identity
    assert [e["event"] for e in alice.events] == ["hello", "posted"]


def test_without_the_header_the_client_cannot_resume_and_knows_it(
    small_team: SmallTeam, official_developer: Develop
) -> None:
    server, alice = small_team.server, official_developer(small_team.server, small_team.alice)
    alice.connect()
    with server.faults.during("GET /websocket", error_before_commit()):
        alice.abort()
        server.wait_disconnected(small_team.alice)
        server.post(small_team.bruno, small_team.channel, "pendant la coupure")
    alice.wait_socket("missed")
    server.post(small_team.bruno, small_team.channel, "après")
    alice.wait_post(lambda p: p["message"] == "après")
    assert [e["event"] for e in alice.events] == ["hello", "hello", "posted"]


def test_a_gap_makes_the_client_reconnect_and_get_what_was_lost(
    small_team: SmallTeam, official_developer: Develop
) -> None:
    server, alice = small_team.server, official_developer(small_team.server, small_team.alice)
    alice.connect(header=True)
    server.gap(small_team.alice)
    server.post(small_team.bruno, small_team.channel, "perdu en route")
    server.post(small_team.bruno, small_team.channel, "arrivé")
    alice.wait_post(lambda p: p["message"] == "arrivé")
    messages = [json.loads(e["data"]["post"])["message"] for e in alice.events if e["event"] == "posted"]
    assert messages == ["perdu en route", "arrivé"]
    assert "closed" in alice.socket_news and "missed" not in alice.socket_news


def test_a_restart_of_the_server_is_a_loss(small_team: SmallTeam, official_developer: Develop) -> None:
    server, alice = small_team.server, official_developer(small_team.server, small_team.alice)
    alice.connect(header=True)
    server.restart()
    alice.wait_socket("missed")
    server.wait_connected(small_team.alice)
    server.post(small_team.bruno, small_team.channel, "après le redémarrage")
    alice.wait_post(lambda p: p["message"] == "après le redémarrage")
    assert server.outcomes == ["lost"]


def test_a_half_open_socket_is_found_by_the_clients_ping(small_team: SmallTeam, official_developer: Develop) -> None:
    server, alice = small_team.server, official_developer(small_team.server, small_team.alice)
    alice.connect(header=True, ping=100)
    server.half_open(small_team.alice, noticed=True)
    server.post(small_team.bruno, small_team.channel, "dans le vide")
    alice.wait_socket("closed")
    alice.wait_post(lambda p: p["message"] == "dans le vide")
    assert "missed" not in alice.socket_news


def test_a_half_open_socket_the_server_still_believes_in_cannot_be_resumed(
    small_team: SmallTeam, official_developer: Develop
) -> None:
    server, alice = small_team.server, official_developer(small_team.server, small_team.alice)
    alice.connect(header=True, ping=100)
    while not server.half_open(small_team.alice, noticed=False):
        server.wait_connected(small_team.alice)
    alice.wait_socket("missed")
    assert server.outcomes[0] == "lost"


def test_buttons_dialogs_and_commands_go_through_the_official_client(
    make_fake_mattermost: Callable[..., FakeMattermost], official_developer: Develop, endpoint: IntegrationEndpoint
) -> None:
    server = make_fake_mattermost(allowed_untrusted="127.0.0.0/8")
    team = people(server)
    integration = {"url": endpoint.url + "/bouton", "context": {"answer": "a1"}}
    action = {"id": "utile", "type": "button", "name": "Utile", "integration": integration}
    post = server.post(team.bot, team.channel, "Réponse", props={"attachments": [{"text": "", "actions": [action]}]})
    alice = official_developer(server, team.alice)
    alice.connect()
    shown = alice.call("getPost", post.id)
    assert "integration" not in json.dumps(shown)
    endpoint.answer = {"update": {"message": "Réponse (utile)"}, "ephemeral_text": "Merci."}
    assert alice.press(post.id, alice.buttons(shown)["Utile"])["status"] == "OK"
    assert endpoint.received[0].json()["context"] == {"answer": "a1"}
    assert endpoint.received[0].json()["user_name"] == "alice"
    whispered = json.loads(alice.wait_event("ephemeral_message")["data"]["post"])
    assert (whispered["message"], whispered["type"]) == ("Merci.", "system_ephemeral")
    assert alice.wait_post(edited=True)["message"] == "Réponse (utile)"
    assert server.stored(post.id).actions()[0]["integration"] == integration
    admin = official_developer(server, team.admin)
    made = admin.call(
        "addCommand", {"team_id": team.team.id, "method": "P", "trigger": "cct", "url": endpoint.url + "/cct"}
    )
    assert [c.token for c in server.commands()] == [made["token"]]
    endpoint.answer = {"response_type": "ephemeral", "text": "EXI-ARCH-12 : …"}
    answer = alice.run_command("/cct EXI-ARCH-12", team.channel.id, team.team.id)
    assert answer["text"] == "EXI-ARCH-12 : …"
    form = endpoint.received[-1].form()
    assert (form["token"], form["text"], form["command"]) == ([made["token"]], ["EXI-ARCH-12"], ["/cct"])
    alice.wait_event("ephemeral_message", lambda e: json.loads(e["data"]["post"])["message"] == "EXI-ARCH-12 : …")


def test_the_client_tells_refusals_apart(small_team: SmallTeam, official_developer: Develop) -> None:
    server, alice = small_team.server, official_developer(small_team.server, small_team.alice)
    with pytest.raises(ClientRefused) as too_long:
        alice.post(small_team.channel.id, "é" * 16384)
    assert (too_long.value.status, too_long.value.error_id) == (400, "model.post.is_valid.message_length.app_error")
    assert alice.post(small_team.channel.id, "é" * 16383)["id"]
    server.faults.next("POST /posts", rate_limited(2))
    with pytest.raises(ClientRefused):
        alice.post(small_team.channel.id, "trop vite")
    server.faults.next("POST /posts", error_before_commit(503))
    with pytest.raises(ClientRefused):
        alice.post(small_team.channel.id, "panne")
    assert [p.message for p in server.posts(small_team.channel)][1:] == []


def test_a_wrong_token_closes_the_socket_without_a_word(small_team: SmallTeam, official_developer: Develop) -> None:
    server, alice = small_team.server, official_developer(small_team.server, small_team.alice)
    server.revoke(small_team.alice)
    alice.try_to_connect()
    alice.wait_socket("closed")
    assert alice.events == []
    with pytest.raises(ClientRefused) as refused:
        alice.call("getMe")
    assert refused.value.status == 401
