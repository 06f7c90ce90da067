"""The record of a run: one row a question asked, and everything that the answers depended on.

A run is a folder: `run.json` (the fingerprint), `journal.jsonl` while it lasts, then the dataset and the experiment
that ragas reads (see eval.runs.ragas_record). Reading it needs no ragas.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eval.revisions.following import Fate
from ingest.errors import CctError

Expects = Literal["answer", "abstain", "nothing"]
"""nothing: the question no longer holds at this revision; it is asked and shown, never scored."""
RUN, JOURNAL, EXPERIMENTS = "run.json", "journal.jsonl", "experiments"


class TranscriptError(CctError):
    """A run's folder cannot be read or does not hold what it says."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Row(_Record):
    """One question asked once, what it needs at this revision, and the answer."""

    id: str
    """The question's id, "~" and the variant's name when it is one."""
    question_id: str
    set: str = ""
    """The question set it comes from."""
    variant: str = ""
    asked: str
    question: str
    """The EvalQuestion, as JSON: a run can be scored again when its set has changed."""
    cluster: str
    """Rows of one cluster are about the same passage: not independent."""
    fate: Fate
    expects: Expects
    needed: list[list[str]]
    """For each piece of evidence, the places that carry it: "source|document|first line"."""
    right: list[str]
    excluded: list[str] = []
    """Places that a right answer does not cite."""
    answer: str = ""
    """The object of answer.schema.json, as JSON; empty when the row failed."""
    confidence: float | None = None
    """Probability that the documents answer, according to the assistant."""
    milliseconds: float = 0.0
    status: Literal["ok", "error"] = "ok"
    error: str = ""


class DocumentSource(_Record):
    """A source at the revision that answered: its commit and the blob of each document."""

    source: str
    commit: str
    date: str
    official: bool
    files: dict[str, str]


class QuestionSource(_Record):
    """A question set and the hash of its questions."""

    name: str
    digest: str


class RunRecord(_Record):
    """Everything a run's figures depend on. Two runs are compared on it."""

    name: str
    created: str
    rows: int = Field(ge=0)
    """How many rows a complete run has."""
    finished: bool = False
    documents: tuple[DocumentSource, ...]
    sets: tuple[QuestionSource, ...]
    answers: str
    """ "local", or where recorded or remote answers came from."""
    model: str = ""
    """Language model that drafts, with its parameters; empty: extractive."""
    embedding: str
    index: str
    bank: str
    ranking: str
    prompts: str
    code: str
    judge: str = ""
    seed: int = 0
    versions: dict[str, str]


@dataclass(frozen=True, slots=True)
class Transcript:
    """A run that was read: its record, its rows in the order asked, and what was wrong with the file."""

    folder: Path
    record: RunRecord
    rows: tuple[Row, ...]
    damaged: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        """How many rows a complete run would have more."""
        return max(0, self.record.rows - len(self.rows))

    @property
    def complete(self) -> bool:
        """True when every row is there and can be read."""
        return self.record.finished and not self.missing and not self.damaged


def rows_file(folder: Path, name: str) -> Path:
    """Where a finished run's rows are: the file of ragas's experiment."""
    return folder / EXPERIMENTS / f"{name}.jsonl"


def read_run(folder: Path) -> Transcript:
    """A run, finished or not. Raises TranscriptError when the folder holds none."""
    try:
        record = RunRecord.model_validate_json((folder / RUN).read_text(encoding="utf-8"))
    except OSError as exc:
        raise TranscriptError(f"Pas d'exécution dans {folder}.", "Lancez « cct eval run --out DOSSIER ».") from exc
    except ValidationError as exc:
        raise TranscriptError(f"{folder / RUN} : {exc.errors()[0]['msg']}.", "Refaites l'exécution.") from exc
    path = rows_file(folder, record.name)
    rows, damaged = read_rows(path if path.is_file() else folder / JOURNAL)
    return Transcript(folder, record, tuple(rows), tuple(damaged))


def read_rows(path: Path) -> tuple[list[Row], list[str]]:
    """The rows of a JSONL file, and one French sentence for each line that is not a row; a later row replaces."""
    rows: dict[str, Row] = {}
    damaged = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return [], []
    except UnicodeDecodeError:
        return [], [f"{path.name} n'est pas de l'UTF-8"]
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = Row.model_validate_json(line)
        except ValidationError as exc:
            damaged.append(f"{path.name}, ligne {number} : {exc.errors()[0]['msg']}")
            continue
        rows[row.id] = row
    return list(rows.values()), damaged


class Journal:
    """Rows written one by one, so that an interruption loses none; takes up again where it was left."""

    def __init__(self, folder: Path, record: RunRecord) -> None:
        self.folder = folder
        self.record = record

    @contextmanager
    def held(self) -> Iterator[None]:
        """Holds the folder. Raises TranscriptError when another run writes in it, or when the disk refuses."""
        lock = FileLock(self.folder / ".verrou", timeout=0)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout as exc:
            raise TranscriptError(
                f"Une autre exécution écrit dans {self.folder}.", "Attendez qu'elle finisse, ou donnez --out."
            ) from exc
        except OSError as exc:
            raise self._refused(exc) from exc
        try:
            yield
        finally:
            lock.release()

    def known(self, finished: bool = False) -> dict[str, Row]:
        """The answered rows that a run of the same fingerprint has left; another one's are dropped.

        A run that went to its end without a failed row is asked again, unless `finished`.
        """
        try:
            before = read_run(self.folder)
        except TranscriptError:
            return {}
        same = {"created", "finished", "rows"}
        if before.record.model_dump(exclude=same) != self.record.model_dump(exclude=same):
            return {}
        answered = {row.id: row for row in before.rows if row.status == "ok"}
        whole = before.record.finished and len(answered) == before.record.rows
        return {} if whole and not finished else answered

    def open(self, kept: Sequence[Row]) -> None:
        """Writes the record and the rows that are kept. Raises TranscriptError when the disk refuses."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for old in (self.folder / EXPERIMENTS).glob("*.jsonl"):
                old.unlink()
            (self.folder / RUN).write_text(_pretty(self.record), encoding="utf-8")
            (self.folder / JOURNAL).write_text("".join(f"{r.model_dump_json()}\n" for r in kept), encoding="utf-8")
        except OSError as exc:
            raise self._refused(exc) from exc

    def add(self, row: Row) -> None:
        """Appends one row."""
        try:
            with (self.folder / JOURNAL).open("a", encoding="utf-8") as file:
                file.write(f"{row.model_dump_json()}\n")
        except OSError as exc:
            raise self._refused(exc) from exc

    def close(self) -> None:
        """Marks the run as finished; the rows are in the experiment's file by now."""
        finished = self.record.model_copy(update={"finished": True})
        try:
            (self.folder / RUN).write_text(_pretty(finished), encoding="utf-8")
            (self.folder / JOURNAL).unlink(missing_ok=True)
        except OSError as exc:
            raise self._refused(exc) from exc

    def _refused(self, exc: OSError) -> TranscriptError:
        return TranscriptError(f"Écriture impossible dans {self.folder} ({exc.strerror}).", "Voyez --out.")


def _pretty(record: RunRecord) -> str:
    plain: dict[str, Any] = record.model_dump(mode="json")
    return json.dumps(plain, indent=1, ensure_ascii=False) + "\n"
