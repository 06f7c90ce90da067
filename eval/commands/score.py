"""`cct eval score`: a run judged, as often as one likes, without asking anything again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eval.commands.questions import open_corpus, write_text

if TYPE_CHECKING:
    from eval.scoring.score_run import RunScores

RunFolder = Annotated[Path, typer.Argument(metavar="EXÉCUTION", help="Dossier d'une exécution (« cct eval run »).")]
ThresholdsFile = Annotated[
    Path | None, typer.Option("--thresholds", help="Seuils ; par défaut eval/scoring/thresholds.toml.")
]


def score(
    run: RunFolder,
    through_ragas: Annotated[
        bool, typer.Option("--ragas", help="Appelle chaque mesure par ragas (plus lent).")
    ] = False,
    thresholds: ThresholdsFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Tous les scores en JSON sur la sortie standard.")] = False,
) -> None:
    """Juge une exécution sans modèle ; 1 : invariant rompu ou plancher non tenu, 4 : incomplète."""
    from eval.scoring.score_run import scores_json
    from eval.scoring.summary import ending, figures_json, load_thresholds, summary_lines

    limits = load_thresholds(thresholds)
    scores = scored(run, through_ragas)
    text = scores_json(scores)
    write_text(run / "scores.json", text)
    write_text(run / "figures.json", figures_json(scores, limits))
    print(text if as_json else "\n".join(summary_lines(scores, limits)))
    if not scores.complete:
        print("Exécution incomplète : rien ne peut en être conclu.", file=sys.stderr)
    raise typer.Exit(ending(scores, limits))


def scored(folder: Path, through_ragas: bool = False) -> RunScores:
    """The scores of a run's folder."""
    from eval.runs.transcript import read_run
    from eval.scoring.score_run import score_run
    from eval.scoring.source_texts import SourceTexts

    transcript = read_run(folder)
    texts = SourceTexts(open_corpus(), transcript.record.documents)
    if not through_ragas:
        return score_run(transcript, texts)
    from eval.scoring.ragas_metrics import through_ragas as call

    return score_run(transcript, texts, call)


def register(app: typer.Typer) -> None:
    """Adds the command to `cct eval`."""
    app.command()(score)
