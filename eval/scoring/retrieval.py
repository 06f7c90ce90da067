"""Retrieval against evidence. Units are sets of places: a text that stands in both CCTs is one unit."""

from __future__ import annotations

import math
from collections.abc import Sequence

Unit = frozenset[str]


def recall_at(retrieved: Sequence[Unit], needed: Sequence[Unit], k: int) -> float:
    """Share of the pieces of evidence that the first k units hold. ValueError without evidence."""
    if not needed:
        raise ValueError("rappel sans preuve attendue")
    return sum(any(unit & piece for unit in retrieved[:k]) for piece in needed) / len(needed)


def hit_at(retrieved: Sequence[Unit], right: Unit, k: int) -> float:
    """1 when one of the first k units is right, else 0."""
    return float(any(unit & right for unit in retrieved[:k]))


def reciprocal_rank(retrieved: Sequence[Unit], right: Unit, k: int = 10) -> float:
    """1 / rank of the first right unit among the first k, 0 when none is."""
    return next((1 / rank for rank, unit in enumerate(retrieved[:k], 1) if unit & right), 0.0)


def ndcg_at(retrieved: Sequence[Unit], needed: Sequence[Unit], k: int = 10) -> float:
    """Normalised discounted cumulative gain (Järvelin & Kekäläinen 2002), gain 1 for each piece of evidence.

    The ideal ranking has every piece of evidence (k at most), not only the retrieved ones. A piece counts once.
    """
    if not needed:
        raise ValueError("nDCG sans preuve attendue")
    left = list(needed)
    gain = 0.0
    for rank, unit in enumerate(retrieved[:k], 1):
        found = next((piece for piece in left if unit & piece), None)
        if found is not None:
            left.remove(found)
            gain += 1 / math.log2(rank + 1)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(needed), k) + 1))
    return gain / ideal


def id_precision(retrieved: Sequence[str], reference: Sequence[str]) -> float | None:
    """ragas's IDBasedContextPrecision: share of distinct retrieved ids that are expected; None without any."""
    found, wanted = set(retrieved), set(reference)
    return len(found & wanted) / len(found) if found else None


def id_recall(retrieved: Sequence[str], reference: Sequence[str]) -> float | None:
    """ragas's IDBasedContextRecall: share of distinct expected ids that are retrieved; None without any."""
    found, wanted = set(retrieved), set(reference)
    return len(found & wanted) / len(wanted) if wanted else None
