"""What became of each requirement between two revisions: matched by text first, by id second, then named.

Everything here is computed from two lists of passages; which revisions they come from is the caller's business.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ingest.passage import Located
from ingest.reading.quote_form import words
from ingest.revisions.text_matching import (
    MATCHED,
    SAME_ID,
    SAME_OCCURRENCE,
    Grams,
    Matrix,
    Pair,
    best_pairs,
    letters,
    similarities,
    triples,
)

Kind = Literal[
    "reworded", "retyped", "recategorised", "renumbered", "recast", "renamed", "moved", "added", "removed",
    "split", "merged", "reused", "replaced",
]  # fmt: skip
"""What can be said of a passage between two revisions; several hold at once. "renumbered": another id for a text
that is kept; "recast": another id and, though recognised, a text mostly rewritten, which a person should check."""
_Bonus = Callable[[Sequence[Located], Sequence[Located]], Matrix]

_TEXT_KEPT = 0.70
"""Similarity from which a requirement under another id is the same text. In the Pi table's two renumberings, the
26 texts that only moved have 0.76 or more; the one that was also rewritten (f558bd7 EXI-ARCH-23) has 0.60."""
_SAME_PROSE = 0.40
"""Similarity, bonus included, from which two passages of prose can be one: under it, a sample of the guides'
history shows headings and definitions that only share a formula."""
_TRANSFERRED = 0.40
"""Share of a text's triples of words that makes it said: this part comes from there. In the Pi table's history the
weakest right one has 0.42, and shared formulas stay under 0.31."""
_FEWEST_TRIPLES = 5
"""A text of fewer triples (seven words) is too short for a part of it to prove anything."""


@dataclass(frozen=True, slots=True)
class Change:
    """A passage on both sides, or on the one where it stands, and what is different; no kind: unchanged.

    `similarity` of the two texts goes from 0 to 1, 1 for the same letters; 0 when there is one side only.
    """

    before: Located | None
    after: Located | None
    kinds: tuple[Kind, ...]
    similarity: float

    @property
    def types(self) -> tuple[str | None, str | None]:
        """P, I or None on each side."""
        sides = (self.before, self.after)
        first, second = (side.passage.priority if side else None for side in sides)
        return first, second


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two revisions of a table or of a document.

    `changes` holds each passage of both sides once: in the order of the newer side, then the removed ones.
    `reused` holds the ids that came to mean another requirement (before and after are two requirements); one is
    "replaced" too when neither of the two stands elsewhere and the row stands between the same neighbours: its
    text was rewritten in place, where numbers that shifted would only have met by chance.
    `transfers` holds texts found in another requirement than their own successor: "split" when the newer one
    is made of it, "merged" when the older one went into it.
    """

    changes: tuple[Change, ...]
    reused: tuple[Change, ...] = ()
    transfers: tuple[Change, ...] = ()

    def of(self, kind: Kind) -> tuple[Change, ...]:
        """The changes that are of this kind, whatever else they are."""
        return tuple(c for c in (*self.changes, *self.reused, *self.transfers) if kind in c.kinds)

    @property
    def retyped(self) -> tuple[Change, ...]:
        """Requirements whose type changed, and rows rewritten in place whose type changed with the text."""
        return self.of("retyped") + tuple(c for c in self.of("replaced") if c.types[0] != c.types[1])

    @property
    def unchanged(self) -> int:
        """How many passages stand on both sides with nothing changed."""
        return sum(not c.kinds for c in self.changes)

    @property
    def identical(self) -> bool:
        """True when nothing was added, removed or changed."""
        return all(not c.kinds for c in self.changes)


def compare_requirements(a: Sequence[Located], b: Sequence[Located]) -> Comparison:
    """What became of each requirement of the older list a in the newer list b."""
    pairs = _symmetric_pairs(a, b, _id_bonus, MATCHED)
    changes = [Change(a[p.a], b[p.b], _requirement_kinds(a[p.a], b[p.b], p.similarity), p.similarity) for p in pairs]
    return Comparison(_complete(a, b, pairs, changes), _reused(a, b, pairs), _transfers(a, b, pairs))


def compare_passages(a: Sequence[Located], b: Sequence[Located]) -> Comparison:
    """The same for the passages of one document: reworded, moved, renamed (a term, a component), added, removed."""
    pairs = _symmetric_pairs(a, b, _place_bonus, _SAME_PROSE)
    still = _longest_in_order([p.b for p in pairs])
    changes = []
    for n, p in enumerate(pairs):
        before, after = a[p.a].passage, b[p.b].passage
        kinds: list[Kind] = ["reworded"] if letters(before.text) != letters(after.text) else []
        kinds += ["renamed"] if before.id != after.id else []
        kinds += [] if n in still else ["moved"]
        changes.append(Change(a[p.a], b[p.b], tuple(kinds), p.similarity))
    return Comparison(_complete(a, b, pairs, changes))


def _symmetric_pairs(a: Sequence[Located], b: Sequence[Located], bonus: _Bonus, threshold: float) -> list[Pair]:
    """The best pairs, computed the same way round whichever list is older: ties never depend on the direction."""
    texts_a, texts_b = [x.passage.text for x in a], [x.passage.text for x in b]
    if (texts_b, [x.key for x in b]) < (texts_a, [x.key for x in a]):
        pairs = best_pairs(similarities(texts_b, texts_a), bonus(b, a), threshold)
        return sorted(Pair(p.b, p.a, p.similarity) for p in pairs)
    return best_pairs(similarities(texts_a, texts_b), bonus(a, b), threshold)


