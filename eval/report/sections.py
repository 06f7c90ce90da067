"""The sections of the report that are made of figures."""

from __future__ import annotations

from collections.abc import Sequence

from eval.report.data import ReportData, families, risk_at, risk_coverage, succeeded
from eval.report.drawing import Bar, Estimate, curve, differences, forest, heatmap
from eval.report.markup import Cell, figure, items, paragraph, section, table
from eval.revisions.comparison_report import EFFECTS, lost_questions, verdict_words
from eval.revisions.replay import STEP_HEADER, step_cells
from eval.revisions.stale_report import FATES
from eval.revisions.staleness import QuestionState
from eval.scoring.score_run import RunScores
from eval.scoring.statistics import Interval, no_failure_bound, wilson
from eval.scoring.summary import Figure, figures, shown

_MOST_ROWS = 400


def current_section(data: ReportData) -> str:
    """Every metric of the run against its baseline, with intervals."""
    former = {f.metric.name: f for f in figures(data.baseline.rows)} if data.baseline else {}
    low = {f.metric.name for f in data.low}
    found = [f for f in data.figures if f.metric.scale != "milliseconds"]
    estimates = [
        Estimate(
            f.metric.label,
            f.interval.value,
            f.interval.low,
            f.interval.high,
            _bounds(former[f.metric.name].interval) if f.metric.name in former else None,
            f.broken or f.metric.name in low,
        )
        for f in found
    ]
    rows: list[list[Cell]] = [
        [f.metric.label, shown(f.metric, f.interval.value), _span(f),
         shown(f.metric, former[f.metric.name].interval.value) if f.metric.name in former else "–",
         str(f.rows), str(f.interval.n), _mark(f, low, data)]
        for f in data.figures
    ]  # fmt: skip
    header = ("mesure", "valeur", "intervalle à 95 %", "référence", "réponses jugées", "passages distincts", "état")
    return section(
        "mesures",
        "Mesures",
        figure(forest("Exécution courante et référence", estimates), table("Mesures", header, rows)),
    )


def _mark(f: Figure, low: set[str], data: ReportData) -> str:
    if f.broken:
        return f"rompu ({f.failures})"
    if f.metric.invariant:
        return f"tenu ; moins de {no_failure_bound(f.interval.n):.1%} d'échecs"
    if f.metric.name in low:
        return f"sous le plancher {data.thresholds.floor[f.metric.name]:.2f}"
    return "plancher tenu" if f.metric.name in data.thresholds.floor else ""


def effects_section(data: ReportData) -> str:
    """What the documents did and what the code did, kept apart."""
    if not data.comparisons:
        return section("effets", "Effet des documents, effet du code", paragraph("Pas d'exécution de référence."))
    bars, rows, notes = [], [], []
    for one in data.comparisons:
        for d in one.differences:
            bars.append(Bar(d.metric.label, one.effect, d.change.value, d.change.low, d.change.high))
            rows.append(
                [d.metric.label, one.effect, f"{d.before:.3f}", f"{d.after:.3f}", f"{d.change.value:+.3f}",
                 f"{d.change.low:+.3f} à {d.change.high:+.3f}", f"{d.lost} / {d.gained}", f"{d.p_value:.3f}",
                 f"{d.detectable:.3f}", verdict_words(d)]
            )  # fmt: skip
            lost = lost_questions(one, d) if d.verdict == "régression" else []
            notes += [f"{d.metric.label} : {', '.join(a.id for a, _ in lost)}"] if lost else []
    header = ("mesure", "effet", "avant", "après", "différence", "intervalle à 95 %", "perdues / gagnées", "p (Holm)",
              "perte visible", "verdict")  # fmt: skip
    first = data.comparisons[0]
    text = " ; ".join(dict.fromkeys(EFFECTS[c.effect] for c in data.comparisons))
    counts = (
        f"{text.capitalize()}. {len(first.pairs)} questions valables et inchangées dans les deux exécutions ; "
        f"{len(first.new)} nouvelles ou modifiées et {len(first.gone)} qui ne valent plus ne comptent pas ici. "
        "« Perte visible » : la plus petite perte que cet échantillon montrerait quatre fois sur cinq."
    )
    drawn = figure(differences("Différences appariées", bars), table("Différences appariées", header, rows, 2))
    return section("effets", "Effet des documents, effet du code", paragraph(counts), drawn, items(notes))


def families_section(data: ReportData) -> str:
    """The share of readers served, family by family, against the baseline."""
    former = families(data.baseline.rows) if data.baseline else {}
    estimates, rows = [], []
    for name, served in families(data.scores.rows).items():
        now = wilson(sum(served), len(served))
        before = wilson(sum(former[name]), len(former[name])) if name in former else None
        estimates.append(Estimate(name, now.value, now.low, now.high, _bounds(before) if before else None))
        rows.append(
            [name, f"{now.value:.3f}", f"{now.low:.3f} – {now.high:.3f}", f"{before.value:.3f}" if before else "–",
             str(len(served))]
        )  # fmt: skip
    header = ("famille", "lecteurs bien servis", "intervalle à 95 %", "référence", "questions")
    words = (
        "Un lecteur est bien servi quand un bon passage est cité, ou quand l'assistant s'abstient comme il le doit."
    )
    drawn = figure(forest("Lecteurs bien servis, par famille", estimates), table("Par famille", header, rows))
    return section("familles", "Par famille de questions", paragraph(words), drawn)


