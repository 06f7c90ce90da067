"""Quotations against the documents: the words, where they are said to stand, or what has become of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from eval.scoring.case import Case
from eval.scoring.source_texts import QuotedPlace, SourceTexts
from ingest.reading.quote_form import fold, is_verbatim, normalised

QuoteClass = Literal["exacte", "normalisée", "altérée", "mal attribuée", "périmée", "absente"]
FAITHFUL: frozenset[QuoteClass] = frozenset({"exacte", "normalisée"})
_ALTERED = 90.0
"""Best partial ratio (rapidfuzz, 0 to 100) with a passage from which a quote is that passage, altered."""
_CUT = re.compile(r"\s*\[(?:\.\.\.|…)\]\s*")


@dataclass(frozen=True, slots=True)
class JudgedQuote:
    """A quotation of an answer and its class; `n` is the citation it is shown with."""

    text: str
    n: int | None
    verdict: QuoteClass


def classify(quote: str, place: QuotedPlace | None, texts: SourceTexts) -> QuoteClass:
    """The class of a quote; without a place, standing anywhere in the documents is enough."""
    lines = texts.lines(place) if place is not None else None
    if lines is not None:
        if _exact(quote, lines):
            return "exacte"
        if is_verbatim(quote, lines):
            return "normalisée"
    if texts.elsewhere(quote):
        return "normalisée" if place is None else "mal attribuée"
    if texts.earlier(quote):
        return "périmée"
    wanted = normalised(_CUT.sub(" ", quote))
    candidates = [normalised(fold(lines))] if lines is not None else []
    near = any(_close(wanted, text) for text in (*candidates, *texts.normalised_documents()))
    return "altérée" if near else "absente"


def _close(wanted: str, text: str) -> bool:
    """Partial ratio when the quote is the shorter one: a heading inside a long quote proves nothing."""
    return len(wanted) <= len(text) and fuzz.partial_ratio(wanted, text, score_cutoff=_ALTERED) >= _ALTERED


def judged_quotes(case: Case) -> list[JudgedQuote]:
    """Every quotation of an answer: those of its text and those of its citations, each words-and-place once."""
    places = {c.n: c.place for c in case.citations}
    wanted = [(q.text, q.n) for q in case.parts.quotations] + [(c.quote, c.n) for c in case.citations]
    seen: dict[tuple[str, int | None], JudgedQuote] = {}
    for text, n in wanted:
        key = (normalised(text), n)
        if key in seen or not key[0] or (n is None and text in case.row.asked):
            continue
        place = places.get(n) if n is not None else None
        verdict: QuoteClass = "absente" if n is not None and place is None else classify(text, place, case.texts)
        seen[key] = JudgedQuote(text, n, verdict)
    return list(seen.values())


def _exact(quote: str, lines: str) -> bool:
    haystack, at = fold(lines), 0
    parts = [fold(part) for part in _CUT.split(quote) if part.strip()]
    for part in parts:
        found = haystack.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return bool(parts) and is_verbatim(quote, lines)
