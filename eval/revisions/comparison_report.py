"""A comparison in words, for a terminal and for the comment of a merge request."""

from __future__ import annotations

from collections.abc import Sequence

from eval.revisions.comparison import Comparison, Difference, Effect
from eval.scoring.catalogue import BY_NAME
from eval.scoring.score_run import RowScores
from eval.scoring.summary import broken_invariants

EFFECTS: dict[Effect, str] = {
    "documents": "effet des documents (même code)",
    "code": "effet du code (mêmes documents)",
    "mêlés": "documents et code ont changé : les deux effets sont mêlés",
    "aucun": "ni les documents ni le code n'ont changé",
}


def comparison_lines(comparison: Comparison) -> list[str]:
    """Markdown: what is compared, each metric with its verdict, then the questions that were lost."""
    before, after = comparison.before.transcript.record, comparison.after.transcript.record
    lines = [
        f"### {EFFECTS[comparison.effect].capitalize()}",
        "",
        f"{before.name} → {after.name}, {len(comparison.pairs)} questions valables et inchangées dans les deux "
        f"({len(comparison.new)} nouvelles ou modifiées, {len(comparison.gone)} qui ne valent plus, à part).",
        "",
        "| mesure | avant | après | différence (95 %) | perdues / gagnées | p (Holm) | perte visible | verdict |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        *(_row(d) for d in comparison.differences),
        "",
    ]
    for row, score in broken_invariants(comparison.after):
        lines.append(f"- **invariant rompu** : {row.id}, {BY_NAME[score.metric].label} — {score.reason}")
    low = comparison.low
    lines += [f"- sous le plancher : {f.metric.label}, borne basse {f.interval.low:.3f}" for f in low]
    for difference in comparison.regressed:
        lost = lost_questions(comparison, difference)
        names = ", ".join(a.id for a, _ in lost[:20]) + (" …" if len(lost) > 20 else "")
        lines.append(f"- perdues pour « {difference.metric.label} » : {names}")
    return lines


def lost_questions(comparison: Comparison, difference: Difference) -> list[tuple[RowScores, RowScores]]:
    """The pairs whose metric went down, the largest loss first; none of a set that is kept aside."""
    name = difference.metric.name

    def loss(pair: tuple[RowScores, RowScores]) -> float:
        return (pair[1].value(name) or 0.0) - (pair[0].value(name) or 0.0)

    shown = [p for p in comparison.pairs if not p[1].kept_aside]
    scored = [p for p in shown if p[0].value(name) is not None and p[1].value(name) is not None]
    return sorted((p for p in scored if loss(p) < 0), key=loss)


def verdict_words(difference: Difference) -> str:
    """ "non concluant : moins de 150 questions ne montrent pas une perte de 5 points"."""
    if difference.verdict == "non concluant":
        return f"non concluant ({difference.change.n} passages distincts)"
    return difference.verdict


def conclusion(comparisons: Sequence[Comparison]) -> str:
    """One sentence on all of them."""
    regressed = [d for c in comparisons for d in c.regressed]
    broken = [f for c in comparisons for f in c.invariants]
    unsure = [d for c in comparisons for d in c.differences if d.verdict == "non concluant"]
    if not all(c.before.complete and c.after.complete for c in comparisons):
        return "Exécution incomplète : rien ne peut en être conclu."
    if broken:
        return f"Invariant rompu : {', '.join(dict.fromkeys(f.metric.label for f in broken))}."
    if regressed:
        return f"Régression : {', '.join(dict.fromkeys(d.metric.label for d in regressed))}."
    if any(c.low for c in comparisons):
        return "Un plancher n'est pas tenu."
    if unsure:
        return f"Pas de régression établie ; non concluant pour {', '.join(d.metric.label for d in unsure)}."
    return "Aucune régression : toute perte de la taille des marges est exclue."


def _row(d: Difference) -> str:
    return (
        f"| {d.metric.label} | {d.before:.3f} | {d.after:.3f} | "
        f"{d.change.value:+.3f} ({d.change.low:+.3f} à {d.change.high:+.3f}) | {d.lost} / {d.gained} | "
        f"{d.p_value:.3f} | {d.detectable:.3f} | {verdict_words(d)} |"
    )
