"""What a requirement's page tells beyond its text: twins, the other CCT, questions, history, defects found on it."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from ingest.errors import CctError
from ingest.lint.findings import Finding
from ingest.lint.run import lint
from ingest.passage import Located
from ingest.question_bank import load_bank
from ingest.revisions.requirement_history import Holder, Lineage, TableState, holders, lineages
from ingest.sources.corpus import CorpusRevision
from ui.pages.prepared import Background, Prepared
from ui.pages.record_shelf import Record, RecordShelf, Shelf


@dataclass(frozen=True, slots=True)
class Conflict:
    """The same identifier in another source, which says something else or gives it another type."""

    record: Record
    same_text: bool
    same_type: bool


@dataclass(frozen=True, slots=True)
class RequirementHistory:
    """A requirement through the revisions, and the others that have borne its identifier."""

    lineage: Lineage | None
    others: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """A question of the bank; not sound when the text was edited since the question was written for it."""

    text: str
    sound: bool


class RequirementFacts:
    """Finds them. What takes seconds is worked out in the background: None until it is there."""

    def __init__(self, shelf: RecordShelf, seconds: float) -> None:
        self._shelf = shelf
        self._seconds = seconds
        background = Background()
        self._histories = Prepared(background, self._history)
        self._findings = Prepared(background, self._lint, kept=3)
        self._questions = Prepared(background, self._bank, kept=4)

    def warm(self, seconds: float, before: Callable[[], object] = lambda: None) -> None:
        """Makes whatever the served revisions' pages will show, and waits that long for each part of it.

        `before` is called before each part. A problem is left for the page that meets it.
        """
        with suppress(CctError):
            shelf = self._shelf.served()
            before()
            self._questions.get(shelf.revisions, seconds)
            for revision in shelf.revisions:
                before()
                self._histories.get(self._history_key(revision), seconds)
            before()
            self._findings.get((shelf.revisions, datetime.date.today()), seconds)

    def neighbours(self, record: Record, shelf: Shelf) -> tuple[Record | None, Record | None]:
        """The requirements printed before and after, in the same source."""
        own = [r for r in shelf.requirements if r.source == record.source]
        at = next(n for n, r in enumerate(own) if r.located is record.located)
        return (own[at - 1] if at else None), (own[at + 1] if at + 1 < len(own) else None)

    def others_of_the_id(self, record: Record, shelf: Shelf) -> tuple[Record, ...]:
        """The other rows of the same source that print its identifier."""
        return tuple(
            r
            for r in shelf.requirements
            if r.id == record.id and r.source == record.source and r.passage.occurrence != record.passage.occurrence
        )

    def twins(self, record: Record, shelf: Shelf) -> tuple[Record, ...]:
        """The other records with the same words, whatever their identifier."""
        print_ = record.passage.fingerprint
        return tuple(r for r in shelf.records if r.located is not record.located and r.passage.fingerprint == print_)

    def conflicts(self, record: Record, shelf: Shelf) -> tuple[Conflict, ...]:
        """The requirements of other sources that bear its identifier with another text or another type."""
        p = record.passage
        found = [
            Conflict(r, r.passage.fingerprint == p.fingerprint, r.passage.priority == p.priority)
            for r in shelf.requirements
            if r.id == record.id and r.source != record.source
        ]
        return tuple(c for c in found if not (c.same_text and c.same_type))

    def asked(self, shelf: Shelf) -> tuple[str, ...] | None:
        """Every sound question of the bank that the served revisions answer; None until the bank was read."""
        bound = self._questions.get(shelf.revisions, 0)
        return None if bound is None else tuple(q.text for asked in bound.values() for q in asked if q.sound)

    def questions(self, record: Record, shelf: Shelf) -> tuple[BankQuestion, ...] | None:
        """The questions of the bank that it answers."""
        bound = self._questions.get(shelf.revisions, self._seconds)
        return bound.get(record.located.key, ()) if bound is not None else None

    def findings(self, record: Record, shelf: Shelf) -> tuple[Finding, ...] | None:
        """The defects that the linter finds on its lines."""
        found = self._findings.get((shelf.revisions, datetime.date.today()), self._seconds)
        if found is None:
            return None
        lines = record.passage.lines
        return tuple(
            f
            for f in found
            if f.source == record.source
            and f.document == record.located.document
            and lines.start <= f.line <= lines.end
        )

    def history(self, record: Record) -> RequirementHistory | None:
        """Its history on the branch; an empty one for the demonstration edition."""
        if not record.revision.official:
            return RequirementHistory(None, ())
        found = self._histories.get(self._history_key(record.revision), self._seconds)
        if found is None:
            return None
        states, followed = found
        own = next((one for one in followed if _bears(one, record.located)), None)
        every = holders(states, followed, record.id, record.passage.occurrence)
        return RequirementHistory(own, tuple(h for h in every if h.lineage is not own))

    def _history_key(self, revision: CorpusRevision) -> tuple[str, tuple[object, ...]]:
        """A history is worked out again once the repository has moved."""
        return revision.source.id, self._shelf.corpus.repository(revision.source).stamp()

    def _history(self, key: tuple[str, tuple[object, ...]]) -> tuple[tuple[TableState, ...], tuple[Lineage, ...]]:
        states = self._shelf.reader.states(key[0])
        return tuple(states), tuple(lineages(states))

    def _lint(self, key: tuple[tuple[CorpusRevision, ...], datetime.date]) -> tuple[Finding, ...]:
        return tuple(lint(self._shelf.corpus, key[0], key[1]))

    def _bank(self, revisions: tuple[CorpusRevision, ...]) -> Mapping[str, tuple[BankQuestion, ...]]:
        wanted = ", ".join(f"{r.source.id}={r.commit}" for r in revisions if r.official)
        located = [r.located for r in self._shelf.at(wanted).records]
        bank = load_bank(self._shelf.corpus.settings.corpus / "questions")
        found: dict[str, list[BankQuestion]] = defaultdict(list)
        for binding in bank.bind(located):
            if binding.entry.passages:
                continue  # a subject: its questions need several passages
            for position in binding.positions:
                sound = binding.state == "sound"
                found[located[position].key] += [BankQuestion(q, sound) for q in binding.entry.questions]
        return {key: tuple(dict.fromkeys(questions)) for key, questions in found.items()}


def _bears(lineage: Lineage, located: Located) -> bool:
    p = located.passage
    return any(
        step.bearer is not None
        and step.bearer.passage.id == p.id
        and step.bearer.passage.occurrence == p.occurrence
        and step.bearer.passage.fingerprint == p.fingerprint
        for step in lineage.steps
    )
