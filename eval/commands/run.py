"""`cct eval run`: the questions asked, the answers kept."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eval.exit_codes import INCOMPLETE, INTERRUPTED

if TYPE_CHECKING:
    from eval.question_sets.question_set import EvalQuestion
    from eval.runs.answer_sources import Answers
    from eval.runs.prepared import Prepared
    from ingest.revisions.requirement_history import RevisionReader

AskedSets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="JEU",
        help="Jeu de questions : nom sans .yaml, chemin d'un .yaml, « reference » (défaut), « tous » ; répétable.",
    ),
]
Revisions = Annotated[
    list[str] | None,
    typer.Option("--revision", metavar="SOURCE=RÉV", help="Empreinte de commit ou date ; répétable."),
]
Out = Annotated[Path | None, typer.Option("--out", metavar="DOSSIER", help="Dossier de l'exécution.")]
AnswersFrom = Annotated[
    str,
    typer.Option(
        "--answers",
        metavar="local|ADRESSE|FICHIER",
        help="L'assistant d'ici, un service, ou une sortie de « cct ask ».",
    ),
]
Variants = Annotated[
    int, typer.Option("--variants", min=0, help="Questions posées aussi avec fautes, sans accents, en capitales.")
]


def run(
    sets: AskedSets = None,
    revision: Revisions = None,
    out: Out = None,
    answers: AnswersFrom = "local",
    variants: Variants = 40,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Questions en cours à la fois.")] = 2,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Les premières questions seulement.")] = None,
) -> None:
    """Pose les questions et garde les réponses avec l'empreinte de tout ce qui les a produites."""
    from eval.question_sets.question_set import REFERENCE, load_questions
    from eval.runs.prepared import prepare

    names = sets or [REFERENCE]
    questions = load_questions(*names)[:limit]
    folder, failed = run_into(out, prepare(revision or []), questions, names, answers, variants, jobs)
    print(folder)
    if failed:
        print(f"{failed} question(s) sans réponse enregistrée : exécution incomplète.", file=sys.stderr)
        raise typer.Exit(INCOMPLETE)


def run_into(
    out: Path | None,
    prepared: Prepared,
    questions: list[EvalQuestion],
    sets: list[str],
    answers: str = "local",
    variants: int = 40,
    jobs: int = 2,
    reader: RevisionReader | None = None,
    finished: bool = False,
) -> tuple[Path, int]:
    """Runs the questions over the prepared revisions; returns the run's folder and how many rows failed.

    `finished`: a complete run of the same fingerprint is kept as it is. Interrupted, says how to go on and ends with
    130. Raises TranscriptError when another run writes in the folder.
    """
    from assistant.search.ranking import packaged_parameters
    from eval.question_sets.question_set import read_set, set_files
    from eval.question_sets.question_variants import wordings
    from eval.runs.answer_sources import open_answers
    from eval.runs.fingerprinting import document_sources, question_sources, run_name, run_record
    from eval.runs.ragas_record import save_run
    from eval.runs.run_gold import GoldFinder
    from eval.runs.run_questions import run_questions
    from eval.runs.transcript import Journal

    parameters = packaged_parameters()
    asked = wordings(questions, variants)
    documents = document_sources(prepared.corpus, prepared.revisions)
    name = run_name(documents)
    source: Answers = open_answers(answers) or _local(prepared, [a.text for a in asked])
    record = run_record(
        name, len(asked), documents, question_sources(sets), prepared.opened, parameters, prepared.bank,
        source.name, {}, variants,
    )  # fmt: skip
    folder = out or prepared.corpus.settings.home / "evaluation" / "runs" / name
    journal = Journal(folder, record)
    names = {q.id: path.stem for path in set_files(sets) for q in read_set(path)}
    gold = GoldFinder(prepared.corpus, prepared.revisions, prepared.bank, reader)
    try:
        with journal.held():
            rows = run_questions(asked, gold, source, journal, _progress, jobs, names, finished)
            save_run(folder, name, rows)
            journal.close()
    except KeyboardInterrupt:
        print(f"\nInterrompu : ce qui est répondu est gardé dans {folder}.", file=sys.stderr)
        print("→ Relancez la même commande pour finir.", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    return folder, sum(row.status == "error" for row in rows)


def _local(prepared: Prepared, questions: list[str]) -> Answers:
    from assistant.answering import Assistant
    from assistant.search.ranking import packaged_parameters
    from eval.runs.answer_sources import LocalAnswers

    fresh = prepared.embedder.remember(questions)
    if fresh and sys.stderr.isatty():
        print(f"{fresh} question(s) vectorisées ; elles sont gardées pour les exécutions suivantes.", file=sys.stderr)
    return LocalAnswers(Assistant(prepared.opened, packaged_parameters()), prepared.commits)


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty() and (done % 20 == 0 or done == total):
        print(f"\r{done}/{total} questions", end="\n" if done == total else "", file=sys.stderr, flush=True)


def register(app: typer.Typer) -> None:
    """Adds the command to `cct eval`."""
    app.command()(run)
