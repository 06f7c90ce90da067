"""The fake's WebSocket: hello, numbers, who hears what, and the three outcomes of a reconnection."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.mattermost.conftest import SmallTeam, people
from tests.mattermost.fake_mattermost import NOISE, Account, FakeMattermost
from tests.mattermost.fake_records import FakeSettings
from tests.mattermost.fake_schemas import EventShape, PostedShape

Make = Callable[..., FakeMattermost]
PATIENCE = 60.0


def opened(server: FakeMattermost, account: Account | None, query: str = "") -> ClientConnection:
    headers = {"Authorization": f"Bearer {account.token}"} if account else {}
    address = server.url.replace("http", "ws", 1) + "/api/v4/websocket" + query
    times = {"open_timeout": PATIENCE, "close_timeout": 1.0}
    return connect(address, additional_headers=headers, compression=None, legacy=True, **times)


def heard(stream: ClientConnection) -> dict[str, Any]:
    return dict(json.loads(stream.recv(timeout=PATIENCE)))


def said(stream: ClientConnection, action: str, seq: int = 1, **data: str) -> None:
    stream.send(json.dumps({"action": action, "seq": seq, "data": data}))


def message(event: dict[str, Any]) -> str:
    return str(json.loads(event["data"]["post"])["message"])


def resumed(server: FakeMattermost, account: Account, connection_id: str, number: int) -> ClientConnection:
    return opened(server, account, f"?connection_id={connection_id}&sequence_number={number}")


def left(server: FakeMattermost, account: Account, stream: ClientConnection) -> None:
    stream.close()
    server.wait_disconnected(account)


def test_the_first_event_is_a_hello_then_numbers_follow(small_team: SmallTeam) -> None:
    server, channel = small_team.server, small_team.channel
    with opened(server, small_team.bot) as stream:
        hello = heard(stream)
        assert (hello["event"], hello["seq"]) == ("hello", 0) and len(hello["data"]["connection_id"]) == 26
        for n in range(3):
            server.post(small_team.alice, channel, str(n))
        events = [heard(stream) for _ in range(3)]
        assert [(e["seq"], message(e)) for e in events] == [(1, "0"), (2, "1"), (3, "2")]
        for event in (hello, *events):
            EventShape.model_validate(event)
        for event in events:
            PostedShape.model_validate(event["data"])


def test_the_challenge_answers_after_the_hello_or_before_it_on_older_servers(make_fake_mattermost: Make) -> None:
    for before in (False, True):
        server = make_fake_mattermost(reply_before_hello=before)
        alice = people(server).alice
        with opened(server, None) as stream:
            said(stream, "authentication_challenge", token=alice.token)
            first, second = heard(stream), heard(stream)
        reply, hello = (first, second) if before else (second, first)
        assert reply == {"status": "OK", "seq_reply": 1} and hello["event"] == "hello"


def test_a_silent_client_is_closed_and_a_bad_token_at_once(make_fake_mattermost: Make) -> None:
    server = make_fake_mattermost(auth_seconds=0.05)
    nobody = Account("", "", "faux")
    for account in (None, nobody):  # a bad token in the header is no refusal of the upgrade: it is only ignored
        with opened(server, account) as stream, pytest.raises(ConnectionClosed):
            heard(stream)
    patient = make_fake_mattermost(auth_seconds=600)
    with opened(patient, None) as stream, pytest.raises(ConnectionClosed):
        said(stream, "authentication_challenge", token="faux")
        heard(stream)


def test_replies_carry_seq_reply_and_refusals_say_why(small_team: SmallTeam) -> None:
    with opened(small_team.server, small_team.bot) as stream:
        heard(stream)
        said(stream, "ping", 1)
        pong = heard(stream)
        assert pong["seq_reply"] == 1 and pong["data"]["text"] == "pong" and "seq" not in pong
        said(stream, "danser", 2)
        assert heard(stream)["error"]["id"] == "api.web_socket_router.bad_action.app_error"
        said(stream, "ping", 0)
        assert heard(stream)["error"]["id"] == "api.web_socket_router.bad_seq.app_error"
        said(stream, "user_typing", 3, channel_id="a" * 26)
        assert heard(stream)["status"] == "FAIL"
        stream.send("pas du JSON")
        with pytest.raises(ConnectionClosed):
            heard(stream)


def test_events_reach_members_only_and_mentions_name_the_recipient(small_team: SmallTeam) -> None:
    server, channel = small_team.server, small_team.channel
    private = server.channel(small_team.team, "prive", small_team.alice, private=True)
    with opened(server, small_team.bot) as bot, opened(server, small_team.bruno) as bruno:
        assert [heard(s)["event"] for s in (bot, bruno)] == ["hello", "hello"]
        server.post(small_team.alice, private, "@cct secret")
        server.post(small_team.alice, channel, "`@cct` en code")
        server.post(small_team.alice, channel, "@cct. et @inconnu")
        server.post(small_team.alice, channel, "@channel réunion")
        events = [heard(bot) for _ in range(3)]
        assert [message(e) for e in events] == ["`@cct` en code", "@cct. et @inconnu", "@channel réunion"]
        mine = json.dumps([small_team.bot.id])
        assert [e["data"].get("mentions") for e in events] == [None, mine, mine]
        others = [heard(bruno)["data"].get("mentions") for _ in range(3)]
        assert others == [None, None, json.dumps([small_team.bruno.id])]


def test_a_direct_message_mentions_its_other_person_and_has_no_team(small_team: SmallTeam) -> None:
    server = small_team.server
    with opened(server, small_team.bot) as stream:
        heard(stream)
        direct = server.direct(small_team.alice, small_team.bot)
        assert heard(stream)["event"] == "direct_added"
        server.post(small_team.alice, direct, "bonjour")
        data = heard(stream)["data"]
        assert (data["channel_type"], data["team_id"], data["mentions"]) == ("D", "", json.dumps([small_team.bot.id]))


def test_memberships_are_told_to_the_channel_and_to_the_person(small_team: SmallTeam) -> None:
    server, channel = small_team.server, small_team.channel
    with opened(server, small_team.bot) as stream:
        heard(stream)
        server.join(channel, small_team.admin)
        added, joined = heard(stream), heard(stream)
        assert (added["event"], added["data"]["user_id"]) == ("user_added", small_team.admin.id)
        assert json.loads(joined["data"]["post"])["type"] == "system_join_channel"
        server.leave(channel, small_team.bot)
        removed = heard(stream)
        assert removed["event"] == "user_removed" and removed["data"]["channel_id"] == channel.id
        server.post(small_team.alice, channel, "sans toi")
        said(stream, "ping")
        assert heard(stream)["data"]["text"] == "pong"


def test_a_reconnection_without_loss_has_no_hello(small_team: SmallTeam) -> None:
    server, bot = small_team.server, small_team.bot
    stream = opened(server, bot)
    identity = heard(stream)["data"]["connection_id"]
    left(server, bot, stream)
    with resumed(server, bot, identity, 1) as again:
        server.wait_connected(bot)
        server.post(small_team.alice, small_team.channel, "suite")
        event = heard(again)
        assert (event["seq"], message(event)) == (1, "suite")
    assert server.outcomes == ["lossless"]


def test_events_missed_while_away_and_on_the_wire_are_sent_again(small_team: SmallTeam) -> None:
    server, bot, channel = small_team.server, small_team.bot, small_team.channel
    stream = opened(server, bot)
    identity = heard(stream)["data"]["connection_id"]
    server.post(small_team.alice, channel, "écrit, jamais lu")
    heard(stream)
    left(server, bot, stream)
    server.post(small_team.alice, channel, "pendant l'absence")
    with resumed(server, bot, identity, 1) as again:
        assert [message(heard(again)) for _ in range(2)] == ["écrit, jamais lu", "pendant l'absence"]
    assert server.outcomes == ["resumed"]


def test_what_the_ring_no_longer_holds_is_a_loss_with_a_new_identity(make_fake_mattermost: Make) -> None:
    server = make_fake_mattermost(dead_queue=4)
    team = people(server)
    stream = opened(server, team.bot)
    identity = heard(stream)["data"]["connection_id"]
    for n in range(8):
        server.post(team.alice, team.channel, str(n))
        heard(stream)
    left(server, team.bot, stream)
    with resumed(server, team.bot, identity, 3) as again:
        hello = heard(again)
        assert (hello["event"], hello["seq"]) == ("hello", 0) and hello["data"]["connection_id"] != identity
        server.post(team.alice, team.channel, "suite")
        assert heard(again)["seq"] == 1
    assert server.outcomes == ["lost"]


def test_an_unknown_connection_a_restart_and_the_reaper_are_losses(small_team: SmallTeam) -> None:
    server, bot = small_team.server, small_team.bot

    def fresh() -> str:
        stream = opened(server, bot)
        identity = str(heard(stream)["data"]["connection_id"])
        left(server, bot, stream)
        return identity

    def lost(identity: str) -> None:
        with resumed(server, bot, identity, 1) as again:
            hello = heard(again)
            assert hello["event"] == "hello" and hello["data"]["connection_id"] != identity
        server.wait_disconnected(bot)

    lost("a" * 26)
    identity = fresh()
    server.restart()
    lost(identity)
    identity = fresh()
    server.clock.advance(601)
    lost(identity)


def test_a_quiet_stream_may_be_resumed_until_the_reapers_next_round(small_team: SmallTeam) -> None:
    server, bot = small_team.server, small_team.bot
    stream = opened(server, bot)
    identity = heard(stream)["data"]["connection_id"]
    server.clock.advance(200)
    left(server, bot, stream)
    with resumed(server, bot, identity, 1):
        server.wait_connected(bot)
    assert server.outcomes == ["lossless"]


def test_a_stream_of_another_user_is_not_given_away(small_team: SmallTeam) -> None:
    server = small_team.server
    stream = opened(server, small_team.alice)
    identity = heard(stream)["data"]["connection_id"]
    left(server, small_team.alice, stream)
    with resumed(server, small_team.bot, identity, 1) as again:
        assert heard(again)["data"]["connection_id"] != identity


@pytest.mark.parametrize("query", ["?connection_id=court&sequence_number=1", "?connection_id={id}&sequence_number=", "?connection_id={id}&sequence_number=-1", "?connection_id={id}"])  # fmt: skip
def test_an_unreadable_resumption_is_closed_at_once(small_team: SmallTeam, query: str) -> None:
    server, bot = small_team.server, small_team.bot
    stream = opened(server, bot)
    identity = heard(stream)["data"]["connection_id"]
    left(server, bot, stream)
    with opened(server, bot, query.format(id=identity)) as again, pytest.raises(ConnectionClosed):
        heard(again)


def test_a_full_queue_ends_the_stream_and_its_resumption(make_fake_mattermost: Make) -> None:
    server = make_fake_mattermost(send_queue=8)
    team = people(server)
    stream = opened(server, team.bot)
    identity = heard(stream)["data"]["connection_id"]
    left(server, team.bot, stream)
    for n in range(9):
        server.post(team.alice, team.channel, str(n))
    with resumed(server, team.bot, identity, 1) as again:
        assert heard(again)["event"] == "hello"
    assert server.outcomes == ["lost"]


def test_typing_is_dropped_when_the_queue_is_half_full(make_fake_mattermost: Make) -> None:
    server = make_fake_mattermost(send_queue=8)
    team = people(server)
    stream = opened(server, team.bot)
    identity = heard(stream)["data"]["connection_id"]
    left(server, team.bot, stream)
    with opened(server, team.alice) as alice:
        heard(alice)
        for n in range(4):
            server.post(team.alice, team.channel, str(n))
            heard(alice)
        said(alice, "user_typing", channel_id=team.channel.id)
        heard(alice)
    server.post(team.alice, team.channel, "fin")
    with resumed(server, team.bot, identity, 1) as again:
        assert [heard(again)["event"] for _ in range(5)] == ["posted"] * 5


def test_a_busy_server_tells_of_much_that_is_no_post(small_team: SmallTeam) -> None:
    server = small_team.server
    with opened(server, small_team.bot) as stream:
        heard(stream)
        server.noise(small_team.bot)
        server.post(small_team.alice, small_team.channel, "x")
        events = [heard(stream) for _ in range(len(NOISE) + 1)]
        assert [e["event"] for e in events] == [*NOISE, "posted"]
        assert [e["seq"] for e in events] == list(range(1, len(NOISE) + 2))


def test_the_limits_are_the_servers_own() -> None:
    usual = FakeSettings()
    assert (usual.send_queue, usual.dead_queue, usual.auth_seconds, usual.reaper_seconds) == (256, 128, 5, 300)
    assert (usual.ping_seconds, usual.pong_seconds, usual.pending_seconds, usual.max_post_size) == (
        60,
        100,
        30,
        16383,
    )
    assert (usual.response_url_uses, usual.response_url_seconds, usual.trigger_seconds) == (5, 1800, 30)
    assert (usual.allowed_untrusted, usual.enable_bot_creation, usual.rate_per_second) == ("", False, 0)


def test_a_revoked_token_hears_nothing_more(small_team: SmallTeam) -> None:
    server = small_team.server
    with opened(server, small_team.bot) as bot, opened(server, small_team.bruno) as bruno:
        heard(bot), heard(bruno)
        server.revoke(small_team.bot)
        server.post(small_team.alice, small_team.channel, "x")
        heard(bruno)
        said(bot, "ping")
        assert heard(bot)["data"]["text"] == "pong"


def test_the_server_pings_and_gives_up_on_a_client_that_never_answers(make_fake_mattermost: Make) -> None:
    server = make_fake_mattermost(ping_seconds=0.02, pong_seconds=0.3)
    bot = people(server).bot
    asked = [
        "GET /api/v4/websocket HTTP/1.1",
        "Host: faux",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
        f"Authorization: Bearer {bot.token}",
        "",
        "",
    ]
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as mute:
        mute.sendall("\r\n".join(asked).encode())
        received = b""
        with suppress(ConnectionResetError):
            while chunk := mute.recv(4096):
                received += chunk
    assert b" 101 " in received and b'"hello"' in received and b"\x89\x00" in received
