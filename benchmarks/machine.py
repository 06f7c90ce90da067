"""The machine under measure: what it is, how busy it is, how much memory a process holds."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Business:
    """How busy the machine was: load of the last minute, share of the cores at work over one second."""

    load: float
    busy: float

    def __str__(self) -> str:
        return f"charge {self.load:.1f}, processeurs occupés à {self.busy:.0%}".replace(".", ",").replace("%", " %")


def business() -> Business:
    """The machine now, watched for one second."""
    before = _ticks()
    time.sleep(1)
    after = _ticks()
    total = sum(after) - sum(before)
    idle = after[3] + after[4] - before[3] - before[4]
    return Business(os.getloadavg()[0], 1 - idle / total if total else 0.0)


def wait_until_calm(seconds: float, calm: float = 0.15) -> Business:
    """Waits at most that long for the cores to be free; returns how it found them."""
    end = time.perf_counter() + seconds
    now = business()
    while now.busy > calm and time.perf_counter() < end:
        time.sleep(1)
        now = business()
    return now


def memory(pid: int | None = None) -> tuple[float, float]:
    """Resident memory of a process (this one by default) now and at its highest, in MB of 1,000,000 bytes."""
    found = {"VmRSS": 0.0, "VmHWM": 0.0}
    for line in Path(f"/proc/{pid or os.getpid()}/status").read_text(encoding="ascii").splitlines():
        name, _, rest = line.partition(":")
        if name in found:
            found[name] = int(rest.split()[0]) * 1024 / 1e6
    return found["VmRSS"], found["VmHWM"]


def description() -> str:
    """Processor, cores, memory, system and Python, in one French sentence."""
    cores = len(os.sched_getaffinity(0))
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    return (
        f"{_processor()}, {cores} cœurs, {total:.0f} Go de mémoire, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}"
    )


def project_commit() -> str:
    """The commit of this project, with a word when its code was changed since."""
    commit = _git("rev-parse", "--short=10", "HEAD").strip() or "inconnu"
    changed = _git("status", "--porcelain", "--", "ingest", "assistant", "ui", "eval", "corpus").strip()
    return f"{commit} et des modifications non validées" if changed else commit


def _ticks() -> list[int]:
    return [int(n) for n in Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(PROJECT), *arguments], capture_output=True, text=True, check=False)
    return done.stdout
