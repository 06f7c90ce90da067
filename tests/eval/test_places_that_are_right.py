"""A citation that begins above the passage expected, with what it takes up, is right; one beside it is not."""

from __future__ import annotations

import pytest

from assistant.answer import Place
from eval.runs.evidence import Gold

GOLD = Gold(needed=(frozenset({("essai", "guide.md", 7)}),), right=frozenset({("essai", "guide.md", 7)}))


@pytest.mark.parametrize(
    ("document", "start", "end", "right"),
    [
        ("guide.md", 7, 7, True),
        ("guide.md", 5, 7, True),
        ("guide.md", 5, 6, False),
        ("guide.md", 8, 9, False),
        ("autre.md", 7, 7, False),
    ],
)
def test_a_place_is_right_when_it_holds_the_first_line_expected(
    document: str, start: int, end: int, right: bool
) -> None:
    place = Place("essai", document, "section", None, 1, None, start, end, None, None)
    assert GOLD.accepts([place]) is right
