"""The bot's own HTTP port, in the loop of the bot."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from ingest.errors import CctError
from ui.mattermost.callbacks.http_app import bot_app
from ui.mattermost.callbacks.presses import Presses
from ui.mattermost.callbacks.slash import SlashCommands
from ui.mattermost.client.models import ClientConfig
from ui.mattermost.client.rest import MattermostApi
from ui.mattermost.conversation.incoming import Account
from ui.mattermost.conversation.permissions import Permissions
from ui.mattermost.conversation.votes import Votes

if TYPE_CHECKING:
    from ui.mattermost.bot import Bot


class HttpSide:
    """Serves health and measures from the start, the callbacks once the bot knows who it is."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._app = self._made(None, None)
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None
        self._listening: socket.socket | None = None

    async def start(self) -> int:
        """Listens; returns the port, 0 when none is asked for. Raises PortInUse or AddressUnusable."""
        settings = self._bot.parts.settings
        if not settings.port:
            return 0
        from ui.server import reserve  # loads the web service

        self._listening = reserve(settings.host, settings.port)
        config = uvicorn.Config(
            self._current,
            interface="asgi3",
            log_level="warning",
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=3,
        )
        self._server = _Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[self._listening]))
        return int(self._listening.getsockname()[1])

    def open_callbacks(self, api: MattermostApi, me: Account, config: ClientConfig) -> None:
        """From now on the server's calls are taken, where the settings say that it can call us."""
        parts, bot = self._bot.parts, self._bot
        signer = parts.signer
        if signer is None:
            return
        permissions = Permissions(parts.settings, api, parts.time)
        replies = parts.replies(me.username)
        slash = None
        if parts.settings.command_token_list():
            slash = SlashCommands(
                parts.settings,
                api,
                permissions,
                replies,
                bot.thinking,
                parts.time,
                config.longest_post,
                bot.spawn,
            )
        presses = Presses(
            settings=parts.settings,
            signer=signer,
            votes=Votes(parts.desk, parts.questions, bot.off_loop, me.id),
            permissions=permissions,
            api=api,
            off_loop=bot.off_loop,
            comment=parts.comment,
            titles=lambda: parts.assistant().source_titles(),
            longest_post=config.longest_post,
            spawn=bot.spawn,
        )
        self._app = self._made(slash, presses)

    async def stop(self) -> None:
        """Listens no more."""
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            with suppress(asyncio.CancelledError):
                await self._task
        if self._listening is not None:
            self._listening.close()

    async def _current(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    def _made(self, slash: SlashCommands | None, presses: Presses | None) -> ASGIApp:
        return bot_app(self._bot.gauges, self._bot.parts.time.monotonic, self._measures, slash, presses)

    def _measures(self) -> bytes:
        try:
            revisions = self._bot.parts.assistant().revisions()
        except CctError:
            revisions = ()
        return self._bot.parts.metrics.text(revisions)


class _Server(uvicorn.Server):
    """Leaves the signals to the program."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none."""
        yield
