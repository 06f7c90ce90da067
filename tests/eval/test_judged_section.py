"""A judge's figures are shown apart, with what got no verdict and how far people agree."""

from __future__ import annotations

from types import SimpleNamespace

from eval.judging.judge_run import Verdict, judged_figures
from eval.report.data import Judged
from eval.report.judged_section import judged_section


def test_a_judged_run_shows_mean_spread_and_missing_verdicts_as_advice() -> None:
    verdicts = [
        Verdict(row="D-1", metric="fidelite_jugee", repeat=0, value=1.0),
        Verdict(row="D-1", metric="fidelite_jugee", repeat=1, value=0.5),
        Verdict(row="D-2", metric="fidelite_jugee", repeat=0, reason="illisible"),
    ]
    shown = judged_section(SimpleNamespace(judged=Judged("essai", tuple(judged_figures(verdicts)))))  # type: ignore[arg-type]  # reads only judged
    assert "0.750" in shown
    assert "1 sur 3" in shown
    assert "indicatifs" in shown
    assert "pas d'étiquette" in shown.replace("&#x27;", "'")


def test_a_run_that_was_not_judged_says_so() -> None:
    assert "n'a pas été jugée" in judged_section(SimpleNamespace(judged=None)).replace("&#x27;", "'")  # type: ignore[arg-type]  # reads only judged
