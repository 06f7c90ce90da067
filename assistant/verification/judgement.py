"""The fitted weights that turn signals into a decision, and the one that tells most into words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

Family = Literal["modality", "negation", "opposite", "number", "wrong_passage", "support"]
"""What a judgement holds against a sentence."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A sum of weighted signals: from `limit` on, the sentence is not shown as verified."""

    weights: Mapping[str, float]
    limit: float

    def score(self, signals: Mapping[str, float]) -> float:
        """How much tells against a sentence."""
        return sum(self.weights.get(name, 0.0) * value for name, value in signals.items())

    def heaviest(self, signals: Mapping[str, float]) -> Family:
        """The family of signals that tells most."""
        told: dict[Family, float] = {"support": 0.0}
        for name, value in signals.items():
            family = _family(name)
            told[family] = told.get(family, 0.0) + self.weights.get(name, 0.0) * value
        return max(told, key=lambda family: told[family])


def decisive(signals: Mapping[str, float]) -> Family | None:
    """What rejects a sentence whatever the rest tells: a contrary, a loss accepted, a ban that is said not to be one,
    hardly a word in common; and any conflict in a sentence that else says what one sentence of the passage says.
    """
    firm = next((name for name in signals if name.startswith(_FIRM)), None)
    if firm is None and signals.get("one", 0.0) <= _WORD_FOR_WORD:
        conflicts = (name for name in signals if name.startswith(_CONFLICTS))
        firm = min((name for name in conflicts if not name.endswith(_DOUBTFUL)), default=None)
    if firm is not None:
        return _family(firm)
    unsaid = signals.get("gap", 0.0) > _HARDLY_A_WORD or signals.get("lead", 0.0) > _UNSAID_LEAD
    return "support" if unsaid else None


def duty_changed(signals: Mapping[str, float]) -> bool:
    """True when every reading finds advice where the sentence obliges, or a requirement where it leaves the choice.

    Apart from what is decisive: the weights are fitted on these sentences too.
    """
    return signals.keys() >= _ADVICE_MADE_A_DUTY or signals.keys() >= _DUTY_MADE_A_CHOICE


_ADVICE_MADE_A_DUTY = frozenset({"rule.modality.obligation", "force.oblige.for.conseille", "verb.stronger"})
_DUTY_MADE_A_CHOICE = frozenset({"rule.modality.possibilité", "force.permet.nowhere.rule", "force.weaker.duty"})
_FIRM = ("rule.opposite", "rule.concedes", "rule.whole", "turn.excused")
_CONFLICTS = ("rule.modality", "rule.negation")
_DOUBTFUL = (".alone", ".same", ".refused")
"""Conflicts that another reading does not confirm."""
_WORD_FOR_WORD = 0.1
"""Share of its words that a sentence has and its nearest one has not, up to which it says the same thing."""
_HARDLY_A_WORD = 0.78
_UNSAID_LEAD = 1.4
"""Weight of words in a row, before a list, that neither the question nor any passage has: an ordinary one has one."""
_FAMILIES: Mapping[str, Family] = {
    "rule.modality": "modality", "rule.whole": "modality", "force": "modality", "verb": "modality",
    "turn": "negation",
    "rule.negation": "negation", "denial": "negation", "denied": "negation", "rule.concedes": "negation",
    "rule.opposite": "opposite", "order": "opposite", "elsewhere": "wrong_passage", "idle": "wrong_passage",
    "bound": "number", "count": "number", "corrected": "opposite",
}  # fmt: skip


def _family(name: str) -> Family:
    return next((family for start, family in _FAMILIES.items() if name.startswith(start)), "support")


@lru_cache(maxsize=1)
def packaged_judgement() -> Judgement:
    """The weights that the package brings, fitted by `cct eval verification --fit --write`."""
    values = json.loads(files("assistant").joinpath("verification/judgement.json").read_text(encoding="utf-8"))
    return Judgement({name: float(w) for name, w in values["weights"].items()}, float(values["limit"]))
