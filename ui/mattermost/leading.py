"""What runs while this replica leads: the stream, the catch-up, the workers, the announcements."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from ingest.errors import CctError
from ui.mattermost.announcements import Announcements
from ui.mattermost.client.models import ClientConfig, User
from ui.mattermost.client.patience import Backoff
from ui.mattermost.client.rest import MattermostApi
from ui.mattermost.client.stream import EventStream, Reconnection
from ui.mattermost.conversation.answering import Answering
from ui.mattermost.conversation.catch_up import CatchUp
from ui.mattermost.conversation.delivery import Delivery
from ui.mattermost.conversation.incoming import Account
from ui.mattermost.conversation.intake import Intake
from ui.mattermost.conversation.permissions import Permissions
from ui.mattermost.conversation.votes import Votes
from ui.mattermost.conversation.workers import Workers
from ui.mattermost.errors import TokenRefused

if TYPE_CHECKING:
    from ui.mattermost.bot import Bot

_ALIVE_EVERY = 5.0
_PURGE_EVERY = 3600.0
_SWEEP_EVERY = 300.0
"""Seconds between two looks at the channels while the stream seems whole: nothing rests on it, it costs one call."""
_log = logging.getLogger("cct.mattermost")


class Leading:
    """One time of leading, from its beginning to its end."""

    def __init__(
        self,
        bot: Bot,
        api: MattermostApi,
        me: User,
        config: ClientConfig,
        announcements: Announcements | None,
    ) -> None:
        self._bot, self._parts, self._api = bot, bot.parts, api
        self._gauges, self._announcements = bot.gauges, announcements
        self._catching_up: asyncio.Task[None] | None = None
        parts = bot.parts
        account = Account(me.id, me.username)
        self._reading = parts.reading
        answering = self._answering(account, config)
        self._workers = Workers(
            answering, parts.questions, bot.off_loop, parts.time, bot.gauges, parts.settings.at_once
        )
        self._intake = self._made_intake(account, answering.fresh)
        self._workers.settling = self._intake.settling
        self._catch_up = CatchUp(
            api=api,
            intake=self._intake,
            reading=self._reading,
            off_loop=bot.off_loop,
            time=parts.time,
            gauges=bot.gauges,
            born_at=me.create_at,
            max_age=int(parts.settings.max_age_hours * 3_600_000),
        )
        self._stream = EventStream(
            url=parts.settings.url,
            token=parts.settings.token.get_secret_value(),
            on_event=self._intake.event,
            on_connected=self._connected,
            on_disconnected=bot.gauges.disconnected,
            verify=api.me,
            time=parts.time,
            timing=parts.timing,
        )

    def _made_intake(self, account: Account, fresh: set[str]) -> Intake:
        bot, parts = self._bot, self._parts
        return Intake(
            settings=parts.settings,
            me=account,
            api=self._api,
            questions=parts.questions,
            reading=self._reading,
            off_loop=bot.off_loop,
            time=parts.time,
            gauges=bot.gauges,
            wake=self._workers.wake,
            on_reaction=Votes(parts.desk, parts.questions, bot.off_loop, account.id).reaction,
            spawn=bot.spawn,
            fresh=fresh,
            catching_up=True,
        )

    def _answering(self, account: Account, config: ClientConfig) -> Answering:
        bot, parts = self._bot, self._parts
        return Answering(
            settings=parts.settings,
            config=config,
            me=account,
            api=self._api,
            delivery=Delivery(self._api, account, parts.time),
            permissions=Permissions(parts.settings, self._api, parts.time),
            replies=parts.replies(account.username),
            questions=parts.questions,
            reading=self._reading,
            off_loop=bot.off_loop,
            thinking=bot.thinking,
            time=parts.time,
            gauges=bot.gauges,
            signer=parts.signer,
            typing=lambda channel, thread: self._stream.send_typing(channel, thread),
        )

    def stop(self) -> None:
        """run() returns once the answers under way are finished."""
        self._workers.stop()

    async def run(self) -> None:
        """Leads until stop(). Raises TokenRefused; StorageError when the database fails at the very start."""
        released = await self._bot.off_loop(self._parts.questions.release_all)
        if released:
            _log.info("%d questions left by another are taken over", released)
        working = asyncio.create_task(self._workers.run())
        others = [asyncio.create_task(self._stream.run()), asyncio.create_task(self._heartbeat())]
        if self._announcements is not None:
            others.append(asyncio.create_task(self._announcements.run()))
        try:
            done, _ = await asyncio.wait({working, *others}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                await task
        finally:
            for task in [*others, working, *([self._catching_up] if self._catching_up else [])]:
                task.cancel()
                with suppress(asyncio.CancelledError, TokenRefused):
                    await task

    async def _connected(self, how: Reconnection) -> None:
        """A socket has taken over; what was missed for good is read before anything more is answered."""
        self._gauges.connection(how, self._parts.time.monotonic())
        _log.info("stream: %s", how)
        if how == "kept":
            return
        self._workers.pause()
        self._intake.catching_up = True
        if self._catching_up is not None:
            self._catching_up.cancel()
        self._catching_up = asyncio.create_task(self._read_what_was_missed())
        self._catching_up.add_done_callback(self._missed_is_read)

    async def _read_what_was_missed(self) -> None:
        backoff = Backoff(0.5, 30.0, self._parts.time.chance)
        while True:
            try:
                found = await self._catch_up.run()
            except TokenRefused:
                raise
            except CctError as exc:  # the server or the database: nothing can be answered without them anyway
                _log.warning("catch-up: %s", exc.message)
                await self._parts.time.sleep(backoff.next())
                continue
            if found:
                _log.info("catch-up: %d questions found", found)
            self._intake.catching_up = False
            self._workers.resume()
            return

    def _missed_is_read(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (problem := task.exception()) is not None:
            self._bot.spawn(_raising(problem))

    async def _heartbeat(self) -> None:
        """Notes until when the stream was whole, and erases what is old."""
        time = self._parts.time
        purged, swept = float("-inf"), time.monotonic()
        while True:
            with suppress(CctError):
                await self._intake.note_read()
                if await self._bot.off_loop(self._parts.questions.release_expired, time.milliseconds()):
                    self._workers.wake()
                if self._gauges.connected and not self._intake.catching_up:
                    await self._bot.off_loop(self._reading.alive, time.milliseconds())
                if time.monotonic() - purged > _PURGE_EVERY:
                    before = time.milliseconds() - self._parts.settings.retention_days * 86_400_000
                    await self._bot.off_loop(self._parts.questions.purge, before)
                    purged = time.monotonic()
                if time.monotonic() - swept > _SWEEP_EVERY and self._gauges.connected:
                    swept = time.monotonic()
                    if not self._intake.catching_up and await self._catch_up.run(sweep=True):
                        _log.warning("the stream had left questions out")
            await time.sleep(_ALIVE_EVERY)


async def _raising(problem: BaseException) -> None:
    raise problem
