"""Faults on demand happen as asked, where asked, and leave the data as they say."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import suppress

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from tests.mattermost.conftest import SmallTeam, people
from tests.mattermost.fake_faults import (
    Fault,
    dropped,
    error_after_commit,
    error_before_commit,
    hung,
    rate_limited,
    slow,
    slow_commit,
)
from tests.mattermost.fake_mattermost import STRIKES, FakeMattermost
from tests.mattermost.test_fake_contract import api, refused
from tests.mattermost.test_fake_streams import heard, left, message, opened, resumed


def body(team: SmallTeam, text: str, **more: str) -> dict[str, str]:
    return {"channel_id": team.channel.id, "message": text, **more}


def texts(team: SmallTeam) -> list[str]:
    return [p.message for p in team.server.posts(team.channel)]


def test_an_error_before_the_commit_leaves_nothing_and_one_after_it_leaves_the_post(small_team: SmallTeam) -> None:
    server = small_team.server
    with api(server, small_team.bot) as http:
        server.faults.next("POST /posts", error_before_commit(502), times=2)
        assert [http.post("/posts", json=body(small_team, t)).status_code for t in "abc"] == [502, 502, 201]
        assert texts(small_team) == ["c"]
        server.faults.next("POST /posts", error_after_commit(504))
        assert http.post("/posts", json=body(small_team, "d", pending_post_id="p")).status_code == 504
        assert texts(small_team) == ["c", "d"]
        assert http.post("/posts", json=body(small_team, "d", pending_post_id="p")).status_code == 201
        assert texts(small_team) == ["c", "d"]
    assert server.faults.struck == ["POST /posts 502 before", "POST /posts 502 before", "POST /posts 504 after"]


def test_a_connection_may_be_reset_before_or_after_the_commit(small_team: SmallTeam) -> None:
    server = small_team.server
    with api(server, small_team.bot) as http:
        for after in (False, True):
            server.faults.next("POST /posts", dropped(after_commit=after))
            with pytest.raises(httpx.TransportError):
                http.post("/posts", json=body(small_team, str(after)))
    assert texts(small_team) == ["True"]


def test_an_answer_may_be_slow_or_never_come(small_team: SmallTeam) -> None:
    server = small_team.server
    with api(server, small_team.bot) as http:
        impatient = httpx.Timeout(30, read=0.1)
        for name, fault in (("lent", slow(600)), ("fait", slow(600, after_commit=True)), ("muet", hung())):
            server.faults.next("POST /posts", fault)
            with pytest.raises(httpx.ReadTimeout):
                http.post("/posts", json=body(small_team, name), timeout=impatient)
        assert server.wait_until(lambda world: [p.message for p in world.posts.values()]) == ["fait"]
        server.faults.next("GET /users/{id}", slow(0.01))
        assert http.get("/users/me").status_code == 200


def test_a_duplicate_during_the_commit_is_refused_and_the_late_post_has_the_older_date(small_team: SmallTeam) -> None:
    server = small_team.server
    server.faults.next("POST /posts", slow_commit(600))
    answers: list[int] = []

    def send() -> None:
        with api(server, small_team.bot) as http, suppress(httpx.TransportError):
            answers.append(
                http.post("/posts", json=body(small_team, "lent", pending_post_id="p"), timeout=60).status_code
            )

    sending = threading.Thread(target=send)
    sending.start()
    server.wait_until(lambda world: world.pending.get("p"))
    with api(server, small_team.bot) as http:
        twice = http.post("/posts", json=body(small_team, "lent", pending_post_id="p"))
        refused(twice, 500, "api.post.deduplicate_create_post.pending")
        server.clock.advance(1)
        http.post("/posts", json=body(small_team, "doublé"))
    server.commit_now()
    sending.join(timeout=60)
    posts = server.posts(small_team.channel)
    assert answers == [201] and [p.message for p in posts] == ["doublé", "lent"]
    assert posts[1].create_at < posts[0].create_at


def test_what_a_stopped_server_had_not_committed_is_not(small_team: SmallTeam) -> None:
    server = small_team.server
    server.faults.next("POST /posts", slow(600))
    failed: list[Exception] = []

    def send() -> None:
        with api(server, small_team.bot) as http:
            try:
                http.post("/posts", json=body(small_team, "jamais"), timeout=60)
            except httpx.TransportError as error:
                failed.append(error)

    sending = threading.Thread(target=send)
    sending.start()
    server.wait_until(lambda _: server.faults.struck)
    server.restart()
    sending.join(timeout=60)
    assert len(failed) == 1 and texts(small_team) == []


def test_a_429_has_the_servers_headers_and_plain_text(small_team: SmallTeam) -> None:
    small_team.server.faults.next("* *", rate_limited(7), times=1)
    with api(small_team.server, small_team.bot) as http:
        limited = http.get("/users/me")
    assert (limited.status_code, limited.text) == (429, "limit exceeded\n")
    assert (limited.headers["retry-after"], limited.headers["x-ratelimit-reset"]) == ("7", "7")
    assert {"x-ratelimit-limit", "x-ratelimit-remaining"} <= set(limited.headers)


def test_a_fault_waits_for_its_route_its_user_and_its_turn(small_team: SmallTeam) -> None:
    server = small_team.server
    post = server.post(small_team.bot, small_team.channel, "x")
    server.faults.next("PUT /posts/{id}/patch", Fault(status=500), user_id=small_team.bot.id, skip=1)
    with api(server, small_team.bot) as bot, api(server, small_team.alice) as alice:
        assert alice.put(f"/posts/{post.id}/patch", json={"message": "y"}).status_code == 403
        assert bot.get(f"/posts/{post.id}").status_code == 200
        answers = [bot.put(f"/posts/{post.id}/patch", json={"message": t}).status_code for t in "abc"]
        assert answers == [200, 500, 200] and server.faults.pending == 0
    server.faults.next("POST /posts", hung())
    server.faults.calm()
    assert server.faults.pending == 0


def test_random_faults_are_the_same_for_the_same_seed(make_fake_mattermost: Callable[..., FakeMattermost]) -> None:
    def statuses(seed: int) -> list[int]:
        server = make_fake_mattermost(seed=seed)
        with api(server, people(server).bot) as http:
            server.faults.at_random("GET /users/{id}", error_before_commit(), 0.5)
            return [http.get("/users/me").status_code for _ in range(24)]

    first = statuses(3)
    assert first == statuses(3) and set(first) == {200, 503} and first != statuses(4)


def test_events_may_be_lost_doubled_or_swapped(small_team: SmallTeam) -> None:
    server, bot = small_team.server, small_team.bot
    with opened(server, bot) as socket:
        heard(socket)
        server.faults.events(bot.id, lose=1)
        for text in ("perdu", "reçu"):
            server.post(small_team.alice, small_team.channel, text)
        event = heard(socket)
        assert (event["seq"], message(event)) == (2, "reçu")
        server.faults.events(bot.id, duplicate=1)
        server.post(small_team.alice, small_team.channel, "double")
        assert [(e["seq"], message(e)) for e in (heard(socket), heard(socket))] == [(3, "double"), (4, "double")]
        server.faults.swap_patience = 600.0
        server.faults.events(bot.id, swap=1)
        for text in ("premier", "second"):
            server.post(small_team.alice, small_team.channel, text)
        assert [message(heard(socket)) for _ in range(2)] == ["second", "premier"]
        server.faults.swap_patience = 0.01
        server.faults.events(bot.id, swap=1)
        server.post(small_team.alice, small_team.channel, "seul")
        assert message(heard(socket)) == "seul"
        server.faults.events(bot.id, delay=0.01)
        server.post(small_team.alice, small_team.channel, "tard")
        assert message(heard(socket)) == "tard"


def test_a_lost_event_is_still_in_the_ring(small_team: SmallTeam) -> None:
    server, bot = small_team.server, small_team.bot
    socket = opened(server, bot)
    identity = heard(socket)["data"]["connection_id"]
    server.gap(bot)
    for text in ("perdu", "reçu"):
        server.post(small_team.alice, small_team.channel, text)
    assert heard(socket)["seq"] == 2
    left(server, bot, socket)
    with resumed(server, bot, identity, 1) as again:
        assert [message(heard(again)) for _ in range(2)] == ["perdu", "reçu"]


def test_a_dropped_socket_can_be_resumed_unless_the_server_forgot_it(small_team: SmallTeam) -> None:
    server, bot = small_team.server, small_team.bot
    for breaking, outcome in ((server.drop, "lossless"), (server.lose_resume, "lost")):
        with opened(server, bot) as socket:
            identity = heard(socket)["data"]["connection_id"]
            breaking(bot)
            with pytest.raises(ConnectionClosed):
                heard(socket)
        server.wait_disconnected(bot)
        with resumed(server, bot, identity, 1):
            server.wait_connected(bot)
        server.wait_disconnected(bot)
        assert server.outcomes[-1] == outcome


def test_every_strike_of_a_soak_leaves_a_server_that_works(small_team: SmallTeam) -> None:
    server = small_team.server
    assert {server.strike(small_team.bot, kind) for kind in STRIKES} == set(STRIKES)
    server.faults.calm()
    with api(server, small_team.bot) as http, opened(server, small_team.bot) as socket:
        assert heard(socket)["event"] == "hello"
        assert http.post("/posts", json=body(small_team, "debout")).status_code == 201
        assert message(heard(socket)) == "debout"


def test_strikes_follow_the_seed(make_fake_mattermost: Callable[..., FakeMattermost]) -> None:
    def drawn(seed: int) -> list[str]:
        server = make_fake_mattermost(seed=seed)
        bot = people(server).bot
        return [server.strike(bot) for _ in range(12)]

    assert drawn(1) == drawn(1) != drawn(2)


def test_the_control_over_http_serves_a_test_in_another_process(fake_mattermost: FakeMattermost) -> None:
    with httpx.Client(base_url=f"{fake_mattermost.url}/_control", timeout=60) as control:

        def done(operation: str, **asked: object) -> dict:
            answer = control.post(f"/{operation}", json=asked)
            assert answer.status_code == 200, answer.text
            return answer.json()

        done("team", name="equipe")
        alice = done("user", username="alice", teams=["equipe"])
        bot = done("user", username="cct", teams=["equipe"], bot=True)
        done("channel", team="equipe", name="dev", members=["alice", "cct"])
        direct = done("channel", type="D", members=["alice", "cct"])
        post = done("post", author="alice", channel="dev", message="@cct bonjour")
        done("post", author="alice", channel=direct["id"], message="seul à seul")
        done("edit", author="alice", post=post["id"], message="@cct bonsoir")
        done("react", account="alice", post=post["id"], emoji="+1")
        done("fault", request="GET /users/{id}", status=503, times=1)
        account = httpx.Headers({"Authorization": f"Bearer {bot['token']}"})
        url = f"{fake_mattermost.url}/api/v4/users/me"
        assert [httpx.get(url, headers=account, timeout=60).status_code for _ in range(2)] == [503, 200]
        done("delete", author="alice", post=post["id"])
        done("strike", account="cct", kind="duplicate")
        done("calm")
        done("advance", seconds=1)
        state = control.get("/state").json()
        assert {p["message"] for p in state["posts"]} == {"@cct bonsoir", "seul à seul"}
        assert {u["id"] for u in state["users"]} == {alice["id"], bot["id"]}
        assert control.post("/danser", json={}).status_code == 404
        assert control.post("/post", json={}).status_code == 400
        assert json.loads(control.get("/state").text)["struck"]


def test_the_control_can_restart_the_server_that_serves_it(fake_mattermost: FakeMattermost) -> None:
    with opened(fake_mattermost, fake_mattermost.bot("cct")) as socket:
        heard(socket)
        with suppress(httpx.TransportError):  # the answer itself may be cut
            httpx.post(f"{fake_mattermost.url}/_control/restart", timeout=60)
        with pytest.raises(ConnectionClosed):
            heard(socket)
    fake_mattermost.wait_until(lambda _: fake_mattermost.runs == 2)
    assert httpx.get(f"{fake_mattermost.url}/api/v4/system/ping", timeout=60).status_code == 200
