"""`cct eval judge`, `label`, `agreement`: a model's opinion, and what it is worth."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eval.commands.questions import open_corpus
from eval.commands.score import RunFolder
from eval.exit_codes import INCOMPLETE, INTERRUPTED

if TYPE_CHECKING:
    from eval.scoring.case import Case

_TOLERATED = 0.02
"""Share of unscored verdicts over which nothing is concluded."""
_QUESTIONS = {
    "fidelite_jugee": "Tout ce que dit la réponse est-il dans les passages ?",
    "exactitude_jugee": "Les affirmations sont-elles exactes ?",
    "pertinence_jugee": "La réponse répond-elle à la question ?",
}


def judge(
    run: RunFolder,
    repeats: Annotated[int, typer.Option("--repeats", min=1, help="Fois que chaque réponse est jugée.")] = 3,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Les premières réponses seulement.")] = None,
    metric: Annotated[list[str] | None, typer.Option("--metric", help="Ces mesures seulement ; répétable.")] = None,
) -> None:
    """Fait juger les réponses par le modèle de JUDGE_BASE_URL (indicatif) ; 4 : plus de 2 % sans verdict."""
    from assistant.assembly import make_configured_embedder
    from assistant.settings import AssistantSettings
    from eval.judging.french_prompts import prompts_digest
    from eval.judging.judge_model import configured_judge
    from eval.judging.judge_run import judge_cases, judged_figures
    from eval.judging.judged_metrics import LABELS, NAMES

    unknown = [m for m in metric or [] if m not in NAMES]
    if unknown:
        raise typer.BadParameter(f"mesure inconnue : {unknown[0]} ; mesures : {', '.join(NAMES)}")
    judge_model = configured_judge()
    cases = answered_cases(run)[:limit]
    embedder = make_configured_embedder(open_corpus().settings, AssistantSettings())
    try:
        verdicts = judge_cases(
            cases, judge_model, embedder, run, repeats, judge_model.settings.jobs, prompts_digest(), _progress,
            metric or NAMES,
        )  # fmt: skip
    except KeyboardInterrupt:
        print(f"\nInterrompu : les verdicts donnés sont gardés dans {run}.", file=sys.stderr)
        print("→ Relancez la même commande pour finir.", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    print(f"Juge : {judge_model.name}. Indicatif tant que « cct eval agreement » ne l'a pas calibré.\n")
    print(
        "| mesure | moyenne | écart-type entre reprises | réponses | sans verdict |\n| --- | --- | --- | --- | --- |"
    )
    unscored = 0
    for figure in judged_figures(verdicts):
        unscored += figure.unscored
        mean, spread = (f"{x:.3f}" if figure.rows else "–" for x in (figure.mean, figure.spread))
        print(f"| {LABELS[figure.metric]} | {mean} | {spread} | {figure.rows} | {figure.unscored}/{figure.asked} |")
    spent = judge_model.tokens
    print(f"{judge_model.calls} appels, {spent[0]} jetons lus, {spent[1]} jetons écrits.", file=sys.stderr)
    if judge_model.cut:
        limit_now = judge_model.settings.max_tokens
        print(
            f"{judge_model.cut} réponse(s) coupée(s) à {limit_now} jetons : augmentez JUDGE_MAX_TOKENS.",
            file=sys.stderr,
        )
    if unscored > _TOLERATED * len(verdicts):
        print(f"{unscored} verdict(s) manquent sur {len(verdicts)} : rien ne peut en être conclu.", file=sys.stderr)
        raise typer.Exit(INCOMPLETE)


def label(
    run: RunFolder,
    by: Annotated[str, typer.Option("--by", metavar="NOM", help="Qui juge.")],
    metric: Annotated[str, typer.Option("--metric", help="Mesure jugée à calibrer.")] = "fidelite_jugee",
    limit: Annotated[int, typer.Option("--limit", min=1)] = 50,
) -> None:
    """Recueille le jugement d'une personne sur des réponses, pour calibrer le juge ; se reprend quand on veut."""
    from eval.judging.calibration import add_label, read_labels

    if metric not in _QUESTIONS:
        raise typer.BadParameter(f"mesure inconnue : {metric} ; mesures : {', '.join(_QUESTIONS)}")
    done = {x.row for x in read_labels(run) if x.by == by and x.metric == metric}
    waiting = [c for c in answered_cases(run) if c.row.id not in done][: max(0, limit - len(done))]
    try:
        for number, case in enumerate(waiting, 1):
            print(f"\n[{number}/{len(waiting)}] {case.row.asked}\n\n{case.text}\n")
            for citation in case.citations:
                found = case.texts.passage(citation.place)
                print(f"[{citation.n}] {found.passage.text if found else 'passage absent'}")
            said = ""
            while said not in {"o", "n", "p"}:
                said = input(f"\n{_QUESTIONS[metric]} [o]ui, [n]on, [p]asser > ").strip().casefold()[:1]
            if said != "p":
                add_label(run, case.row.id, metric, said == "o", by)
    except (EOFError, KeyboardInterrupt):
        print("\nInterrompu : les réponses données sont gardées.", file=sys.stderr)
    print(f"{len([x for x in read_labels(run) if x.metric == metric])} jugement(s) pour {metric}.")


def agreement(run: RunFolder) -> None:
    """Mesure l'accord du juge avec les personnes (kappa de Cohen) ; calibré : 50 réponses et 0,6 au moins."""
    from eval.judging.calibration import agreements, between_people, read_labels
    from eval.judging.judge_run import read_verdicts
    from eval.judging.judged_metrics import LABELS

    labels = read_labels(run)
    found = agreements(labels, read_verdicts(run))
    if not found:
        print("Pas de réponse jugée à la fois par une personne (« label ») et par le juge (« judge »).")
        return
    for item in found:
        state = "calibré" if item.calibrated else "indicatif"
        print(f"{LABELS[item.metric]} : accord {item.agree}/{item.labels}, kappa {item.kappa:.2f}, {state}.")
    people = between_people(labels)
    if people is not None:
        print(f"Entre personnes : kappa {people:.2f}.")


def answered_cases(run: Path) -> list[Case]:
    """The rows that were answered, variants left out: an abstention has nothing to judge."""
    from eval.runs.transcript import read_run
    from eval.scoring.case import Case
    from eval.scoring.source_texts import SourceTexts

    transcript = read_run(run)
    texts = SourceTexts(open_corpus(), transcript.record.documents)
    cases = [Case(row, texts) for row in transcript.rows if row.status == "ok" and not row.variant]
    return [c for c in cases if c.answered and c.must_answer]


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done}/{total} verdicts", end="\n" if done == total else "", file=sys.stderr, flush=True)


def register(app: typer.Typer) -> None:
    """Adds the commands to `cct eval`."""
    for command in (judge, label, agreement):
        app.command()(command)
