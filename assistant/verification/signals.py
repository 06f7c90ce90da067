"""What tells that a part of a sentence is not what its passages say: figures that a fitted judgement weighs.

A signal is 0 when nothing tells; those of `same.` tell in favour of the sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.verification.evidence import GivenPassage, WordWeights
from assistant.verification.reading_signals import of_readings
from assistant.verification.support import Support, claim_stems, credit, share, support_of
from assistant.verification.wording_signals import of_wording


def signals(
    text: str, passages: Sequence[GivenPassage], others: Sequence[GivenPassage], weights: WordWeights
) -> dict[str, float]:
    """Every signal of a part of a sentence that is not 0; `others` were given too and are not cited."""
    support = support_of(text, passages, others, weights)
    found = _of_support(text, passages, weights, support)
    found |= of_readings(text, passages, weights) | of_wording(text, passages, weights)
    if len(passages) > 1:
        least = min(support_of(text, [p], [], weights).coverage for p in passages)
        found["idle"] = max(0.0, 0.3 - least)
    return {name: value for name, value in found.items() if value}


def _of_support(
    text: str, passages: Sequence[GivenPassage], weights: WordWeights, support: Support
) -> dict[str, float]:
    stems = claim_stems(text)
    spans = [span for p in passages for span in p.spans]
    whole = [(p.stems, p.roots) for p in passages]
    held = [max((_credit(s, w) for w in whole), default=0.0) for s in stems]
    best = _best_span(stems, spans, weights)
    near = [_credit(s, best) for s in stems] if best else [0.0] * len(stems)
    shares = [share(s, weights) for s in stems]
    gaps = [w * (1 - h) for w, h in zip(shares, held, strict=True)]
    far = [w * (1 - h) for w, h in zip(shares, near, strict=True)]
    total = sum(shares) or 1.0
    in_one = 1 - sum(far) / total
    return {
        "gap": 1 - support.coverage,
        "gap.low": max(0.0, 0.7 - support.coverage),
        "gap.lowest": max(0.0, 0.5 - support.coverage),
        "run": 1 - support.weakest,
        "run.low": max(0.0, 0.45 - support.weakest),
        "run.lowest": max(0.0, 0.28 - support.weakest),
        "elsewhere": max(0.0, -support.margin),
        "elsewhere.near": max(0.0, 0.15 - support.margin),
        "one": 1 - in_one,
        "one.low": max(0.0, 0.5 - in_one),
        "unsaid": sum(gaps),
        "unsaid.run": _heaviest_run(held, gaps),
        "unsaid.end": _heaviest_run(held[-5:], gaps[-5:]),
        "far.run": _heaviest_run(near, far),
        "far.end": _heaviest_run(near[-5:], far[-5:]),
        "short": 1.0 if len(stems) < 3 else 0.0,
    }


_Span = tuple[frozenset[str], frozenset[str]]
"""Stems and their beginnings."""
_ALIKE = 0.8
"""What a word of the same sense counts for."""


def _credit(stem: str, span: _Span) -> float:
    return credit(stem, *span, alike=_ALIKE)


def _best_span(stems: Sequence[str], spans: Iterable[_Span], weights: WordWeights) -> _Span | None:
    return max(
        spans,
        key=lambda span: sum(share(s, weights) * _credit(s, span) for s in stems),
        default=None,
    )


def _heaviest_run(held: Sequence[float], gaps: Sequence[float]) -> float:
    """The heaviest words in a row of which none is held."""
    most = current = 0.0
    for h, g in zip(held, gaps, strict=True):
        current = current + g if h < 0.5 else 0.0
        most = max(most, current)
    return most
