"""Fits `assistant/search/ranking.json` on the development questions.

Three fits, each with cross-validation that leaves one question set, so one author, out: the weights of the
signals (conditional logit, maximum likelihood, L2), the verdict (multinomial logistic regression, L2; the
bank's own questions, held out of the index part by part, are added to its examples), and the thresholds,
chosen on the out-of-fold probabilities so that no question is judged by numbers that saw it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant.question.expected_kind import expected_kind, waited
from assistant.question.reading import read_question
from assistant.search.french_text import tokens
from assistant.search.ranking import FEATURES, VERDICTS, RankingParameters, question_features, rank, standardised
from assistant.search.search_index import SIGNALS, Evidence
from assistant.selection import Selection
from eval.fitting.bank_folds import HeldOut, by_author
from eval.fitting.fit_thresholds import citing, decisions, expected, thresholds
from eval.fitting.fitted_parameters import KINDS, rounded, unfitted
from eval.question_sets.question_set import EvalQuestion
from eval.runs.evidence import EvidenceFinder

Floats = NDArray[np.float64]
_WRITTEN_FOR_TESTS = 6.0
"""Weight of a question written for evaluation beside one of the bank (more alike: cross-set trials chose it)."""
_VERDICT_OF = {
    "answerable": "answer", "look_alike": "answer", "unanswerable": "unanswered",
    "hostile": "hostile", "small_talk": "small_talk",
}  # fmt: skip


@dataclass(slots=True)
class _Example:
    question: EvalQuestion | None
    """None for a question of the bank."""
    evidence: Evidence
    columns: Floats
    right: list[int]
    verdict: int
    for_records: bool
    fold: int
    words: int
    waited: tuple[tuple[float, float], ...]
    """See assistant.question.expected_kind.waited, one a unit; empty when the question waits for no kind of thing."""


@dataclass(frozen=True, slots=True)
class FitReport:
    """The fitted parameters and what they score out of fold."""

    parameters: RankingParameters
    scores: dict[str, float]
    curve: tuple[tuple[float, float, float], ...]
    """Risk and coverage: (threshold, share of answerable questions answered, share of unanswerable ones answered)."""
    ranked: tuple[_Example, ...] = ()
    """The answerable questions with their signals, for the ablation."""


def fit(
    selection: Selection,
    finder: EvidenceFinder,
    questions: Sequence[EvalQuestion],
    embedding: str,
    bank_questions: Sequence[HeldOut] = (),
) -> FitReport:
    """Fits every number on the questions; those that the records answer count for the verdict only."""
    examples = _examples(selection, finder, questions)
    ranked = [e for e in examples if e.right]
    weights = _fit_weights(ranked)
    asked = expected([e.question for e in examples if e.question is not None])
    draft = unfitted(weights, embedding)
    known = [_known_example(h, selection) for h in bank_questions]
    out_of_fold = _out_of_fold(examples, known, ranked, selection.kinds, embedding)
    mean, scale, verdict_weights = _fit_verdicts(examples, known, selection.kinds, draft)
    answer_threshold, refuse_threshold, curve = thresholds(asked, out_of_fold.verdicts)
    share, probability = citing(out_of_fold.rankings)
    parameters = draft.model_copy(
        update={
            "feature_mean": dict(zip(FEATURES, rounded(mean), strict=True)),
            "feature_scale": dict(zip(FEATURES, rounded(scale), strict=True)),
            "verdict_weights": {
                v: dict(zip(FEATURES, rounded(row[:-1]), strict=True))
                for v, row in zip(VERDICTS, verdict_weights, strict=True)
            },
            "verdict_bias": {v: round(float(row[-1]), 5) for v, row in zip(VERDICTS, verdict_weights, strict=True)},
            "answer_threshold": answer_threshold,
            "refuse_threshold": refuse_threshold,
            "cite_share": share,
            "cite_probability": probability,
        }
    )
    return FitReport(parameters, out_of_fold.scores(answer_threshold, refuse_threshold), curve, tuple(ranked))


def ablation(fitted: FitReport) -> dict[str, dict[str, float]]:
    """Found in first 1, 5 and 10 out of fold with every signal, then with each one left out and refitted."""
    ranked = fitted.ranked
    results = {"tous les signaux": _found(ranked, None)}
    for name in (*SIGNALS, "kind"):
        results[f"sans {name}"] = _found(ranked, name)
    return results


def _examples(selection: Selection, finder: EvidenceFinder, questions: Sequence[EvalQuestion]) -> list[_Example]:
    place_of: dict[tuple[str, str, int], int] = {}
    for n, unit in enumerate(selection.index.units):
        for located in unit.located:
            place_of[(located.source, located.document, located.passage.lines.start)] = n
    bias = np.array([[kind == k for k in KINDS] for kind in selection.kinds], dtype=np.float32)
    examples = []
    folds = by_author(questions)
    for fold, question in zip(folds, questions, strict=True):
        for_records = read_question(question.question).asks_for_records
        evidence = selection.index.evidence(question.question)
        right = sorted({place_of[key] for key in finder.gold(question).right}) if question.must_answer else []
        if question.must_answer and not right:
            continue
        verdict = _VERDICT_OF[question.kind]
        if for_records and question.reason == "id_inexistant":
            verdict = "answer"  # not an attack: the records themselves say that there is no such identifier
        examples.append(
            _Example(
                question=question,
                evidence=evidence,
                columns=np.hstack([standardised(evidence.signals), bias]),
                right=[] if read_question(question.question).ids else right,
                verdict=[str(v) for v in VERDICTS].index(verdict),
                for_records=for_records,
                fold=fold,
                words=len(set(tokens(question.question))),
                waited=_waited(question.question, selection),
            )
        )
    return examples


def _waited(question: str, selection: Selection) -> tuple[tuple[float, float], ...]:
    if expected_kind(question) is None:
        return ()
    return tuple(waited(question, unit.passage.sentences) for unit in selection.index.units)


def _known_example(held: HeldOut, selection: Selection) -> _Example:
    return _Example(
        question=None,
        evidence=held.evidence,
        columns=np.zeros((0, 0)),
        right=list(held.right),
        verdict=[str(v) for v in VERDICTS].index(held.verdict),
        for_records=read_question(held.question).asks_for_records,
        fold=-1,
        words=len(set(tokens(held.question))),
        waited=_waited(held.question, selection),
    )


def _fit_weights(examples: Sequence[_Example], without: str | None = None, strength: float = 0.01) -> Floats:
    """Maximum-likelihood weights of the conditional logit; signals count positively, kinds either way."""
    free = np.array([name != without for name in SIGNALS] + [without != "kind"] * len(KINDS))
    columns = np.stack([e.columns for e in examples])
    right = np.zeros(columns.shape[:2], dtype=bool)
    for row, example in zip(right, examples, strict=True):
        row[example.right] = True

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = columns @ weights
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        mass = (shares * right).sum(axis=1) + 1e-12
        towards = shares * right / mass[:, None] - shares
        gradient = 2 * strength * weights - np.einsum("qu,quc->c", towards, columns) / len(examples)
        return strength * float(weights @ weights) - float(np.log(mass).mean()), np.where(free, gradient, 0.0)

    bounds: list[tuple[float | None, float | None]] = [(0.0, None if f else 0.0) for f in free[: len(SIGNALS)]]
    bounds += [(None, None) if f else (0.0, 0.0) for f in free[len(SIGNALS) :]]
    start = np.where(free, np.array([0.3] * len(SIGNALS) + [0.0] * len(KINDS)), 0.0)
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x)


def _fit_verdicts(
    examples: Sequence[_Example], known: Sequence[_Example], kinds: Sequence[str], parameters: RankingParameters
) -> tuple[Floats, Floats, Floats]:
    """Mean and scale of the features, and the verdict's weights, from both kinds of examples."""
    features = np.array([_features(e, kinds, parameters) for e in (*examples, *known)])
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    verdicts = np.array([e.verdict for e in (*examples, *known)])
    trust = np.array([_WRITTEN_FOR_TESTS] * len(examples) + [1.0] * len(known))
    return mean, scale, _fit_verdict((features - mean) / scale, verdicts, trust)


