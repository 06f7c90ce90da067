"""The records of the served revisions, or of others: read once, then found by identifier or kind in microseconds."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from urllib.parse import quote, urlencode

from assistant.question.reading import read_question
from assistant.search.french_text import without_accents
from ingest.errors import CctError, RevisionNotFound
from ingest.passage import PRIORITY_NAMES, Kind, Located, Passage
from ingest.revisions.requirement_history import RevisionReader
from ingest.sources.corpus import Corpus, CorpusRevision
from ui.doors.web_assistant import AssistantProvider
from ui.wording import french_date

_KEPT = 24
"""Revisions whose records stay in memory, about 300 kB each."""
SECTIONS: Mapping[Kind, str] = {
    "requirement": "/exigences",
    "component": "/composants",
    "term": "/glossaire",
    "norm": "/normes",
}
_MARKUP = re.compile(r"\*\*|\\(?=[^\w\s])")
_FRAGMENT = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Record:
    """A record of one revision, with what a page says of it."""

    located: Located
    revision: CorpusRevision
    document_title: str
    pinned: bool
    """True when the reader chose the revision: links stay in it."""

    @property
    def passage(self) -> Passage:
        """The record itself."""
        return self.located.passage

    @property
    def source(self) -> str:
        """The id of its source."""
        return self.located.source

    @property
    def source_title(self) -> str:
        """The name that people know its source by."""
        return self.revision.source.title

    @property
    def id(self) -> str:
        """Its identifier; a norm has none."""
        return self.passage.id or ""

    @property
    def name(self) -> str:
        """ "EXI-ORG-16, 2e occurrence"."""
        n = self.passage.occurrence
        return f"{self.id}, {n}e occurrence" if n > 1 else self.id

    @property
    def type_words(self) -> str:
        """ "P, primordiale"; "sans type" where the document gives none."""
        letter = self.passage.priority
        return f"{letter}, {PRIORITY_NAMES[letter]}" if letter else "sans type"

    @property
    def path(self) -> str:
        """The address of its page, without the revision; for a term or a component, its place on the page."""
        section = SECTIONS[self.passage.kind]
        if self.passage.kind != "requirement":
            return f"{section}#{fragment(self.id)}"
        n = self.passage.occurrence
        return f"{section}/{quote(self.source)}/{quote(self.id, safe='')}" + (f"/{n}" if n > 1 else "")

    @property
    def href(self) -> str:
        """The address of its page, in the revision that the reader chose."""
        return self.pinned_href if self.pinned else self.path

    @property
    def pinned_href(self) -> str:
        """The address that stays the same text when the served revision changes."""
        if not self.revision.official:
            return self.path
        address, _, place = self.path.partition("#")
        chosen = urlencode({"revision": f"{self.source}={self.revision.commit[:12]}"}, safe="=")
        return f"{address}?{chosen}" + (f"#{place}" if place else "")

    @property
    def permalink(self) -> str | None:
        """The lines in the repository; None for the demonstration edition."""
        if self.located.commit is None:
            return None
        return self.revision.source.link(self.located.commit, self.located.document, self.passage.lines)

    @property
    def revision_words(self) -> str:
        """ "révision c869910 du 12/05/2024"."""
        date = french_date(self.revision.date)
        if not self.revision.official:
            return f"édition de démonstration du {date}"
        return f"révision {self.revision.commit[:7]} du {date}"

    @property
    def lines_words(self) -> str:
        """ "ligne 50" or "lignes 50 à 52"."""
        lines = self.passage.lines
        return f"ligne {lines.start}" if lines.start == lines.end else f"lignes {lines.start} à {lines.end}"

    @property
    def reference(self) -> str:
        """What one writes in a file or a message to name it without doubt."""
        kind = f" ({self.type_words})" if self.passage.kind == "requirement" else ""
        where = f"{self.located.document}, {self.lines_words}, {self.revision_words}"
        link = f" : {self.permalink}" if self.permalink else ""
        return f"{self.source_title}, {self.name}{kind}, {where}{link}"


class Shelf:
    """One revision of each source and its records, sources in the manifest's order."""

    def __init__(self, records: tuple[Record, ...], revisions: tuple[CorpusRevision, ...]) -> None:
        self.records = records
        self.revisions = revisions

    @cached_property
    def requirements(self) -> tuple[Record, ...]:
        """Every requirement, in the order of sources and lines."""
        return self.of("requirement")

    def of(self, kind: Kind) -> tuple[Record, ...]:
        """The records of one kind."""
        return tuple(r for r in self.records if r.passage.kind == kind)

    @property
    def titles(self) -> Mapping[str, str]:
        """Source id → title."""
        return {r.source.id: r.source.title for r in self.revisions}

    def named(self, identifier: str, kind: Kind = "requirement") -> tuple[Record, ...]:
        """The records of that identifier in any spelling: each source, each occurrence."""
        wanted = {i.upper() for i in read_question(identifier).ids} | {identifier.strip().upper()}
        return tuple(r for r in self.of(kind) if r.id.upper() in wanted)

    def near(self, identifier: str, most: int = 6) -> tuple[Record, ...]:
        """The requirements whose identifier is nearest to one that does not exist, nearest first."""
        from rapidfuzz import fuzz, process

        names = dict.fromkeys(r.id for r in self.requirements)
        wanted = next(iter(read_question(identifier).ids), identifier.strip().upper())
        found = process.extract(wanted, list(names), scorer=fuzz.ratio, limit=most, score_cutoff=60)
        first = {r.id: r for r in reversed(self.requirements)}
        return tuple(first[name] for name, _, _ in found)


