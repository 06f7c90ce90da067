"""Where the evidence of a question stands in the revisions under evaluation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.answer import Place
from eval.question_sets.question_fields import EvidenceRef
from eval.question_sets.question_set import EvalQuestion
from ingest.passage import Located
from ingest.question_bank import QuestionBank


@dataclass(frozen=True, slots=True)
class Gold:
    """The passages that answer a question: needed, and also right. Keys are (source, document, first line)."""

    needed: tuple[frozenset[tuple[str, str, int]], ...]
    """One set of places a piece of evidence: any of them will do for it."""
    right: frozenset[tuple[str, str, int]]
    missing: tuple[EvidenceRef, ...] = ()
    """Evidence that these revisions do not hold."""

    def accepts(self, places: Iterable[Place]) -> bool:
        """True when one of the places is right: it may begin above the passage, with what the passage takes up."""
        return any(
            (p.source, p.document) == (source, document) and p.line_start <= line <= max(p.line_start, p.line_end)
            for p in places
            for source, document, line in self.right
        )


class EvidenceFinder:
    """Finds evidence by fingerprint; in the demonstration edition, by the bank's pairs of fingerprints."""

    def __init__(self, located: Sequence[Located], bank: QuestionBank) -> None:
        self._places: dict[str, set[tuple[str, str, int]]] = defaultdict(set)
        for item in located:
            key = (item.source, item.document, item.passage.lines.start)
            self._places[item.passage.fingerprint].add(key)
        self._same: dict[str, set[str]] = defaultdict(set)
        for entry in bank.entries:
            for fingerprint in entry.fingerprints:
                self._same[fingerprint].update(entry.fingerprints)

    def gold(self, question: EvalQuestion) -> Gold:
        """The places of a question's evidence."""
        needed = [frozenset(self.places(ref)) for ref in question.evidence]
        acceptable = [self.places(ref) for ref in question.acceptable]
        missing = tuple(ref for ref, places in zip(question.evidence, needed, strict=True) if not places)
        return Gold(
            needed=tuple(places for places in needed if places),
            right=frozenset(p for places in (*needed, *acceptable) for p in places),
            missing=missing,
        )

    def places(self, ref: EvidenceRef) -> set[tuple[str, str, int]]:
        """Where the text of one piece of evidence stands; empty when nowhere."""
        direct = self._places.get(ref.fingerprint)
        if direct:
            return direct
        equivalents = self._same.get(ref.fingerprint, set())
        return {place for fp in equivalents for place in self._places.get(fp, ())}