def _fit_verdict(features: Floats, verdicts: NDArray[np.int64], trust: Floats, strength: float = 0.003) -> Floats:
    """Weights (verdicts, features + 1), the last column the bias; a class weighs by the root of its number."""
    inputs = np.hstack([features, np.ones((len(features), 1))])
    targets = np.eye(len(VERDICTS))[verdicts]
    counts = (targets * trust[:, None]).sum(axis=0)
    importance = trust * (1 / np.sqrt(np.maximum(counts, 1)))[verdicts]
    importance = importance / importance.sum()

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(len(VERDICTS), -1)
        scores = inputs @ weights.T
        scores = scores - scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        shares /= shares.sum(axis=1, keepdims=True)
        total = -float((importance * np.log(shares[np.arange(len(inputs)), verdicts] + 1e-12)).sum())
        gradient = ((shares - targets) * importance[:, None]).T @ inputs + 2 * strength * weights
        return total + strength * float((weights**2).sum()), gradient.ravel()

    start = np.zeros(len(VERDICTS) * inputs.shape[1])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x).reshape(len(VERDICTS), -1)


@dataclass(slots=True)
class _OutOfFold:
    examples: list[_Example]
    verdicts: Floats
    rankings: list[tuple[list[float], list[bool]]]

    def scores(self, answer: float, refuse: float) -> dict[str, float]:
        """Retrieval and decision scores, each question judged by numbers fitted on the others."""
        ranks = [next((n for n, ok in enumerate(right) if ok), 10_000) for _, right in self.rankings]
        found = {f"trouvé dans les {k} premiers": float(np.mean([r < k for r in ranks])) for k in (1, 5, 10)}
        answered, wrongly = decisions(
            expected([e.question for e in self.examples if e.question]), self.verdicts, answer, refuse
        )
        return {**found, "refus à tort": 1 - answered, "réponse abusive": wrongly, "questions": len(self.examples)}


