"""Whole processes under measure: from their start to their end, with the processor time they took."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import PROJECT

CCT = Path(sys.executable).parent / "cct"
_OURS = ("CCT_", "OPENAI_", "LLM_", "GIT_")


class ProcessFailed(RuntimeError):
    """A process under measure did not succeed."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A process that ended well; times in seconds, `started` on the clock of time.perf_counter."""

    started: float
    seconds: float
    cpu_seconds: float
    output: str
    messages: str


def clean_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process: nobody's settings but these, and nothing that asks the network."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    offline = {"HF_HUB_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False", "GRADIO_ANALYTICS_ENABLED": "False"}
    return {**kept, **offline, "PYTHONPATH": str(PROJECT), "PYTHONIOENCODING": "utf-8", **settings}


def run_process(
    command: Sequence[str | Path], settings: Mapping[str, str], folder: Path, limit: float = 1800.0
) -> Finished:
    """Runs a command to its end. Raises ProcessFailed when it fails, or takes more than `limit` seconds."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as messages:
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=messages,
            env=clean_environment(settings),
            cwd=folder,
        )
        status, cpu = _waited(process.pid, start + limit)
        seconds = time.perf_counter() - start
        process.returncode = status  # it was waited for here
        texts = [_content(stream) for stream in (output, messages)]
    if status != 0:
        end = "\n".join(texts[1].splitlines()[-5:])
        raise ProcessFailed(f"{' '.join(map(str, command))} : code {status}\n{end}")
    return Finished(start, seconds, cpu, texts[0], texts[1])


def _waited(pid: int, end: float) -> tuple[int, float]:
    """Exit code of a child, and its processor time; it is killed when its time is over."""
    while True:
        found, status, usage = os.wait4(pid, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime
        if time.perf_counter() > end:
            os.kill(pid, 9)
            end = float("inf")
        time.sleep(0.005)


def _content(stream: object) -> str:
    stream.seek(0)  # type: ignore[attr-defined]  # TemporaryFile's class has no public name
    return str(stream.read().decode("utf-8", errors="replace"))  # type: ignore[attr-defined]
