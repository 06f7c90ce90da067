"""A fake Mattermost for the tests, in a thread of its own; usable from any thread and any event loop."""

from __future__ import annotations

import asyncio
import copy
import json
import random
import threading
import time
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from tests.mattermost.fake_control import control_routes
from tests.mattermost.fake_faults import Faults, dropped, error_after_commit, error_before_commit, rate_limited, slow
from tests.mattermost.fake_hub import Stream
from tests.mattermost.fake_records import Channel, Clock, Command, FakeSettings, Ids, Post, Reaction, Team, User
from tests.mattermost.fake_server import FakeServer, Seen
from tests.mattermost.fake_world import World

T = TypeVar("T")
SEVERAL = 3
PATIENCE = 60.0
"""Seconds that a test waits for what it expects, unless told otherwise: a busy machine takes its time."""
LOOK_AGAIN = 0.25
"""Seconds after which a waiting test looks again without having been told of a change."""

STRIKES = (
    "drop",
    "half_open",
    "gap",
    "lost_resume",
    "restart",
    "too_many",
    "before_commit",
    "after_commit",
    "dropped_after_commit",
    "slow",
    "duplicate",
    "out_of_order",
)
"""The faults a soak draws from."""

NOISE: dict[str, dict[str, Any]] = {
    "status_change": {"status": "away", "user_id": "a" * 26},
    "thread_updated": {"thread": "{}", "previous_unread_replies": 0},
    "preferences_changed": {"preferences": "[]"},
    "multiple_channels_viewed": {"channel_times": {}},
    "custom_greffon_inconnu": {"quoi": 1},
}


@dataclass(frozen=True)
class Account:
    """A person or bot, and a token of theirs."""

    id: str
    username: str
    token: str


