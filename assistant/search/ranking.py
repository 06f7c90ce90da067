"""From signals to a ranking with probabilities, and from a ranking to the decision to answer.

The numbers come from `ranking.json`, fitted by `cct eval fit` on the development questions; nothing here
was chosen by hand but the form of the models: a conditional logit over the units of the corpus
(McFadden 1974), and a multinomial logistic regression over what the question resembles.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from assistant.search.asked_questions import LIMIT_KINDS
from assistant.search.search_index import SIGNALS, Evidence, FloatArray

Verdict = Literal["answer", "unanswered", "hostile", "small_talk"]
VERDICTS: tuple[Verdict, ...] = ("answer", "unanswered", "hostile", "small_talk")
_OF_A_LIMIT = (
    "best", "three", "words", "near", "near_three", "centre", "odds_wide", "odds_narrow",
    "votes_5", "votes_15", "votes_40", "over",
)  # fmt: skip
FEATURES = (
    "probability", "margin", "first_three", "entropy", "best_question", "questions", "sentences", "words", "matched",
    "near_question", "centre", "near_subject", "nearest_question", "nearest_centre", "length", "for_records",
    "waits", "holds",
    *(f"{kind}_{name}" for kind in LIMIT_KINDS for name in _OF_A_LIMIT),
)  # fmt: skip


class RankingParameters(BaseModel):
    """The fitted numbers, as `ranking.json` holds them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    embedding: str
    """Name of the embedding they were fitted with; another one ranks by them but is not calibrated."""
    signal_weights: dict[str, float]
    kind_bias: dict[str, float]
    feature_mean: dict[str, float]
    feature_scale: dict[str, float]
    verdict_weights: dict[str, dict[str, float]]
    verdict_bias: dict[str, float]
    answer_threshold: float
    """Probability of "answer" from which an answer is given."""
    refuse_threshold: float
    """Probability of "hostile" or "small_talk" from which the question is refused, unless "answer" is likelier."""
    cite_share: float
    """A further unit is cited when its probability is at least this share of the first one's…"""
    cite_probability: float
    """… and at least this much."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Units by probability of answering, best first."""

    order: tuple[int, ...]
    probabilities: FloatArray
    """One a unit, by unit number; they sum to 1 over the eligible ones."""

    @property
    def best(self) -> float:
        """Probability of the first unit; 0 without any."""
        return float(self.probabilities[self.order[0]]) if self.order else 0.0


@lru_cache(maxsize=1)
def packaged_parameters() -> RankingParameters:
    """The parameters that ship with the program."""
    return RankingParameters.model_validate(
        json.loads(files("assistant.search").joinpath("ranking.json").read_text(encoding="utf-8"))
    )


def standardised(signals: FloatArray) -> FloatArray:
    """Each column with mean 0 and standard deviation 1 over the units."""
    spread = signals.std(axis=0, keepdims=True)
    return np.asarray((signals - signals.mean(axis=0, keepdims=True)) / (spread + 1e-6), dtype=np.float32)


def rank(evidence: Evidence, kinds: Sequence[str], eligible: FloatArray, parameters: RankingParameters) -> Ranking:
    """Every eligible unit by probability. `eligible` holds 1 or 0 a unit, `kinds` its kind."""
    if not len(kinds) or not eligible.any():
        return Ranking((), np.zeros(len(kinds), dtype=np.float32))
    weights = np.array([parameters.signal_weights[name] for name in SIGNALS], dtype=np.float32)
    scores = standardised(evidence.signals) @ weights
    scores = scores + np.array([parameters.kind_bias.get(kind, 0.0) for kind in kinds], dtype=np.float32)
    scores = np.where(eligible > 0, scores, -1e9)
    exponentials = np.exp(scores - scores.max())
    probabilities = np.asarray(exponentials / exponentials.sum(), dtype=np.float32)
    order = np.argsort(-scores, kind="stable")
    return Ranking(tuple(order[eligible[order] > 0].tolist()), probabilities)


def question_features(
    evidence: Evidence,
    ranking: Ranking,
    word_count: int,
    for_records: bool,
    waited: tuple[float, float] = (0.0, 0.0),
) -> FloatArray:
    """What decides between answering, abstaining and refusing: one number a name of FEATURES.

    `waited`: see assistant.question.expected_kind.waited, of the ranking's first unit.
    """
    first = ranking.order[0]
    chances = ranking.probabilities[list(ranking.order)]
    second = chances[1] if len(chances) > 1 else 0.0
    row = dict(zip(SIGNALS, (float(x) for x in evidence.signals[first]), strict=True))
    highest = dict(zip(SIGNALS, (float(x) for x in evidence.signals.max(axis=0)), strict=True))
    values = [
        ranking.best,
        float(np.log(ranking.best + 1e-6) - np.log(second + 1e-6)),
        float(chances[:3].sum()),
        -float((chances * np.log(chances + 1e-9)).sum()),
        evidence.best_question,
        row["questions"],
        row["sentences"],
        row["words"] / (word_count + 3),
        evidence.matched,
        row["near_question"],
        row["centre"],
        row["near_subject"],
        highest["near_question"],
        highest["centre"],
        float(np.log1p(word_count)),
        float(for_records),
        *waited,
    ]
    for limit in evidence.limits:
        values += [
            limit.best,
            limit.three,
            limit.words / (word_count + 3),
            limit.near,
            limit.near_three,
            limit.centre,
            *limit.odds,
            *limit.votes,
            row["questions"] - limit.three,
        ]
    return np.array(values, dtype=np.float32)


def verdicts(features: FloatArray, parameters: RankingParameters) -> dict[Verdict, float]:
    """Probability of each verdict for a question's features."""
    mean = np.array([parameters.feature_mean[name] for name in FEATURES])
    scale = np.array([parameters.feature_scale[name] for name in FEATURES])
    standard = (features - mean) / scale
    scores = np.array(
        [
            sum(parameters.verdict_weights[v][name] * x for name, x in zip(FEATURES, standard, strict=True))
            + parameters.verdict_bias[v]
            for v in VERDICTS
        ]
    )
    exponentials = np.exp(scores - scores.max())
    shares = exponentials / exponentials.sum()
    return {v: float(p) for v, p in zip(VERDICTS, shares, strict=True)}


def without_suspicion(chances: dict[Verdict, float], margin: float) -> dict[Verdict, float]:
    """The chances, that of an attack shared among the others when it is suspected by less than the margin.

    `margin`: how many times likelier than an answer an attack must be; 1 leaves the chances as they are.
    """
    if margin <= 1 or chances["hostile"] >= margin * chances["answer"]:
        return chances
    kept = 1 - chances["hostile"]
    return {v: 0.0 if v == "hostile" else chance / kept for v, chance in chances.items()}