def _out_of_fold(
    examples: list[_Example],
    known: list[_Example],
    ranked: list[_Example],
    kinds: Sequence[str],
    embedding: str,
) -> _OutOfFold:
    verdict_rows = np.zeros((len(examples), len(VERDICTS)))
    rankings = []
    for fold in sorted({e.fold for e in examples}):
        parameters = unfitted(_fit_weights([e for e in ranked if e.fold != fold]), embedding)
        seen = [e for e in examples if e.fold != fold]
        mean, scale, weights = _fit_verdicts(seen, known, kinds, parameters)
        for n, example in enumerate(examples):
            if example.fold == fold:
                standard = (_features(example, kinds, parameters) - mean) / scale
                scores = weights @ np.append(standard, 1.0)
                shares = np.exp(scores - scores.max())
                verdict_rows[n] = shares / shares.sum()
        for example in ranked:
            if example.fold == fold:
                ranking = rank(example.evidence, kinds, np.ones(len(kinds), np.float32), parameters)
                first = ranking.order[:20]
                rankings.append(
                    ([float(ranking.probabilities[u]) for u in first], [u in example.right for u in first])
                )
    return _OutOfFold(examples, verdict_rows, rankings)


def _features(example: _Example, kinds: Sequence[str], parameters: RankingParameters) -> Floats:
    ranking = rank(example.evidence, kinds, np.ones(len(kinds), np.float32), parameters)
    held = example.waited[ranking.order[0]] if example.waited else (0.0, 0.0)
    return np.asarray(
        question_features(example.evidence, ranking, example.words, example.for_records, held), dtype=np.float64
    )


def _found(examples: Sequence[_Example], without: str | None) -> dict[str, float]:
    ranks: list[int] = []
    for fold in sorted({e.fold for e in examples}):
        weights = _fit_weights([e for e in examples if e.fold != fold], without)
        for example in examples:
            if example.fold == fold:
                order = np.argsort(-(example.columns @ weights), kind="stable")
                ranks.append(next(n for n, u in enumerate(order) if int(u) in example.right))
    return {f"{k}": float(np.mean([r < k for r in ranks])) for k in (1, 5, 10)}
