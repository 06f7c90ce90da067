"""The indexed revisions, ready to be searched: opened once, reopened when a new index goes live."""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from assistant.answer import Place, UsedRevision
from assistant.errors import UnknownSource
from assistant.search.french_text import without_accents
from assistant.search.kept_arrays import KeptArrays
from assistant.search.search_index import FloatArray, SearchIndex
from assistant.search.short_forms import ShortForms
from ingest.index.build_index import open_index
from ingest.index.embedding import Embedder
from ingest.index.generations import live_generation
from ingest.index.registry import IndexedRevision, Registry
from ingest.index.vector_store import VectorReader
from ingest.passage import Located, Passage, Priority
from ingest.question_bank import load_bank
from ingest.settings import IngestSettings
from ingest.sources.manifest import Manifest

_KEPT_SELECTIONS = 6
_AS_LIVE = 0.1
"""Seconds for which the live index is taken to be the one just seen: a hundred questions that arrive together would
each open a file, and each time wait for its turn at the interpreter."""
_LEGEND = re.compile(r"^\W*(?:exigence )?([PI])\b.{0,30}?(?:primordial|important)\w*\s*[:,]\s*(.+)$", re.I | re.S)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a type means, in the words of a document's legend, and where they stand."""

    text: str
    place: Located


class Selection:
    """One revision of each source, with everything that answering needs."""

    def __init__(
        self,
        revisions: tuple[IndexedRevision, ...],
        located: tuple[Located, ...],
        index: SearchIndex,
        texts: Mapping[tuple[str, str], str] | None = None,
    ) -> None:
        self.revisions = revisions
        self._texts = texts or {}
        self.located = located
        self.index = index
        self.official = all(r.official for r in revisions)
        self.kinds = [unit.passage.kind for unit in index.units]

    def text(self, source: str, path: str) -> str:
        """The text of a document at the revision of its source in this selection; KeyError for an unknown one."""
        return self._texts[source, path]

    @property
    def used(self) -> tuple[UsedRevision, ...]:
        """The revisions as an answer names them."""
        return tuple(
            UsedRevision(r.source, r.commit if r.official else None, r.date, r.official) for r in self.revisions
        )

    @cached_property
    def by_id(self) -> Mapping[str, tuple[Located, ...]]:
        """Identifier in capitals → every record that prints it, in the order of sources and lines."""
        found: dict[str, list[Located]] = {}
        for place in self.located:
            if place.passage.id is not None and place.passage.kind != "section":
                found.setdefault(place.passage.id.upper(), []).append(place)
        return {key: tuple(places) for key, places in found.items()}

    @cached_property
    def terms(self) -> Mapping[str, tuple[Located, ...]]:
        """Glossary term, and each name it gives in brackets, without accents → where it is defined."""
        found: dict[str, list[Located]] = {}
        for place in self.located:
            if place.passage.kind == "term" and place.passage.id:
                for name in _names(place.passage.id):
                    found.setdefault(name, []).append(place)
        return {name: tuple(places) for name, places in found.items()}

    def following(self, place: Located) -> Iterator[Located]:
        """The passages after one, in the order of its document's lines."""
        at = self._positions[place.source, place.document, place.passage.lines.start]
        for after in self.located[at + 1 :]:
            if (after.source, after.document) != (place.source, place.document):
                return
            yield after

    def preceding(self, place: Located) -> Iterator[Located]:
        """The passages before one, from its line up to the beginning of its document."""
        at = self._positions[place.source, place.document, place.passage.lines.start]
        for before in reversed(self.located[:at]):
            if (before.source, before.document) != (place.source, place.document):
                return
            yield before

    @cached_property
    def _positions(self) -> Mapping[tuple[str, str, int], int]:
        return {(p.source, p.document, p.passage.lines.start): n for n, p in enumerate(self.located)}

    @cached_property
    def short_forms(self) -> ShortForms:
        """The short forms that the documents spell out."""
        return ShortForms([unit.passage.text for unit in self.index.units])

    @cached_property
    def requirements(self) -> tuple[Located, ...]:
        """Every requirement, in the order of sources and lines."""
        return tuple(p for p in self.located if p.passage.kind == "requirement")

    @cached_property
    def meanings(self) -> Mapping[tuple[str, Priority], Meaning]:
        """What P and I mean in each source, read from its legend."""
        found: dict[tuple[str, Priority], Meaning] = {}
        legends_first = sorted(self.located, key=lambda p: not p.passage.title.startswith("Version et légende"))
        for place in legends_first:
            for sentence in place.passage.sentences if place.passage.kind == "section" else ():
                match = _LEGEND.match(sentence)
                if match is not None:
                    key: tuple[str, Priority] = (place.source, "P" if match[1] == "P" else "I")
                    found.setdefault(key, Meaning(match[2].strip(" ."), place))
        return found

    def eligible(self, sources: tuple[str, ...]) -> FloatArray:
        """1 for the units that stand in one of the sources (all when none is named), else 0."""
        if not sources:
            return np.ones(len(self.index.units), dtype=np.float32)
        return np.array(
            [any(p.source in sources for p in unit.located) for unit in self.index.units], dtype=np.float32
        )