class RecordShelf:
    """Gives the shelf of the served revisions, or of those that a reader names. Thread-safe."""

    def __init__(self, corpus: Corpus, assistant: AssistantProvider) -> None:
        self.corpus = corpus
        self.reader = RevisionReader(corpus)
        self._assistant = assistant
        self._lock = threading.Lock()
        self._read: OrderedDict[tuple[str, str], tuple[tuple[Located, str], ...]] = OrderedDict()
        self._served: tuple[tuple[tuple[str, str], ...], Shelf] | None = None

    def served(self) -> Shelf:
        """The revisions that answer; those of the documents themselves while nothing is indexed."""
        revisions = self._served_revisions()
        key = tuple((r.source.id, r.commit) for r in revisions)
        known = self._served
        if known is not None and known[0] == key:
            return known[1]
        shelf = self._shelf(revisions, frozenset())
        self._served = (key, shelf)
        return shelf

    def at(self, wanted: str, source: str = "") -> Shelf:
        """The served revisions, except those that `wanted` names: "pi=c869910, mirai=2026-01-28".

        A revision alone is `source`'s, or else any source's that has it (a date is then every source's).
        Raises RevisionNotFound, also for an unknown source.
        """
        if not wanted.strip():
            return self.served()
        revisions = {r.source.id: r for r in self._served_revisions()}
        if not any(r.official for r in revisions.values()):
            raise RevisionNotFound("L'édition de démonstration n'a pas d'autre révision.", "Retirez ce choix.")
        chosen = {r.source.id: r for r in self._named(wanted, source)}
        order = [s.id for s in self.corpus.manifest.source]
        merged = sorted({**revisions, **chosen}.values(), key=lambda r: order.index(r.source.id))
        return self._shelf(merged, frozenset(chosen))

    def _named(self, wanted: str, source: str) -> Iterator[CorpusRevision]:
        for part in filter(None, re.split(r"[,\s]+", wanted)):
            name, sign, revision = part.partition("=")
            if sign and name not in {s.id for s in self.corpus.manifest.source}:
                raise RevisionNotFound(f"« {name} » n'est pas une source déclarée.", "Écrivez SOURCE=RÉVISION.")
            if sign:
                yield self.corpus.revision(name, revision)
            elif source:
                yield self.corpus.revision(source, part)
            else:
                yield from self._anywhere(part)

    def _anywhere(self, revision: str) -> list[CorpusRevision]:
        found, problem = [], None
        for source in self.corpus.manifest.source:
            try:
                found.append(self.corpus.revision(source.id, revision))
            except CctError as exc:
                problem = exc
        if not found and problem is not None:
            raise problem
        return found

    def _served_revisions(self) -> list[CorpusRevision]:
        try:
            used = self._assistant().revisions()
        except CctError:
            return self.corpus.newest()
        revisions = []
        for one in used:
            source = self.corpus.manifest.get(one.source)
            if one.commit is None:
                revisions.append(self.corpus.demonstration(source))
            else:
                revisions.append(CorpusRevision(source, one.commit, one.date, "", True))
        return revisions

    def _shelf(self, revisions: list[CorpusRevision], pinned: frozenset[str]) -> Shelf:
        records = tuple(
            Record(located, revision, title, revision.source.id in pinned)
            for revision in revisions
            for located, title in self._records(revision)
        )
        return Shelf(records, tuple(revisions))

    def _records(self, revision: CorpusRevision) -> tuple[tuple[Located, str], ...]:
        key = (revision.source.id, revision.commit)
        with self._lock:
            if key not in self._read:
                self._read[key] = tuple(
                    (located, document.title)
                    for document in self.reader.documents(revision)
                    for located in self.reader.passages(revision, document)
                    if located.passage.kind != "section"
                )
            self._read.move_to_end(key)
            while len(self._read) > _KEPT:
                self._read.popitem(last=False)
            return self._read[key]


def fragment(name: str) -> str:
    """The anchor of a term or a component on its page: "DevSecOps (DSO)" → "devsecops-dso"."""
    return _FRAGMENT.sub("-", without_accents(name)).strip("-") or "sans-nom"


@lru_cache(maxsize=4096)
def excerpt(text: str, most: int = 240) -> str:
    """The beginning of a text on one line, of that many characters at most, cut between two words."""
    line = " ".join(_MARKUP.sub("", text).split())
    if len(line) <= most:
        return line
    return line[:most].rsplit(" ", 1)[0].rstrip(" ,;:") + " […]"
