"""Which of two things comes first, in a sentence and in its passage: "A avant B" is not "B avant A"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.verification.clause_reading import content_stems, plain
from assistant.verification.evidence import Window
from assistant.verification.opposites import roots

_REACH = 3
"""Content words on each side of "avant" or "après"."""
_FIRST = re.compile(r"(?<!d')\b(avant|apres)\b(?! (?:tout|coup|quoi)\b)")
_ENDS = re.compile(r"[.;:()]|\b(?:mais|car|tandis que|alors que)\b")
_Order = tuple[frozenset[str], frozenset[str]]


def order_reversed(text: str, nearest: Sequence[Window]) -> bool:
    """True when what the text puts first the passage puts last, and the reverse."""
    there = [order for window in nearest for order in _orders(window.text)]
    for first, last in _orders(text):
        for before, after in there:
            crossed, straight = len(first & after) + len(last & before), len(first & before) + len(last & after)
            if first & after and last & before and crossed > 2 * straight:
                return True
    return False


def _orders(text: str) -> Iterator[_Order]:
    """(what comes first, what comes last) for each "avant" or "après" of a text."""
    for piece in _ENDS.split(plain(text)):
        for match in _FIRST.finditer(piece):
            before, after = content_stems(piece[: match.start()]), content_stems(piece[match.end() :])
            if not before and "," in piece[match.end() :]:
                fronted, _, rest = piece[match.end() :].partition(",")
                before, after = content_stems(rest)[:_REACH], content_stems(fronted)
            one, other = frozenset(roots(before[-_REACH:])), frozenset(roots(after[:_REACH]))
            one, other = one - other, other - one
            yield (one, other) if match[1] == "avant" else (other, one)
