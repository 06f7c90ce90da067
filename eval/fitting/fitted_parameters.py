"""The numbers of a fit as `ranking.json` holds them."""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import NDArray

from assistant.search.ranking import FEATURES, VERDICTS, RankingParameters
from assistant.search.search_index import SIGNALS

Floats = NDArray[np.float64]
KINDS = ("requirement", "component", "term", "norm", "section")


def write_parameters(parameters: RankingParameters) -> str:
    """The text of `ranking.json`."""
    return json.dumps(parameters.model_dump(), indent=2, ensure_ascii=False) + "\n"


def unfitted(weights: Floats, embedding: str) -> RankingParameters:
    """The parameters with the fitted weights of the ranking and nothing else."""
    neutral = dict.fromkeys(FEATURES, 0.0)
    return RankingParameters(
        embedding=embedding,
        signal_weights=dict(zip(SIGNALS, rounded(weights[: len(SIGNALS)]), strict=True)),
        kind_bias=dict(zip(KINDS, rounded(weights[len(SIGNALS) :]), strict=True)),
        feature_mean=neutral,
        feature_scale=dict.fromkeys(FEATURES, 1.0),
        verdict_weights=dict.fromkeys((str(v) for v in VERDICTS), neutral),
        verdict_bias=dict.fromkeys((str(v) for v in VERDICTS), 0.0),
        answer_threshold=0.5,
        refuse_threshold=0.5,
        cite_share=0.5,
        cite_probability=0.2,
    )


def rounded(values: Floats) -> list[float]:
    """Five decimals: what `ranking.json` holds."""
    return [round(float(v), 5) for v in values]
