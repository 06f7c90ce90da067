"""What each revision of a source changed, in counts and names: compared once, then kept in the data folder."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ingest.revisions.lineage import Change, Comparison, Kind
from ingest.revisions.requirement_history import (
    DocumentComparison,
    RevisionReader,
    compare_documents,
    compare_revisions,
)
from ingest.sources.corpus import Corpus, CorpusRevision

FORMAT = "2"
"""Version of what is kept and of the rules of comparison: another one compares everything again."""
LOGGED: tuple[Kind, ...] = ("added", "removed", "retyped", "renumbered", "recast", "reworded", "reused")


class ChangedDocument(BaseModel):
    """One document whose content differs, and how many of its passages are of each kind of change."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    path: str
    counts: dict[str, int]


class RevisionSummary(BaseModel):
    """A revision against the one before it; `names` are ids, "EXI-ARCH-6 → EXI-ARCH-10" where they differ."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    before: str | None
    commit: str
    requirements: int
    unchanged: int
    names: dict[str, tuple[str, ...]]
    documents: tuple[ChangedDocument, ...] = ()


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: str
    summaries: dict[str, RevisionSummary]


class LoggedRevision(BaseModel):
    """A revision of the main line; no summary: it was not compared yet."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    revision: CorpusRevision
    before: CorpusRevision | None
    summary: RevisionSummary | None


class RevisionLog:
    """The log of every source. Thread-safe; a comparison takes a fraction of a second, and is made once."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._reader = RevisionReader(corpus)
        self._lock = threading.Lock()
        self._kept: dict[str, RevisionSummary] | None = None

    def revisions(self, source_id: str, seconds: float | None = None) -> list[LoggedRevision]:
        """The revisions of a source, newest first; comparing stops after that many seconds, None: never.

        Raises RepositoryError when the source is not synchronised.
        """
        line = self._reader.main_line(source_id)
        end = None if seconds is None else time.monotonic() + seconds
        with self._lock:
            return [
                LoggedRevision(revision=b, before=a, summary=self._summary(a, b, end))
                for a, b in reversed(list(zip([None, *line[:-1]], line, strict=True)))
            ]

    def refresh(self) -> None:
        """Compares whatever was not compared yet, for every synchronised source."""
        for source in self._corpus.manifest.source:
            if self._corpus.repository(source).exists:
                self.revisions(source.id)

    def _summary(self, a: CorpusRevision | None, b: CorpusRevision, end: float | None) -> RevisionSummary | None:
        kept = self._loaded()
        key = f"{b.source.id} {a.commit if a else ''} {b.commit}"
        if key not in kept and (end is None or time.monotonic() < end):
            kept[key] = self._compared(a, b)
            self._save(kept)
        return kept.get(key)

    def _compared(self, a: CorpusRevision | None, b: CorpusRevision) -> RevisionSummary:
        requirements = self._reader.requirements(b)
        if a is None:
            names = {"added": tuple(str(r.passage.id) for r in requirements)}
            return RevisionSummary(
                before=None, commit=b.commit, requirements=len(requirements), unchanged=0, names=names
            )
        compared = compare_revisions(self._reader, a, b)
        return RevisionSummary(
            before=a.commit,
            commit=b.commit,
            requirements=len(requirements),
            unchanged=compared.unchanged,
            names={kind: _names(of_kind(compared, kind)) for kind in LOGGED if of_kind(compared, kind)},
            documents=tuple(_document(d) for d in compare_documents(self._reader, a, b, forms=True)),
        )

    @property
    def _file(self) -> Path:
        return self._corpus.settings.home / "revisions.json"

    def _loaded(self) -> dict[str, RevisionSummary]:
        if self._kept is None:
            self._kept = {}
            with suppress(OSError, ValidationError):  # only a cache: what cannot be read is compared again
                kept = _Kept.model_validate_json(self._file.read_bytes())
                self._kept = kept.summaries if kept.format == FORMAT else {}
        return self._kept

    def _save(self, kept: dict[str, RevisionSummary]) -> None:
        aside = self._file.with_name(f".{self._file.name}.{os.getpid()}")
        with suppress(OSError):  # a read-only folder: it is compared again next time
            aside.write_text(_Kept(format=FORMAT, summaries=kept).model_dump_json(), encoding="utf-8")
            aside.replace(self._file)


def of_kind(compared: Comparison, kind: Kind) -> tuple[Change, ...]:
    """The changes of one kind; rows rewritten in place with their type are retyped too."""
    return compared.retyped if kind == "retyped" else compared.of(kind)


def _names(changes: Sequence[Change]) -> tuple[str, ...]:
    return tuple(
        " → ".join(dict.fromkeys(str(side.passage.id) for side in (c.before, c.after) if side is not None))
        for c in changes
    )


def _document(document: DocumentComparison) -> ChangedDocument:
    kinds: tuple[Kind, ...] = ("added", "removed", "reworded", "renamed", "moved")
    counts: dict[str, int] = {kind: n for kind in kinds if (n := len(document.comparison.of(kind)))}
    return ChangedDocument(title=document.title, path=document.document, counts=counts)
