"""What each event of the stream is to the bot. It persists and returns: answering is the workers' task."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Set
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from ui.mattermost.client.models import Event, Post, Reaction
from ui.mattermost.client.patience import Time
from ui.mattermost.client.rest import MattermostApi
from ui.mattermost.conversation.incoming import Account, Place, as_question, from_a_person
from ui.mattermost.errors import MattermostError, RequestRefused, TokenRefused
from ui.mattermost.health import Gauges
from ui.mattermost.ledger.question import Incoming
from ui.mattermost.ledger.questions import Questions
from ui.mattermost.ledger.reading import SKEW, Reading, Seen
from ui.mattermost.ledger.threads import OffLoop
from ui.mattermost.settings import MattermostSettings

RECEIPT = "eyes"
_REACTIONS_AT_ONCE = 8
_MOST_UNNOTED = 500
_log = logging.getLogger("cct.mattermost")


@dataclass
class Intake:
    """Turns events into questions of the ledger, edits, deletions and votes."""

    settings: MattermostSettings
    me: Account
    api: MattermostApi
    questions: Questions
    reading: Reading
    off_loop: OffLoop
    time: Time
    gauges: Gauges
    wake: Callable[[], None]
    """Told of every new question."""
    on_reaction: Callable[[Reaction, bool], Coroutine[Any, Any, None]]
    spawn: Callable[[Coroutine[Any, Any, None]], None]
    """Starts something that the stream must not wait for."""
    fresh: set[str]
    """Filled with the questions heard live (see Answering)."""
    places: dict[str, Place] = field(default_factory=dict)
    """Channel → its type and team, as the events and the list of channels tell."""
    catching_up: bool = False
    """While the channels are read again, events move no cursor: what was missed stands before them."""
    _read: list[Seen] = field(default_factory=list)
    _taking: int = 0
    _taken_at: float = float("-inf")
    _reacting: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_REACTIONS_AT_ONCE))

    async def event(self, event: Event) -> None:
        """Takes one event; a malformed one is logged and left aside. Raises StorageError: it is not kept."""
        self.gauges.event(event.event, self.time.monotonic())
        try:
            if event.event == "posted":
                await self._posted(event)
            elif event.event in {"post_edited", "post_deleted"}:
                post = Post.model_validate_json(str(event.data.get("post") or ""))
                await (self._edited(post) if event.event == "post_edited" else self._deleted(post))
            elif event.event in {"reaction_added", "reaction_removed"}:
                reaction = Reaction.model_validate_json(str(event.data.get("reaction") or ""))
                if reaction.user_id != self.me.id:
                    self.spawn(self.on_reaction(reaction, event.event == "reaction_added"))
            elif event.event in {"user_added", "direct_added", "group_added"}:
                await self._entered(event)
        except ValidationError as exc:
            _log.warning("event %s left aside: %s", event.event, exc.errors()[0]["type"])

    async def receive(self, post: Post, place: Place) -> bool:
        """Keeps a post, moves its channel's cursor; True for a question that is new."""
        if not from_a_person(post, self.me):
            return await self._received(post, place)
        self._taking += 1
        try:
            return await self._received(post, place)
        finally:
            self._taking -= 1
            self._taken_at = self.time.monotonic()

    def settling(self, seconds: float) -> bool:
        """True while people's posts come one upon the other: what was posted first may still be on its way."""
        return self._taking > 0 or self.time.monotonic() - self._taken_at < seconds

    async def _received(self, post: Post, place: Place) -> bool:
        now = self.time.milliseconds()
        seen = Seen(post.id, post.channel_id, post.create_at)
        asked = await self.off_loop(self.question_of, post, place) if from_a_person(post, self.me) else None
        if not self.catching_up:
            self._read.append(seen)
        if asked is None:  # the cursor may stay behind: what stands after it is read again, and known
            if len(self._read) >= _MOST_UNNOTED:
                await self.note_read()
            return False
        new = await self.off_loop(self.reading.receive, self._taken_read(), asked, now)
        if new:
            self.fresh.add(post.id)
            self.received(post.id)
        return new

    async def note_read(self) -> None:
        """Moves the cursors over what was read and asked nothing. Raises StorageError."""
        if read := self._taken_read():
            await self.off_loop(self.reading.receive, read, None, self.time.milliseconds())

    def _taken_read(self) -> list[Seen]:
        read, self._read = self._read, []
        return read

    def received(self, post_id: str) -> None:
        """A question is kept: says so to whoever asked, and wakes the workers."""
        self.gauges.question()
        self.spawn(self._acknowledge(post_id))
        self.wake()

    def question_of(self, post: Post, place: Place, threads: Set[str] = frozenset()) -> Incoming | None:
        """The question that a post is, if it is one; `threads` are answered in too. Blocks: it may ask the ledger."""

        def answered_in(thread: str) -> bool:
            return thread in threads or self.questions.answered_in(thread)

        return as_question(post, place, self.me, follow_ups=self.settings.follow_ups, answered_in=answered_in)

    async def _posted(self, event: Event) -> None:
        post = Post.model_validate_json(str(event.data.get("post") or ""))
        kind, team = str(event.data.get("channel_type") or ""), str(event.data.get("team_id") or "")
        place = Place(kind, team)
        if kind:
            self.places[post.channel_id] = place
        self.gauges.lag(self.time.milliseconds() - post.create_at)
        await self.receive(post, place if kind else self.places.get(post.channel_id, place))

    async def _edited(self, post: Post) -> None:
        if not from_a_person(post, self.me):
            return
        again = await self.off_loop(self.questions.edit, post.id, post.message)
        if again:
            self.wake()
        place = self.places.get(post.channel_id)
        if again is None and place is not None and self._recent(post) and post.edit_at:
            # a name that was mistyped and put right: it is asked now; no cursor moves, the post is an old one
            incoming = await self.off_loop(self.question_of, post, place)
            now = self.time.milliseconds()
            if incoming is not None and await self.off_loop(self.reading.receive, [], incoming, now):
                self.received(post.id)

    async def _deleted(self, post: Post) -> None:
        if await self.off_loop(self.questions.drop, post.id):
            _log.info("question %s deleted before its answer", post.id)

    async def _entered(self, event: Event) -> None:
        """The bot enters a channel: what was written there before is not for it."""
        channel_id = str(event.broadcast.get("channel_id") or event.data.get("channel_id") or "")
        if channel_id and event.data.get("user_id") in {self.me.id, None, ""}:
            await self.off_loop(self.reading.begin, channel_id, self.time.milliseconds() - SKEW)

    def _recent(self, post: Post) -> bool:
        return self.time.milliseconds() - post.create_at < self.settings.max_age_hours * 3_600_000

    async def _acknowledge(self, post_id: str) -> None:
        """The receipt: a reaction, which lasts, where the typing indicator goes out after five seconds."""
        async with self._reacting:
            try:
                await self.api.react(self.me.id, post_id, RECEIPT)
            except TokenRefused:
                raise
            except RequestRefused as exc:
                _log.info("no reaction on %s: %s", post_id, exc.message)
            except MattermostError as exc:
                _log.warning("no reaction on %s: %s", post_id, exc.message)
