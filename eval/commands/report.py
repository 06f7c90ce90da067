"""`cct eval report`: one page for people, four files for machines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eval.commands.compare import Bridge, worst_ending
from eval.commands.questions import open_corpus, write_text
from eval.commands.score import RunFolder, ThresholdsFile

if TYPE_CHECKING:
    from eval.report.data import Judged, ReportData
    from eval.revisions.comparison import Comparison
    from eval.revisions.replay import ReplayedRun, ReplayStep
    from eval.revisions.staleness import Staleness
    from eval.runs.transcript import RunRecord, Transcript
    from eval.scoring.score_run import RunScores
    from eval.scoring.source_texts import SourceTexts
    from eval.scoring.summary import Thresholds


def report(
    run: RunFolder,
    baseline: Annotated[Path | None, typer.Option("--baseline", metavar="EXÉCUTION", help="Référence.")] = None,
    bridge: Bridge = None,
    history: Annotated[
        list[Path] | None, typer.Option("--history", metavar="EXÉCUTION", help="Exécution plus ancienne ; répétable.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Page autonome ; défaut : rapport.html de l'exécution.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json")] = None,
    junit: Annotated[Path | None, typer.Option("--junit")] = None,
    markdown: Annotated[Path | None, typer.Option("--markdown", help="Commentaire de demande de fusion.")] = None,
    openmetrics: Annotated[Path | None, typer.Option("--openmetrics")] = None,
    thresholds: ThresholdsFile = None,
    strict: Annotated[bool, typer.Option("--strict", help="Un résultat non concluant fait échouer (6).")] = False,
) -> None:
    """Écrit le rapport d'une exécution (HTML, JSON, JUnit, Markdown, OpenMetrics) ; mêmes codes que « compare »."""
    from eval.report import exports
    from eval.report.html_report import html_report

    data = gathered(run, baseline, bridge, history or [], thresholds)
    write_text(html or run / "rapport.html", html_report(data))
    for path, made in (
        (json_file, exports.report_json),
        (junit, exports.junit),
        (markdown, exports.merge_comment),
        (openmetrics, exports.open_metrics),
    ):
        if path is not None:
            write_text(path, made(data))
    print(exports.verdict_of(data))
    raise typer.Exit(_ending(data, strict))


def gathered(
    run: Path, baseline: Path | None, bridge: Path | None, history: list[Path], thresholds: Path | None
) -> ReportData:
    """Everything the report shows. CctError when a run cannot be read."""
    from eval.commands.compare import comparisons
    from eval.commands.score import scored
    from eval.scoring.source_texts import SourceTexts
    from eval.scoring.summary import load_thresholds

    limits = load_thresholds(thresholds)
    scores = scored(run)
    compared: list[Comparison] = comparisons(baseline, run, bridge, limits) if baseline is not None else []
    earlier = [scored(path) for path in history]
    if earlier or compared:
        known = {p.resolve() for p in history}
        earlier += [compared[0].before] if compared and baseline and baseline.resolve() not in known else []
        earlier.append(scores)
    texts = SourceTexts(open_corpus(), scores.transcript.record.documents)
    return _data(scores, texts, limits, compared, earlier, _judged(run))


def report_of(
    run: ReplayedRun, steps: list[ReplayStep], earlier: list[ReplayedRun], thresholds: Thresholds
) -> ReportData:
    """The same for the runs of a replay, scored already: the newest one against the one before it."""
    history = [r.scores for r in (*earlier, run)]
    data = _data(run.scores, run.texts, thresholds, [steps[-1].comparison], history, None)
    return replace(data, steps=tuple(steps))


def _data(
    scores: RunScores,
    texts: SourceTexts,
    thresholds: Thresholds,
    compared: list[Comparison],
    history: list[RunScores],
    judged: Judged | None,
) -> ReportData:
    from assistant.search.ranking import packaged_parameters
    from eval.report.data import ReportData

    history.sort(key=lambda r: sorted(d.date for d in r.transcript.record.documents))
    return ReportData(
        scores=scores,
        texts=texts,
        thresholds=thresholds,
        comparisons=tuple(compared),
        stale=tuple(_stale(compared[0].before.transcript.record, scores.transcript) if compared else ()),
        history=tuple(history),
        answer_threshold=packaged_parameters().answer_threshold,
        judged=judged,
    )


def _judged(run: Path) -> Judged | None:
    """The verdicts of the run's folder; None before it is judged."""
    from eval.judging.calibration import agreements, read_labels
    from eval.judging.judge_run import judged_figures, read_verdicts
    from eval.report.data import Judged

    verdicts = read_verdicts(run)
    if not verdicts:
        return None
    names = ", ".join(dict.fromkeys(v.judge or "inconnu" for v in verdicts))
    return Judged(names, tuple(judged_figures(verdicts)), tuple(agreements(read_labels(run), verdicts)))


def _stale(before: RunRecord, after: Transcript) -> list[Staleness]:
    """What became of the questions that the newer run asked, between the documents of the two runs.

    Questions of a set that is kept aside are left out: the report never shows them one by one.
    """
    from eval.question_sets.question_set import EvalQuestion, is_kept_aside
    from eval.revisions.staleness import staleness

    corpus = open_corpus()
    asked = [row for row in after.rows if not row.variant and not is_kept_aside(row.set)]
    questions = [EvalQuestion.model_validate_json(row.question) for row in asked]
    found = []
    for old in before.documents:
        new = next((d for d in after.record.documents if d.source == old.source), None)
        if new is not None and old.official and new.official and old.commit != new.commit:
            a, b = (corpus.revision(old.source, c) for c in (old.commit, new.commit))
            found.append(staleness(corpus, questions, a, b))
    return found


def _ending(data: ReportData, strict: bool) -> int:
    from eval.scoring.summary import ending

    if data.comparisons:
        return worst_ending(list(data.comparisons), strict)
    return ending(data.scores, data.thresholds)


def register(app: typer.Typer) -> None:
    """Adds the command to `cct eval`."""
    app.command()(report)
