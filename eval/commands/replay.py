"""`cct eval replay`: the suite over the whole history of one source."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eval.commands.questions import open_corpus, write_text
from eval.commands.run import AskedSets
from eval.commands.score import ThresholdsFile
from eval.exit_codes import INCOMPLETE, PASSED, REGRESSION
from ingest.errors import CctError

if TYPE_CHECKING:
    from eval.question_sets.question_set import EvalQuestion
    from eval.revisions.replay import ReplayedRun
    from eval.runs.prepared import Prepared
    from ingest.revisions.requirement_history import RevisionReader


def replay(
    source: Annotated[str, typer.Option("--source", help="mirai, pi, …")],
    sets: AskedSets = None,
    since: Annotated[str, typer.Option("--from", metavar="COMMIT", help="À partir de cette révision.")] = "",
    out: Annotated[Path | None, typer.Option("--out", metavar="DOSSIER", help="Où garder les exécutions.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Les premières questions seulement.")] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Rapport de la dernière, avec tout l'historique.")
    ] = None,
    thresholds: ThresholdsFile = None,
) -> None:
    """Refait l'évaluation à chaque révision de la table d'exigences d'une source ; 1 : régression, 4 : incomplète."""
    from eval.commands.report import report_of
    from eval.question_sets.question_set import REFERENCE, load_questions
    from eval.report.html_report import html_report
    from eval.revisions.replay import of_source, replay_lines, replay_step, requirement_revisions
    from eval.runs.prepared import prepare
    from eval.scoring.summary import load_thresholds
    from ingest.revisions.requirement_history import RevisionReader

    revisions = requirement_revisions(open_corpus(), source, since)
    names = sets or [REFERENCE]
    questions = of_source(load_questions(*names), source)[:limit]
    if not questions:
        raise CctError(f"Aucune question de ces jeux ne porte sur {source}.", "Donnez d'autres jeux par --set.")
    prepared = prepare([f"{source}={revisions[-1].commit}"], revisions)
    folder = out or prepared.corpus.settings.home / "evaluation" / "replay" / source
    print(f"{len(questions)} questions à {len(revisions)} révisions.", file=sys.stderr)
    runs, reader = [], RevisionReader(prepared.corpus)
    for number, revision in enumerate(revisions, 1):
        print(f"{number}/{len(revisions)} : {revision.commit[:7]} du {revision.date}", file=sys.stderr, flush=True)
        path = folder / f"{number:02}-{revision.commit[:7]}"
        runs.append(_run(prepared.at(revision), path, questions, names, reader))
    limits = load_thresholds(thresholds)
    steps = [replay_step(a, b, limits) for a, b in itertools.pairwise(runs)]
    print("\n".join(replay_lines(steps)))
    if html is not None and steps:
        write_text(html, html_report(report_of(runs[-1], steps, runs[:-1], limits)))
    if not all(run.scores.complete for run in runs):
        raise typer.Exit(INCOMPLETE)
    raise typer.Exit(REGRESSION if any(s.comparison.regressed or s.comparison.invariants for s in steps) else PASSED)


def _run(
    prepared: Prepared, folder: Path, questions: list[EvalQuestion], sets: list[str], reader: RevisionReader
) -> ReplayedRun:
    """A run at one revision, scored; what a replay of the same fingerprint has answered is not asked again."""
    from eval.commands.run import run_into
    from eval.revisions.replay import ReplayedRun
    from eval.runs.transcript import read_run
    from eval.scoring.score_run import score_run
    from eval.scoring.source_texts import SourceTexts

    run_into(folder, prepared, questions, sets, variants=0, reader=reader, finished=True)
    transcript = read_run(folder)
    texts = SourceTexts(prepared.corpus, transcript.record.documents, reader)
    return ReplayedRun(score_run(transcript, texts), texts)


def register(app: typer.Typer) -> None:
    """Adds the command to `cct eval`."""
    app.command()(replay)
