"""What a part found, kept in results.json so that one part can be measured again without the others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).with_name("results.json")


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure that was aimed at, and what was found."""

    what: str
    aimed: str
    found: str
    reached: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the report."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a part measured: its tables, its aims, and what a reader must know of how it was done."""

    tables: tuple[Table, ...]
    aims: tuple[Aim, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartResult:
    """A part with its circumstances."""

    name: str
    title: str
    date: str
    commit: str
    machine: str
    before: str
    after: str
    seconds: float
    measured: Measured


def load_results() -> dict[str, PartResult]:
    """The parts measured so far, by name."""
    if not RESULTS.is_file():
        return {}
    found = {}
    for item in json.loads(RESULTS.read_text(encoding="utf-8")):
        content = item.pop("measured")
        tables = tuple(
            Table(t["title"], tuple(t["header"]), tuple(tuple(row) for row in t["rows"])) for t in content["tables"]
        )
        measured = Measured(tables, tuple(Aim(**a) for a in content["aims"]), tuple(content["notes"]))
        found[item["name"]] = PartResult(**item, measured=measured)
    return found


def save_results(results: dict[str, PartResult]) -> None:
    """Writes the parts, in their order."""
    text = json.dumps([asdict(r) for r in results.values()], ensure_ascii=False, indent=1)
    RESULTS.write_text(text + "\n", encoding="utf-8")


def number(value: float, digits: int = 1) -> str:
    """A number as French writes it."""
    return f"{value:,.{digits}f}".replace(",", "\u202f").replace(".", ",")


def median(values: Sequence[float]) -> float:
    """The middle of the values."""
    return float(np.median(values))


def slow(values: Sequence[float]) -> float:
    """The 95th percentile of the values."""
    return float(np.percentile(values, 95))
