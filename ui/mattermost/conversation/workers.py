"""Those who answer: a few questions at once, each thread in its order, and the queue made visible."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from ingest.errors import CctError
from ui.errors import StorageError
from ui.mattermost import wording
from ui.mattermost.client.outgoing import Draft
from ui.mattermost.client.patience import Time
from ui.mattermost.conversation.answering import Answering
from ui.mattermost.errors import MattermostError, TokenRefused
from ui.mattermost.health import Gauges
from ui.mattermost.ledger.question import Claimed, Waiting
from ui.mattermost.ledger.questions import Questions
from ui.mattermost.ledger.threads import OffLoop

LEASE = 60_000
"""Milliseconds: renewed three times before it ends."""
SETTLED = 40
"""Milliseconds between a question's receipt and its claim."""
_LONGEST_SETTLING = 0.4
_IDLE = 1.0
_STORAGE_WAIT = 2.0
_NOTICE_AFTER = 3_000
"""Milliseconds that a question waits before its place in the queue is told."""
_NOTICE_EVERY = 5.0
_log = logging.getLogger("cct.mattermost")


@dataclass
class Workers:
    """Claims questions and has them answered until it is told to stop; what is begun then is finished."""

    answering: Answering
    questions: Questions
    off_loop: OffLoop
    time: Time
    gauges: Gauges
    at_once: int
    settling: Callable[[float], bool] = lambda _: False
    """True while posts have come within so many seconds (see Intake)."""
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _open: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: bool = False
    _running: set[asyncio.Task[None]] = field(default_factory=set)
    _refused: TokenRefused | None = None
    _told: dict[str, int] = field(default_factory=dict)

    def wake(self) -> None:
        """A question has come."""
        asyncio.get_running_loop().call_later(SETTLED / 1000 + 0.001, self._woken.set)

    def pause(self) -> None:
        """Claims nothing more for now: what was missed stands before what comes."""
        self._open.clear()

    def resume(self) -> None:
        """Claims again."""
        self._open.set()
        self.wake()

    def stop(self) -> None:
        """Claims nothing more; run() returns once what is begun is finished."""
        self._stopping = True
        self._open.set()
        self._woken.set()

    async def run(self) -> None:
        """Works until stop(). Raises TokenRefused."""
        notices = asyncio.create_task(self._notices())
        try:
            while not self._stopping:
                await self._open.wait()
                self._woken.clear()
                await self._begin()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), _IDLE)
            if self._running:
                await asyncio.wait(self._running)
        finally:
            for task in [notices, *self._running]:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        if self._refused is not None:
            raise self._refused

    async def _begin(self) -> None:
        """Gives the free hands what waits."""
        await self._settled()
        free = self.at_once - len(self._running)
        if free <= 0 or self._stopping:
            return
        try:
            found = await self.off_loop(self.questions.claim, self.time.milliseconds(), LEASE, SETTLED, free)
        except StorageError as exc:
            _log.error("ledger: %s", exc.message)
            await self.time.sleep(_STORAGE_WAIT)
            return
        for claimed in found:
            task = asyncio.create_task(self._answer(claimed))
            self._running.add(task)
            task.add_done_callback(self._ended)

    async def _settled(self) -> None:
        """Lets a burst come in before it is answered: each gets its receipt at once, and a thread keeps its order."""
        end = self.time.monotonic() + _LONGEST_SETTLING
        while self.settling(SETTLED / 1000) and self.time.monotonic() < end and not self._stopping:
            await self.time.sleep(0.01)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A hand is free, and the next question of the thread may go."""
        self._running.discard(task)
        self._woken.set()
        problem = None if task.cancelled() else task.exception()
        if isinstance(problem, TokenRefused):
            self._refused = problem
            self.stop()
        elif problem is not None:
            _log.error("answering: %s: %s", type(problem).__name__, problem)

    async def _answer(self, claimed: Claimed) -> None:
        renewing = asyncio.create_task(self._renew(claimed))
        try:
            await self.answering.answer(claimed)
        except asyncio.CancelledError:
            with suppress(StorageError):
                self.questions.release(claimed)  # at once: nobody waits for the loop any more
            raise
        except (TokenRefused, StorageError):
            raise
        except CctError as exc:
            _log.error("question %s: %s", claimed.incoming.post_id, exc.message)
        except Exception as exc:  # noqa: BLE001  # outermost loop: a defect is this question's, not the bot's
            _log.exception("question %s: unexpected", claimed.incoming.post_id)
            await self.answering.failed(claimed, type(exc).__name__)
        finally:
            renewing.cancel()
            self._told.pop(claimed.incoming.post_id, None)

    async def _renew(self, claimed: Claimed) -> None:
        while True:
            await self.time.sleep(LEASE / 3000)
            with suppress(StorageError):
                if not await self.off_loop(self.questions.renew, claimed, self.time.milliseconds(), LEASE):
                    return

    async def _notices(self) -> None:
        """Tells those who wait for more than three seconds where they are in the queue."""
        while True:
            await self.time.sleep(_IDLE)
            try:
                backlog = await self.off_loop(self.questions.backlog)
                self.gauges.backlog(backlog.waiting, backlog.claimed)
                if backlog.claimed and self._open.is_set():
                    await self._tell(backlog.first)
            except (StorageError, MattermostError) as exc:
                _log.info("queue not told: %s", exc.message)
                await self.time.sleep(_NOTICE_EVERY)

    async def _tell(self, waiting: tuple[Waiting, ...]) -> None:
        now = self.time.milliseconds()
        for position, one in enumerate(waiting, 1):
            asked = one.incoming
            before = self._told.get(asked.post_id)
            if not one.first or now - one.received_at < _NOTICE_AFTER or before == position:
                continue
            lock = self.answering.locks.setdefault(asked.post_id, asyncio.Lock())
            if lock.locked():
                continue
            async with lock:
                if not await self.off_loop(self.questions.is_waiting, asked.post_id):
                    continue
                text = wording.QUEUED.format(position=position)
                draft = Draft(asked.channel_id, asked.thread_id, text, in_reply_to=asked.post_id)
                self.answering.fresh.discard(asked.post_id)
                thread = await self.answering.api.thread(asked.post_id)
                await self.answering.delivery.stand(draft, thread)
                self._told[asked.post_id] = position
        if self._told:
            await self.time.sleep(_NOTICE_EVERY - _IDLE)