class FakeMattermost:
    """The server and its remote control.

    Everything given back is a copy. Methods wait until the server's own loop did the work.
    """

    def __init__(self, settings: FakeSettings | None = None, seed: int = 0) -> None:
        self.settings = settings or FakeSettings()
        self.clock = Clock()
        self.faults = Faults(seed)
        self._dice = random.Random(seed)
        self._changes = 0
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake-mattermost", daemon=True)
        self._thread.start()
        self._server: FakeServer = self.call(
            lambda: FakeServer(
                self.settings,
                self.clock,
                Ids(seed),
                self.faults,
                self._note_change,
                extra_routes=control_routes(self),
            )
        )

    # --- life

    def start(self) -> str:
        """Listens on a free port of the loopback, or on the former one; gives the address."""
        self._run(self._server.start())
        return self.url

    def stop(self) -> None:
        """As a killed server: every connection is reset. The data stay."""
        self._run(self._server.stop())

    def restart(self) -> None:
        """Same port, same data, no stream and no cache left."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stops for good."""
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    @property
    def url(self) -> str:
        """http://127.0.0.1:PORT"""
        return f"http://{self._server.host}:{self._server.port}"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._server.port

    def call(self, work: Callable[[], T]) -> T:
        """Runs something in the server's loop and gives its result."""

        async def run() -> T:
            return work()

        return self._run(run())

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=60)

    def _note_change(self) -> None:
        with self._changed:
            self._changes += 1
            self._changed.notify_all()

    def wait_until(self, what: Callable[[World], T | None], timeout: float = PATIENCE) -> T:
        """The first result that is true, looked for at each change of the server, and now and then.

        Raises TimeoutError after `timeout` seconds.
        """
        limit = time.monotonic() + timeout
        while True:
            with self._changed:
                before = self._changes
            found = self.call(lambda: copy.deepcopy(what(self._server.world)))
            if found:
                return found
            with self._changed:
                if self._changes == before:
                    self._changed.wait(LOOK_AGAIN)
            if time.monotonic() > limit:
                raise TimeoutError(f"le faux serveur n'a rien vu de tel en {timeout} s")

    async def until(self, what: Callable[[World], T | None], timeout: float = PATIENCE) -> T:
        """The same, for a coroutine."""
        return await asyncio.to_thread(self.wait_until, what, timeout)

    # --- what a test sets up

    @property
    def _world(self) -> World:
        return self._server.world

    def team(self, name: str, *members: Account) -> Team:
        """A new team."""
        return copy.deepcopy(self.call(lambda: self._world.add_team(name, [m.id for m in members])))

    def user(self, username: str, *teams: Team, admin: bool = False) -> Account:
        """A new person, with a session."""
        return self._account(username, False, "system_user system_admin" if admin else "system_user", teams)

    def bot(self, username: str, *teams: Team) -> Account:
        """A new bot account, with an access token."""
        return self._account(username, True, "system_user", teams)

    def _account(self, username: str, is_bot: bool, roles: str, teams: Iterable[Team]) -> Account:
        def made() -> Account:
            user = self._world.add_user(username, is_bot, roles)
            for team in teams:
                self._world.teams[team.id].members.add(user.id)
            return Account(user.id, username, self._world.add_token(user.id))

        return self.call(made)

    def channel(self, team: Team, name: str, *members: Account, private: bool = False) -> Channel:
        """A new open or private channel."""
        kind = "P" if private else "O"
        ids = [m.id for m in members]
        return copy.deepcopy(self.call(lambda: self._world.add_channel(kind, name, ids, team.id)))

    def direct(self, one: Account, other: Account) -> Channel:
        """The direct channel of two accounts, made by the first."""
        return copy.deepcopy(self.call(lambda: self._world.add_channel("D", "", [one.id, other.id], creator=one.id)))

    def group(self, *people: Account) -> Channel:
        """The group channel of these accounts, made by the first."""
        ids = [p.id for p in people]
        return copy.deepcopy(self.call(lambda: self._world.add_channel("G", "", ids, creator=ids[0])))

    def join(self, channel: Channel, account: Account) -> None:
        """Makes the account a member, with the system's post and events."""
        self.call(lambda: self._world.join_channel(channel.id, account.id))

    def leave(self, channel: Channel, account: Account) -> None:
        """Ends the membership, with the events."""
        self.call(lambda: self._world.leave_channel(channel.id, account.id))

    def archive(self, channel: Channel) -> None:
        """Archives the channel."""
        self.call(lambda: self._world.archive_channel(channel.id))

    def revoke(self, account: Account) -> None:
        """The token stops working."""
        self.call(lambda: self._world.tokens.pop(account.token, None))

    # --- what people do, without going through HTTP (and so without its faults)

    def post(self, author: Account, channel: Channel | str, message: str, root: Post | str = "", **body: Any) -> Post:
        """The author posts."""
        channel_id = channel if isinstance(channel, str) else channel.id
        root_id = root if isinstance(root, str) else root.root_id or root.id
        asked = {"channel_id": channel_id, "message": message, "root_id": root_id, **body}

        def made() -> Post:
            shown = self._world.create_post(self._world.users[author.id], asked)
            return copy.deepcopy(self._world.posts[shown["id"]])

        return self.call(made)

    def webhook_post(self, author: Account, channel: Channel, message: str, kind: str = "", **props: Any) -> Post:
        """A post no API call could make: of an incoming webhook, of a plugin, or of the system."""

        def made() -> Post:
            post = Post(self._world.ids.new(), author.id, channel.id, message, 0, type=kind, props=props)
            self._world.insert_post(post)
            return copy.deepcopy(post)

        return self.call(made)

    def edit(self, author: Account, post: Post | str, message: str) -> None:
        """The author edits."""
        post_id = post if isinstance(post, str) else post.id
        self.call(lambda: self._world.edit_post(self._world.users[author.id], post_id, message, None))

    def delete(self, author: Account, post: Post | str) -> None:
        """The author deletes."""
        post_id = post if isinstance(post, str) else post.id
        self.call(lambda: self._world.delete_post(self._world.users[author.id], post_id))

    def react(self, who: Account, post: Post | str, emoji: str) -> None:
        """Someone reacts."""
        post_id = post if isinstance(post, str) else post.id
        self.call(lambda: self._world.add_reaction(self._world.users[who.id], post_id, emoji))

    def unreact(self, who: Account, post: Post | str, emoji: str) -> None:
        """Someone takes a reaction back."""
        post_id = post if isinstance(post, str) else post.id
        self.call(lambda: self._world.remove_reaction(self._world.users[who.id], post_id, emoji))

    # --- what a test looks at

    @property
    def runs(self) -> int:
        """How many times it started."""
        return self._server.runs

    def commands(self) -> list[Command]:
        """The slash commands, tokens included."""
        return copy.deepcopy(self.call(lambda: list(self._world.commands.values())))

    def account(self, user_id: str) -> User:
        """An account as stored."""
        return copy.deepcopy(self.call(lambda: self._world.users[user_id]))

    def stored(self, post_id: str) -> Post:
        """A post as stored, buttons and integrations included, even deleted."""
        return copy.deepcopy(self.call(lambda: self._world.posts[post_id]))

    def posts(
        self, channel: Channel | None = None, author: Account | None = None, deleted: bool = False
    ) -> list[Post]:
        """Posts in the order of their commits."""

        def found() -> list[Post]:
            every = self._world.by_channel.get(channel.id, []) if channel else list(self._world.posts.values())
            return [p for p in every if (deleted or not p.delete_at) and (author is None or p.user_id == author.id)]

        return copy.deepcopy(self.call(found))

    def replies(self, root: Post | str) -> list[Post]:
        """The thread after its root, oldest first."""
        root_id = root if isinstance(root, str) else root.root_id or root.id
        return copy.deepcopy(self.call(lambda: self._world.replies(root_id)))

    def reactions(self, post: Post | str) -> list[Reaction]:
        """The reactions on a post."""
        post_id = post if isinstance(post, str) else post.id
        return copy.deepcopy(self.call(lambda: list(self._world.reactions.get(post_id, []))))

    def versions(self, post: Post | str) -> list[Post]:
        """The former versions of a post, oldest first."""
        post_id = post if isinstance(post, str) else post.id
        return copy.deepcopy(self.call(lambda: list(self._world.history.get(post_id, []))))

    def requests(self, method: str = "", path: str = "") -> list[Seen]:
        """The requests answered so far, in order of their answers; paths are without /api/v4."""
        seen = self.call(lambda: list(self._server.seen))
        return [s for s in seen if (not method or s.method == method) and s.path.startswith(path)]

    @property
    def integrations_called(self) -> list[str]:
        """The addresses the server called, in order."""
        return self.call(lambda: list(self._server.integrations.called))

    @property
    def outcomes(self) -> list[str]:
        """What each connection that gave a connection_id came to since the last start: lossless, resumed, lost."""
        return self.call(lambda: list(self._server.hub.outcomes))

    def connections(self, account: Account) -> int:
        """The streams of the account the server believes open."""
        return self.call(lambda: len(self._server.hub.active(account.id)))

    def wait_connected(self, account: Account, timeout: float = PATIENCE) -> None:
        """Until the account has an open stream."""
        self.wait_until(lambda _: bool(self._server.hub.active(account.id)), timeout)

    def wait_disconnected(self, account: Account, timeout: float = PATIENCE) -> None:
        """Until the account has none."""
        self.wait_until(lambda _: not self._server.hub.active(account.id), timeout)

    # --- faults

    def commit_now(self) -> None:
        """What is being slow goes on at once."""

        def hurry() -> None:
            self._server.hurry.set()
            self._server.hurry = asyncio.Event()

        self.call(hurry)

    def noise(self, account: Account) -> None:
        """Events of a busy server that are of no interest to a bot."""
        for name, data in NOISE.items():
            self.call(partial(self._server.tell, account.id, name, dict(data)))

    def drop(self, account: Account) -> None:
        """Resets the account's sockets."""

        def hang_up() -> None:
            for stream in self._streams(account):
                if stream.wire:
                    stream.wire.hang_up()

        self.call(hang_up)

    def half_open(self, account: Account, noticed: bool = False) -> int:
        """Nothing passes any more on the account's sockets, and nobody is told.

        The server learns of the client's departure only if `noticed`; else it goes on believing, and a
        reconnection is then a loss. Gives the number of sockets it broke.
        """

        def break_them() -> int:
            self._server.notices_half_open = noticed
            for stream in self._streams(account):
                stream.half_open = True
            return len(self._streams(account))

        return self.call(break_them)

    def lose_resume(self, account: Account) -> None:
        """Resets the sockets, and no stream can be resumed: the reconnection is a loss."""

        def forget() -> None:
            streams = self._streams(account)
            self._server.hub.forget(account.id)
            for stream in streams:
                if stream.wire:
                    stream.wire.hang_up()

        self.call(forget)

    def gap(self, account: Account, events: int = 1) -> None:
        """The next events take their numbers and are lost on the way."""
        self.faults.events(account.id, lose=events)

    def _streams(self, account: Account) -> list[Stream]:
        return self._server.hub.active(account.id)

    def strike(self, account: Account, kind: str = "") -> str:
        """One fault against this account, drawn from the seed unless it is named; gives its name."""
        kind = kind or self._dice.choice(STRIKES)
        simple: dict[str, Callable[[], object]] = {
            "drop": lambda: self.drop(account),
            "half_open": lambda: self.half_open(account, noticed=self._dice.random() < 0.5),
            "gap": lambda: self.gap(account),
            "lost_resume": lambda: self.lose_resume(account),
            "restart": self.restart,
            "duplicate": lambda: self.faults.events(account.id, duplicate=SEVERAL),
            "out_of_order": lambda: self.faults.events(account.id, swap=SEVERAL),
        }
        on_requests = {
            "too_many": rate_limited(1),
            "before_commit": error_before_commit(),
            "after_commit": error_after_commit(),
            "dropped_after_commit": dropped(after_commit=True),
            "slow": slow(0.3),
        }
        if kind in simple:
            simple[kind]()
        else:
            self.faults.next("POST /posts", on_requests[kind], times=2, user_id=account.id)
            self.faults.next("PUT /posts/{id}/patch", on_requests[kind], times=1, user_id=account.id)
        return kind

    def state(self) -> dict[str, Any]:
        """All there is, as JSON, for a test in another process."""

        def found() -> dict[str, Any]:
            world = self._world
            return {
                "users": [u.json() for u in world.users.values()],
                "teams": [t.json() for t in world.teams.values()],
                "channels": [c.json() | {"members": sorted(c.members)} for c in world.channels.values()],
                "posts": [world.shown(p) for p in world.posts.values()],
                "struck": list(self.faults.struck),
            }

        return dict(json.loads(json.dumps(self.call(found))))
