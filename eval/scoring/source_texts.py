"""The documents as they are in their repository, read again for judging: nothing here comes from the index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from eval.runs.transcript import DocumentSource
from ingest.errors import CctError
from ingest.passage import Located, document_lines
from ingest.reading.identifiers import read_requirement_id
from ingest.reading.quote_form import fold, is_verbatim, normalised
from ingest.revisions.requirement_history import RevisionReader
from ingest.sources.corpus import Corpus, CorpusRevision


@dataclass(frozen=True, slots=True)
class QuotedPlace:
    """A place as an answer names it."""

    source: str
    document: str
    id: str | None
    occurrence: int
    priority: str | None
    line_start: int
    line_end: int
    commit: str | None

    @property
    def name(self) -> str:
        """ "source|document|first line"."""
        return f"{self.source}|{self.document}|{self.line_start}"


class SourceTexts:
    """The documents and passages of the revisions that a run was made on, and of the earlier ones when needed."""

    def __init__(
        self, corpus: Corpus, sources: Sequence[DocumentSource], reader: RevisionReader | None = None
    ) -> None:
        self._corpus = corpus
        self._reader = reader or RevisionReader(corpus)
        self.revisions = tuple(_revision(corpus, s) for s in sources)
        self._commits = {s.source: s.commit if s.official else None for s in sources}
        self._texts: dict[tuple[str, str], list[str]] = {}
        self._passages: dict[str, Located] = {}
        for revision in self.revisions:
            for document in corpus.documents(revision):
                key = (revision.source.id, document.path)
                self._texts[key] = document_lines(corpus.text(revision, document))
                for item in self._reader.passages(revision, document):
                    self._passages.setdefault(f"{item.source}|{item.document}|{item.passage.lines.start}", item)

    def lines(self, place: QuotedPlace) -> str | None:
        """The lines at a place; None when the document is not there or has no such lines."""
        lines = self._texts.get((place.source, place.document))
        if lines is None or not 1 <= place.line_start <= place.line_end <= len(lines):
            return None
        return "\n".join(lines[place.line_start - 1 : place.line_end])

    def passage(self, place: QuotedPlace) -> Located | None:
        """The passage that begins at a place."""
        return self.at(place.name)

    def at(self, name: str) -> Located | None:
        """The passage that begins at "source|document|first line"."""
        return self._passages.get(name)

    def commit(self, source: str) -> str | None:
        """The commit that a citation of a source has to name; None for the demonstration edition."""
        return self._commits.get(source)

    @cached_property
    def types(self) -> dict[str, set[str]]:
        """Identifier of a requirement → the types it has, over every source."""
        found: dict[str, set[str]] = defaultdict(set)
        for item in self._passages.values():
            if item.passage.kind == "requirement" and item.passage.id:
                found[item.passage.id].add(item.passage.priority or "")
        return dict(found)

    @cached_property
    def identifiers(self) -> set[str]:
        """Every identifier of a record, and every one that a document prints anywhere."""
        ids = {str(x.passage.id) for x in self._passages.values() if x.passage.id and x.passage.kind != "section"}
        return ids | {i for text in self._whole.values() for i in printed_ids(text)}

    @cached_property
    def _whole(self) -> dict[tuple[str, str], str]:
        return {key: "\n".join(lines) for key, lines in self._texts.items()}

    @cached_property
    def _earlier(self) -> dict[str, str]:
        """Blob → text of every document of every earlier revision."""
        current = {b for r in self.revisions for b in (d.blob for d in self._corpus.documents(r))}
        found: dict[str, str] = {}
        for revision in self.revisions:
            for earlier in self._corpus.history(revision.source.id) if revision.official else ():
                if earlier.commit == revision.commit:
                    break
                for document in self._reader.documents(earlier):
                    if document.blob not in current and document.blob not in found:
                        found[document.blob] = self._text_of(earlier, document)
        return found

    def _text_of(self, revision: CorpusRevision, document: object) -> str:
        try:
            return self._corpus.text(revision, document)  # type: ignore[arg-type]  # a DocumentFile
        except CctError:
            return ""

    def elsewhere(self, quote: str) -> bool:
        """True when a document of these revisions holds the quote somewhere."""
        return any(is_verbatim(quote, text) for text in self._whole.values())

    def earlier(self, quote: str) -> bool:
        """True when only an earlier revision holds the quote."""
        return any(is_verbatim(quote, text) for text in self._earlier.values())

    def holds_link(self, link: str) -> bool:
        """True when a document prints the address."""
        return any(link in text for text in self._whole.values())

    def normalised_documents(self) -> Iterable[str]:
        """Each document in the form in which quotations are compared."""
        return self._normalised

    @cached_property
    def _normalised(self) -> list[str]:
        return [normalised(fold(text)) for text in self._whole.values()]


def printed_ids(text: str) -> set[str]:
    """The identifiers of requirements that a text prints, normalised."""
    import re

    found = re.findall(r"\bEXI[\s_-]*[A-Z]{1,6}[\s_-]*\d{1,3}\b|\bCOMP-?\d{3}\b", normalised(text))
    read = {(printed.id if (printed := read_requirement_id(x)) else x.replace("-", "")) for x in found}
    return {x for x in read if x}


def _revision(corpus: Corpus, source: DocumentSource) -> CorpusRevision:
    if source.official:
        return corpus.revision(source.source, source.commit)
    revision = corpus.demonstration(corpus.manifest.get(source.source))
    if revision.commit != source.commit:
        raise CctError(
            f"L'édition de démonstration de {source.source} a changé depuis l'exécution.", "Refaites l'exécution."
        )
    return revision
