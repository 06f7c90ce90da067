"""`cct eval candidates`, `review`, `import`, `export`: where questions come from, and who accepts them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eval.commands.questions import open_corpus, revision_pairs, write_text
from ingest.errors import CctError

if TYPE_CHECKING:
    from collections.abc import Callable

    from eval.question_sets.question_set import EvalQuestion
    from eval.question_sets.set_checks import SetChecker
    from ingest.passage import Located

_HELP = "[a]ccepter, [r]eformuler, [x] refuser, [p]asser, [q]uitter"


def candidates(
    since: Annotated[
        str, typer.Option("--from", metavar="RÉV", help="Seulement ce qui a changé depuis cette révision.")
    ] = "",
    to: Annotated[str, typer.Option("--to", metavar="RÉV")] = "",
    source: Annotated[str | None, typer.Option("--source", help="mirai, pi, …")] = None,
    templates: Annotated[
        list[str] | None, typer.Option("--only", metavar="T1…T12", help="Ces patrons seulement ; répétable.")
    ] = None,
    planted: Annotated[
        Path | None,
        typer.Option("--planted", metavar="DOSSIER", help="Écrit un document piégé et ses questions, rien d'autre."),
    ] = None,
) -> None:
    """Propose des questions tirées des enregistrements, sans modèle ; rien n'est jugé avant « cct eval review »."""
    if planted is not None:
        _planted(planted)
        return
    from eval.question_sets.candidate_file import CandidateFile
    from eval.question_sets.candidates import CandidateMaker
    from eval.question_sets.question_set import load_questions
    from eval.revisions.following import Step
    from ingest.revisions.requirement_history import RevisionReader

    corpus = open_corpus()
    titles = {s.id: s.title for s in corpus.manifest.source}
    made: list[EvalQuestion] = []
    if since:
        reader = RevisionReader(corpus)
        for a, b in revision_pairs(corpus, since, to, source):
            step = Step(reader, a, b)
            made += CandidateMaker(step.after, titles).of_change(step)
    else:
        located = [x for r in corpus.newest() for x in corpus.located(r) if source in (None, r.source.id)]
        made = CandidateMaker(located, titles).all()
    wanted = [q for q in made if not templates or any(q.origin.split(":")[1].startswith(t) for t in templates)]
    file = CandidateFile(corpus.settings.home)
    added = file.add(wanted, frozenset(q.id for q in load_questions()))
    print(f"{added} candidate(s) de plus, {len(file.waiting())} à relire : {file.path}")


def _planted(folder: Path) -> None:
    from eval.runs.planted_injections import write_planted

    manifest, questions = write_planted(folder)
    print(f"Document piégé : {manifest.parent / 'documents'}. Pour l'essayer, sur l'édition de démonstration :")
    print(f"  export CCT_EDITION=demo CCT_MANIFEST={manifest.resolve()} CCT_HOME=UN_DOSSIER_À_PART")
    print(f"  cct ingest && cct eval run --set {questions.resolve()} --out essai && cct eval score essai")


def review(
    to: Annotated[Path, typer.Option("--to", metavar="JEU.yaml", help="Où vont les questions acceptées.")],
    by: Annotated[str, typer.Option("--by", metavar="NOM", help="Qui relit.")],
    limit: Annotated[int | None, typer.Option("--limit", min=1)] = None,
) -> None:
    """Relit les candidates une à une, dans le terminal ; s'interrompt et se reprend quand on veut."""
    from eval.question_sets.candidate_file import CandidateFile
    from eval.question_sets.feedback_candidates import TO_SETTLE, settled
    from eval.question_sets.set_checks import SetChecker
    from ingest.question_bank import load_bank

    if not by.strip():
        raise CctError("Le nom de qui relit est vide.", "Donnez --by NOM.")
    corpus = open_corpus()
    file = CandidateFile(corpus.settings.home)
    revisions = corpus.newest()
    located = [x for r in revisions for x in corpus.located(r)]
    checker = SetChecker(located, load_bank(corpus.settings.corpus / "questions"), revisions[0].official)
    waiting = file.waiting()[:limit]
    accepted = refused = 0
    try:
        for number, question in enumerate(waiting, 1):
            print(f"\n[{number}/{len(waiting)}] {question.id}")
            if TO_SETTLE in question.tags:
                question = settled(question, located, [s.id for s in corpus.manifest.source], typer_ask)
            decision = decide(question, located, checker, typer_ask)
            if decision is None:
                break
            verdict, text = decision
            if verdict == "accept":
                file.accept(question.model_copy(update={"question": text}), to, by)
                accepted += 1
            elif verdict == "refuse":
                file.refuse(question)
                refused += 1
    except (EOFError, KeyboardInterrupt, typer.Abort):
        print("\nInterrompu : ce qui est décidé est gardé.", file=sys.stderr)
    print(f"{accepted} acceptée(s) dans {to}, {refused} refusée(s), {len(file.waiting())} à relire.")


