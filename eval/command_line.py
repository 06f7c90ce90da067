"""`cct eval …`: fitting and measuring the assistant on the evaluation questions."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from eval.commands.candidates import register as register_candidate_commands
from eval.commands.compare import register as register_compare_commands
from eval.commands.judge import register as register_judge_commands
from eval.commands.questions import register as register_question_commands
from eval.commands.questions import writable, write_text
from eval.commands.replay import register as register_replay_commands
from eval.commands.report import register as register_report_commands
from eval.commands.run import register as register_run_commands
from eval.commands.score import register as register_score_commands

DEVELOPMENT = [f"developpement-{name}" for name in "dklmnqstv"]
app = typer.Typer(help="Évalue l'assistant sur les jeux de questions.", no_args_is_help=True)
register_question_commands(app)
register_run_commands(app)
register_score_commands(app)
register_compare_commands(app)
register_report_commands(app)
register_replay_commands(app)
register_candidate_commands(app)
register_judge_commands(app)

Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="JEU", help="Jeu de questions (nom de fichier sans .yaml) ; répétable."),
]

Report = Annotated[
    Path | None,
    typer.Option("--report", help="Écrit le rapport Markdown dans ce fichier.", callback=writable),
]


@app.command()
def fit(
    sets: Sets = None,
    write: Annotated[bool, typer.Option("--write", help="Remplace assistant/search/ranking.json.")] = False,
    report: Report = None,
) -> None:
    """Ajuste les poids et les seuils de la recherche sur les questions de développement."""
    import assistant.search.ranking
    from assistant.assembly import make_library
    from eval.fitting.bank_folds import held_out
    from eval.fitting.fit_ranking import ablation, fit
    from eval.fitting.fitted_parameters import write_parameters
    from eval.fitting.reports import fit_report
    from eval.question_sets.question_set import load_questions
    from eval.runs.evidence import EvidenceFinder
    from ingest.question_bank import load_bank

    names = sets or DEVELOPMENT
    library = make_library()
    selection = library.selection()
    finder = EvidenceFinder(selection.located, load_bank(library.settings.corpus / "questions"))
    questions = load_questions(*names)
    bank = load_bank(library.settings.corpus / "questions")
    known = list(held_out(selection, bank, library.store(), parts=3, every=6))
    fitted = fit(selection, finder, questions, library.embedder.name, known)
    text = fit_report(fitted, ablation(fitted), names, selection)
    print(text)
    if report is not None:
        write_text(report, text)
    if write:
        target = Path(assistant.search.ranking.__file__).with_name("ranking.json")
        target.write_text(write_parameters(fitted.parameters), encoding="utf-8")
        print(f"{target.name} est remplacé.", file=sys.stderr)


@app.command()
def measure(
    sets: Sets = None,
    failures: Annotated[bool, typer.Option("--failures", help="Montre chaque question manquée.")] = False,
    report: Report = None,
) -> None:
    """Mesure recherche, citations et abstention, sans modèle de langue."""
    from assistant.answering import Assistant
    from assistant.assembly import make_library
    from assistant.search.ranking import packaged_parameters
    from eval.fitting.measure import measure_all
    from eval.fitting.reports import measure_report
    from eval.question_sets.question_set import load_questions
    from eval.runs.evidence import EvidenceFinder
    from ingest.question_bank import load_bank

    library = make_library()
    finder = EvidenceFinder(library.selection().located, load_bank(library.settings.corpus / "questions"))
    names = sets or DEVELOPMENT
    results = measure_all(Assistant(library, packaged_parameters()), finder, load_questions(*names))
    text = measure_report(results, names, library.selection(), with_failures=failures)
    print(text)
    if report is not None:
        write_text(report, text)


@app.command()
def verification(
    fit: Annotated[bool, typer.Option("--fit", help="Ajuste d'abord le jugement sur toutes les parts.")] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Avec --fit : remplace assistant/verification/judgement.json.")
    ] = False,
    demonstration: Annotated[
        Path | None,
        typer.Option("--demonstration", help="Dossier de données où l'édition de démonstration est indexée aussi."),
    ] = None,
    report: Report = None,
) -> None:
    """Mesure la vérification des phrases d'un modèle sur des phrases fautives, sans modèle de langue."""
    import assistant.verification.judgement as judging
    from assistant.assembly import make_library
    from eval.drafts.verification_report import verification_report
    from eval.drafts.verification_suite import Suite, judged_parts, measured, read_parts
    from eval.fitting.fit_verification import across_authors, fit_judgement, write_judgement
    from ingest.settings import load_settings

    homes = [load_settings(home=demonstration, edition="demo")] if demonstration else []
    suites = [Suite(make_library(settings).selection()) for settings in (*homes, load_settings())]
    parts = [read_parts(suite) for suite in suites]
    judgement = fit_judgement(parts) if fit else judging.packaged_judgement()
    apart = across_authors(parts)
    text = verification_report(
        [measured(suite, read, judgement) for suite, read in zip(suites, parts, strict=True)],
        [judged_parts(suite.official, read, apart) for suite, read in zip(suites, parts, strict=True)],
        judgement,
    )
    print(text)
    if report is not None:
        write_text(report, text)
    if fit and write:
        target = Path(judging.__file__).with_name("judgement.json")
        target.write_text(write_judgement(judgement), encoding="utf-8")
        print(f"{target.name} est remplacé.", file=sys.stderr)
