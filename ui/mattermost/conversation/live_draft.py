"""An answer that a model writes, shown as it grows: one post, edited at most once a second, until a 429."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from ui.mattermost.client.patience import Time
from ui.mattermost.errors import MattermostError, TokenRefused

INTERVAL = 1.0
"""Seconds between two edits: each is a row of history on the server, and an event for the whole channel."""
_log = logging.getLogger("cct.mattermost")


class LiveDraft:
    """The post of an answer in the making. `show` only notes the text; the edits follow at their own pace."""

    def __init__(
        self,
        create: Callable[[str], Awaitable[str]],
        patch: Callable[[str, str], Awaitable[None]],
        time: Time,
        longest: int,
    ) -> None:
        self._create, self._patch, self._time, self._longest = create, patch, time, longest
        self._text = ""
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.post_id = ""

    def show(self, text: str) -> None:
        """The text so far; what does not fit in one post is not shown before the end."""
        self._text = text if len(text) <= self._longest else text[: self._longest - 1] + "…"
        self._changed.set()
        if self._task is None:
            self._task = asyncio.create_task(self._follow())

    @property
    def begun(self) -> bool:
        """True when a post of it may stand."""
        return self._task is not None

    async def close(self) -> None:
        """No edit comes after this. Raises TokenRefused when that is what ended it."""
        if self._task is None:
            return
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _follow(self) -> None:
        shown = ""
        try:
            while True:
                await self._changed.wait()
                self._changed.clear()
                text = self._text
                if text == shown:
                    continue
                if not self.post_id:
                    self.post_id = await self._create(text)
                else:
                    await self._patch(self.post_id, text)
                shown = text
                await self._time.sleep(INTERVAL)
        except TokenRefused:
            raise
        except MattermostError as exc:
            _log.info("live edits given up: %s", exc.message)  # the final answer comes all the same
