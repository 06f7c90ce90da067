"""The Mattermost bot under faults: is every question answered once, in its thread, in order?

A fake server (tests/mattermost) in this process, the bot in another one that is killed at random and started again.
`python -m benchmarks.mattermost_soak` runs the full size: 2,000 posts over 200 threads.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.machine import PROJECT, business
from tests.mattermost.conftest import people
from tests.mattermost.fake_mattermost import STRIKES, Account, FakeMattermost
from tests.mattermost.fake_records import Channel, FakeSettings, Post

PEOPLE = 12
CHANNELS = 6
_MARK = "assistant_cct"


@dataclass(frozen=True)
class Size:
    """How much, how fast, how often something breaks (seconds; 0: never)."""

    posts: int = 2000
    threads: int = 200
    a_second: float = 10.0
    fault_every: float = 4.0
    kill_every: float = 30.0
    changed: float = 0.03
    """Share of the questions that are edited, and of those that are deleted, soon after they are posted."""
    patience: float = 600.0
    """Seconds given to the bot to end once the last question is posted."""


@dataclass
class Outcome:
    """What came out; every list should be empty."""

    asked: int = 0
    unanswered: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    wrong_words: list[str] = field(default_factory=list)
    edited: int = 0
    deleted: int = 0
    deleted_answered: int = 0
    """Answered before they were deleted, or while: no defect, but told."""
    waits: list[float] = field(default_factory=list)
    """Seconds from a question to its answer."""
    faults: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    load: str = ""

    @property
    def sound(self) -> bool:
        """True when nothing was lost, doubled, misplaced or garbled."""
        return not (self.unanswered or self.twice or self.elsewhere or self.out_of_order or self.wrong_words)


class BotProcess:
    """The bot in a process of its own, on a folder that outlives it."""

    def __init__(self, url: str, token: str, home: Path) -> None:
        self._command = [sys.executable, "-m", "benchmarks.mattermost_soak", "--bot", url, token, str(home)]
        self._log = (home / "bot.log").open("ab")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it."""
        self._process = subprocess.Popen(self._command, cwd=PROJECT, stdout=self._log, stderr=self._log)

    def kill(self) -> None:
        """SIGKILL: it has time for nothing."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """SIGTERM."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(40)
        self._log.close()


def run(size: Size, seed: int, home: Path) -> Outcome:
    """The whole trial, from a seed."""
    dice = random.Random(seed)
    fake = FakeMattermost(FakeSettings(), seed)
    fake.start()
    try:
        team = people(fake)
        crowd = [team.alice, team.bruno, *(fake.user(f"personne{n}", team.team) for n in range(PEOPLE - 2))]
        channels = [fake.channel(team.team, f"canal-{n}", *crowd, team.bot) for n in range(CHANNELS)]
        process = BotProcess(fake.url, team.bot.token, home)
        process.start()
        fake.wait_connected(team.bot, 60)
        try:
            return _Trial(size, dice, fake, team.bot, crowd, channels, process).run()
        finally:
            process.stop()
    finally:
        fake.close()


class _Trial:
    def __init__(
        self,
        size: Size,
        dice: random.Random,
        fake: FakeMattermost,
        bot: Account,
        crowd: list[Account],
        channels: list[Channel],
        process: BotProcess,
    ) -> None:
        self.size, self.dice, self.fake, self.bot = size, dice, fake, bot
        self.crowd, self.channels, self.process = crowd, channels, process
        self.out = Outcome()
        self.asked: list[tuple[Post, Account, str]] = []
        self.words: dict[str, str] = {}
        self.gone: set[str] = set()

    def run(self) -> Outcome:
        """Asks, breaks, waits, looks."""
        started = time.monotonic()
        self._ask()
        self.fake.faults.calm()
        # what the last fault hid shows with the next event
        self.fake.post(self.crowd[0], self.channels[0], "une dernière chose, sans question")
        self._wait()
        self.out.seconds = time.monotonic() - started
        self.out.load = str(business())
        self._look()
        return self.out

    def _ask(self) -> None:
        roots: list[Post] = []
        fault_at = kill_at = time.monotonic()
        begun = time.monotonic()
        for n in range(self.size.posts):
            now = time.monotonic()
            if self.size.fault_every and now >= fault_at:
                self.out.faults[self.fake.strike(self.bot, self.dice.choice(STRIKES))] += 1
                fault_at = now + self.dice.uniform(0.5, 1.5) * self.size.fault_every
            if self.size.kill_every and now >= kill_at:
                if kill_at > begun:
                    self.process.kill()
                    self.process.start()
                    self.out.kills += 1
                kill_at = now + self.dice.uniform(0.5, 1.5) * self.size.kill_every
            self._one(n, roots)
            late = begun + (n + 1) / self.size.a_second - time.monotonic()
            if late > 0:
                time.sleep(late)

    def _one(self, n: int, roots: list[Post]) -> None:
        author = self.dice.choice(self.crowd)
        text = f"que dit la règle numéro {n} ?"
        if len(roots) < self.size.threads:
            post = self.fake.post(author, self.dice.choice(self.channels), f"@{self.bot.username} {text}")
            roots.append(post)
        else:
            root = self.dice.choice([r for r in roots if r.id not in self.gone])
            named = "" if self.dice.random() < 0.3 else f"@{self.bot.username} "
            post = self.fake.post(author, root.channel_id, named + text, root)
        self.asked.append((post, author, text))
        self.words[post.id] = text
        if post.root_id:
            self._changed_mind(post, author, n)

    def _changed_mind(self, post: Post, author: Account, n: int) -> None:
        chance = self.dice.random()
        if chance < self.size.changed:
            text = f"que dit plutôt la règle numéro {n} bis ?"
            self.fake.edit(author, post, f"@{self.bot.username} {text}")
            self.words[post.id] = text
            self.out.edited += 1
        elif chance > 1 - self.size.changed:
            self.fake.delete(author, post)
            self.gone.add(post.id)
            self.out.deleted += 1

    def _wait(self) -> None:
        end = time.monotonic() + self.size.patience
        while time.monotonic() < end:
            by_question = self._answers()
            if all(self._right(post.id, by_question) for post, _, _ in self.asked):
                return
            time.sleep(1.0)

    def _right(self, question: str, by_question: dict[str, list[Post]]) -> bool:
        return question in self.gone or any(self.words[question] in p.message for p in by_question.get(question, []))

    def _answers(self) -> dict[str, list[Post]]:
        found: dict[str, list[Post]] = {}
        for post in self.fake.posts(author=self.bot):
            question = (post.props.get(_MARK) or {}).get("in_reply_to")
            if question:
                found.setdefault(question, []).append(post)
        return found

    def _look(self) -> None:
        by_question = self._answers()
        in_thread: dict[str, list[tuple[int, int]]] = {}
        for post, _, _ in self.asked:
            found = by_question.get(post.id, [])
            if post.id in self.gone:
                self.out.deleted_answered += bool(found)
                continue
            self.out.asked += 1
            if not found:
                self.out.unanswered.append(post.id)
                continue
            self.out.twice += [post.id] if len(found) > 1 else []
            root = post.root_id or post.id
            self.out.elsewhere += [post.id] if found[0].root_id != root else []
            self.out.wrong_words += [post.id] if self.words[post.id] not in found[0].message else []
            self.out.waits.append((found[0].create_at - post.create_at) / 1000)
            in_thread.setdefault(root, []).append((found[0].create_at, post.create_at))
        for root, answered in in_thread.items():
            asked = [at for _, at in sorted(answered)]  # posts of one millisecond have no order, even on the server
            self.out.out_of_order += [root] if asked != sorted(asked) else []
        self.out.outcomes = Counter(self.fake.outcomes)


