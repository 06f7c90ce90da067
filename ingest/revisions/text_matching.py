"""Which text of one list became which text of another: similarity, and one optimal assignment.

The similarity of two texts is the mean of
- the word ratio: 2 × longest common subsequence of words / number of words of both (rapidfuzz's Indel ratio),
  which falls when words change;
- the containment of word triples (Broder 1997): triples in common / triples of the shorter text, which stays high
  when a text is kept whole inside a longer one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import unescape
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from ingest.reading.quote_form import words

Matrix = npt.NDArray[np.float64]

MATCHED = 0.28
"""Similarity, bonus included, from which two texts can be one; docs/revisions.md says how it was chosen. In the Pi
table's history, of the pairs that the assignment leaves to decide, the weakest right one under two ids has 0.29, the
strongest wrong or doubtful one 0.21."""
SAME_ID = 0.05
"""Bonus for the same printed id: the text most rewritten in place has 0.26 without it, two requirements that one id
bore in turn and nothing else claims have at most 0.08."""
SAME_OCCURRENCE = 0.01
"""Bonus, beside that of the id, for the same occurrence of it."""
_NEARLY = 0.999
"""The most that a text which is not the same can be worth: text first, id second."""
_TRIPLE = 3
_TAG = re.compile(r"</?(?:em|strong|b|i|u|s|sub|sup|br|p|span|code|font)\b[^>]*>", re.IGNORECASE)

Grams = frozenset[tuple[str, ...]]


class Pair(NamedTuple):
    """Positions in both lists of texts taken for one, and their similarity from 0 to 1, without bonus."""

    a: int
    b: int
    similarity: float


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[str, ...]:
    """The words of a text as compared: entities read, inline tags left out (ingest.reading.quote_form.words).

    A converter writes "&#x3A;" for ":" and "<em>" for "*": no word of the document changes.
    """
    return tuple(words(_TAG.sub(" ", unescape(text)) if "&" in text or "<" in text else text))


def letters(text: str) -> str:
    """The words of a text without their spaces: equal for texts that differ only in typography and line breaks."""
    return "".join(tokens(text))


@lru_cache(maxsize=4096)
def triples(text: str) -> Grams:
    """The runs of three words of a text; a shorter text is one run."""
    run = tokens(text)
    return frozenset(run[n : n + _TRIPLE] for n in range(max(1, len(run) - _TRIPLE + 1))) if run else frozenset()


def similarities(a: Sequence[str], b: Sequence[str]) -> Matrix:
    """Similarity of each text of a (rows) with each of b (columns); 1 for the same letters."""
    if not a or not b:
        return np.zeros((len(a), len(b)))
    ratio = np.asarray(process.cdist([tokens(t) for t in a], [tokens(t) for t in b], scorer=fuzz.ratio), dtype=float)
    matrix: Matrix = (ratio / 100 + _containments(a, b)) / 2
    of_a, of_b = np.array([letters(t) for t in a]), np.array([letters(t) for t in b])
    matrix[of_a[:, None] == of_b[None, :]] = 1.0
    return matrix


def best_pairs(similarity: Matrix, bonus: Matrix, threshold: float = MATCHED) -> list[Pair]:
    """The one-to-one pairs above the threshold whose total is greatest, in the order of the first list.

    What a pair is worth is what it has above the threshold, so that leaving two texts alone is worth 0 and
    an unlikely pair is never made to complete the list.
    """
    from scipy.optimize import linear_sum_assignment  # half a second that an ordinary answer does not need

    alike = np.where(similarity < 1, np.minimum(similarity + bonus, _NEARLY), similarity + bonus)
    worth = np.maximum(alike - threshold, 0.0)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return [
        Pair(int(i), int(j), float(similarity[i, j])) for i, j in zip(rows, columns, strict=True) if worth[i, j] > 0
    ]


def _containments(a: Sequence[str], b: Sequence[str]) -> Matrix:
    of_b = [triples(t) for t in b]
    matrix = np.zeros((len(a), len(b)))
    where: dict[tuple[str, ...], list[int]] = {}
    for j, grams in enumerate(of_b):
        for gram in grams:
            where.setdefault(gram, []).append(j)
    for i, text in enumerate(a):
        mine = triples(text)
        for gram in mine:
            for j in where.get(gram, ()):
                matrix[i, j] += 1
        for j, grams in enumerate(of_b):
            matrix[i, j] /= max(1, min(len(mine), len(grams)))
    return matrix
