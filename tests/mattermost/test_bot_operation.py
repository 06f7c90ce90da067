"""Running the bot: its command, the check of its settings, what it tells of new revisions, measures without people."""

# ruff: noqa: F811  (a fixture's name is an argument's)

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.answer import UsedRevision
from ingest.watching.state import WatchPass, WatchState, save_state
from tests.built_indexes import demonstration_home
from tests.conftest import PROJECT, SmallSource
from tests.mattermost.bot_fixtures import Bots, bots  # noqa: F401  # fixture
from tests.mattermost.echo_assistant import EchoAssistant
from tests.mattermost.fake_faults import error_after_commit, error_before_commit
from tests.mattermost.fake_mattermost import Account, FakeMattermost
from tests.mattermost.running_bot import bot_parts, bot_settings
from ui.mattermost.announcements import Announcements
from ui.mattermost.checking import Finding, check
from ui.mattermost.client.rest import MattermostApi
from ui.mattermost.client.transport import Transport
from ui.mattermost.conversation.incoming import Account as Self
from ui.mattermost.errors import MattermostError
from ui.mattermost.ledger.threads import OffLoop
from ui.mattermost.settings import MattermostSettings


def _found(settings: MattermostSettings) -> list[Finding]:
    async def look() -> list[Finding]:
        api = MattermostApi(Transport(settings.url, settings.token.get_secret_value()))
        try:
            return [finding async for finding in check(settings, api)]
        finally:
            await api.close()

    return asyncio.run(look())


def _told(findings: list[Finding]) -> str:
    return "\n".join(f"{f.level} {f.told} {f.remedy}" for f in findings)


def test_the_check_finds_nothing_wrong_with_a_good_server(bots: Bots) -> None:
    found = _found(bot_settings(bots.server.url, bots.account.token))
    assert not [f for f in found if f.level == "error"]
    assert "compte de bot @cct" in _told(found)
    assert "Le flux d'événements s'ouvre (serveur 11." in _told(found)


def test_the_check_names_the_switch_to_turn(bots: Bots) -> None:
    server = bots.server
    server.settings.enable_commands = False
    server.settings.post_edit_seconds = 60
    settings = bot_settings(
        server.url,
        bots.account.token,
        callback_url="http://bot.local:7863",
        port=7863,
        allowed_channels=("z" * 26,),
    )
    told = _told(_found(settings))
    for switch in (
        "AllowedUntrustedInternalConnections",
        "EnableCommands",
        "PostEditTimeLimit",
        "MATTERMOST_COMMAND_TOKENS",
        "z" * 26,
    ):
        assert switch in told


def test_the_check_says_that_a_person_s_token_is_no_bot_s(bots: Bots) -> None:
    assert "EnableBotAccountCreation" in _told(_found(bot_settings(bots.server.url, bots.team.alice.token)))


def test_the_check_of_a_refused_token_says_what_to_look_at(bots: Bots) -> None:
    bots.server.revoke(bots.account)
    (only,) = _found(bot_settings(bots.server.url, bots.account.token))
    assert only.level == "error" and "MATTERMOST_TOKEN" in only.remedy


