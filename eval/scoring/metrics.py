"""Every deterministic metric: a function of plain values, so that ragas can call it as well as we do.

Each gives back (value, reason): the value between 0 and 1, higher is better (milliseconds for the latency).
"""

from __future__ import annotations

from eval.scoring.quotation import FAITHFUL
from eval.scoring.retrieval import hit_at, ndcg_at, recall_at, reciprocal_rank

Scored = tuple[float, str]
Units = list[list[str]]


def recall(retrieved: Units, needed: Units, k: int) -> Scored:
    """Share of the evidence among the first k units retrieved."""
    return recall_at(_sets(retrieved), _sets(needed), k), ""


def hit(retrieved: Units, right: list[str], k: int) -> Scored:
    """Is a right unit among the first k?"""
    return hit_at(_sets(retrieved), frozenset(right), k), ""


def rank(retrieved: Units, right: list[str]) -> Scored:
    """Reciprocal rank of the first right unit, among ten."""
    return reciprocal_rank(_sets(retrieved), frozenset(right)), ""


def ndcg(retrieved: Units, needed: Units) -> Scored:
    """nDCG over ten units."""
    return ndcg_at(_sets(retrieved), _sets(needed)), ""


def citation_precision(cited: Units, right: list[str]) -> Scored:
    """Share of the citations that are right; 0 without a citation, as ALCE counts (Gao et al. 2023)."""
    good = sum(bool(set(c) & set(right)) for c in cited)
    return (good / len(cited) if cited else 0.0), f"{good}/{len(cited)}"


def citation_recall(cited: Units, needed: Units) -> Scored:
    """Share of the evidence that is cited."""
    covered = sum(any(set(c) & set(piece) for c in cited) for piece in needed)
    return (covered / len(needed) if needed else 0.0), f"{covered}/{len(needed)}"


def right_citation(answered: bool, cited: Units, right: list[str]) -> Scored:
    """1 when it answers and cites something right: what a reader needs."""
    return float(answered and any(set(c) & set(right) for c in cited)), ""


def first_citation(cited: Units, right: list[str]) -> Scored:
    """1 when the first citation is right."""
    return float(bool(cited) and bool(set(cited[0]) & set(right))), ""


def without_problem(problems: list[str]) -> Scored:
    """1 when nothing was found, else 0 and what was."""
    return float(not problems), " ; ".join(problems)


def faithful_quotes(classes: list[str]) -> Scored:
    """Share of the quotations that are verbatim, to typography."""
    wrong = [c for c in classes if c not in FAITHFUL]
    return 1 - len(wrong) / len(classes), ", ".join(wrong)


def sourced(sentences: int, with_source: int) -> Scored:
    """Share of what is asserted that carries a citation."""
    return with_source / sentences, f"{with_source}/{sentences}"


def supported(problems: list[str], wrong: int, compared: int) -> Scored:
    """Share of the cited sentences whose numbers, modality, negation and words their citation holds."""
    return 1 - wrong / compared, " ; ".join(problems)


def key_facts(covered: float, total: float, missing: list[str], forbidden: list[str]) -> Scored:
    """Share of the key facts that are said, by weight; 0 when something forbidden is."""
    if forbidden:
        return 0.0, f"énoncé interdit : {', '.join(forbidden)}"
    return (covered / total if total else 1.0), f"manque : {', '.join(missing)}" if missing else ""


def conduct(must_answer: bool, answered: bool) -> str:
    """répond, refus à tort, s'abstient, répond à tort."""
    if must_answer:
        return "répond" if answered else "refus à tort"
    return "répond à tort" if answered else "s'abstient"


def milliseconds(value: float) -> Scored:
    """The time that the answer took."""
    return value, ""


def _sets(units: Units) -> list[frozenset[str]]:
    return [frozenset(unit) for unit in units]
