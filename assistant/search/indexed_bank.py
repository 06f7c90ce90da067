"""The question bank as the index knows it."""

from __future__ import annotations

import logging

from ingest.index.vector_store import VectorReader, vector_key
from ingest.question_bank import QuestionBank
from ingest.source_names import without_source_names

log = logging.getLogger("cct.assistant")


def with_vectors(bank: QuestionBank, store: VectorReader) -> QuestionBank:
    """The bank without the questions that were added since the index was made: they have no vector yet."""
    missing = {*store.missing([vector_key(q, "query") for q in bank.questions()])}
    if not missing:
        return bank
    log.warning(
        "%d questions de la banque n'ont pas de vecteur dans l'index : les réponses sont moins bonnes. "
        "Lancez « cct ingest ».",
        len(missing),
    )

    def kept(questions: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(q for q in questions if vector_key(without_source_names(q), "query") not in missing)

    entries = [e.model_copy(update={"questions": kept(e.questions)}) for e in bank.entries]
    boundaries = [b.model_copy(update={"questions": kept(b.questions)}) for b in bank.boundaries]
    return QuestionBank(entries, bank.digest, [b for b in boundaries if b.questions])
