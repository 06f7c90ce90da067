"""The latest evaluation of the data folder, read from the file that `cct eval score` leaves with each run."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ui.wording import percentage

RUNS, FILE = Path("evaluation") / "runs", "figures.json"


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class EvaluatedDocument(_Read):
    """A source at the revision that was evaluated."""

    source: str
    commit: str
    date: str
    official: bool


class EvaluationFigure(_Read):
    """One metric, with the interval of its estimate."""

    name: str
    label: str
    scale: str
    value: float
    low: float
    high: float
    rows: int
    failures: int
    broken: bool = False
    below_floor: bool = False

    @property
    def words(self) -> str:
        """ "97,2 %", or "12 ms"."""
        return self._told(self.value)

    @property
    def interval(self) -> str:
        """ "95,1 % à 98,4 %"."""
        return f"{self._told(self.low)} à {self._told(self.high)}"

    def _told(self, value: float) -> str:
        if self.scale == "milliseconds":
            return f"{value:.0f} ms"
        return percentage(value, 1)


class Evaluation(_Read):
    """A run in figures; `ending` is the exit code of `cct eval score`."""

    created: str
    complete: bool
    ending: int
    model: str = ""
    documents: tuple[EvaluatedDocument, ...] = ()
    figures: tuple[EvaluationFigure, ...] = ()
    name: str = ""


def latest_evaluation(home: Path) -> Evaluation | None:
    """The newest run that was scored; a file that cannot be read is passed over. None when there is none."""
    found = []
    for path in (home / RUNS).glob(f"*/{FILE}"):
        try:
            read = Evaluation.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            continue
        found.append(read.model_copy(update={"name": path.parent.name}))
    return max(found, key=lambda e: e.created, default=None)
