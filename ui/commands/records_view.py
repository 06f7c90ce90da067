"""Requirements, components and terms as `cct show` and `cct export` give them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.answer import Place
from assistant.question.reading import read_question
from assistant.search.french_text import without_accents
from ingest.passage import PRIORITY_NAMES, Located
from ingest.sources.corpus import Corpus, CorpusRevision


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record at one place."""

    located: Located
    place: Place
    source_title: str
    official: bool

    def to_json(self) -> dict[str, Any]:
        """The record as JSON."""
        p = self.located.passage
        return {
            "id": p.id,
            "occurrence": p.occurrence,
            "type": p.priority,
            "text": p.text,
            "category": p.category or None,
            "document": self.located.document,
            "line": p.lines.start,
            "source": self.located.source,
            "kind": p.kind,
            "title": p.title,
            "printed_id": p.printed_id,
            "origin": p.origin,
            "line_end": p.lines.end,
            "commit": self.located.commit,
            "url": self.place.url,
            "official": self.official,
        }


def find_records(corpus: Corpus, revisions: list[CorpusRevision], identifier: str) -> list[RecordView]:
    """Every record of that identifier, in any spelling, or of that term whatever its case and accents."""
    wanted = {i.upper() for i in read_question(identifier).ids} | {identifier.strip().upper()}
    folded = without_accents(identifier.strip())
    found = []
    for revision in revisions:
        for located in corpus.located(revision):
            p = located.passage
            if p.id is None or p.kind == "section":
                continue
            if p.id.upper() in wanted or without_accents(p.id) == folded:
                found.append(record_view(corpus, revision, located))
    return found


def requirement_records(corpus: Corpus, revision: CorpusRevision) -> list[RecordView]:
    """Every requirement of a revision, in the document's order."""
    located = (item for item in corpus.located(revision) if item.passage.kind == "requirement")
    return [record_view(corpus, revision, item) for item in located]


def print_records(records: list[RecordView]) -> None:
    """Records for a person: what they are, their text, where they stand."""
    for n, record in enumerate(records):
        p = record.located.passage
        priority = f", {p.priority} ({PRIORITY_NAMES[p.priority]})" if p.priority else ""
        occurrence = f", occurrence {p.occurrence}" if p.occurrence > 1 else ""
        category = f" — {p.category}" if p.category else f" — {p.title}" if p.title and p.title != p.id else ""
        print(("\n" if n else "") + f"{p.id}{priority}{occurrence} — {record.source_title}{category}")
        print(p.text)
        where = f"{record.located.document}, ligne {p.lines.start}"
        edition = (
            f"révision {record.located.commit[:7]}"
            if record.located.commit
            else "édition de démonstration, non officielle"
        )
        print(f"[{where}, {edition}]" + (f" {record.place.url}" if record.place.url else ""))


def record_view(corpus: Corpus, revision: CorpusRevision, located: Located) -> RecordView:
    """A passage of a revision as a record, with its permalink."""
    url = None
    if located.commit is not None:
        url = revision.source.link(located.commit, located.document, located.passage.lines)
    title = corpus.manifest.get(located.source).title
    return RecordView(located, Place.of(located, url), title, revision.official)
