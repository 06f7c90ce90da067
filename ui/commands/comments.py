"""`cct comments`: the CCT's own form for comments, filled from the linter and from what people wrote."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.errors import CctError
from ui.startup import open_corpus, say, selected

if TYPE_CHECKING:
    from ingest.comments.comment import Comment
    from ingest.sources.corpus import Corpus, CorpusRevision

COLLECTED = "comments.jsonl"
"""The file of the data folder where the channels collect comments."""


def comments(
    source: Annotated[
        str | None, typer.Argument(metavar="[SOURCE]", help="mirai, pi, … ; toutes par défaut.")
    ] = None,
    revision: Annotated[
        list[str] | None,
        typer.Option("--revision", metavar="SOURCE=RÉV", help="Empreinte de commit ou date AAAA-MM-JJ."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FICHIER.ods", help="Feuille à écrire.")
    ] = None,
    add: Annotated[
        list[Path] | None, typer.Option("--add", metavar="FICHIER.jsonl", help="Commentaires recueillis ailleurs.")
    ] = None,
    author: Annotated[str, typer.Option("--author", metavar="COURRIEL", help="Auteur des constats du lint.")] = "",
    without_lint: Annotated[bool, typer.Option("--no-lint", help="Sans les constats du lint.")] = False,
    issues: Annotated[
        bool, typer.Option("--issues", help="Donne un lien d'issue déjà remplie par commentaire, sans feuille.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Remplace une feuille qui existe.")] = False,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FICHIER", envvar="CCT_LINT_CONFIG", help="lint.toml : règles coupées."),
    ] = None,
) -> None:
    """Remplit le gabarit de commentaires du CCT (ODS) avec les constats du lint et les commentaires recueillis."""
    from ingest.comments.form import filled_form, official_form

    corpus = open_corpus()
    revisions = selected(corpus, source, revision)
    found = _collected(corpus, revisions, add or [], source)
    if not without_lint:
        found = [*_from_lint(corpus, revisions, author or "cct lint", config), *found]
    if not found:
        say("Aucun commentaire.")
        raise typer.Exit(3)
    if issues:
        _print_issues(corpus, revisions, found)
        return
    path = output or Path(f"commentaires-{source or 'cct'}-{datetime.date.today():%Y-%m-%d}.ods")
    if path.exists() and not force:
        raise CctError(f"{path} existe déjà.", "Donnez un autre nom avec --output, ou --force pour le remplacer.")
    form = official_form(corpus, corpus.manifest.get(source) if source else None)
    content = filled_form(form, found)
    try:
        path.write_bytes(content)
    except OSError as exc:
        raise CctError(f"Écriture impossible : {path} ({exc.strerror}).", "Vérifiez --output.") from exc
    model = "gabarit officiel" if form is not None else "feuille aux mêmes colonnes, le gabarit officiel manque"
    say(f"{len(found)} commentaire{'s' if len(found) > 1 else ''} dans {path} ({model}).")


def _collected(
    corpus: Corpus, revisions: Sequence[CorpusRevision], files: Sequence[Path], source: str | None
) -> list[Comment]:
    """What people wrote about these sources: the data folder's file, the page /commenter, then the given files."""
    from ingest.comments.comment import CommentFile

    absent = [path for path in files if not path.is_file()]
    if absent:
        raise CctError(f"Fichier introuvable : {absent[0]}.", "Vérifiez --add.")
    kept = {r.source.id for r in revisions} if source else {s.id for s in corpus.manifest.source}
    everything = list(CommentFile(corpus.settings.home / COLLECTED).comments()) + _left_on_the_page(corpus)
    everything += [comment for path in files for comment in CommentFile(path).comments()]
    left = [c for c in everything if c.source not in kept]
    if left:
        say(f"{len(left)} commentaire(s) d'une autre source laissé(s) de côté.")
    return [c for c in everything if c.source in kept]


def _left_on_the_page(corpus: Corpus) -> list[Comment]:
    """What the database holds; nothing where none was ever made. Raises StorageError when one cannot be read."""
    from ui.feedback.comments import StoredComments
    from ui.storage.opening import open_storage
    from ui.storage.settings import database_address, load_storage_settings

    settings = load_storage_settings()
    url = database_address(settings, corpus.settings.home)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        return []
    database = open_storage(settings, corpus.settings.home)
    try:
        return list(StoredComments(database).comments())
    finally:
        database.close()


def _from_lint(
    corpus: Corpus, revisions: Sequence[CorpusRevision], author: str, config: Path | None
) -> list[Comment]:
    from ingest.comments.comment import LintComments
    from ingest.lint.reading import read_revision
    from ingest.lint.run import lint
    from ingest.lint.switches import load_switches, standing

    findings = standing(lint(corpus, revisions), load_switches(config) if config else ())
    lines = {(d.source, d.path): d.lines for r in revisions for d in read_revision(corpus, r).documents}
    today = f"{datetime.date.today():%Y-%m-%d}"
    return list(LintComments(findings, dict(lines), author, today).comments())


def _print_issues(corpus: Corpus, revisions: Sequence[CorpusRevision], found: Sequence[Comment]) -> None:
    from ingest.comments.issue import issue_address

    commits = {r.source.id: r.commit for r in revisions if r.official}
    for comment in found:
        print(issue_address(corpus.manifest.get(comment.source), comment, commits.get(comment.source)))
