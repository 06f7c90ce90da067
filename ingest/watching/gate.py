"""The gate of the watch: a command that judges the index which was built aside, before it serves."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ingest.errors import CctError, IndexStateError

EXIT_CODES = {
    1: "régression ou garantie rompue",
    2: "mauvais usage ou configuration",
    3: "jeu de questions périmé, à relire",
    4: "mesure incomplète",
    5: "référence incompatible",
    6: "non concluant",
}
"""What the exit codes of the evaluation mean."""
_UNDECIDED = {2, 4}
"""Codes that say that nothing was judged: the same revisions are tried again at the next pass."""
_TAIL = 600


class RevisionRefused(IndexStateError):
    """The gate refused the revisions; the index in service stays."""

    exit_code = 1


class GateUndecided(CctError):
    """The gate could not judge: not found, stopped, incomplete; the index in service stays."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A command line, run with CCT_HOME naming a data folder whose live index is the candidate."""

    command: str
    timeout: float = 3600.0
    """Seconds."""


@dataclass(slots=True)
class Verdict:
    """What an accepting gate measured."""

    scores: dict[str, float] = field(default_factory=dict)


def judge(gate: Gate, home: Path, candidate: Path) -> Verdict:
    """Runs the gate on a generation of the index; returns only when it accepts.

    Raises RevisionRefused when it says no, GateUndecided when it could not say.
    """
    with candidate_home(home, candidate) as folder:
        scores = folder / "scores.json"
        environment = {**os.environ, "CCT_HOME": str(folder), "CCT_WATCH_SCORES": str(scores)}
        code, said = _run(gate, environment)
        if code == 0:
            return Verdict(_scores(scores))
    meaning = EXIT_CODES.get(code, f"signal {-code}" if code < 0 else "refus")
    told = f"La commande de contrôle a rendu {code} ({meaning})."
    detail = f"Elle a dit : « {said} ». " if said else ""
    if code in _UNDECIDED or code < 0:
        raise GateUndecided(told, f"{detail}Les révisions seront reprises au prochain passage.")
    raise RevisionRefused(told, f"{detail}« cct watch --retry » pour réessayer.")


@contextmanager
def candidate_home(home: Path, candidate: Path) -> Iterator[Path]:
    """A data folder beside the real one: the same repositories, and the candidate as its live index."""
    folder = home / f".candidate-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "index").mkdir(parents=True)
    (folder / "sources").symlink_to((home / "sources").resolve())
    (folder / "index" / candidate.name).symlink_to(candidate.resolve())
    (folder / "index" / "live").write_text(candidate.name, encoding="utf-8")
    try:
        yield folder
    finally:
        remove_candidates(home)


def remove_candidates(home: Path) -> None:
    """Removes what a killed pass left; called by whoever holds the watch."""
    for left in home.glob(".candidate-*"):
        for link in (left / "sources", *(left / "index").glob("generation-*")):
            if link.is_symlink():  # rmtree follows none, but a link to the real index is not to be tried
                link.unlink()
        shutil.rmtree(left, ignore_errors=True)


def _run(gate: Gate, environment: dict[str, str]) -> tuple[int, str]:
    try:
        command = shlex.split(gate.command)
        started = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
    except (OSError, ValueError, IndexError) as exc:
        raise GateUndecided(
            f"La commande de contrôle {gate.command!r} ne peut pas être lancée ({exc}).", "Vérifiez CCT_WATCH_GATE."
        ) from exc
    try:
        said, _ = started.communicate(timeout=gate.timeout)
    except subprocess.TimeoutExpired as exc:
        raise GateUndecided(
            f"La commande de contrôle n'a pas fini en {gate.timeout:g} s.",
            "Allongez CCT_WATCH_GATE_TIMEOUT ou vérifiez la commande.",
        ) from exc
    finally:
        if started.poll() is None:  # too long, or interrupted: its children go with it
            os.killpg(started.pid, signal.SIGKILL)
            started.communicate()
    words = " ".join(said.decode("utf-8", errors="replace").split())
    return started.returncode, words if len(words) <= _TAIL else f"…{words[-_TAIL:]}"


def _scores(path: Path) -> dict[str, float]:
    """The numbers of a flat JSON object that the gate may have written; anything else is no score."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {str(k): float(v) for k, v in content.items() if isinstance(v, int | float) and not isinstance(v, bool)}
