"""Fixtures of the bot's tests: bots that run on a folder of the test, stopped after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.mattermost.conftest import SmallTeam, people
from tests.mattermost.echo_assistant import EchoAssistant
from tests.mattermost.fake_mattermost import Account, FakeMattermost
from tests.mattermost.fake_records import Post
from tests.mattermost.running_bot import RunningBot, answers, bot_parts, bot_settings

YESTERDAY = 20 * 3600.0


@dataclass
class Bots:
    """The bots of one test, on one team and one data folder."""

    team: SmallTeam
    home: Path
    assistant: EchoAssistant = field(default_factory=EchoAssistant)
    made: list[RunningBot] = field(default_factory=list)

    @property
    def server(self) -> FakeMattermost:
        """The fake server."""
        return self.team.server

    @property
    def account(self) -> Account:
        """The bot's account."""
        return self.team.bot

    def start(self, connected: bool = True, **settings: Any) -> RunningBot:
        """A bot that runs, its stream open; extra keywords of BotParts go by `parts_…`."""
        of_parts = {k.removeprefix("parts_"): settings.pop(k) for k in list(settings) if k.startswith("parts_")}
        made = RunningBot(
            bot_parts(
                bot_settings(self.server.url, self.account.token, **settings), self.home, self.assistant, **of_parts
            )
        )
        self.made.append(made)
        if connected:
            self.server.wait_connected(self.account, 60)
        return made

    def ask(self, text: str = "@cct que dit la règle ?", who: Account | None = None, **more: Any) -> Post:
        """Somebody, alice by default, posts in the team's channel; no two people write in the same millisecond."""
        channel = more.pop("channel", self.team.channel)
        posted = self.server.post(who or self.team.alice, channel, text, **more)
        self.server.clock.tick()
        return posted

    def answer(self, question: Post, holding: str = "", timeout: float = 60.0, part: int = 1) -> Post:
        """The answer to a question, once it stands and holds these words."""

        def standing(world: Any) -> Post | None:
            for post in world.posts.values():
                mark = post.props.get("assistant_cct") or {}
                ours = post.user_id == self.account.id and mark.get("in_reply_to") == question.id
                final = "Sources" in post.message or holding
                if ours and not post.delete_at and mark.get("part") == part and holding in post.message and final:
                    return post
            return None

        return self.server.wait_until(standing, timeout)

    def answers(self, question: Post) -> list[Post]:
        """Every post of the bot that answers it."""
        return answers(self.server, self.account, question.id)

    def settled(self) -> None:
        """Until a question asked now is answered: whatever was to happen before has happened."""
        marker = self.server.direct(self.team.bruno, self.account)
        post = self.server.post(self.team.bruno, marker, "que dit la règle du témoin ?")
        self.answer(post)


@pytest.fixture
def bots(small_team: SmallTeam, tmp_path: Path) -> Iterator[Bots]:
    """What starts bots; they are stopped at the end."""
    yield from _lent(small_team, tmp_path)


@pytest.fixture
def bots_of_yesterday(make_fake_mattermost: Callable[..., FakeMattermost], tmp_path: Path) -> Iterator[Bots]:
    """The same on a server whose clock is twenty hours behind ours."""
    server = make_fake_mattermost()
    server.clock.advance(-YESTERDAY)
    yield from _lent(people(server), tmp_path)


def _lent(team: SmallTeam, home: Path) -> Iterator[Bots]:
    made = Bots(team, home)
    yield made
    if made.assistant.gate is not None:
        made.assistant.gate.set()
    for bot in made.made:
        bot.stop()
        bot.parts.database.close()
