"""The slash command: acknowledged at once, answered to the one who asked by the address that came with it."""

from __future__ import annotations

import hmac
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import httpx

from ingest.errors import CctError
from ui.mattermost import wording
from ui.mattermost.callbacks.bodies import SlashCommand
from ui.mattermost.client.patience import Backoff, Time
from ui.mattermost.client.rest import MattermostApi
from ui.mattermost.conversation.commands import read_command
from ui.mattermost.conversation.permissions import Permissions
from ui.mattermost.conversation.replies import Replies
from ui.mattermost.ledger.threads import OffLoop
from ui.mattermost.settings import MattermostSettings
from ui.mattermost.writing.neutral import neutral
from ui.mattermost.writing.splitting import split

_HOOK = "/hooks/commands/"
_MOST_USES = 5
"""Answers that one address takes, for half an hour."""
_SHOWN = 200
_MINUTE = 60.0
_MOST_PEOPLE = 10_000
_log = logging.getLogger("cct.mattermost")


@dataclass
class SlashCommands:
    """Takes slash commands. The server checks who may speak in the channel; our own rules hold as well."""

    settings: MattermostSettings
    api: MattermostApi
    permissions: Permissions
    replies: Replies
    thinking: OffLoop
    time: Time
    longest_post: int
    spawn: Callable[[Coroutine[Any, Any, None]], None]
    _lately: dict[str, deque[float]] = field(default_factory=dict)

    def known(self, token: str) -> bool:
        """True for one of the tokens of the settings; each is compared, in constant time."""
        given = token.encode("utf-8", "surrogatepass")
        return sum(hmac.compare_digest(given, t.encode()) for t in self.settings.command_token_list()) > 0

    async def acknowledge(self, command: SlashCommand) -> str:
        """What the person sees at once. Raises what the REST calls of the permissions raise."""
        asked = read_command(command.text)
        if refused := await self._refusal(command):
            return refused
        if asked.verb == "forget":
            return wording.SLASH_FORGET.format(bot=self.replies.bot)
        if asked.verb == "help":
            return await self.thinking(self.replies.help)
        self.spawn(self._answer(command))
        shown = asked.text if asked.verb == "ask" else command.text
        shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
        return wording.SLASH_ACK.format(question=neutral(" ".join(shown.split())))

    async def _refusal(self, command: SlashCommand) -> str:
        channel = await self.api.channel(command.channel_id) if self._rules_need_the_channel() else None
        kind = channel.type if channel is not None else "O"
        team = channel.team_id if channel is not None else command.team_id
        rules = await self.permissions.rules(command.user_id, command.channel_id, kind, team)
        if rules:
            return wording.REFUSALS[rules]
        wait = self._slowed(command.user_id)
        return wording.SLASH_SLOWED.format(seconds=wait) if wait else ""

    def _rules_need_the_channel(self) -> bool:
        s = self.settings
        return bool(s.allowed_channels or s.allowed_teams or s.denied_teams)

    def _slowed(self, user_id: str) -> int:
        """Seconds that this person has to wait; 0: none."""
        rate, now = self.settings.rate, self.time.monotonic()
        if not rate:
            return 0
        if len(self._lately) > _MOST_PEOPLE:
            self._lately.clear()
        lately = self._lately.setdefault(user_id, deque())
        while lately and now - lately[0] >= _MINUTE:
            lately.popleft()
        if len(lately) >= rate:
            return max(1, round(_MINUTE - (now - lately[0])))
        lately.append(now)
        return 0

    async def _answer(self, command: SlashCommand) -> None:
        try:
            reply = await self.thinking(self.replies.reply, read_command(command.text))
            text = reply.text
        except CctError as exc:
            text = f"{exc.message} {exc.remedy}".strip()
        for part in split(text, self.longest_post)[:_MOST_USES]:
            await self._send(command.response_url, part)

    async def _send(self, response_url: str, text: str) -> None:
        """To our own server alone, whatever host the address names."""
        _, hook, identifier = response_url.partition(_HOOK)
        if not hook or not identifier.isalnum():
            _log.warning("slash command without a usable response_url")
            return
        address = f"{self.settings.url.rstrip('/')}{_HOOK}{identifier}"
        body = {"response_type": "ephemeral", "text": text, "props": {"unsafe_links": "true"}}
        backoff = Backoff(0.5, 8.0, self.time.chance)
        async with httpx.AsyncClient(timeout=10.0) as client:
            for _ in range(3):
                try:
                    sent = await client.post(address, json=body)
                except httpx.ConnectError:
                    sent = None  # nothing went out: it may be sent again
                except httpx.TransportError:
                    return
                if sent is not None and sent.status_code not in {429, 502, 503}:
                    if sent.is_error:
                        _log.warning("slash answer refused: %d", sent.status_code)
                    return
                await self.time.sleep(backoff.next())
