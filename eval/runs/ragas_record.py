"""A run as ragas keeps it: a Dataset of what was asked and an Experiment of what came back.

ragas's local JSONL backend turns strings that look like dates into dates when it loads, and skips damaged lines with
a message; the one here gives back what was written and fails. Names are always given: ragas would draw random ones.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from eval.runs.transcript import Row, Transcript, TranscriptError

if TYPE_CHECKING:
    from ragas import Dataset, Experiment
    from ragas.backends import LocalJSONLBackend


class Asked(BaseModel):
    """One line of the dataset: a question, before any answer."""

    id: str
    user_input: str
    reference_context_ids: list[str]
    expects: str
    question: str


def without_telemetry() -> None:
    """Tells ragas to send nothing; it reads this when it is imported, and again before each event."""
    os.environ["RAGAS_DO_NOT_TRACK"] = "true"


def save_run(folder: Path, name: str, rows: Sequence[Row]) -> None:
    """Writes `datasets/<name>.jsonl` and `experiments/<name>.jsonl`, rows in order."""
    without_telemetry()
    from ragas import Dataset, Experiment

    backend = _backend(folder)
    asked = [
        Asked(
            id=r.id,
            user_input=r.asked,
            reference_context_ids=[p for places in r.needed for p in places[:1]],
            expects=r.expects,
            question=r.question,
        )
        for r in rows
    ]
    Dataset(name=name, backend=backend, data_model=Asked, data=asked).save()
    Experiment(name=name, backend=backend, data_model=Row, data=list(rows)).save()


def load_experiment(folder: Path, name: str) -> Experiment:
    """The experiment, each row checked. Raises TranscriptError when ragas cannot read it."""
    without_telemetry()
    from ragas import Experiment

    try:
        return Experiment.load(name, _backend(folder), data_model=Row)
    except (FileNotFoundError, ValueError) as exc:
        raise TranscriptError(f"Expérience {name!r} illisible dans {folder} : {exc}.", "Refaites-la.") from exc


def load_dataset(folder: Path, name: str) -> Dataset[Asked]:
    """The dataset of a run."""
    without_telemetry()
    from ragas import Dataset

    return Dataset.load(name, _backend(folder), data_model=Asked)


def verified(transcript: Transcript) -> bool:
    """True when ragas reads the same rows, in the same order, as we do."""
    experiment = load_experiment(transcript.folder, transcript.record.name)
    return [row.model_dump() for row in experiment] == [row.model_dump() for row in transcript.rows]


def _backend(folder: Path) -> LocalJSONLBackend:
    from ragas.backends import LocalJSONLBackend

    class FaithfulJsonl(LocalJSONLBackend):
        """What was saved is what is loaded."""

        def _deserialize_datetime(self, obj: Any) -> Any:
            return obj

        def _load(self, data_type: str, name: str) -> list[dict[str, Any]]:
            loaded: list[dict[str, Any]] = super()._load(data_type, name)
            path = self._get_file_path(data_type, name)
            lines = sum(bool(line.strip()) for line in path.read_text(encoding="utf-8").split("\n"))
            if lines != len(loaded):
                raise ValueError(f"{lines - len(loaded)} ligne(s) illisible(s) sur {lines}")
            return loaded

    return FaithfulJsonl(str(folder))
