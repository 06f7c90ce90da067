"""A fake Mattermost on the loopback for each test, and the people of a small team."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.mattermost.fake_integration_endpoint import IntegrationEndpoint, integration_endpoint
from tests.mattermost.fake_mattermost import Account, FakeMattermost
from tests.mattermost.fake_records import Channel, FakeSettings, Team
from tests.mattermost.official_client.official_developer import OfficialDeveloper, why_absent


@pytest.fixture
def make_fake_mattermost() -> Iterator[Callable[..., FakeMattermost]]:
    """make_fake_mattermost(pending_seconds=1, seed=3) → one that listens; closed after the test."""
    made: list[FakeMattermost] = []

    def make(seed: int = 0, **settings: object) -> FakeMattermost:
        fake = FakeMattermost(FakeSettings(**settings), seed)  # type: ignore[arg-type]  # the settings' own names
        made.append(fake)
        fake.start()
        return fake

    yield make
    for fake in made:
        fake.close()


@pytest.fixture
def fake_mattermost(make_fake_mattermost: Callable[..., FakeMattermost]) -> FakeMattermost:
    """A server with the real one's default settings."""
    return make_fake_mattermost()


@dataclass(frozen=True)
class SmallTeam:
    """A server where alice and bruno share a team and a channel with the bot cct."""

    server: FakeMattermost
    team: Team
    channel: Channel
    alice: Account
    bruno: Account
    bot: Account
    admin: Account


@pytest.fixture
def small_team(fake_mattermost: FakeMattermost) -> SmallTeam:
    """A team of two people, an administrator and the bot."""
    return people(fake_mattermost)


def people(server: FakeMattermost) -> SmallTeam:
    """The same people on any server."""
    team = server.team("equipe")
    alice, bruno = server.user("alice", team), server.user("bruno", team)
    bot, admin = server.bot("cct", team), server.user("admin", team, admin=True)
    channel = server.channel(team, "developpement", alice, bruno, bot)
    return SmallTeam(server, team, channel, alice, bruno, bot, admin)


@pytest.fixture
def endpoint() -> Iterator[IntegrationEndpoint]:
    """An integration that the server may call, once its address is allowed."""
    with integration_endpoint() as listening:
        yield listening


@pytest.fixture
def official_developer() -> Iterator[Callable[[FakeMattermost, Account], OfficialDeveloper]]:
    """official_developer(server, account) → that person's official Mattermost client."""
    reason = why_absent()
    if reason:
        pytest.skip(reason)
    made: list[OfficialDeveloper] = []

    def make(server: FakeMattermost, account: Account) -> OfficialDeveloper:
        made.append(OfficialDeveloper(server.url, account.token))
        return made[-1]

    yield make
    for developer in made:
        developer.close()
