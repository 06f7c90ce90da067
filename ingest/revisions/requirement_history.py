"""Requirements through the revisions of a source: reading each table once, comparing, following one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ingest.errors import DocumentError
from ingest.passage import Located, ReadDocument
from ingest.revisions.lineage import Change, Comparison, Kind, compare_passages, compare_requirements
from ingest.revisions.text_matching import best_pairs, similarities
from ingest.sources.corpus import Corpus, CorpusRevision, DocumentFile
from ingest.sources.manifest import DeclaredDocument
from ingest.sources.repositories import Repository, Revision

_RETURNED = 0.70
"""Similarity from which a requirement that comes back after an absence is the one that had gone."""


@dataclass(frozen=True, slots=True)
class TableState:
    """The requirements of one revision, in the document's order."""

    revision: CorpusRevision
    requirements: tuple[Located, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What one requirement was from a revision on, or, with no bearer, that it went; no change: it appears there."""

    revision: CorpusRevision
    bearer: Located | None
    changes: tuple[Kind, ...]
    similarity: float = 0.0
    related: tuple[Change, ...] = ()
    """Where a part of its text went or came from, and which requirement took its id."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """One requirement through the revisions, oldest first: a step where it appears and wherever something changed."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """A requirement that has borne an id, as that occurrence of it, and when."""

    lineage: Lineage
    occurrence: int
    since: CorpusRevision
    until: CorpusRevision | None
    """The revision from which it bears the id no more; None while it does."""


@dataclass
class RevisionReader:
    """Reads documents of one source's revisions, each content once."""

    corpus: Corpus
    _read: dict[str, ReadDocument] = field(default_factory=dict)

    def documents(self, revision: CorpusRevision) -> list[DocumentFile]:
        """The revision's documents; none when it has none of the declared ones."""
        try:
            return self.corpus.documents(revision)
        except DocumentError:
            return []

    def passages(self, revision: CorpusRevision, document: DocumentFile) -> list[Located]:
        """Every passage of a document."""
        key = f"{document.path} {document.role} {document.blob}"
        if key not in self._read:
            self._read[key] = self.corpus.read(revision, document)
        commit = revision.commit if revision.official else None
        return [Located(revision.source.id, document.path, commit, p) for p in self._read[key].passages]

    def requirements(self, revision: CorpusRevision) -> tuple[Located, ...]:
        """The requirements of a revision's tables."""
        return tuple(
            located
            for document in self.documents(revision)
            if document.role == "requirements"
            for located in self.passages(revision, document)
            if located.passage.kind == "requirement"
        )

    def main_line(self, source_id: str) -> list[CorpusRevision]:
        """The revisions of the branch that change a declared document, each merge one of them, oldest first."""
        source = self.corpus.manifest.get(source_id)
        line = MainLine(source, self.corpus.settings.sources_folder)
        return [CorpusRevision(source, r.commit, r.date, r.subject, True) for r in line.document_revisions()]

    def states(self, source_id: str) -> list[TableState]:
        """Each state the requirement table has had on the branch, oldest first, at the revision that brought it."""
        source = self.corpus.manifest.get(source_id)
        states: list[TableState] = []
        known: tuple[str, ...] = ()
        for revision in MainLine(source, self.corpus.settings.sources_folder).table_revisions():
            found = CorpusRevision(source, revision.commit, revision.date, revision.subject, True)
            blobs = tuple(d.blob for d in self.documents(found) if d.role == "requirements")
            if blobs and blobs != known:
                states.append(TableState(found, self.requirements(found)))
            known = blobs or known
        return states


class MainLine(Repository):
    """The branch as its readers saw it: each merge is one revision, and the commits that it brings are none.

    Followed commit by commit, two branches that live side by side would change a requirement back and forth.
    """

    def table_revisions(self) -> list[Revision]:
        """The commits of the main line that change a table of requirements, oldest first."""
        return self._changing([d for d in self.source.document if d.role == "requirements"])

    def document_revisions(self) -> list[Revision]:
        """The commits of the main line that change any declared document, oldest first."""
        return self._changing(self.source.document)

    def _changing(self, documents: Sequence[DeclaredDocument]) -> list[Revision]:
        self._require()
        names = [name for document in documents for name in document.names]
        if not names:
            return []
        out = self._git(
            "log", "--first-parent", "--reverse", "--format=%H%x09%cs%x09%s", self.source.branch, "--", *names
        )
        return self._listed(out)


@dataclass(frozen=True, slots=True)
class DocumentComparison:
    """One document of two revisions; `title` and `role` as the manifest declares it, `document` its newest path."""

    document: str
    title: str
    role: str
    comparison: Comparison


def compare_revisions(reader: RevisionReader, a: CorpusRevision, b: CorpusRevision) -> Comparison:
    """What became of the requirements of a source from revision a to revision b."""
    return compare_requirements(reader.requirements(a), reader.requirements(b))


def compare_documents(
    reader: RevisionReader, a: CorpusRevision, b: CorpusRevision, forms: bool = False
) -> Iterator[DocumentComparison]:
    """The other passages (prose, terms, norms, components), for each document whose words differ.

    With `forms`, for each whose content differs at all: links and layout change without a word changing.
    """
    of_a = {d.title: d for d in reader.documents(a)}
    of_b = {d.title: d for d in reader.documents(b)}
    for title in dict.fromkeys([*of_b, *of_a]):
        before, after = of_a.get(title), of_b.get(title)
        if before and after and before.blob == after.blob:
            continue
        named = after or before
        assert named is not None
        sides = [
            [x for x in reader.passages(r, d) if x.passage.kind != "requirement"] if d else []
            for r, d in ((a, before), (b, after))
        ]
        comparison = compare_passages(sides[0], sides[1])
        if forms or not comparison.identical:
            yield DocumentComparison(named.path, named.title, named.role, comparison)


def lineages(states: Sequence[TableState]) -> list[Lineage]:
    """Every requirement that the states have held, followed both ways, in order of appearance."""
    followed: list[list[Step]] = []
    ongoing: dict[int, list[Step]] = {}
    older: tuple[Located, ...] = ()
    for state in states:
        comparison = compare_requirements(older, state.requirements)
        returned = _returned([steps for steps in followed if steps[-1].bearer is None], comparison)
        current: dict[int, list[Step]] = {}
        for change in comparison.changes:
            kinds, similarity = change.kinds, change.similarity
            if change.before is not None:
                steps = ongoing[id(change.before)]
            elif id(change.after) in returned:
                steps, kinds, similarity = returned[id(change.after)]
            else:
                steps = []
                followed.append(steps)
            if kinds:
                related = _related(comparison, change)
                steps.append(Step(state.revision, change.after, kinds, similarity, related))
            if change.after is not None:
                current[id(change.after)] = steps
        ongoing, older = current, state.requirements
    return [Lineage(tuple(steps)) for steps in followed]


def history(states: Sequence[TableState], identifier: str, occurrence: int | None = None) -> list[Holder]:
    """The requirements that have borne an id: who bears it now first, then the latest; one entry an occurrence.

    `occurrence` keeps those that were printed as that occurrence of the id.
    """
    return holders(states, lineages(states), identifier, occurrence)


def holders(
    states: Sequence[TableState], followed: Sequence[Lineage], identifier: str, occurrence: int | None = None
) -> list[Holder]:
    """As `history`, for lineages that are followed already."""
    rank = {state.revision.commit: n for n, state in enumerate(states)}
    found = [
        holder
        for lineage in followed
        for holder in _holders(lineage, identifier)
        if occurrence in (None, holder.occurrence)
    ]
    return sorted(
        found, key=lambda h: (-rank[h.until.commit] if h.until else -len(states), h.occurrence, -rank[h.since.commit])
    )


def _holders(lineage: Lineage, identifier: str) -> list[Holder]:
    since: dict[int, CorpusRevision] = {}
    until: dict[int, CorpusRevision | None] = {}
    for step in lineage.steps:
        passage = step.bearer.passage if step.bearer is not None else None
        borne = passage.occurrence if passage is not None and passage.id == identifier else None
        for other, end in until.items():
            if other != borne and end is None:
                until[other] = step.revision
        if borne is not None:
            since.setdefault(borne, step.revision)
            until[borne] = None
    return [Holder(lineage, occurrence, since[occurrence], until[occurrence]) for occurrence in since]


def _returned(
    gone: list[list[Step]], comparison: Comparison
) -> dict[int, tuple[list[Step], tuple[Kind, ...], float]]:
    """For each added requirement that had gone before: its steps, and what is different since it went."""
    added = [c.after for c in comparison.of("added") if c.after is not None]
    last = [next(s.bearer for s in reversed(steps) if s.bearer is not None) for steps in gone]
    similarity = similarities([x.passage.text for x in last], [x.passage.text for x in added])
    found: dict[int, tuple[list[Step], tuple[Kind, ...], float]] = {}
    for pair in best_pairs(similarity, similarity * 0, _RETURNED):
        (change,) = compare_requirements([last[pair.a]], [added[pair.b]]).changes
        found[id(added[pair.b])] = gone[pair.a], ("added", *change.kinds), pair.similarity
    return found


def _related(comparison: Comparison, change: Change) -> tuple[Change, ...]:
    others = (*comparison.transfers, *comparison.reused)
    return tuple(
        other
        for other in others
        if (change.before is not None and other.before is change.before)
        or (change.after is not None and other.after is change.after)
    )
