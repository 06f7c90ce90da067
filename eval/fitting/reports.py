"""Reports in Markdown, in French."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from assistant.selection import Selection
from eval.fitting.fit_ranking import FitReport
from eval.fitting.measure import Outcome, summary


def fit_report(
    fitted: FitReport, ablations: dict[str, dict[str, float]], names: Sequence[str], selection: Selection
) -> str:
    """What was fitted, on what, and what it scores out of fold; with the risk-coverage curve and the ablation."""
    p = fitted.parameters
    lines = [
        "# Ajustement de la recherche",
        "",
        f"Jeux : {', '.join(names)}. {_revisions(selection)} Embedding : {p.embedding}.",
        "Chaque question est jugée par des nombres ajustés sur les autres jeux, donc sur d'autres auteurs.",
        "",
        *_table(("mesure", "valeur"), [(k, _number(v)) for k, v in fitted.scores.items()]),
        "",
        "## Poids",
        "",
        *_table(("signal", "poids"), [(k, f"{v:.3f}") for k, v in (p.signal_weights | p.kind_bias).items()]),
        "",
        f"Seuil de réponse {p.answer_threshold}, seuil de refus {p.refuse_threshold} ; "
        f"un autre passage est cité si sa probabilité vaut au moins {p.cite_share} fois "
        f"celle du premier et {p.cite_probability}.",
        "",
        "## Risque et couverture",
        "",
        *_table(
            ("seuil", "répond quand il le faut", "répond à tort"),
            [(f"{t:.2f}", f"{a:.3f}", f"{w:.3f}") for t, a, w in fitted.curve],
        ),
        "",
        "## Sans chaque signal (réajusté)",
        "",
        *_table(
            ("signaux", "premier", "5 premiers", "10 premiers"),
            [(name, *(f"{found[k]:.3f}" for k in ("1", "5", "10"))) for name, found in ablations.items()],
        ),
    ]
    return "\n".join(lines) + "\n"


def measure_report(
    outcomes: Sequence[Outcome], names: Sequence[str], selection: Selection, with_failures: bool = False
) -> str:
    """The figures of a measure, by kind and style, and the failures one by one when asked."""
    lines = [
        "# Mesure",
        "",
        f"Jeux : {', '.join(names)}. {_revisions(selection)} Sans modèle de langue.",
        "",
        *_table(("mesure", "valeur"), [(k, _number(v)) for k, v in summary(outcomes).items()]),
        "",
        "## Par nature et par style",
        "",
    ]
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[f"{outcome.question.kind}, {outcome.question.reason or outcome.question.style}"].append(outcome)
    lines += _table(
        ("groupe", "questions", "réussies"),
        [(k, str(len(g)), f"{sum(not o.failed for o in g) / len(g):.3f}") for k, g in sorted(groups.items())],
    )
    if with_failures:
        lines += ["", "## Manquées", ""]
        lines += [_failure(o) for o in outcomes if o.failed]
    return "\n".join(lines) + "\n"


def _failure(outcome: Outcome) -> str:
    first = outcome.answer.retrieved[0].place if outcome.answer.retrieved else None
    found = f"{first.source}:{first.document}:{first.line_start} {first.id or ''}" if first else "rien"
    wanted = ", ".join(f"{ref.passage}" for ref in outcome.question.evidence[:3])
    return (
        f"- {outcome.question.id} ({outcome.question.kind}) {outcome.question.question} → "
        f"{outcome.answer.status}, rang {outcome.rank}, attendu {wanted or 'aucun'}, premier {found}"
    )


def _revisions(selection: Selection) -> str:
    names = [f"{r.source} {r.commit[:7]} ({r.date})" for r in selection.revisions]
    return f"Révisions : {', '.join(names)}."


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        f"| {' | '.join(header)} |",
        f"|{'|'.join(' --- ' for _ in header)}|",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 1 and value == int(value) else f"{value:.3f}"
