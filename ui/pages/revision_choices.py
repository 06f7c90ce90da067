"""The revisions that a page offers to read instead of the served ones."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from ingest.errors import CctError
from ingest.revisions.requirement_history import RevisionReader
from ingest.sources.corpus import Corpus, CorpusRevision
from ui.wording import french_date


@dataclass(frozen=True, slots=True)
class RevisionChoice:
    """One entry of a list of revisions; `value` is "pi=c869910ab12"."""

    value: str
    label: str


class RevisionChoices:
    """The revisions of the synchronised repositories, the newest first. Thread-safe; git is asked once one moved."""

    def __init__(self, corpus: Corpus, reader: RevisionReader) -> None:
        self._corpus = corpus
        self._reader = reader
        self._lock = threading.Lock()
        self._known: dict[str, tuple[tuple[object, ...], tuple[RevisionChoice, ...]]] = {}

    def of_every_source(self) -> list[tuple[str, tuple[RevisionChoice, ...]]]:
        """(title, choices) of each source that has some."""
        found = [(source.title, self.of_source(source.id)) for source in self._corpus.manifest.source]
        return [(title, choices) for title, choices in found if choices]

    def of_source(self, source_id: str) -> tuple[RevisionChoice, ...]:
        """The choices of one source; none for the demonstration edition."""
        source = self._corpus.manifest.get(source_id)
        repository = self._corpus.repository(source)
        if self._corpus.settings.edition == "demo" or not repository.exists:
            return ()
        stamp = repository.stamp()
        with self._lock:
            known = self._known.get(source_id)
            if known is None or known[0] != stamp:
                known = (stamp, self._read(source_id))
                self._known[source_id] = known
            return known[1]

    def _read(self, source_id: str) -> tuple[RevisionChoice, ...]:
        try:
            line = self._reader.main_line(source_id)
        except CctError:
            return ()
        return tuple(_choice(revision) for revision in reversed(line))


def _choice(revision: CorpusRevision) -> RevisionChoice:
    label = f"{french_date(revision.date)} ({revision.commit[:7]})"
    return RevisionChoice(f"{revision.source.id}={revision.commit[:12]}", label)