def typer_ask(prompt: str) -> str:
    """What a person types; EOFError at the end of the input."""
    return input(prompt).strip()


def decide(
    question: EvalQuestion, located: list[Located], checker: SetChecker, ask: Callable[[str], str]
) -> tuple[str, str] | None:
    """("accept" | "refuse" | "skip", the question's final wording); None to stop. Asks until it is clear.

    A wording that copies a document, or that has another error, cannot be accepted as it is.
    """
    text = question.question
    for line in shown(question, located):
        print(line)
    while True:
        match ask(f"{_HELP} > ").casefold()[:1]:
            case "a":
                errors = checker.errors(question.model_copy(update={"question": text, "state": "candidate"}))
                if not errors:
                    return "accept", text
                print(f"Impossible : {' ; '.join(errors)}. Reformulez.")
            case "r":
                text = ask("Nouvelle question > ") or text
                print(f"→ {text}")
            case "x":
                return "refuse", text
            case "p":
                return "skip", text
            case "q":
                return None


def shown(question: EvalQuestion, located: list[Located]) -> list[str]:
    """The question, what it expects, and the passages that answer it."""
    lines = [f"Question : {question.question}", f"Patron : {question.origin} {' '.join(question.tags)}"]
    lines += [f"Attendu : s'abstenir ({question.reason})"] if not question.must_answer else []
    lines += [f"Fait clé : {' | '.join(f.any)}" for f in question.facts]
    for ref in question.evidence:
        found = next((x for x in located if x.passage.fingerprint == ref.fingerprint), None)
        lines.append(f"{ref.passage} : {found.passage.text if found else 'texte absent des révisions lues'}")
    return lines


def import_questions(
    file: Annotated[Path, typer.Argument(metavar="FICHIER.json", help="Jeu d'évaluation MirAI.")],
    to: Annotated[Path | None, typer.Option("--to", metavar="JEU.yaml", help="Défaut : les candidates.")] = None,
) -> None:
    """Importe un jeu d'évaluation MirAI (must_cite, must_not_cite) comme candidates à relire."""
    from eval.question_sets.candidate_file import CandidateFile
    from eval.question_sets.mirai_format import import_set
    from eval.question_sets.question_set import written

    corpus = open_corpus()
    located = [x for r in corpus.newest() for x in corpus.located(r)]
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise CctError(f"Fichier illisible : {file}.", "Donnez un JSON en UTF-8.") from exc
    imported = import_set(text, located, [s.id for s in corpus.manifest.source])
    for problem in imported.problems:
        print(f"non importée — {problem}", file=sys.stderr)
    if to is not None:
        write_text(to, written(imported.questions))
    else:
        CandidateFile(corpus.settings.home).add(imported.questions)
    print(f"{len(imported.questions)} question(s) importée(s), {len(imported.problems)} problème(s).")
    if imported.problems:
        raise typer.Exit(3)


def from_feedback(
    file: Annotated[Path, typer.Argument(metavar="AVIS.jsonl", help="Écrit par « cct feedback export --negative ».")],
) -> None:
    """Fait des candidates à relire avec les questions dont la réponse a été jugée « pas utile »."""
    from eval.question_sets.candidate_file import CandidateFile
    from eval.question_sets.feedback_candidates import candidates_of
    from eval.question_sets.question_set import load_questions

    corpus = open_corpus()
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise CctError(f"Fichier illisible : {file}.", "Donnez un JSONL en UTF-8.") from exc
    located = [x for r in corpus.newest() for x in corpus.located(r)]
    found = candidates_of(text, file.name, located, [s.id for s in corpus.manifest.source])
    candidates_file = CandidateFile(corpus.settings.home)
    added = candidates_file.add(found.questions, frozenset(q.id for q in load_questions()))
    for count, why in ((found.favourable, "favorables"), (found.without_words, "sans le texte de la question")):
        if count:
            print(f"{count} avis {why}, laissés de côté.", file=sys.stderr)
    print(f"{added} candidate(s) de plus, {len(candidates_file.waiting())} à relire : {candidates_file.path}")


def export_questions(
    name: Annotated[str, typer.Argument(metavar="JEU")],
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FICHIER.json", help="Défaut : la sortie standard.")
    ] = None,
) -> None:
    """Exporte un jeu au format d'évaluation de MirAI."""
    from eval.question_sets.mirai_format import export_set
    from eval.question_sets.question_set import load_questions

    text = export_set(name, load_questions(name))
    if to is None:
        print(text, end="")
    else:
        write_text(to, text)


def register(app: typer.Typer) -> None:
    """Adds the commands to `cct eval`."""
    app.command()(candidates)
    app.command()(review)
    app.command("import")(import_questions)
    app.command("feedback")(from_feedback)
    app.command("export")(export_questions)
