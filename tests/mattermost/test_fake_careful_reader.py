"""The contract can be kept: a careful reader hears of every post, whatever strikes its stream."""

from __future__ import annotations

import json
import threading
from contextlib import suppress

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection

from tests.mattermost.conftest import SmallTeam
from tests.mattermost.test_fake_contract import api
from tests.mattermost.test_fake_streams import opened

ON_THE_STREAM = ("drop", "half_open", "gap", "lost_resume", "restart", "duplicate", "out_of_order")
DEAF = 0.5
"""Seconds without a pong after which the reader gives its socket up."""


class CarefulReader:
    """Resumes with its connection_id, catches up by REST after each hello, and counts each post once."""

    def __init__(self, team: SmallTeam, first_post: str) -> None:
        self._team, self._anchor = team, first_post
        self._identity, self._next = "", 0
        self.posts: set[str] = set()
        self.losses = 0
        self.done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self.done.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        while not self.done.is_set():
            query = f"?connection_id={self._identity}&sequence_number={self._next}"
            gone = suppress(WebSocketException, OSError, TimeoutError, httpx.HTTPError)
            with gone, opened(self._team.server, self._team.bot, query) as stream:
                self._listen(stream)

    def _listen(self, stream: ClientConnection) -> None:
        waiting = False
        while not self.done.is_set():
            try:
                heard = json.loads(stream.recv(timeout=DEAF))
            except TimeoutError:
                if waiting:
                    return
                stream.send(json.dumps({"action": "ping", "seq": 1}))
                waiting = True
                continue
            waiting = False
            if "event" not in heard:
                continue
            if heard["event"] == "hello":
                self._identity, self._next = heard["data"]["connection_id"], 0
                self.losses += 1
                self._catch_up()
            if heard["seq"] != self._next:
                return
            self._next = heard["seq"] + 1
            if heard["event"] == "posted":
                self.posts.add(json.loads(heard["data"]["post"])["id"])

    def _catch_up(self) -> None:
        with api(self._team.server, self._team.bot) as http:
            query = {"after": self._anchor, "per_page": 200, "skipFetchThreads": "true"}
            found = http.get(f"/channels/{self._team.channel.id}/posts", params=query)
            self.posts |= set(found.raise_for_status().json()["order"])


def test_a_careful_reader_hears_of_every_post(small_team: SmallTeam) -> None:
    server = small_team.server
    anchor = server.post(small_team.alice, small_team.channel, "repère")
    server.clock.advance(1)  # the anchor's own millisecond is never caught up
    reader = CarefulReader(small_team, anchor.id)
    posted: set[str] = set()

    def all_heard(_: object) -> bool:
        return posted <= reader.posts

    try:
        for round_ in range(2):
            for kind in ON_THE_STREAM:
                server.wait_connected(small_team.bot)
                server.strike(small_team.bot, kind)
                for n in range(5):
                    posted.add(server.post(small_team.alice, small_team.channel, f"{kind} {round_} {n}").id)
                server.wait_until(all_heard)
    finally:
        reader.stop()
    assert reader.posts == posted and reader.losses >= 5
