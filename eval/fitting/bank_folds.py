"""Questions of the bank asked of an index that does not hold them: thousands of examples nobody wrote for a test.

The bank is split in parts; each part is asked of an index built from the others. What a question resembles
is then as new to the index as a user's own words are, and the evaluation sets stay free to judge.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.search.search_index import Evidence, SearchIndex
from assistant.selection import Selection
from eval.question_sets.question_set import EvalQuestion
from ingest.index.embedding import Vectors
from ingest.index.vector_store import VectorReader, vector_key
from ingest.question_bank import QuestionBank

_FOLDS_OF_ONE_SET = 5


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A question of the bank, what an index without it says, and the units that it was written for."""

    question: str
    verdict: str
    evidence: Evidence
    right: tuple[int, ...]


def held_out(
    selection: Selection, bank: QuestionBank, store: VectorReader, parts: int, every: int
) -> Iterator[HeldOut]:
    """One in `every` questions of the bank, each asked of an index built without its part."""

    asked = bank.questions()
    vectors = store.get([vector_key(text, "query") for text in asked])
    row_of = {text: n for n, text in enumerate(asked)}

    def known_vector(text: str) -> Vectors:
        vector: Vectors = vectors[row_of[text]]
        return vector

    unit_of = {place.key: n for n, unit in enumerate(selection.index.units) for place in unit.located}
    positions = [unit_of[place.key] for place in selection.located]
    bindings = bank.bind(selection.located)
    for part in range(parts):
        index = SearchIndex(selection.located, _without(bank, part, parts), store, known_vector)
        for binding in bindings:
            right = tuple(dict.fromkeys(positions[n] for n in binding.positions))
            for n, question in enumerate(binding.entry.questions):
                if right and n % parts == part and _drawn(question, every):
                    yield HeldOut(question, "answer", index.evidence(question), right)
        for boundary in bank.boundaries:
            verdict = "unanswered" if boundary.kind == "unanswered" else boundary.kind
            for n, question in enumerate(boundary.questions):
                if n % parts == part and _drawn(question, every):
                    yield HeldOut(question, verdict, index.evidence(question), ())


def by_author(questions: Sequence[EvalQuestion]) -> list[int]:
    """The fold of each question: its set, so that an author is judged by numbers fitted on the others."""
    sets = [q.id.rpartition("-")[0] for q in questions]
    numbers = {name: n for n, name in enumerate(dict.fromkeys(sets))}
    return [numbers[s] for s in sets] if len(numbers) > 1 else [n % _FOLDS_OF_ONE_SET for n in range(len(questions))]


def _without(bank: QuestionBank, part: int, parts: int) -> QuestionBank:
    def rest(questions: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(q for n, q in enumerate(questions) if n % parts != part)

    entries = [e.model_copy(update={"questions": rest(e.questions)}) for e in bank.entries]
    boundaries = [b.model_copy(update={"questions": rest(b.questions)}) for b in bank.boundaries]
    return QuestionBank(entries, bank.digest, [b for b in boundaries if b.questions])


def _drawn(question: str, every: int) -> bool:
    return sum(question.encode()) % every == 0
