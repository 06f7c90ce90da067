"""The section of what a judging model says: advice, until people's labels say that it can be believed."""

from __future__ import annotations

import math

from eval.judging.calibration import ENOUGH_AGREEMENT, ENOUGH_LABELS
from eval.judging.judged_metrics import LABELS
from eval.report.data import Judged, ReportData
from eval.report.drawing import Estimate, forest
from eval.report.markup import Cell, figure, paragraph, section, table

TITLE = "Avis d'un modèle juge"


def judged_section(data: ReportData) -> str:
    """Mean, spread between repeats and missing verdicts of each judged metric; it enters no conclusion."""
    if data.judged is None:
        return section("juge", TITLE, paragraph("Cette exécution n'a pas été jugée (« cct eval judge »)."))
    judged = data.judged
    estimates = [
        Estimate(LABELS.get(f.metric, f.metric), f.mean, max(0.0, f.mean - f.spread), min(1.0, f.mean + f.spread))
        for f in judged.figures
        if not math.isnan(f.mean)
    ]
    rows: list[list[Cell]] = [
        [LABELS.get(f.metric, f.metric), "–" if math.isnan(f.mean) else f"{f.mean:.3f}", f"{f.spread:.3f}",
         str(f.rows), f"{f.unscored} sur {f.asked}", _state(judged, f.metric)]
        for f in judged.figures
    ]  # fmt: skip
    header = (
        "mesure",
        "moyenne",
        "écart-type entre reprises",
        "réponses",
        "sans verdict",
        "accord avec des personnes",
    )
    words = (
        f"Juge : {judged.name}. Ces chiffres sont indicatifs et n'entrent dans aucun verdict : il faut "
        f"{ENOUGH_LABELS} réponses étiquetées et un kappa d'au moins {str(ENOUGH_AGREEMENT).replace('.', ',')}. "
        "Une réponse sans verdict ne compte ni pour ni contre."
    )
    drawn = table(TITLE, header, rows)
    if estimates:
        drawn = figure(forest("Moyenne et écart-type entre reprises", estimates), drawn)
    return section("juge", TITLE, paragraph(words), drawn)


def _state(judged: Judged, metric: str) -> str:
    found = next((a for a in judged.agreements if a.metric == metric), None)
    if found is None:
        return "pas d'étiquette"
    state = "calibré" if found.calibrated else "indicatif"
    return f"kappa {found.kappa:.2f} sur {found.labels}, {state}"
