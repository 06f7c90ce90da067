"""What the rules work on: the documents of a revision, read once, and the files that stand beside them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import PurePosixPath

from ingest.errors import DocumentError
from ingest.passage import Passage, ReadDocument
from ingest.reading.chunking import read_markdown
from ingest.reading.prose import FORMATS
from ingest.reading.quote_form import fingerprint
from ingest.reading.table_rows import Table, read_tables
from ingest.sources.corpus import Corpus, CorpusRevision, DocumentFile, typographic_sentences


@dataclass(frozen=True)
class LintedDocument:
    """One document: its lines as they are, its tables, and what ingestion makes of it."""

    source: str
    path: str
    role: str
    text: str
    read: ReadDocument

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The document's lines, without their ends."""
        return tuple(self.text.splitlines())

    @cached_property
    def prose_lines(self) -> tuple[str, ...]:
        """The same lines, those of fenced code emptied."""
        kept, fence = [], ""
        for line in self.lines:
            mark = line.lstrip()[:3]
            if mark in {"```", "~~~"} and (not fence or fence == mark):
                fence = "" if fence else mark
                kept.append("")
            else:
                kept.append("" if fence else line)
        return tuple(kept)

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """Its tables, in order."""
        return tuple(read_tables(self.text))

    def records(self, kind: str) -> list[Passage]:
        """Its passages of one kind, in order."""
        return [p for p in self.read.passages if p.kind == kind]


@dataclass(frozen=True)
class LintedRevision:
    """The readable documents of a revision, the failures of the others, and every path it holds."""

    revision: CorpusRevision
    documents: tuple[LintedDocument, ...]
    failures: tuple[tuple[str, str], ...]
    """(path, what is wrong) of each document that cannot be read."""
    files: frozenset[str]

    @property
    def source(self) -> str:
        """The id of the source."""
        return self.revision.source.id


def read_revision(corpus: Corpus, revision: CorpusRevision) -> LintedRevision:
    """A revision, ready for the rules; a document that cannot be read is a failure, not an exception."""
    documents: list[LintedDocument] = []
    failures: list[tuple[str, str]] = []
    try:
        declared = corpus.documents(revision)
    except DocumentError as exc:
        return LintedRevision(revision, (), ((revision.source.document[0].path, exc.message),), frozenset())
    for file in declared:
        if PurePosixPath(file.path).suffix.lower() in FORMATS:
            continue
        try:
            documents.append(_read(corpus, revision, file))
        except DocumentError as exc:
            failures.append((file.path, f"{exc.message} {exc.remedy}"))
    return LintedRevision(revision, tuple(documents), tuple(failures), _files(corpus, revision))


def _read(corpus: Corpus, revision: CorpusRevision, file: DocumentFile) -> LintedDocument:
    text = corpus.text(revision, file)
    return LintedDocument(revision.source.id, file.path, file.role, text, _parsed(text, file.role))


@lru_cache(maxsize=64)
def _parsed(text: str, role: str) -> ReadDocument:
    """Revisions share most of their documents, and the glossary stands in two sources."""
    return read_markdown(text, role, typographic_sentences)  # type: ignore[arg-type]  # a role other than the known ones reads as prose


def _files(corpus: Corpus, revision: CorpusRevision) -> frozenset[str]:
    if revision.official:
        return frozenset(corpus.repository(revision.source).files(revision.commit))
    folder = corpus.settings.corpus / (revision.source.demonstration or f"demo/{revision.source.id}")
    return frozenset(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


class ChangeDates:
    """When the words of a document last changed, by the history of its source."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._histories: dict[str, list[CorpusRevision]] = {}
        self._files: dict[str, dict[str, str]] = {}

    def last_change(self, revision: CorpusRevision, document: LintedDocument) -> str | None:
        """Commit date (YYYY-MM-DD) of the last change up to a revision; None without a history.

        White space, typography and link targets are no change: they leave the fingerprint as it was.
        """
        if not revision.official:
            return None
        declared = revision.source.declared(document.path)
        names = declared.names if declared else (document.path,)
        words, blob, date = fingerprint(document.text), None, None
        for past in reversed(self._up_to(revision)):
            files = self._files_of(past)
            found = next((files[name] for name in names if name in files), None)
            if found is None or (found != blob and self._words(past, found) != words):
                break
            blob, date = found, past.date
        return date

    def _up_to(self, revision: CorpusRevision) -> list[CorpusRevision]:
        source = revision.source
        if source.id not in self._histories:
            self._histories[source.id] = self._corpus.history(source.id)
        history = self._histories[source.id]
        known = next((n for n, past in enumerate(history) if past.commit == revision.commit), len(history))
        # A branch that was merged later stands before its merge in the list, with later dates.
        return [past for past in history[: known + 1] if past.date <= revision.date]

    def _files_of(self, past: CorpusRevision) -> dict[str, str]:
        if past.commit not in self._files:
            self._files[past.commit] = self._corpus.repository(past.source).files(past.commit)
        return self._files[past.commit]

    def _words(self, past: CorpusRevision, blob: str) -> str:
        content = self._corpus.repository(past.source).read(blob)
        return fingerprint(content.decode("utf-8-sig", errors="replace"))
