"""`cct eval check`, `stale`: do the questions themselves still hold?"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eval.exit_codes import STALE
from ingest.errors import CctError, RevisionNotFound

if TYPE_CHECKING:
    from eval.question_sets.question_set import EvalQuestion
    from ingest.sources.corpus import Corpus, CorpusRevision

Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="JEU", help="Jeu de questions : nom sans .yaml, ou chemin d'un .yaml ; répétable."),
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON sur la sortie standard.")]


def check(sets: Sets = None, as_json: AsJson = False) -> None:
    """Vérifie les jeux de questions : identifiants, preuves, faits clés, doublons, texte recopié."""
    from eval.question_sets.question_set import set_files
    from eval.question_sets.set_checks import MINIMUM, SetChecker, sizes
    from ingest.question_bank import load_bank

    corpus = open_corpus()
    revisions = corpus.newest()
    located = [item for revision in revisions for item in corpus.located(revision)]
    bank = load_bank(corpus.settings.corpus / "questions")
    paths = set_files(sets or [])
    found = SetChecker(located, bank, revisions[0].official).check(paths)
    if as_json:
        keys = ("severity", "set", "question", "message")
        print(json.dumps([{k: getattr(f, k) for k in keys} for f in found], ensure_ascii=False))
    else:
        for finding in found:
            mark = "erreur" if finding.severity == "error" else "à voir"
            print(f"{mark} — {finding.set} {finding.question} : {finding.message}")
        counts = Counter(f.severity for f in found)
        readable = [q for path in paths for q in _readable(path)]
        parts = [f"{name} {n} (visé {MINIMUM[name]})" for name, n in sizes(readable).items()]
        print(f"{counts['error']} erreur(s), {counts['warning']} point(s) à voir. Taille : {', '.join(parts)}.")
    if any(f.severity == "error" for f in found):
        raise typer.Exit(STALE)


def stale(
    since: Annotated[str, typer.Option("--from", metavar="RÉV", help="Empreinte de commit, ou date AAAA-MM-JJ.")],
    to: Annotated[str, typer.Option("--to", metavar="RÉV")] = "",
    source: Annotated[
        str | None, typer.Option("--source", help="mirai, pi, … ; sinon toutes celles qui ont les deux.")
    ] = None,
    sets: Sets = None,
    as_json: AsJson = False,
    show_all: Annotated[bool, typer.Option("--all", help="Montre aussi les questions intactes.")] = False,
    markdown: Annotated[
        Path | None, typer.Option("--markdown", help="Écrit aussi le rapport dans ce fichier.")
    ] = None,
    tolerate: Annotated[int, typer.Option("--tolerate", min=0, help="Questions à relire admises.")] = 0,
) -> None:
    """Dit quelles questions tiennent encore d'une révision à l'autre, sans index ni modèle ; 3 : à relire."""
    from eval.question_sets.question_set import load_questions
    from eval.revisions.stale_report import stale_json, stale_lines
    from eval.revisions.staleness import staleness

    corpus = open_corpus()
    questions = load_questions(*(sets or []))
    states = [staleness(corpus, questions, a, b) for a, b in revision_pairs(corpus, since, to, source)]
    text = "\n".join(stale_lines(states, show_all))
    print(json.dumps(stale_json(states), ensure_ascii=False) if as_json else text)
    if markdown is not None:
        write_text(markdown, text)
    reused = any(state.counts["reused"] for state in states)
    if reused or sum(len(state.blocking) for state in states) > tolerate:
        raise typer.Exit(STALE)


def revision_pairs(
    corpus: Corpus, since: str, to: str, source: str | None
) -> list[tuple[CorpusRevision, CorpusRevision]]:
    """The two revisions of the source, or of each source that has both. Raises CctError when none has."""
    names = [source] if source else [s.id for s in corpus.manifest.source if corpus.repository(s).exists]
    found, missing = [], None
    for name in names:
        try:
            later = to or corpus.manifest.get(name).branch
            found.append((corpus.revision(name, since), corpus.revision(name, later)))
        except RevisionNotFound as exc:
            missing = exc
    if found:
        return found
    if missing is not None:
        raise CctError(missing.message, missing.remedy) from missing  # its exit code, 3, means something else here
    raise CctError("Aucune source n'est synchronisée.", "Lancez « cct sync ».")


def open_corpus() -> Corpus:
    """The corpus that the environment configures."""
    from ingest.settings import load_settings
    from ingest.sources.corpus import Corpus

    return Corpus(load_settings())


def write_text(path: Path, text: str) -> None:
    """Writes a report, its folder made when needed, and says so. CctError when the disk refuses."""
    with _writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"Écrit : {path}", file=sys.stderr)


def writable(path: Path | None) -> Path | None:
    """The path, where a report can be written: checked before what takes minutes. CctError when the disk refuses."""
    if path is not None:
        with _writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            new = not path.exists()
            path.open("a").close()
            if new:
                path.unlink()
    return path


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise CctError(f"Écriture impossible : {path} ({exc.strerror}).", "Vérifiez le chemin.") from exc


def _readable(path: Path) -> list[EvalQuestion]:
    from eval.question_sets.question_set import QuestionSetError, read_set

    try:
        return read_set(path)
    except QuestionSetError:
        return []


def register(app: typer.Typer) -> None:
    """Adds the commands to `cct eval`."""
    for command in (check, stale):
        app.command()(command)
