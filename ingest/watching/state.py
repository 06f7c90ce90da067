"""What the watch remembers between two passes: one file of the data folder, replaced in one step."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.errors import IndexNotWritable

Outcome = Literal["unchanged", "accepted", "refused", "failed"]
_KEPT = 200
"""Accepted revisions that are remembered, for their scores."""


class WatchPass(BaseModel):
    """One pass: when it ended (UTC), how, and what it found of the revisions that had arrived."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    when: str
    outcome: Outcome
    message: str
    revisions: dict[str, str] = Field(default_factory=dict)
    """Source → commit of what arrived."""
    findings: tuple[str, ...] = ()
    """What the comparison and the linter say, a French line each."""
    scores: dict[str, float] = Field(default_factory=dict)
    """What the gate measured."""
    key: str = ""
    """Of a refusal: what must change before the same revisions are tried again."""


class WatchState(BaseModel):
    """The last pass, the standing refusal if there is one, and the revisions that were accepted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    last: WatchPass | None = None
    refused: WatchPass | None = None
    accepted: tuple[WatchPass, ...] = ()

    def after(self, done: WatchPass) -> WatchState:
        """The state once a pass has ended."""
        refused = None if done.outcome in {"accepted", "unchanged"} else self.refused
        if done.outcome == "refused" and done.revisions:  # else the refusal that stands was only seen again
            refused = done
        accepted = (*self.accepted, done)[-_KEPT:] if done.outcome == "accepted" else self.accepted
        return WatchState(last=done, refused=refused, accepted=accepted)

    def scores_of(self, source: str, commit: str) -> dict[str, float]:
        """What the gate measured when that revision was accepted; empty when it was not, or measured nothing."""
        found = [p.scores for p in self.accepted if p.revisions.get(source) == commit]
        return found[-1] if found else {}


def state_file(home: Path) -> Path:
    """Where the state of a data folder is."""
    return home / "watch.json"


def load_state(home: Path) -> WatchState:
    """The state; an empty one when there is none, or when the file is damaged (it is then set aside)."""
    path = state_file(home)
    try:
        return WatchState.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return WatchState()
    except (OSError, ValidationError):
        with suppress(OSError):  # a read-only folder: nothing is lost by reading it as empty
            path.replace(path.with_suffix(".json.abime"))
        return WatchState()


def save_state(home: Path, state: WatchState) -> None:
    """Writes the state in one step. Raises IndexNotWritable when the disk refuses."""
    path = state_file(home)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        home.mkdir(parents=True, exist_ok=True)
        aside.write_text(state.model_dump_json(indent=1), encoding="utf-8")
        aside.replace(path)
    except OSError as exc:
        aside.unlink(missing_ok=True)
        raise IndexNotWritable(
            f"Écriture impossible dans {home} ({exc.strerror or exc}).",
            "Libérez de la place ou donnez un dossier accessible en écriture dans CCT_HOME.",
        ) from exc


def now() -> str:
    """The time in UTC, to the second: 2026-11-25T22:40:00Z."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
