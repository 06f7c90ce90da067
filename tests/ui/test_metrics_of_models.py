"""What /metrics tells of the model: which mode answered, whether it failed, how many tokens, at what cost."""

from __future__ import annotations

from assistant.answer import Answer
from ui.metrics import Metrics


def test_modes_tokens_and_cost_are_counted() -> None:
    metrics = Metrics()
    metrics.record("web", Answer("q", "answered", "t", mode="llm", tokens=(300, 40), cost=0.002), 1.0)
    metrics.record("web", Answer("q", "answered", "t", degraded="il n'a pas répondu à temps", tokens=(100, 0)), 1.0)
    metrics.record("web", Answer("q", "answered", "t"), 1.0)
    text = metrics.text(()).decode()
    assert 'cct_reponses_total{degradee="non",mode="llm"} 1.0' in text
    assert 'cct_reponses_total{degradee="oui",mode="extractive"} 1.0' in text
    assert 'cct_reponses_total{degradee="non",mode="extractive"} 1.0' in text
    assert 'cct_jetons_total{sens="lus"} 400.0' in text
    assert 'cct_jetons_total{sens="ecrits"} 40.0' in text
    assert "cct_cout_euros_total 0.002" in text