def _command(bots: Bots, home: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "CCT_HOME": str(home),
        "MATTERMOST_URL": bots.server.url,
        "MATTERMOST_TOKEN": bots.account.token,
        "MATTERMOST_PORT": "0",
        "CCT_EDITION": "demo",
    }
    command = [sys.executable, "-c", "from ui.command_line import main; main()", "mattermost", *arguments]
    return subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_the_command_answers_from_the_demonstration_edition_and_stops_on_sigterm(
    bots: Bots, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path / "donnees"
    shutil.copytree(demonstration_home(tmp_path_factory.getbasetemp()), home)
    running = _command(bots, home)
    try:
        bots.server.wait_connected(bots.account, 120)
        answer = bots.answer(bots.ask("@cct que dit EXI-ARCH-11 ?"), timeout=120)
        assert "EXI-ARCH-11" in answer.message
    finally:
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate(timeout=120)
    assert running.returncode == 0, err
    assert bots.account.token not in out + err


def test_the_command_ends_with_a_message_when_the_token_is_refused(bots: Bots, tmp_path: Path) -> None:
    bots.server.revoke(bots.account)
    out, err = _command(bots, tmp_path).communicate(timeout=120)
    del out
    assert "refuse le jeton" in err
    assert "MATTERMOST_TOKEN" in err
    assert "Traceback" not in err


def test_the_check_command_prints_its_findings(bots: Bots, tmp_path: Path) -> None:
    running = _command(bots, tmp_path, "check")
    out, err = running.communicate(timeout=120)
    assert running.returncode == 0, err
    assert out.startswith("✓ Le jeton est celui du compte de bot @cct.")


class Teller:
    """Announcements over a small source, whose served revision a test moves."""

    def __init__(
        self, server: FakeMattermost, account: Account, channel: str, source: SmallSource, home: Path
    ) -> None:
        self.server, self.account, self.source = server, account, source
        self.corpus = source.corpus(edition="official")
        settings = bot_settings(
            server.url, account.token, revision_channels=(channel,), public_url="https://cct.invalid"
        )
        self.parts = bot_parts(settings, home, EchoAssistant(), corpus=self.corpus)
        self.served = ""

    def look(self) -> None:
        async def one() -> None:
            api = MattermostApi(Transport(self.server.url, self.account.token))
            off_loop = OffLoop(1, "essai")
            try:
                await Announcements(
                    channels=self.parts.settings.revision_channels,
                    texts=self.parts.diffs,
                    served=lambda: (UsedRevision(self.source.id, self.served, "2024-06-01", True),),
                    announced=self.parts.announced,
                    api=api,
                    me=Self(self.account.id, self.account.username),
                    off_loop=off_loop,
                    time=self.parts.time,
                    longest_post=16383,
                ).look()
            finally:
                off_loop.close()
                await api.close()

        asyncio.run(one())

    def commit(self, text: str, subject: str, date: str) -> str:
        commit = self.source.commit({"exigences.md": text}, subject, date)
        self.corpus.repository(self.corpus.manifest.source[0]).synchronise()
        return commit

    def posts(self) -> list[str]:
        return [p.message for p in self.server.posts(author=self.account)]


@pytest.fixture
def teller(
    bots: Bots, small_source: Callable[..., SmallSource], requirement_table: Callable[..., str], tmp_path: Path
) -> Teller:
    first = requirement_table(("EXI-G-1", "P", "Le service est sauvegardé chaque nuit.", "Général"))
    source = small_source({"exigences.md": first})
    made = Teller(bots.server, bots.account, bots.team.channel.id, source, tmp_path / "bot")
    (tmp_path / "bot").mkdir(exist_ok=True)
    made.served = source.git("rev-parse", "HEAD")
    return made


def test_the_revision_that_serves_at_first_is_no_news_and_the_next_is_told_once_with_its_verdict(
    teller: Teller, requirement_table: Callable[..., str]
) -> None:
    teller.look()
    assert teller.posts() == []
    rows = (
        ("EXI-G-1", "P", "Le service est sauvegardé chaque nuit.", "Général"),
        ("EXI-G-2", "I", "Les journaux sont centralisés.", "Général"),
    )
    teller.served = teller.commit(requirement_table(*rows), "Ajout des journaux", "2024-06-01T12:00:00+00:00")
    passed = WatchPass(
        when="2024-06-02T00:00:00Z",
        outcome="accepted",
        message="L'index est en service.",
        revisions={"essai": teller.served},
        scores={"justesse": 0.91},
    )
    save_state(teller.corpus.settings.home, WatchState().after(passed))
    teller.look()
    teller.look()
    (told,) = teller.posts()
    assert "une nouvelle révision est en service" in told
    assert "EXI-G-2" in told and "Ajout des journaux" in told
    assert "révision acceptée" in told and "justesse 0,91" in told
    assert "https://cct.invalid/revisions/" in told


def test_a_refused_revision_is_told_once_as_refused(teller: Teller, requirement_table: Callable[..., str]) -> None:
    teller.look()
    commit = teller.commit(
        requirement_table(("EXI-G-1", "I", "Autre texte.", "Général")), "Essai", "2024-06-01T12:00:00+00:00"
    )
    refused = WatchPass(
        when="2024-06-02T00:00:00Z",
        outcome="refused",
        message="Le contrôle refuse.",
        revisions={"essai": commit},
        findings=("3 réponses de moins",),
    )
    save_state(teller.corpus.settings.home, WatchState().after(refused))
    teller.look()
    teller.look()
    (told,) = teller.posts()
    assert "refusée par l'évaluation" in told and "3 réponses de moins" in told and "répond toujours" in told


@pytest.mark.parametrize("fault", [error_before_commit(503), error_after_commit(504)], ids=["avant", "après"])
def test_a_revision_is_told_once_even_when_the_post_breaks_off(
    teller: Teller, requirement_table: Callable[..., str], fault: object
) -> None:
    teller.look()
    teller.served = teller.commit(
        requirement_table(("EXI-G-1", "I", "Autre texte.", "Général")), "Essai", "2024-06-01T12:00:00+00:00"
    )
    teller.server.faults.next("POST /posts", fault, times=1)  # type: ignore[arg-type]
    with pytest.raises(MattermostError):
        teller.look()
    teller.server.settings.pending_seconds = 0
    teller.look()
    teller.look()
    assert len(teller.posts()) == 1


def test_no_measure_names_a_person_a_channel_or_a_word(bots: Bots) -> None:
    running = bots.start()
    question = bots.ask("@cct que dit la règle du secret ?")
    bots.answer(question)
    bots.settled()
    text = running.bot.gauges.text(0.0).decode() + running.parts.metrics.text(()).decode()
    for hidden in (bots.team.alice.id, bots.team.channel.id, question.id, "alice", "secret"):
        assert hidden not in text
