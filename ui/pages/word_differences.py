"""Two texts as one, with the words that went and the words that came."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Side = Literal["same", "removed", "added"]

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
_KEPT_WORDS = 3
"""Words in common under which two changes are shown as one: isolated articles in common say nothing."""
_CONTEXT = 6
"""Words shown on each side of a change where the rest is cut."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of one text, or of both."""

    side: Side
    text: str


def word_differences(before: str, after: str) -> list[Piece]:
    """The runs in reading order; the same and the removed ones make `before`, the same and the added ones `after`."""
    a, b = _TOKEN.findall(before), _TOKEN.findall(after)
    pieces: list[Piece] = []
    removed = added = ""
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    at_a = at_b = 0
    for block in blocks:
        removed += "".join(a[at_a : block.a])
        added += "".join(b[at_b : block.b])
        same = "".join(a[block.a : block.a + block.size])
        at_a, at_b = block.a + block.size, block.b + block.size
        goes_on = at_a < len(a) or at_b < len(b)
        if same and goes_on and (removed or added) and len(re.findall(r"\w+", same)) < _KEPT_WORDS:
            removed += same
            added += same
            continue
        pieces += [Piece("removed", removed)] if removed else []
        pieces += [Piece("added", added)] if added else []
        pieces += [Piece("same", same)] if same else []
        removed = added = ""
    return pieces


def shortened(pieces: Sequence[Piece]) -> list[Piece]:
    """The changes with a few words around them; « […] » where a longer run in common was cut."""
    kept = []
    for n, piece in enumerate(pieces):
        if piece.side != "same":
            kept.append(piece)
            continue
        tokens = _TOKEN.findall(piece.text)
        head = 2 * _CONTEXT if n else 0
        tail = 2 * _CONTEXT if n < len(pieces) - 1 else 0
        if len(tokens) <= head + tail + 2:
            kept.append(piece)
            continue
        start = "".join(tokens[:head]).rstrip()
        end = "".join(tokens[len(tokens) - tail :]).lstrip() if tail else ""
        kept.append(Piece("same", f"{start} […] {end}" if start else f"[…] {end}"))
    return kept


def marked(pieces: Sequence[Piece]) -> str:
    """The pieces on one line of plain text: [-retiré-], {+ajouté+}."""
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(marks[piece.side].format(piece.text) for piece in pieces).replace("\n", " ")
