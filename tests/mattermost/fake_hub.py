"""The streams of events: sequence numbers, the queue, the ring that a resumption reads, the reaper."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.mattermost.fake_faults import Faults
from tests.mattermost.fake_records import ID_PATTERN, VERSION_ID, Clock, FakeSettings, Ids
from tests.mattermost.fake_world import Event, World

DROPPED_WHEN_SLOW = {"typing", "status_change", "multiple_channels_viewed"}


class Wire(Protocol):
    """One open socket."""

    async def send(self, text: str) -> None:
        """Sends a text frame."""

    def hang_up(self) -> None:
        """Resets the connection."""

    def close(self) -> None:
        """Closes it without a closing frame."""


class BadResume(Exception):
    """connection_id or sequence_number cannot be read: the server closes at once."""


@dataclass(eq=False)
class Stream:
    """What the server keeps of a connection, its socket open or not."""

    connection_id: str
    user_id: str = ""
    token: str = ""
    sequence: int = 0
    queue: deque[dict[str, Any]] = field(default_factory=deque)
    ring: deque[dict[str, Any]] = field(default_factory=deque)
    wire: Wire | None = None
    active: bool = False
    reused: int = 0
    last_activity: float = 0.0
    inactive_since: float = 0.0
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    held: dict[str, Any] | None = None
    half_open: bool = False
    """Nothing passes any more in either direction, and the server does not know."""


class Hub:
    """The streams of one run of the server: a restart starts with none."""

    def __init__(self, world: World, settings: FakeSettings, clock: Clock, ids: Ids, faults: Faults) -> None:
        self._world, self._settings, self._clock, self._ids, self._faults = world, settings, clock, ids, faults
        self._started = clock.seconds()
        self.streams: list[Stream] = []
        self.outcomes: list[str] = []
        """What each connection with a connection_id came to: lossless, resumed or lost."""

    # --- connections

    def open(self, connection_id: str, sequence: str, user_id: str, token: str) -> Stream:
        """The stream of a new socket: a known one when it may be resumed, else a new one.

        Raises BadResume where the server would close at once.
        """
        if not connection_id or not user_id:
            return Stream(self._ids.new())
        if not ID_PATTERN.match(connection_id):
            raise BadResume(connection_id)
        known = self._resumable(connection_id, user_id)
        if known is None:
            self.outcomes.append("lost")
            return Stream(self._ids.new())
        if not sequence.isdigit():
            raise BadResume(sequence)
        self.streams.remove(known)
        known.sequence = int(sequence)
        known.reused += 1
        known.token = token
        return known

    def _resumable(self, connection_id: str, user_id: str) -> Stream | None:
        self.reap()
        for stream in self.streams:
            # One that still passes for active (half-open) is not given back: that is a loss.
            if (stream.connection_id, stream.user_id) == (connection_id, user_id) and not stream.active:
                return stream
        return None

    def register(self, stream: Stream, user_id: str, token: str) -> None:
        """An authenticated stream gets events from here on, after its hello if it is a new one."""
        stream.user_id, stream.token = user_id, token
        stream.active, stream.half_open = True, False
        stream.last_activity = self._clock.seconds()
        self.streams.append(stream)
        if stream.reused == 0:
            self.put(stream, self._hello(stream))

    def unregister(self, stream: Stream) -> None:
        """The socket is gone: the stream stays for a while, and buffers."""
        stream.active, stream.wire = False, None
        stream.inactive_since = self._clock.seconds()

    def forget(self, user_id: str = "") -> None:
        """No stream of this user can be resumed: the next reconnection is a loss."""
        for stream in [s for s in self.streams if not user_id or s.user_id == user_id]:
            self.streams.remove(stream)

    def reap(self) -> None:
        """Drops what the reaper would have met inactive for too long at one of its rounds."""
        every = self._settings.reaper_seconds
        rounds = int((self._clock.seconds() - self._started) // every)
        latest = self._started + rounds * every
        for stream in [s for s in self.streams if not s.active]:
            if stream.inactive_since <= latest and latest - stream.last_activity > every:
                self.streams.remove(stream)

    def active(self, user_id: str) -> list[Stream]:
        """The streams of this user the server believes open."""
        return [s for s in self.streams if s.active and s.user_id == user_id]

    # --- events

    def publish(self, event: Event) -> None:
        """Puts the event in the queue of each stream it is for."""
        for stream in list(self.streams):
            if self._concerns(event, stream):
                self._deliver(stream, event)

    def _concerns(self, event: Event, stream: Stream) -> bool:
        if self._world.user_of(stream.token) is None:
            return False
        if len(stream.queue) >= self._settings.send_queue // 2 and event.name in DROPPED_WHEN_SLOW:
            return False
        if event.user_id:
            return stream.user_id == event.user_id
        if stream.user_id in event.omit_users:
            return False
        if event.channel_id:
            return stream.user_id in self._world.channels[event.channel_id].members
        if event.team_id:
            return stream.user_id in self._world.teams[event.team_id].members
        return True

    def _deliver(self, stream: Stream, event: Event) -> None:
        message = _message(event, stream.user_id)
        if event.name == "posted" and stream.held is None and self._faults.take_event(stream.user_id, "swap"):
            stream.held = message
            asyncio.get_running_loop().call_later(self._faults.swap_patience, self._release, stream, message)
            return
        self.put(stream, message)
        if event.name == "posted" and self._faults.take_event(stream.user_id, "duplicate"):
            self.put(stream, dict(message))
        if stream.held is not None:
            self._release(stream, stream.held)

    def _release(self, stream: Stream, message: dict[str, Any]) -> None:
        if stream.held is message:
            stream.held = None
            self.put(stream, message)

    def put(self, stream: Stream, message: dict[str, Any]) -> None:
        """Queues an event or a reply; a full queue ends the stream for good."""
        if len(stream.queue) >= self._settings.send_queue:
            if stream in self.streams:
                self.streams.remove(stream)
            stream.active = False
            if stream.wire is not None:
                stream.wire.hang_up()
            return
        stream.queue.append(message)
        stream.wake.set()

    def _hello(self, stream: Stream) -> dict[str, Any]:
        data = {"server_version": VERSION_ID, "connection_id": stream.connection_id, "server_hostname": "faux"}
        return _envelope("hello", data, user_id=stream.user_id)

    # --- the write pump

    async def pump(self, stream: Stream, wire: Wire) -> None:
        """Writes the stream to its socket until it is gone: first what a resumption owes, then the queue."""
        if stream.reused and stream.sequence == 0:
            self.outcomes.append("lossless")
        if stream.sequence != 0:
            await self._resume(stream, wire)
        while stream.wire is wire:
            while stream.queue and stream.wire is wire:
                await self._write(stream, wire, stream.queue.popleft())
            stream.wake.clear()
            if not stream.queue:
                await stream.wake.wait()

    async def _resume(self, stream: Stream, wire: Wire) -> None:
        missed = [m for m in stream.ring if m["seq"] >= stream.sequence]
        if missed and missed[0]["seq"] == stream.sequence:
            self.outcomes.append("resumed")
            for message in missed:
                await self._send(stream, wire, message)
                stream.sequence = message["seq"] + 1
        elif stream.ring and stream.ring[-1]["seq"] != stream.sequence - 1:
            self.outcomes.append("lost")
            stream.ring.clear()
            stream.connection_id, stream.sequence = self._ids.new(), 0
            await self._write(stream, wire, self._hello(stream))
        else:
            self.outcomes.append("lossless")

    async def _write(self, stream: Stream, wire: Wire, message: dict[str, Any]) -> None:
        delay = self._faults.event_delay(stream.user_id)
        if delay:
            await asyncio.sleep(delay)
        if "event" not in message:
            await self._send(stream, wire, message)
            return
        numbered = message | {"seq": stream.sequence}
        stream.sequence += 1
        stream.ring.append(numbered)
        while len(stream.ring) > self._settings.dead_queue:
            stream.ring.popleft()
        lost = message["event"] != "hello" and self._faults.take_event(stream.user_id, "lose")
        if not lost:
            await self._send(stream, wire, numbered)

    async def _send(self, stream: Stream, wire: Wire, message: dict[str, Any]) -> None:
        if stream.half_open:
            return
        broken = self._settings.broken
        if "seq" in message and broken & {"no-seq", "seq-from-one"}:
            message = {k: v for k, v in message.items() if k != "seq"} | (
                {"seq": message["seq"] + 1} if "seq-from-one" in broken else {}
            )
        await wire.send(json.dumps(message, ensure_ascii=False))


def _message(event: Event, user_id: str) -> dict[str, Any]:
    """The event as this recipient gets it: `mentions` and `followers` name only them."""
    data = dict(event.data)
    if user_id in event.mentions:
        data["mentions"] = json.dumps([user_id])
    if user_id in event.followers:
        data["followers"] = json.dumps([user_id])
    return _envelope(event.name, data, event.channel_id, event.user_id, event.team_id, event.omit_users)


def _envelope(
    name: str,
    data: dict[str, Any],
    channel_id: str = "",
    user_id: str = "",
    team_id: str = "",
    omit: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    broadcast = {
        "omit_users": dict.fromkeys(sorted(omit), True) or None,
        "user_id": user_id,
        "channel_id": channel_id,
        "team_id": team_id,
        "connection_id": "",
        "omit_connection_id": "",
    }
    return {"event": name, "data": data, "broadcast": broadcast}
