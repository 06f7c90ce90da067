"""Evidence followed from one revision of its source to another, with ingest's own lineage.

Statuses, mildest first: intact, renumbered (same text, another id), kept (edited where it does not matter), reread
(edited where it may), retyped (P became I or the reverse), removed, reused (gone, and its id names another text).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from eval.question_sets.question_fields import EvidenceRef
from eval.scoring.claims import claims
from ingest.passage import Located
from ingest.revisions.lineage import Change, Comparison, Kind
from ingest.revisions.requirement_history import RevisionReader, compare_documents, compare_revisions
from ingest.revisions.text_matching import letters
from ingest.sources.corpus import CorpusRevision

Fate = Literal["intact", "renumbered", "kept", "reread", "retyped", "removed", "reused", "absent"]
"""absent: the older revision does not hold the evidence, so nothing can be said."""

SEVERITY: tuple[Fate, ...] = ("absent", "intact", "renumbered", "kept", "reread", "retyped", "removed", "reused")
HOLDS: frozenset[Fate] = frozenset({"intact", "renumbered", "kept"})
"""The fates after which a question can still be scored."""
_KEPT = 0.80
"""Similarity from which an edited text without an anchor can keep its answer, if what it commits to agrees. Over both
histories, edits above it are of grammar, spelling or precision; the first that changes the meaning has 0.77."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One piece of evidence: what it was, what it has become, and how like the two are (0 to 1)."""

    ref: EvidenceRef
    fate: Fate
    before: Located | None = None
    after: Located | None = None
    similarity: float = 0.0
    reasons: tuple[str, ...] = ()
    """Why an edited text has to be read again, in French."""


def place_key(located: Located) -> tuple[str, str, int]:
    """(source, document, first line): what a passage is known by inside one revision."""
    return located.source, located.document, located.passage.lines.start


class Step:
    """Everything that became of one source from revision a to revision b."""

    def __init__(self, reader: RevisionReader, a: CorpusRevision, b: CorpusRevision) -> None:
        self.a, self.b = a, b
        self.before = _passages(reader, a)
        self.after = _passages(reader, b)
        self.requirements: Comparison = compare_revisions(reader, a, b)
        changes = list(self.requirements.changes)
        compared = set()
        for document in compare_documents(reader, a, b):
            changes += document.comparison.changes
            compared.add(document.title)
        self.changes = tuple(changes)
        self._of = {place_key(c.before): c for c in changes if c.before is not None}
        self._by_fingerprint: dict[str, list[Located]] = {}
        for item in self.before:
            self._by_fingerprint.setdefault(item.passage.fingerprint, []).append(item)
        self._same_after: dict[str, list[Located]] = {}
        for item in self.after:
            self._same_after.setdefault(item.passage.fingerprint, []).append(item)
        self.reused = {c.before.passage.id for c in self.requirements.reused if c.before is not None}

    def find(self, ref: EvidenceRef) -> Located | None:
        """Where the evidence stands in revision a: by its text, the one that bears its identity first."""
        found = self._by_fingerprint.get(ref.fingerprint, [])
        return next((x for x in found if x.key == ref.passage), found[0] if found else None)

    def follow(self, ref: EvidenceRef, start: Located | None = None) -> Followed:
        """What became of the evidence; `start` is where it stands in a when that is known already."""
        before = start or self.find(ref)
        if before is None:
            return Followed(ref, "absent")
        change = self._of.get(place_key(before))
        if change is None or change.after is None:
            return self._unchanged_or_gone(ref, before, change)
        fate, reasons = _judged(ref, change)
        return Followed(ref, fate, before, change.after, change.similarity, reasons)

    def _unchanged_or_gone(self, ref: EvidenceRef, before: Located, change: Change | None) -> Followed:
        twin = self._same_after.get(before.passage.fingerprint)
        if twin:
            same = next((x for x in twin if x.key == before.key), twin[0])
            fate: Fate = "intact" if same.passage.id == before.passage.id else "renumbered"
            return Followed(ref, fate, before, same, 1.0)
        if change is None and before.passage.kind != "requirement":
            return Followed(ref, "removed", before)
        return Followed(ref, "reused" if before.passage.id in self.reused else "removed", before)


def _passages(reader: RevisionReader, revision: CorpusRevision) -> list[Located]:
    return [x for d in reader.documents(revision) for x in reader.passages(revision, d)]


def _judged(ref: EvidenceRef, change: Change) -> tuple[Fate, tuple[str, ...]]:
    assert change.before is not None
    assert change.after is not None
    a, b = change.before.passage, change.after.passage
    kinds: tuple[Kind, ...] = change.kinds
    if "retyped" in kinds:
        return "retyped", (f"type {a.priority or 'absent'} → {b.priority or 'absent'}",)
    reasons = [f"catégorie « {a.category} » → « {b.category} »"] if "recategorised" in kinds else []
    if letters(a.text) != letters(b.text):
        reasons += _what_matters(ref, a.text, b.text, change.similarity)
        if not reasons:
            return "kept", ()
    if reasons:
        return "reread", tuple(reasons)
    return ("renumbered" if a.id != b.id else "intact"), ()


def _what_matters(ref: EvidenceRef, before: str, after: str, similarity: float) -> list[str]:
    old, new = claims(before), claims(after)
    reasons = []
    if ref.anchor is not None:
        if not ref.anchor.stands_in(after):
            reasons.append("l'extrait décisif n'y est plus mot pour mot")
    elif similarity < _KEPT:
        reasons.append(f"ressemblance {similarity:.2f}")
    if old.numbers != new.numbers:
        gone, come = sorted((old.numbers - new.numbers).elements()), sorted((new.numbers - old.numbers).elements())
        reasons.append(f"nombres : {', '.join(gone) or 'aucun'} → {', '.join(come) or 'aucun'}")
    if old.modalities != new.modalities:
        before_, after_ = ", ".join(sorted(old.modalities)), ", ".join(sorted(new.modalities))
        reasons.append(f"modalité : {before_ or 'aucune'} → {after_ or 'aucune'}")
    if old.negations != new.negations:
        reasons.append(f"négations : {old.negations} → {new.negations}")
    return reasons


@dataclass
class Homes:
    """For texts that a revision does not hold: the newest revision that does."""

    reader: RevisionReader
    source: str
    _newest: dict[str, CorpusRevision] = field(default_factory=dict)
    _unread: list[CorpusRevision] | None = None

    def of(self, fingerprint: str) -> CorpusRevision | None:
        """The newest revision whose documents hold the text; reads the history only as far as it must."""
        if self._unread is None:
            self._unread = self.reader.corpus.history(self.source)
        while fingerprint not in self._newest and self._unread:
            revision = self._unread.pop()
            for item in _passages(self.reader, revision):
                self._newest.setdefault(item.passage.fingerprint, revision)
        return self._newest.get(fingerprint)


def worst(fates: Iterable[Fate]) -> Fate:
    """The most serious of several fates; absent without any."""
    return max(fates, key=SEVERITY.index, default="absent")
