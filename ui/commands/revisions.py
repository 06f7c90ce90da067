"""`cct diff`, `cct history` and `cct revisions`: what the documents said then, and what changed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.errors import CctError
from ui.startup import open_corpus, say

if TYPE_CHECKING:
    from ingest.passage import Located
    from ingest.revisions.requirement_history import Holder

AsJson = Annotated[bool, typer.Option("--json", help="JSON sur la sortie standard.")]
AsMarkdown = Annotated[bool, typer.Option("--markdown", help="Markdown, pour une demande de fusion.")]
_REVISION = "Empreinte de commit, ou date AAAA-MM ou AAAA-MM-JJ : la dernière révision à cette date."


def diff(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="mirai, pi, …")],
    a: Annotated[str, typer.Argument(metavar="RÉV_A", help=_REVISION)],
    b: Annotated[str, typer.Argument(metavar="RÉV_B", help=_REVISION)],
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
    passages: Annotated[
        bool, typer.Option("--passages", help="Montre aussi les passages changés des guides, normes et glossaire.")
    ] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FICHIER", help="Écrit une page HTML autonome.")
    ] = None,
) -> None:
    """Ce qui a changé d'une révision à une autre : rapproché par le texte d'abord, par l'identifiant ensuite."""
    if as_json + as_markdown + (html is not None) > 1:
        raise typer.BadParameter("choisissez une seule forme parmi --json, --markdown et --html")
    from ingest.revisions.requirement_history import RevisionReader, compare_documents, compare_revisions
    from ui.commands.diff_view import RevisionDiff, markdown_diff, print_diff
    from ui.pages.diff_page import html_diff

    corpus = open_corpus()
    reader = RevisionReader(corpus)
    older, newer = corpus.revision(source, a), corpus.revision(source, b)
    if not any(reader.documents(r) for r in (older, newer)):
        say(f"Aucun document déclaré dans {older.commit[:7]} ni dans {newer.commit[:7]}.")
        raise typer.Exit(3)
    documents = tuple(compare_documents(reader, older, newer))
    found = RevisionDiff(older, newer, compare_revisions(reader, older, newer), documents, passages)
    if as_json:
        print(json.dumps(found.to_json(), ensure_ascii=False))
    elif as_markdown:
        print("\n".join(markdown_diff(found)))
    elif html is not None:
        _write(html, html_diff(found))
    else:
        print_diff(found)


def history(
    identifier: Annotated[str, typer.Argument(metavar="ID")],
    source: Annotated[str, typer.Option("--source", help="mirai, pi, …")],
    occurrence: Annotated[
        int | None, typer.Option("--occurrence", min=1, help="Quand l'identifiant est imprimé plusieurs fois.")
    ] = None,
    revision: Annotated[
        str | None, typer.Option("--revision", metavar="RÉV", help="Suit l'exigence qui portait alors l'identifiant.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Suit une exigence à travers les révisions, renumérotations comprises."""
    from ingest.reading.identifiers import read_requirement_id
    from ingest.revisions.requirement_history import RevisionReader
    from ingest.revisions.requirement_history import history as holders_of
    from ui.commands.history_view import history_json, print_history

    corpus = open_corpus()
    declared = corpus.manifest.get(source)
    read = read_requirement_id(identifier)
    wanted = read.id if read else identifier.strip().upper()
    reader = RevisionReader(corpus)
    holders = holders_of(reader.states(source), wanted, occurrence)
    if revision is not None:
        at = corpus.revision(source, revision.removeprefix(f"{source}="))
        chosen = _bearers_among(holders, wanted, reader.requirements(at))
    else:
        chosen = [holder for holder in holders if holder.until == holders[0].until]
    if not chosen:
        when = f"pas à la révision {revision}" if revision else "dans aucune révision"
        say(f"{wanted} n'existe {when} de la source {source}.")
        raise typer.Exit(3)
    others = [holder for holder in holders if holder not in chosen]
    if as_json:
        print(json.dumps(history_json(declared, wanted, chosen + others), ensure_ascii=False))
    else:
        print_history(declared, wanted, chosen, others)


def revisions(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="mirai, pi, …")],
    documents: Annotated[
        bool, typer.Option("--documents", help="Toutes les révisions d'un document déclaré, tous documents compris.")
    ] = False,
) -> None:
    """Les états successifs de la table d'exigences et ce que chacun a changé, en Markdown."""
    from ingest.revisions.requirement_history import RevisionReader
    from ui.commands.diff_view import revisions_table

    if documents:
        from ingest.revisions.revision_log import RevisionLog
        from ui.pages.revision_wording import log_table

        print("\n".join(log_table(RevisionLog(open_corpus()).revisions(source))))
        return
    states = RevisionReader(open_corpus()).states(source)
    if not states:
        say(f"La source {source} n'a jamais eu de table d'exigences.")
        raise typer.Exit(3)
    print("\n".join(revisions_table(states)))


def register(app: typer.Typer) -> None:
    """Adds the commands to the program."""
    for command in (diff, history, revisions):
        app.command()(command)


def _bearers_among(holders: list[Holder], identifier: str, requirements: Iterable[Located]) -> list[Holder]:
    """The holders that are one of these requirements, those of one revision, under that id."""
    from ingest.revisions.text_matching import letters

    standing = {letters(x.passage.text) for x in requirements if x.passage.id == identifier}
    return [
        holder
        for holder in holders
        if any(
            step.bearer is not None
            and step.bearer.passage.id == identifier
            and letters(step.bearer.passage.text) in standing
            for step in holder.lineage.steps
        )
    ]


def _write(path: Path, page: str) -> None:
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as exc:
        raise CctError(f"Écriture impossible : {path} ({exc.strerror}).", "Vérifiez le chemin de --html.") from exc
    say(f"Page écrite : {path}")
