"""Revisions → findings, in the order of the documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from ingest.errors import IngestError
from ingest.lint import cross_source, dates_versions, fields, links, numbering, structure, tables, vocabulary
from ingest.lint.findings import Finding
from ingest.lint.reading import ChangeDates, LintedRevision, read_revision
from ingest.lint.rules import RULES
from ingest.sources.corpus import Corpus, CorpusRevision


def lint(corpus: Corpus, revisions: Sequence[CorpusRevision], on: date | None = None) -> list[Finding]:
    """The defects of these revisions: sources in order, then documents, then lines.

    Two sources are compared with each other; a revision alone is compared with the other sources as
    they stood beside it. What contradicts another source is told once, on the first of the two.
    `on` decides which versions are past their end of life; today when left out.
    """
    linted = [read_revision(corpus, revision) for revision in revisions]
    changes = ChangeDates(corpus)
    findings: list[Finding] = []
    for n, revision in enumerate(linted):
        neighbours = [*linted[:n], *linted[n + 1 :]]
        neighbours += _beside(corpus, revision, {r.source for r in linted})
        told = {r.source for r in linted[:n]}
        found = [
            *_failures(revision),
            *numbering.check(revision),
            *fields.check(revision),
            *tables.check(revision),
            *links.check(revision, neighbours),
            *structure.check(revision),
            *dates_versions.check(revision, changes, on or date.today()),
            *vocabulary.check(revision),
            *cross_source.check(revision, [r for r in neighbours if r.source not in told]),
        ]
        findings += _ordered(revision, found)
    return findings


def _failures(revision: LintedRevision) -> Iterator[Finding]:
    kind = RULES["document-illisible"]
    for path, message in revision.failures:
        yield Finding(kind.name, kind.severity, revision.source, path, 1, message)


def _beside(corpus: Corpus, revision: LintedRevision, known: set[str]) -> Iterator[LintedRevision]:
    """The other sources as they stood at a revision; their newest when it is the newest itself."""
    own = revision.revision
    try:
        newest = {r.source.id: r for r in corpus.newest()}
    except IngestError:
        return
    current = newest.get(own.source.id)
    is_newest = current is not None and current.commit == own.commit
    for source in corpus.manifest.source:
        if source.id in known or source.id not in newest or newest[source.id].official != own.official:
            continue
        try:
            beside = newest[source.id] if is_newest else corpus.revision(source.id, own.date)
        except IngestError:
            continue  # the other source did not exist yet
        yield read_revision(corpus, beside)


def _ordered(revision: LintedRevision, findings: list[Finding]) -> list[Finding]:
    position = {document.path: n for n, document in enumerate(revision.documents)}
    return sorted(findings, key=lambda f: (position.get(f.document, -1), f.line))
