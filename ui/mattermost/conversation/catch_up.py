"""What was posted while nobody listened: each channel is read by REST from where it was left."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from ui.mattermost.client.models import Channel, Post, in_order
from ui.mattermost.client.patience import Time
from ui.mattermost.client.rest import PAGE, MattermostApi
from ui.mattermost.conversation.incoming import Place
from ui.mattermost.conversation.intake import Intake
from ui.mattermost.errors import RequestRefused
from ui.mattermost.health import Gauges
from ui.mattermost.ledger.question import Incoming
from ui.mattermost.ledger.reading import MARGIN, SKEW, Cursor, Reading, Seen
from ui.mattermost.ledger.threads import OffLoop

_AT_ONCE = 4
_MOST_PAGES = 50
"""Pages of one channel: ten thousand posts; more is told in the log and in the metrics, not read."""
_log = logging.getLogger("cct.mattermost")


@dataclass
class CatchUp:
    """Reads what was missed. Posts go through the same gate as events, and are kept once."""

    api: MattermostApi
    intake: Intake
    reading: Reading
    off_loop: OffLoop
    time: Time
    gauges: Gauges
    born_at: int
    """When the bot's account was created: nothing before can be a question to it."""
    max_age: int
    """Milliseconds: how far back a bot that never ran looks."""

    async def run(self, sweep: bool = False) -> int:
        """Reads every channel that has moved; returns how many questions were found. Raises what REST raises.

        After a loss a channel is read again even when its last post is known: another one may share its millisecond.
        A sweep, made now and then over a stream that seems whole, leaves these alone.
        """
        floor = await self._floor()
        cursors = await self.off_loop(self.reading.cursors)
        channels = [c for c in await self.api.channels() if not c.delete_at]
        for channel in channels:
            self.intake.places[channel.id] = Place(channel.type, channel.team_id)
        limit = asyncio.Semaphore(_AT_ONCE)

        async def one(channel: Channel) -> int:
            async with limit:
                try:
                    cursor = cursors.get(channel.id)
                    if sweep and cursor is not None and channel.last_post_at <= cursor.last_at:
                        return 0
                    return await self._channel(channel, cursor, floor)
                except RequestRefused as exc:  # left meanwhile: its events no longer come either
                    _log.warning("channel %s not read: %s", channel.id, exc.message)
                    return 0

        found = await asyncio.gather(*(one(c) for c in channels))
        return sum(found)

    async def _floor(self) -> int:
        """From when a channel without a cursor is read: when the stream was last whole, else within the age limit."""
        alive = await self.off_loop(self.reading.last_alive)
        since = alive - SKEW if alive else self.time.milliseconds() - self.max_age
        return max(since, self.born_at)

    async def _channel(self, channel: Channel, cursor: Cursor | None, floor: int) -> int:
        place = Place(channel.type, channel.team_id)
        if cursor is None:
            if channel.last_post_at < floor:
                await self.off_loop(self.reading.begin, channel.id, floor)
                return 0
            return await self._kept(await self._back_to(channel.id, floor), place)
        if channel.last_post_at < cursor.last_at or (not cursor.last_at and channel.last_post_at < cursor.floor_at):
            return 0
        if not cursor.anchor_id:
            return await self._kept(await self._back_to(channel.id, cursor.floor_at), place)
        return await self._after(channel, cursor, place)

    async def _after(self, channel: Channel, cursor: Cursor, place: Place) -> int:
        """Pages after the anchor. The next anchor is the newest post of another millisecond: the server compares
        moments, and leaves out what shares the anchor's."""
        anchor, found, seen_ids = cursor.anchor_id, 0, set[str]()
        for _ in range(_MOST_PAGES):
            page = await self.api.posts_after(channel.id, anchor)
            posts = page.ordered()
            fresh = [p for p in posts if p.id not in seen_ids]
            if not posts and not seen_ids and channel.last_post_at > cursor.last_at:
                # an anchor that the server has erased has nothing after it
                return await self._kept(await self._back_to(channel.id, cursor.last_at - MARGIN), place)
            seen_ids.update(p.id for p in posts)
            found += await self._kept(fresh, place)
            earlier = [p for p in posts if p.create_at < posts[-1].create_at] if posts else []
            if len(posts) < PAGE or not fresh:
                return found
            if not earlier:
                return found + await self._kept(await self._back_to(channel.id, posts[0].create_at), place)
            anchor = earlier[-1].id
        self._overflow(channel.id)
        return found

    async def _back_to(self, channel_id: str, since: int) -> list[Post]:
        """The posts since a moment, oldest first, read from the newest page back."""
        found: list[Post] = []
        for page in range(_MOST_PAGES):
            posts = (await self.api.newest_posts(channel_id, page)).ordered()
            found = [*posts, *found]
            if len(posts) < PAGE or posts[0].create_at < since:
                break
        else:
            self._overflow(channel_id)
        once = {p.id: p for p in found if p.create_at >= since}
        return in_order(once.values())

    async def _kept(self, posts: Sequence[Post], place: Place) -> int:
        if not posts:
            return 0
        found: list[Incoming] = []
        threads: set[str] = set()
        for post in posts:  # one by one: a question makes the next post of its thread a follow-up
            asked = await self.off_loop(self.intake.question_of, post, place, threads)
            if asked is not None:
                found.append(asked)
                threads.add(asked.thread_id)
        seen = [Seen(p.id, p.channel_id, p.create_at) for p in posts]
        new = await self.off_loop(self.reading.caught_up, seen, found, self.time.milliseconds())
        for post_id in new:
            self.intake.received(post_id)
        self.gauges.caught_up(len(posts))
        return len(new)

    def _overflow(self, channel_id: str) -> None:
        self.gauges.overflow()
        _log.error("channel %s: more than %d posts were missed, the rest is not read", channel_id, _MOST_PAGES * PAGE)