class Library:
    """Gives selections of revisions from the live index. Thread-safe."""

    def __init__(self, settings: IngestSettings, manifest: Manifest, embedder: Embedder) -> None:
        self.settings = settings
        self.manifest = manifest
        self.embedder = embedder
        self._lock = threading.Lock()
        self._generation: Path | None = None
        self._looked = float("-inf")
        """When the disk was last asked which index is live."""
        self._registry: Registry | None = None
        self._store: VectorReader | None = None
        self._indexed: list[IndexedRevision] = []
        self._selections: OrderedDict[tuple[tuple[str, str], ...], Selection] = OrderedDict()
        self._embed = lru_cache(maxsize=512)(lambda text: embedder.embed([text], "query")[0])

    def selection(self, revisions: Mapping[str, str] | None = None) -> Selection:
        """The served revisions, those named by full commit hash in their place.

        Raises IndexMissing or IndexMismatch, and UnknownSource when a revision is not indexed.
        """
        with self._lock:
            registry, store = self._opened()
            chosen = self._chosen(revisions or {})
            key = tuple((r.source, r.commit) for r in chosen)
            if key not in self._selections:
                located = [p for r in chosen for p in registry.passages(r.source, r.commit, r.official)]
                bank = load_bank(self.settings.corpus / "questions")
                kept = KeptArrays(self.settings.index_folder / "prepared")
                index = SearchIndex(located, bank, store, self._embed, kept)
                texts = {
                    (r.source, d.path): registry.text(r.source, r.commit, d.path)
                    for r in chosen
                    for d in registry.documents(r.source, r.commit)
                }
                self._selections[key] = Selection(chosen, tuple(located), index, texts)
            self._selections.move_to_end(key)
            while len(self._selections) > _KEPT_SELECTIONS:
                self._selections.popitem(last=False)
            return self._selections[key]

    def indexed(self) -> list[IndexedRevision]:
        """Every revision in the live index."""
        with self._lock:
            self._opened()
            return list(self._indexed)

    def store(self) -> VectorReader:
        """The vectors of the live index."""
        with self._lock:
            return self._opened()[1]

    def place(self, located: Located) -> Place:
        """Where a passage stands, with its permalink."""
        url = None
        if located.commit is not None:
            source = self.manifest.get(located.source)
            url = source.link(located.commit, located.document, located.passage.lines)
        return Place.of(located, url)

    def _opened(self) -> tuple[Registry, VectorReader]:
        if self._registry is not None and self._store is not None and time.monotonic() < self._looked + _AS_LIVE:
            return self._registry, self._store
        live = live_generation(self.settings.index_folder)
        self._looked = time.monotonic()
        if self._registry is None or self._store is None or live != self._generation:
            self._registry, self._store = open_index(self.settings.index_folder, self.embedder.name)
            self._indexed = self._registry.revisions()
            self._generation = live
            self._selections.clear()
        return self._registry, self._store

    def _chosen(self, wanted: Mapping[str, str]) -> tuple[IndexedRevision, ...]:
        known = self._indexed
        order = [s.id for s in self.manifest.source]
        chosen = {r.source: r for r in known if r.served}
        for source, commit in wanted.items():
            match = next((r for r in known if r.source == source and r.commit == commit), None)
            if match is None:
                raise UnknownSource(
                    f"La révision {commit[:10]} de {source} n'est pas dans l'index.",
                    f"Lancez « cct ingest --revision {source}={commit[:10]} » ou « cct ingest --all-revisions ».",
                )
            chosen[source] = match
        return tuple(sorted(chosen.values(), key=lambda r: order.index(r.source) if r.source in order else 99))


def _names(term: str) -> set[str]:
    """ "DevSecOps (DSO)" → {"devsecops (dso)", "devsecops", "dso"…}, in both numbers; hyphens count as spaces."""
    plain = re.sub(r"[-’]", " ", without_accents(term))
    inside = re.findall(r"\((?:ex )?([^)]*)\)", plain)
    names = {name.strip() for name in (plain, re.sub(r"\([^)]*\)", "", plain), *inside) if len(name.strip()) > 1}
    one = {re.sub(r"(?<=\w{3})s\b", "", name) for name in names}
    return names | one | {re.sub(r"(?<=\w{3}\w)(?<![sx])(?=\s|$)", "s", name) for name in one}


def text_at(selection: Selection, place: Place) -> str:
    """The verbatim text of the passages from the first line of a place to its last; empty when there are none."""
    return "\n".join(
        located.passage.text
        for located in selection.located
        if (located.source, located.document) == (place.source, place.document)
        and place.line_start <= located.passage.lines.start
        and located.passage.lines.end <= place.line_end
        and (place.kind == "section" or located.passage.id == place.id)
    )


def passage_of(selection: Selection, place: Place) -> Passage | None:
    """The passage that stands at a place of the selection."""
    for located in selection.located:
        if (
            located.source == place.source
            and located.document == place.document
            and located.passage.lines.start == place.line_start
            and located.passage.id == (place.id if place.kind != "section" else located.passage.id)
        ):
            return located.passage
    return None
