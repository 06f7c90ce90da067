"""`cct eval replay`: the suite over the whole history of one source."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eval.exit_codes import INCOMPLETE, PASSED, REGRESSION
from eval.question_commands import Sets, open_corpus, write_text
from eval.score_commands import ThresholdsFile

if TYPE_CHECKING:
    from eval.scoring.score_run import RunScores


def replay(
    source: Annotated[str, typer.Option("--source", help="mirai, pi, …")],
    sets: Sets = None,
    since: Annotated[str, typer.Option("--from", metavar="COMMIT", help="À partir de cette révision.")] = "",
    out: Annotated[Path | None, typer.Option("--out", metavar="DOSSIER", help="Où garder les exécutions.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Les premières questions seulement.")] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Rapport de la dernière, avec tout l'historique.")
    ] = None,
    thresholds: ThresholdsFile = None,
) -> None:
    """Refait l'évaluation à chaque révision de la table d'exigences d'une source ; 1 : régression, 4 : incomplète."""
    from eval.replay import replay_lines, replay_step, requirement_revisions
    from eval.report.html_report import html_report
    from eval.report_commands import gathered
    from eval.summary import load_thresholds

    corpus = open_corpus()
    revisions = requirement_revisions(corpus, source, since)
    folder = out or corpus.settings.home / "evaluation" / "replay" / source
    paths, runs = [], []
    for number, revision in enumerate(revisions, 1):
        print(f"{number}/{len(revisions)} : {revision.commit[:7]} du {revision.date}", file=sys.stderr)
        paths.append(folder / f"{number:02}-{revision.commit[:7]}")
        runs.append(_run(f"{source}={revision.commit}", paths[-1], sets or [], limit))
    limits = load_thresholds(thresholds)
    steps = [replay_step(a, b, corpus, limits) for a, b in itertools.pairwise(runs)]
    text = "\n".join(replay_lines(steps))
    print(text)
    if html is not None and len(paths) > 1:
        write_text(html, html_report(gathered(paths[-1], paths[-2], None, paths[:-2], thresholds)))
    if not all(run.complete for run in runs):
        raise typer.Exit(INCOMPLETE)
    raise typer.Exit(REGRESSION if any(s.comparison.regressed or s.comparison.invariants for s in steps) else PASSED)


def _run(revision: str, folder: Path, sets: list[str], limit: int | None) -> RunScores:
    """A run at one revision, scored; an interrupted one is taken up again."""
    from eval.prepared import prepare
    from eval.question_set import load_questions
    from eval.run_commands import run_into
    from eval.score_commands import scored

    run_into(folder, prepare([revision]), load_questions(*sets)[:limit], sets, variants=0)
    return scored(folder)


def register(app: typer.Typer) -> None:
    """Adds the command to `cct eval`."""
    app.command()(replay)
