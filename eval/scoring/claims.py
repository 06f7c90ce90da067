"""What a sentence commits itself to, read from its words: numbers, obligation, negation, type P or I."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from assistant.search.french_text import without_accents
from ingest.reading.quote_form import normalised

_IDENTIFIER = re.compile(r"\b(?:EXI[\s_-]*[A-Z]{1,6}[\s_-]*\d{1,3}|EX\d{1,3}|COMP-?\d{3})\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.,/-])\d+(?:[ .,]\d+)*(?![\w/-]*://)")
_SPELT = {
    "deux": "2", "trois": "3", "quatre": "4", "cinq": "5", "six": "6", "sept": "7", "huit": "8", "neuf": "9",
    "dix": "10", "douze": "12", "quinze": "15", "vingt": "20", "trente": "30", "cent": "100",
}  # fmt: skip
_MODALITIES: Mapping[str, re.Pattern[str]] = {
    "interdiction": re.compile(
        r"\b(interdit\w*|proscrit\w*|prohibe\w*|banni\w*|ne (?:doi(?:t|vent)|peu(?:t|vent)) pas|ne saurai\w+)\b"
    ),
    "obligation": re.compile(
        r"(?<!ne )\b(doi(?:t|vent)|devra|devront|obligatoire\w*|oblige\w*|impose\w*|exige|exigee?s?|imperativ\w*|"
        r"est tenu|sont tenus|requis\w*|necessaire\w*|il faut)\b(?! pas)"
    ),
    "recommandation": re.compile(r"\b(recommand\w*|conseill\w*|preconis\w*|privilegi\w*|devrai\w*|prefer\w*)\b"),
    "permission": re.compile(
        r"(?<!ne )\b(peu(?:t|vent)|pourra|pourront|possible|autoris\w*|permis\w*|facultati\w*|optionnel\w*)\b(?! pas)"
    ),
}
_NEGATION = re.compile(r"\b(?:ne|n')\b|\b(?:aucune?|sans|jamais|non)\b")
_TYPE = re.compile(r"\b(primordiale?s?|importante?s?)\b")


@dataclass(frozen=True, slots=True)
class Claims:
    """What can be compared between a sentence and its source without understanding either."""

    numbers: Counter[str]
    modalities: frozenset[str]
    negations: int
    types: frozenset[str]
    """P when the text says primordiale, I when it says importante."""


@lru_cache(maxsize=20_000)
def claims(text: str) -> Claims:
    """What a text commits itself to."""
    plain = without_accents(normalised(text))
    return Claims(
        numbers=_numbers(plain),
        modalities=frozenset(name for name, found in _MODALITIES.items() if found.search(plain)),
        negations=len(_NEGATION.findall(plain)),
        types=frozenset("P" if w.startswith("prim") else "I" for w in _TYPE.findall(plain)),
    )


def _numbers(plain: str) -> Counter[str]:
    """Identifiers left out, decimals with a point, those in letters too from two on; "1 000" and "1000" are one."""
    plain = _IDENTIFIER.sub(" ", plain)
    found = [re.sub(r"[ ]", "", n).replace(",", ".").rstrip(".") for n in _NUMBER.findall(plain)]
    found += [_SPELT[w] for w in re.findall(r"[a-z]+", plain) if w in _SPELT]
    return Counter(found)
