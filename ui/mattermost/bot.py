"""The bot's life: who it is, who leads, what runs while it leads, how it stops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from ui.errors import StorageError
from ui.mattermost.announcements import Announcements
from ui.mattermost.client.models import ClientConfig, User
from ui.mattermost.client.patience import Backoff
from ui.mattermost.client.rest import MattermostApi
from ui.mattermost.client.transport import Transport
from ui.mattermost.conversation.incoming import Account
from ui.mattermost.errors import ServerUnreachable, TokenRefused
from ui.mattermost.health import Gauges
from ui.mattermost.http_side import HttpSide
from ui.mattermost.leading import Leading
from ui.mattermost.ledger.leadership import Leadership
from ui.mattermost.ledger.threads import OffLoop
from ui.mattermost.parts import BotParts

_HOLD_EVERY = 4.0
_HOLD_FOR = 12.0
"""Seconds without a database after which a leader leads no more: before another may."""
_WAIT_FOR_LEAD = 2.0
_log = logging.getLogger("cct.mattermost")


class Bot:
    """One replica of the bot. run() ends after stop(), or raises TokenRefused."""

    def __init__(self, parts: BotParts) -> None:
        self.parts = parts
        self.gauges = Gauges()
        # SQLite has one writer: threads that wait for each other there sleep longer than they write
        self.off_loop = OffLoop(4 if parts.database.shared else 1, "mattermost-database")
        self.thinking = OffLoop(parts.settings.at_once, "mattermost-assistant")
        self._stopped = asyncio.Event()
        self._small_tasks: set[asyncio.Task[None]] = set()
        self._refused: TokenRefused | None = None
        self._leading: Leading | None = None
        self.port = 0
        """Where /health is served, once it is."""

    def stop(self) -> None:
        """Ends run() once what is begun is finished; call it in the loop of run()."""
        self._stopped.set()
        if self._leading is not None:
            self._leading.stop()

    async def run(self) -> None:
        """Lives until stop(). Raises TokenRefused, AddressUnusable or PortInUse, StorageError at the very start."""
        settings = self.parts.settings
        transport = Transport(
            settings.url,
            settings.token.get_secret_value(),
            time=self.parts.time,
            observer=self.gauges.call,
        )
        api = MattermostApi(transport)
        side = HttpSide(self)
        leadership = self.parts.leadership()
        try:
            self.port = await side.start()
            me, config = await self._identified(api)
            if me is None or config is None:
                return
            side.open_callbacks(api, Account(me.id, me.username), config)
            await self._lead_in_turn(api, me, config, leadership)
        except TokenRefused as exc:
            self.gauges.problem = exc.message
            raise
        finally:
            for task in list(self._small_tasks):
                task.cancel()
            with suppress(StorageError):
                await self.off_loop(leadership.give_up)
            await side.stop()
            await api.close()
            self.off_loop.close()
            self.thinking.close()
        if self._refused is not None:
            raise self._refused

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs something small beside everything else; what it raises is logged, a refused token stops the bot."""
        task = asyncio.create_task(work)
        self._small_tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._small_tasks.discard(task)
        if task.cancelled() or (problem := task.exception()) is None:
            return
        if isinstance(problem, TokenRefused):
            self._refused = problem
            self.gauges.problem = problem.message
            self.stop()
        else:
            _log.error("small task: %s: %s", type(problem).__name__, problem)

    async def _identified(self, api: MattermostApi) -> tuple[User | None, ClientConfig | None]:
        """Who we are, once the server answers; nothing when we are stopped before."""
        backoff = Backoff(0.5, 30.0, self.parts.time.chance)
        while not self._stopped.is_set():
            try:
                return await api.me(), await api.config()
            except ServerUnreachable as exc:
                _log.warning("%s", exc.message)
                await self._pause(backoff.next())
        return None, None

    async def _lead_in_turn(self, api: MattermostApi, me: User, config: ClientConfig, leadership: Leadership) -> None:
        while not self._stopped.is_set():
            if not await self._holds(leadership):
                await self._pause(_WAIT_FOR_LEAD)
                continue
            _log.info("this replica leads, as @%s", me.username)
            self.gauges.leads = True
            leading = Leading(self, api, me, config, self._announcements(api, me, config))
            self._leading = leading
            try:
                await self._led(leading, leadership)
            finally:
                self._leading = None
                self.gauges.leads = False

    async def _led(self, leading: Leading, leadership: Leadership) -> None:
        """Until it stops by itself, or the lead is lost: then nothing more is written, another does it."""
        work = asyncio.create_task(leading.run())
        keep = asyncio.create_task(self._keep(leadership))
        try:
            await asyncio.wait({work, keep}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                await work
            else:
                _log.error("the lead is lost")
        finally:
            for task in (keep, work):
                task.cancel()
                with suppress(asyncio.CancelledError, TokenRefused):
                    await task

    async def _keep(self, leadership: Leadership) -> None:
        """Holds the lead; returns when it is lost."""
        held = self.parts.time.monotonic()
        while True:
            await self.parts.time.sleep(_HOLD_EVERY)
            if await self._holds(leadership):
                held = self.parts.time.monotonic()
            elif not self._storage_failed or self.parts.time.monotonic() - held > _HOLD_FOR:
                return

    _storage_failed = False

    async def _holds(self, leadership: Leadership) -> bool:
        try:
            held = await self.off_loop(leadership.hold, self.parts.time.milliseconds())
            self._storage_failed = False
            return held
        except StorageError as exc:
            self._storage_failed = True
            _log.error("leadership: %s", exc.message)
            return False

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), seconds)

    def _announcements(self, api: MattermostApi, me: User, config: ClientConfig) -> Announcements | None:
        parts = self.parts
        if not parts.settings.revision_channels:
            return None
        return Announcements(
            channels=parts.settings.revision_channels,
            texts=parts.diffs,
            served=lambda: parts.assistant().revisions(),
            announced=parts.announced,
            api=api,
            me=Account(me.id, me.username),
            off_loop=self.off_loop,
            time=parts.time,
            longest_post=config.longest_post,
        )
