"""Whether a text is French, by its small words."""

from __future__ import annotations

import re

from assistant.search.french_text import without_accents

_FRENCH = frozenset(
    """le la les un une des du de et est sont pour dans par sur avec que qui ne pas au aux ce cette ces il elle ils
    elles doit doivent peut peuvent ou d l s n qu en se son sa ses leur leurs plus sans tout toute tous""".split()  # noqa: SIM905
)
_ENGLISH = frozenset(
    """the of and to is are for with that this in by must should be it from or not can will have has an at which
    these those their your you we they all any if when""".split()  # noqa: SIM905
)
_OTHER = frozenset(
    """el los las es una por con para der die das und ist nicht mit von zu ein eine il gli che di della
    sono""".split()  # noqa: SIM905
)
_LEAST_WORDS = 6


def is_french(text: str) -> bool:
    """True for a text whose small words are French, and for one too short to tell."""
    words = re.findall(r"[^\W\d_]+", without_accents(text))
    if re.search(r"[\u0400-\u04ff\u0600-\u06ff\u3040-\u30ff\u4e00-\u9fff]", text):
        return False
    if len(words) < _LEAST_WORDS:
        return True
    french = sum(w in _FRENCH for w in words)
    foreign = sum(w in _ENGLISH for w in words)
    other = sum(w in _OTHER for w in words)
    elsewhere = max(foreign, other)
    return elsewhere <= french or elsewhere < 2
