"""Is the index as new as the synchronised source? And if not, was the newer revision refused?"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.errors import CctError
from ingest.french_dates import french_day
from ingest.index.registry import IndexedRevision
from ingest.sources.corpus import Corpus, CorpusRevision
from ingest.sources.repositories import file_stamp
from ingest.watching.state import load_state, state_file


@dataclass(frozen=True, slots=True)
class Stale:
    """A source whose documents have changed since the revision that answers."""

    source: str
    title: str
    served: str
    """ "c869910 du 12/05/2024"."""
    newest: str
    refused: str | None
    """When and why the newer revision was refused, in French; None when it was not."""

    @property
    def message(self) -> str:
        """What a reader must know."""
        newer = f"la source en a une plus récente ({self.newest})"
        told = f"{self.title} : l'index répond à la révision {self.served}, {newer}"
        return (
            f"{told}, refusée {self.refused}" if self.refused else f"{told}. Lancez « cct ingest » ou « cct watch »."
        )


_AS_READ = 0.2
"""Seconds for which the disk is not read again: see `assistant.selection`."""


class Freshness:
    """Compares the served revisions with the repositories. Thread-safe; git is asked only when something moved."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._lock = threading.Lock()
        self._known: tuple[object, tuple[Stale, ...]] | None = None
        self._signed: tuple[object, tuple[object, ...]] | None = None
        self._looked = float("-inf")
        """When the disk was last read, and what it said of which revisions."""

    def stale(self, served: Sequence[IndexedRevision]) -> tuple[Stale, ...]:
        """The sources that have moved on; nothing for the demonstration edition or an unreadable repository."""
        official = [r for r in served if r.official]
        revisions = tuple((r.source, r.commit) for r in official)
        with self._lock:
            if self._signed is None or self._signed[0] != revisions or time.monotonic() > self._looked + _AS_READ:
                self._signed = (revisions, self._signature([r.source for r in official]))
                self._looked = time.monotonic()
            key = self._signed
            if self._known is None or self._known[0] != key:
                self._known = (key, tuple(s for r in official if (s := self._compared(r)) is not None))
            return self._known[1]

    def _signature(self, sources: Sequence[str]) -> tuple[object, ...]:
        """What changes on disk when a repository is synchronised or a pass of the watch ends."""
        corpus = self._corpus
        repositories = [
            corpus.repository(source).stamp() for source in corpus.manifest.source if source.id in sources
        ]
        return (*repositories, file_stamp(state_file(corpus.settings.home)))

    def _compared(self, served: IndexedRevision) -> Stale | None:
        try:
            source = self._corpus.manifest.get(served.source)
            newest = self._corpus.revision(source.id, source.branch)
            then = CorpusRevision(source, served.commit, served.date, served.subject, True)
            if same_documents(self._corpus, then, newest):
                return None
        except CctError:
            return None
        refused = load_state(self._corpus.settings.home).refused
        why = None
        if refused is not None and refused.revisions.get(source.id) == newest.commit:
            why = f"le {french_day(refused.when[:10])}. {refused.message}"
        return Stale(source.id, source.title, _name(then), _name(newest), why)


def same_documents(corpus: Corpus, a: CorpusRevision, b: CorpusRevision) -> bool:
    """True when every declared document has the same content at both revisions."""
    if a.commit == b.commit:
        return True
    return [(d.path, d.blob) for d in corpus.documents(a)] == [(d.path, d.blob) for d in corpus.documents(b)]


def _name(revision: CorpusRevision) -> str:
    return f"{revision.commit[:7]} du {french_day(revision.date)}"
