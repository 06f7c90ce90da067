"""Quotations: choosing the words, and checking them against the document once the answer is composed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

from assistant.answer import Citation, Place
from assistant.composing.lists import introduced
from ingest.passage import document_lines
from ingest.reading.quote_form import is_verbatim

DocumentText = Callable[[str, str], str]
"""(source, path) → the whole text of the document at the revision that answers."""

CUT = " [...] "
LONGEST_QUOTE = 700
"""Characters up to which a passage is quoted whole; at 420, one quotation in five left out what answers."""
LONGEST_BESIDE = 420
"""The same for the passages that come after the first."""
_MOST_SENTENCES = 4
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


def decisive(scored: Sequence[tuple[str, float]], longest: int = LONGEST_QUOTE) -> list[int]:
    """Positions of the sentences to quote: all when they are short enough, else the nearest to the question.

    A sentence that introduces others (it ends with ":") brings what follows, an item what introduces it.
    """
    if sum(len(s) + 1 for s, _ in scored) <= longest:
        return list(range(len(scored)))
    by_nearness = sorted(range(len(scored)), key=lambda n: -scored[n][1])
    sentences = [s for s, _ in scored]
    chosen: list[int] = []
    for n in by_nearness[:_MOST_SENTENCES]:
        group = introduced(sentences, {*chosen, n})
        if not chosen or sum(len(sentences[m]) for m in group) <= longest:
            chosen = group
    return chosen


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
