"""How long the Mattermost bot makes people wait, on the indexed documents of CCT_HOME and the fake server.

`python -m benchmarks.mattermost_latency`: first reaction and answer, one question at a time, then fifty at once.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import PROJECT, business
from tests.mattermost.conftest import SmallTeam, people
from tests.mattermost.fake_mattermost import FakeMattermost
from tests.mattermost.fake_records import Post

ALONE, TOGETHER = 20, 50
QUESTIONS = (
    "peut-on se passer du WAF ?",
    "comment s'authentifient les agents dans mon application ?",
    "que dit EXI-ARCH-12 ?",
    "quelles exigences P sur les données ?",
    "peut-on stocker la sauvegarde sur la même grappe ?",
)


@dataclass(frozen=True, slots=True)
class Waits:
    """Milliseconds from a post to the bot's reaction and to its answer, sorted."""

    reactions: list[int]
    answers: list[int]

    def told(self) -> str:
        """In French."""

        def one(values: list[int]) -> str:
            return f"médiane {values[len(values) // 2]} ms, pire {values[-1]} ms"

        return f"réaction : {one(self.reactions)} ; réponse : {one(self.answers)}"


def measure() -> tuple[Waits, Waits]:
    """One by one, then together; the bot is a process of its own, as in service."""
    fake = FakeMattermost()
    fake.start()
    team = people(fake)
    home = tempfile.mkdtemp(prefix="cct-latence-")
    variables = {
        "MATTERMOST_URL": fake.url,
        "MATTERMOST_TOKEN": team.bot.token,
        "MATTERMOST_PORT": "0",
        "MATTERMOST_RATE": "0",
        "DATABASE_URL": f"sqlite:///{Path(home) / 'bot.sqlite'}",
    }
    command = [sys.executable, "-c", "from ui.command_line import main; main()", "mattermost"]
    bot = subprocess.Popen(command, cwd=PROJECT, env={**os.environ, **variables}, stderr=subprocess.DEVNULL)
    try:
        fake.wait_connected(team.bot, 120)
        _waits(fake, team, _ask(fake, team, 3))  # the index is loaded
        alone = []
        for n in range(ALONE):
            asked = _ask(fake, team, 1, n)
            _waits(fake, team, asked)
            alone += asked
        together = _ask(fake, team, TOGETHER)
        return _waits(fake, team, alone), _waits(fake, team, together)
    finally:
        bot.terminate()
        bot.wait(60)
        fake.close()


def _ask(fake: FakeMattermost, team: SmallTeam, count: int, first: int = 0) -> list[Post]:
    who = (team.alice, team.bruno)
    return [
        fake.post(who[n % 2], team.channel, f"@cct {QUESTIONS[n % len(QUESTIONS)]}")
        for n in range(first, first + count)
    ]


def _waits(fake: FakeMattermost, team: SmallTeam, asked: list[Post]) -> Waits:
    """Once each of them has its reaction and its answer."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        answered = {
            str((p.props.get("assistant_cct") or {}).get("in_reply_to")): p.create_at
            for p in reversed(fake.posts(author=team.bot))
        }
        reacted = {q.id: min((r.create_at for r in fake.reactions(q)), default=0) for q in asked}
        if all(q.id in answered and reacted[q.id] for q in asked):
            return Waits(
                sorted(reacted[q.id] - q.create_at for q in asked),
                sorted(answered[q.id] - q.create_at for q in asked),
            )
        time.sleep(0.25)
    raise TimeoutError("une question est restée sans réponse deux minutes")


def main() -> None:
    """Measures and prints; the machine's load is part of the figures."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    before = business()
    alone, together = measure()
    print(f"une par une ({ALONE}) : {alone.told()}")
    print(f"{TOGETHER} à la fois : {together.told()}")
    print(f"avant : {before} ; après : {business()}")


if __name__ == "__main__":
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    main()