def told(out: Outcome) -> str:
    """The outcome in French lines."""
    waits = sorted(out.waits) or [0.0]
    at = {share: waits[min(len(waits) - 1, int(share * len(waits)))] for share in (0.5, 0.9, 0.99)}
    return "\n".join(
        [
            f"questions attendues : {out.asked} ; modifiées : {out.edited} ; supprimées : {out.deleted}"
            f" (dont répondues avant : {out.deleted_answered})",
            f"sans réponse : {len(out.unanswered)} ; répondues deux fois : {len(out.twice)} ; "
            f"hors de leur fil : {len(out.elsewhere)} ; dans le désordre : {len(out.out_of_order)} ; "
            f"autres mots : {len(out.wrong_words)}",
            f"pannes : {sum(out.faults.values())} ({', '.join(f'{k} {v}' for k, v in sorted(out.faults.items()))})",
            f"bot tué : {out.kills} fois ; reprises : {dict(out.outcomes)}",
            f"attente : médiane {at[0.5]:.2f} s, 90 % {at[0.9]:.2f} s, 99 % {at[0.99]:.2f} s, pire {waits[-1]:.2f} s",
            f"durée {out.seconds:.0f} s ; {out.load}",
        ]
    )


def _bot(url: str, token: str, home: Path) -> None:
    """The bot's process: a quick assistant, real everything else."""
    import asyncio
    import logging

    from tests.mattermost.echo_assistant import EchoAssistant
    from tests.mattermost.running_bot import WATCHFUL, bot_parts, bot_settings
    from ui.mattermost.bot import Bot

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    parts = bot_parts(bot_settings(url, token), home, EchoAssistant(seconds=0.02), timing=WATCHFUL)

    async def live() -> None:
        bot = Bot(parts)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, bot.stop)
        await bot.run()

    asyncio.run(live())


def main() -> None:
    """Runs the trial and prints what came out; exit code 1 when a question suffered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bot", nargs=3, metavar=("URL", "TOKEN", "HOME"))
    parser.add_argument("--posts", type=int, default=Size.posts)
    parser.add_argument("--threads", type=int, default=Size.threads)
    parser.add_argument("--per-second", type=float, default=Size.a_second)
    parser.add_argument("--fault-every", type=float, default=Size.fault_every)
    parser.add_argument("--kill-every", type=float, default=Size.kill_every)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--home", type=Path)
    given = parser.parse_args()
    if given.bot:
        _bot(given.bot[0], given.bot[1], Path(given.bot[2]))
        return
    size = Size(given.posts, given.threads, given.per_second, given.fault_every, given.kill_every)
    home = given.home or Path(tempfile.mkdtemp(prefix="cct-soak-"))
    home.mkdir(parents=True, exist_ok=True)
    out = run(size, given.seed, home)
    print(told(out))
    for name in ("unanswered", "twice", "elsewhere", "out_of_order", "wrong_words"):
        if found := getattr(out, name):
            print(f"{name} : {found[:10]} (journal : {home / 'bot.log'})", file=sys.stderr)
    sys.exit(0 if out.sound else 1)


if __name__ == "__main__":
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    main()