def risk_section(data: ReportData) -> str:
    """Answering more against answering wrongly."""
    points, area = risk_coverage(data.scores.rows)
    if not points or area is None:
        return section("risque", "Risque et couverture", paragraph("Ces réponses ne disent pas leur confiance."))
    threshold = data.answer_threshold
    served = risk_at(data.scores.rows, threshold) if threshold is not None else None
    drawn = curve(
        "Risque et couverture",
        [(p.coverage, p.risk) for p in points],
        (served.coverage, served.risk) if served else None,
        ("part des questions auxquelles on répond", "part de réponses fausses"),
    )
    rows = [
        [f"{p.threshold:.3f}", f"{p.coverage:.2f}", f"{p.risk:.3f}"] for p in points[:: max(1, len(points) // 20)]
    ]
    words = f"Aire sous la courbe : {area:.3f} (0 : jamais faux)."
    if served is not None:
        words += f" Au seuil en service ({threshold}), couverture {served.coverage:.2f}, risque {served.risk:.3f}."
    equivalent = table("Risque et couverture", ("seuil de confiance", "couverture", "risque"), rows)
    return section("risque", "Risque et couverture", paragraph(words), figure(drawn, equivalent))


def history_section(data: ReportData) -> str:
    """Question by revision: a square a run."""
    if len(data.history) < 2:
        return section("historique", "Question par révision", paragraph("Une seule exécution : pas d'historique."))
    columns = [_revision_name(run) for run in data.history]
    states = {run_index: _states(run) for run_index, run in enumerate(data.history)}
    ids = list(
        dict.fromkeys(
            i for run in data.history for i in (r.id for r in run.rows if not r.variant and not r.kept_aside)
        )
    )
    grid = [(i, [states[n].get(i, "") for n in range(len(columns))]) for i in ids]
    moving = [(i, row) for i, row in grid if len({s for s in row if s in {"ok", "ko"}}) > 1 or "stale" in row]
    shown_rows = moving[:_MOST_ROWS]
    words = (
        f"{len(ids)} questions, {len(columns)} révisions ; les {len(shown_rows)} dont la réponse change ou qui ne "
        "valent pas partout sont montrées."
    )
    names = {"ok": "bonne", "ko": "perdue", "stale": "ne vaut pas", "abstain": "s'abstient", "": "–"}
    rows = [[i, *(names[s] for s in row)] for i, row in shown_rows]
    totals = [
        ["bien servis", *(f"{_served(run):.3f}" for run in data.history)],
        ["questions valables", *(str(sum(r.gating and not r.variant for r in run.rows)) for run in data.history)],
    ]
    return section(
        "historique",
        "Question par révision",
        paragraph(words),
        table("Par révision", ("", *columns), totals),
        table("D'une révision à la suivante", STEP_HEADER, [[*step_cells(s)] for s in data.steps])
        if data.steps
        else "",
        figure(
            heatmap("Question par révision", columns, shown_rows),
            table("Question par révision", ("question", *columns), rows),
        ),
    )


def _states(run: RunScores) -> dict[str, str]:
    found = {}
    for row in run.rows:
        served = succeeded(row)
        if row.variant:
            continue
        if row.expects == "nothing":
            found[row.id] = "stale"
        elif served is not None:
            found[row.id] = ("abstain" if row.expects == "abstain" else "ok") if served else "ko"
    return found


def _served(run: RunScores) -> float:
    served = [s for r in run.rows if r.gating and not r.variant and (s := succeeded(r)) is not None]
    return sum(served) / len(served) if served else float("nan")


def _revision_name(run: RunScores) -> str:
    moved = [d for d in run.transcript.record.documents if d.official] or list(run.transcript.record.documents)
    return " ".join(f"{d.source} {d.commit.removeprefix('demo-')[:7]}" for d in moved[-1:])


def changes_section(data: ReportData) -> str:
    """The requirements that changed, with the questions that they touch."""
    if not data.stale:
        return section("exigences", "Exigences modifiées", paragraph("Pas de révision de référence."))
    parts = []
    for state in data.stale:
        rows: dict[str, list[QuestionState]] = {}
        for question in state.questions:
            for followed in question.evidence:
                if followed.fate != "intact" and followed.before is not None:
                    after = followed.after.key if followed.after else "retirée"
                    moved = (
                        followed.before.key if followed.before.key == after else f"{followed.before.key} → {after}"
                    )
                    rows.setdefault(f"{moved}|{FATES[followed.fate]}", []).append(question)
        lines: list[list[Cell]] = [
            [key.split("|")[0], key.split("|")[1], ", ".join(q.question.id for q in touched),
             " ; ".join(dict.fromkeys(r for q in touched for r in q.reasons))]
            for key, touched in rows.items()
        ]  # fmt: skip
        title = f"{state.source} : {state.a.commit[:7]} → {state.b.commit[:7]}"
        parts.append(table(title, ("passage", "ce qui lui arrive", "questions touchées", "pourquoi"), lines, 9))
        advice: Sequence[Cell] = [f"{q.question.id} : {' ; '.join(q.advice)}" for q in state.advised]
        parts.append(items(advice))
    return section("exigences", "Exigences modifiées et questions touchées", *parts)


def _bounds(interval: Interval) -> tuple[float, float, float]:
    return interval.value, interval.low, interval.high


def _span(f: Figure) -> str:
    return f"{shown(f.metric, f.interval.low)} – {shown(f.metric, f.interval.high)}"
