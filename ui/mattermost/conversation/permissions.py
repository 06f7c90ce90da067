"""Who may ask, where: allowed and denied teams, channels and people, and membership asked of the server again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Literal

from ui.mattermost.client.patience import Time
from ui.mattermost.client.rest import MattermostApi
from ui.mattermost.settings import MattermostSettings

Refusal = Literal["", "user", "channel", "team", "left"]
"""Why a question is not answered; empty: it is."""
_KNOWN_FOR = 60.0
"""Seconds for which a membership is believed."""
_MOST_KNOWN = 5_000


@dataclass
class Permissions:
    """The rules of the settings. A denial wins over an allowance; what the server does not confirm is refused."""

    settings: MattermostSettings
    api: MattermostApi
    time: Time
    _known: dict[Hashable, tuple[float, bool]] = field(default_factory=dict)

    def may_read(self, user_id: str) -> bool:
        """True when a person's words may serve to understand somebody else's question."""
        s = self.settings
        return user_id not in s.denied_users and (not s.allowed_users or user_id in s.allowed_users)

    async def refusal(self, user_id: str, channel_id: str, channel_type: str, team_id: str) -> Refusal:
        """Why this person gets no answer there; empty when they do. Raises what the REST calls raise."""
        if broken := await self.rules(user_id, channel_id, channel_type, team_id):
            return broken
        if not await self._member(("channel", channel_id, user_id), lambda: self.api.is_member(channel_id, user_id)):
            return "left"
        return ""

    async def rules(self, user_id: str, channel_id: str, channel_type: str, team_id: str) -> Refusal:
        """The same without the membership of the channel."""
        s = self.settings
        if not self.may_read(user_id):
            return "user"
        if channel_id in s.denied_channels:
            return "channel"
        if s.allowed_channels and channel_id not in s.allowed_channels and channel_type not in {"D", "G"}:
            return "channel"
        if not await self._team_allowed(user_id, team_id):
            return "team"
        return ""

    async def _team_allowed(self, user_id: str, team_id: str) -> bool:
        """The channel's team, or for a direct message the person's teams."""
        s = self.settings
        if team_id:
            return team_id not in s.denied_teams and (not s.allowed_teams or team_id in s.allowed_teams)
        if not s.allowed_teams:
            return True
        for team in s.allowed_teams:
            if await self._in_team(team, user_id):
                return True
        return False

    async def _in_team(self, team: str, user_id: str) -> bool:
        return await self._member(("team", team, user_id), lambda: self.api.is_team_member(team, user_id))

    async def _member(self, key: Hashable, ask: Callable[[], Awaitable[bool]]) -> bool:
        now = self.time.monotonic()
        at, member = self._known.get(key, (float("-inf"), False))
        if now - at < _KNOWN_FOR and member:
            return True
        member = await ask()
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[key] = (now, member)
        return member
