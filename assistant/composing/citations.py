"""Quotations: choosing the words, and checking them against the document once the answer is composed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

from assistant.answer import Citation, Place
from assistant.search.french_text import without_accents
from ingest.passage import document_lines
from ingest.reading.quote_form import is_verbatim

DocumentText = Callable[[str, str], str]
"""(source, path) → the whole text of the document at the revision that answers."""

CUT = " [...] "
_SAME_WORDS, _GROUP = 0.8, 3
"""Share of the groups of three words from which a quotation says what another says."""
_DANGLING = re.compile(r"(?<!\\)\*+")


def quote_of(sentences: Sequence[str], chosen: Sequence[int], lines: str) -> str:
    """The chosen sentences, verbatim and in order; [...] where the document has something in between or after.

    `lines` is the passage as the document has it: two sentences are joined by a space only where
    nothing but white space separates them there (a cell's border or a list marker is something).
    """
    kept = sorted(set(chosen))
    quote = ""
    for before, n in zip([None, *kept], kept, strict=False):
        sentence = _balanced(sentences[n])
        if before is None:
            quote = sentence
        elif n == before + 1 and is_verbatim(f"{_balanced(sentences[before])} {sentence}", lines):
            quote = f"{quote} {sentence}"
        else:
            quote = f"{quote}{CUT}{sentence}"
    return quote if not kept or kept[-1] == len(sentences) - 1 else f"{quote}{CUT.rstrip()}"


def repeats(one: str, other: str) -> bool:
    """True when the shorter of two quotations is, but for a few words, in the longer."""
    groups = sorted((_word_groups(one), _word_groups(other)), key=len)
    return bool(groups[0]) and len(groups[0] & groups[1]) >= _SAME_WORDS * len(groups[0])


def _word_groups(quote: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", without_accents(quote))
    return {tuple(words[n : n + _GROUP]) for n in range(max(1, len(words) - _GROUP + 1))} if words else set()


def checked(citation: Citation, text: DocumentText) -> Citation:
    """The citation, `verified` when its quote stands in its lines of the document, else not."""
    return replace(citation, verified=is_verbatim(citation.quote, lines_at(citation.place, text)))


def lines_at(place: Place, text: DocumentText) -> str:
    """The lines of the document at a place."""
    lines = _lines_of(text(place.source, place.document))
    return "\n".join(lines[place.line_start - 1 : place.line_end])


@lru_cache(maxsize=32)  # a handful of documents answer, some of them long
def _lines_of(text: str) -> tuple[str, ...]:
    return tuple(document_lines(text))


def _balanced(sentence: str) -> str:
    """The sentence without Markdown emphasis that opens or closes outside of it."""
    marks = _DANGLING.findall(sentence)
    return _DANGLING.sub("", sentence) if len(marks) % 2 else sentence