def _id_bonus(a: Sequence[Located], b: Sequence[Located]) -> Matrix:
    same = np.array([[x.passage.id == y.passage.id for y in b] for x in a], dtype=float).reshape(len(a), len(b))
    twin = np.array([[x.passage.occurrence == y.passage.occurrence for y in b] for x in a], dtype=float)
    bonus: Matrix = same * (SAME_ID + SAME_OCCURRENCE * twin.reshape(same.shape))
    return bonus


def _place_bonus(a: Sequence[Located], b: Sequence[Located]) -> Matrix:
    """For the same term or heading, and a little for about the same place: a sentence printed twice stays put."""
    shape = (len(a), len(b))
    title = np.array([[x.passage.title == y.passage.title for y in b] for x in a], dtype=float).reshape(shape)
    place_a, place_b = np.arange(len(a)) / max(1, len(a)), np.arange(len(b)) / max(1, len(b))
    bonus: Matrix = SAME_ID * title + SAME_OCCURRENCE * (1 - np.abs(place_a[:, None] - place_b[None, :]))
    return bonus


def _requirement_kinds(a: Located, b: Located, similarity: float) -> tuple[Kind, ...]:
    before, after = a.passage, b.passage
    differences: dict[Kind, bool] = {
        "reworded": letters(before.text) != letters(after.text),
        "retyped": before.priority != after.priority,
        "recategorised": words(before.category) != words(after.category),
        "renumbered": before.id != after.id and similarity >= _TEXT_KEPT,
        "recast": before.id != after.id and similarity < _TEXT_KEPT,
    }
    return tuple(kind for kind, differs in differences.items() if differs)


def _complete(
    a: Sequence[Located], b: Sequence[Located], pairs: Sequence[Pair], matched: Sequence[Change]
) -> tuple[Change, ...]:
    """The matched changes and the added ones in the order of b, then the removed ones in the order of a."""
    by_place = {pair.b: change for pair, change in zip(pairs, matched, strict=True)}
    taken = {pair.a for pair in pairs}
    newer = [by_place.get(j) or Change(None, item, ("added",), 0.0) for j, item in enumerate(b)]
    return (*newer, *(Change(item, None, ("removed",), 0.0) for i, item in enumerate(a) if i not in taken))


def _reused(a: Sequence[Located], b: Sequence[Located], pairs: Sequence[Pair]) -> tuple[Change, ...]:
    """Ids of both sides whose bearers are no pair, the newer one beside the older one of the same occurrence."""
    kept = {b[p.b].passage.id for p in pairs if a[p.a].passage.id == b[p.b].passage.id}
    paired_a, paired_b = {p.a for p in pairs}, {p.b for p in pairs}
    found = []
    for j, after in enumerate(b):
        bearers = [i for i, x in enumerate(a) if x.passage.id == after.passage.id]
        if not bearers or after.passage.id in kept:
            continue
        i = next((i for i in bearers if a[i].passage.occurrence == after.passage.occurrence), bearers[0])
        free = i not in paired_a and j not in paired_b and _same_place(i, j, len(a), len(b), pairs)
        similarity = float(similarities([a[i].passage.text], [after.passage.text])[0, 0])
        found.append(Change(a[i], after, ("reused", "replaced") if free else ("reused",), similarity))
    return tuple(found)


def _same_place(i: int, j: int, of_a: int, of_b: int, pairs: Sequence[Pair]) -> bool:
    """True when a row without a pair stands on both sides between the same neighbours, as far from each of them."""
    here, there = {p.a: p.b for p in pairs}, {p.b for p in pairs}
    for step, end_a, end_b in ((-1, -1, -1), (1, of_a, of_b)):
        m, n = i + step, j + step
        while m != end_a and n != end_b and m not in here and n not in there:
            m, n = m + step, n + step
        if (m == end_a) != (n == end_b) or here.get(m) != (None if n == end_b else n):
            return False
    return True


def _transfers(a: Sequence[Located], b: Sequence[Located], pairs: Sequence[Pair]) -> tuple[Change, ...]:
    """Parts of a text found in another requirement, that this one's predecessor had not and its successor lost.

    A split needs that the older requirement goes on elsewhere, a merger that the newer one existed already.
    """
    of_a, of_b = [triples(x.passage.text) for x in a], [triples(x.passage.text) for x in b]
    successor, predecessor = {p.a: p.b for p in pairs}, {p.b: p.a for p in pairs}
    nothing: Grams = frozenset()
    found = []
    for i, mine in enumerate(of_a):
        lost = mine - (of_b[successor[i]] if i in successor else nothing)
        for j, theirs in enumerate(of_b):
            gained = theirs - (of_a[predecessor[j]] if j in predecessor else nothing)
            passed = len(lost & gained)
            kinds: list[Kind] = []
            if i in successor and passed >= _TRANSFERRED * len(theirs) and len(theirs) >= _FEWEST_TRIPLES:
                kinds.append("split")
            if j in predecessor and passed >= _TRANSFERRED * len(mine) and len(mine) >= _FEWEST_TRIPLES:
                kinds.append("merged")
            if kinds:
                found.append(Change(a[i], b[j], tuple(kinds), passed / min(len(mine), len(theirs))))
    return tuple(found)


def _longest_in_order(positions: Sequence[int]) -> set[int]:
    """Indexes of a longest increasing subsequence (patience sorting): what did not have to move."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for n, position in enumerate(positions):
        k = bisect_left(tails, position)
        before.append(ends[k - 1] if k else -1)
        tails[k : k + 1] = [position]
        ends[k : k + 1] = [n]
    kept = set()
    n = ends[-1] if ends else -1
    while n >= 0:
        kept.add(n)
        n = before[n]
    return kept
