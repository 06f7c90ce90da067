"""A question that found no answer, said otherwise: its term alone, short forms in full, typing errors undone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.question.definitions import mentions
from assistant.question.reading import Reading
from assistant.search.known_words import words_that_may_be_mistyped
from assistant.search.retrieval import LIKELY_ENOUGH, Found, Retriever
from assistant.selection import Selection


def second_look(
    text: str, reading: Reading, before: Found, retriever: Retriever, sources: tuple[str, ...]
) -> tuple[str, Found] | None:
    """The first other wording that finds an answer, with what it finds; None when none does.

    `before`: what the question found as it is written.
    """
    if not reading.asks_meaning and before.confidence < LIKELY_ENOUGH:
        return None  # the bank knows that nothing answers it: other words would only hide it
    for wording in _other_wordings(text, reading, retriever.selection):
        found = retriever.find(wording, sources)
        if found.verdict != "answer" or not found.cited:
            continue
        passage = retriever.selection.index.units[found.cited[0]].passage
        if not reading.asks_meaning or mentions(f"{passage.title} {passage.text}", reading.defines):
            return wording, found
    return None


def as_written(term: str, text: str) -> str:
    """The term as the text writes it, capitals included; itself where accents hide it."""
    written = re.search(re.escape(term), text, re.IGNORECASE)
    return written[0] if written else term


def _other_wordings(text: str, reading: Reading, selection: Selection) -> Iterator[str]:
    if reading.asks_for_records:
        return
    words = selection.known_words
    if reading.asks_meaning:
        yield as_written(reading.defines, text)
        return
    spelt_out = words.spelt_out(text)
    if spelt_out != text:
        yield spelt_out
    corrected = text
    for word in words_that_may_be_mistyped(text):
        if not selection.index.knows(word) and (meant := words.meant(word)) is not None:
            corrected = re.sub(rf"\b{re.escape(word)}\b", meant, corrected)
    if corrected != text:
        yield corrected
