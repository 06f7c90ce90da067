"""A question that found no answer, said otherwise: its term alone, short forms in full."""

from __future__ import annotations

import re

from assistant.question.definitions import mentions
from assistant.question.reading import Reading
from assistant.search.retrieval import LIKELY_ENOUGH, Found, Retriever
from assistant.selection import Selection


def second_look(
    text: str, reading: Reading, before: Found, retriever: Retriever, sources: tuple[str, ...]
) -> tuple[str, Found] | None:
    """The other wording when it finds an answer, with what it finds; None when it does not.

    `before`: what the question found as it is written.
    """
    if not reading.asks_meaning and before.confidence < LIKELY_ENOUGH:
        return None  # the bank knows that nothing answers it: other words would only hide it
    wording = _other_wording(text, reading, retriever.selection)
    if wording == text:
        return None
    found = retriever.find(wording, sources)
    if found.verdict != "answer" or not found.cited:
        return None
    passage = retriever.selection.index.units[found.cited[0]].passage
    named = not reading.asks_meaning or mentions(f"{passage.title} {passage.text}", reading.defines)
    return (wording, found) if named else None


def as_written(term: str, text: str) -> str:
    """The term as the text writes it, capitals included; itself where accents hide it."""
    written = re.search(re.escape(term), text, re.IGNORECASE)
    return written[0] if written else term


def _other_wording(text: str, reading: Reading, selection: Selection) -> str:
    if reading.asks_for_records:
        return text
    return as_written(reading.defines, text) if reading.asks_meaning else selection.short_forms.spelt_out(text)
