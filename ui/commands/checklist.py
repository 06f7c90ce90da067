"""`cct checklist`: the requirements that apply to an application, and what a later revision changes in the list."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from ingest.errors import CctError
from ui.startup import open_corpus, pairs, ready_library, say

if TYPE_CHECKING:
    from assistant.checklist.description import Description
    from ui.checklist.revisit import Revisit
    from ui.checklist.rows import Row, Sheet

Format = Literal["markdown", "csv", "ods"]
_SUFFIXES: dict[str, Format] = {".md": "markdown", ".markdown": "markdown", ".csv": "csv", ".ods": "ods"}
_LARGEST = 20_000_000
_ONE_LINE = 'Écrivez une ligne par question : objet = "…".'
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FICHIER", help="Le suffixe donne le format : .md, .csv ou .ods."),
]
Bom = Annotated[bool, typer.Option("--bom", help="Marque d'ordre des octets en tête du CSV, pour Excel.")]
FormatName = Annotated[str | None, typer.Option("--format", help="markdown, csv ou ods.")]
Revisions = Annotated[
    list[str] | None, typer.Option("--revision", metavar="SOURCE=RÉV", help="Empreinte de commit ou date AAAA-MM-JJ.")
]


class _MakesByDefault(TyperGroup):
    """`cct checklist README.md` is `cct checklist make README.md`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Puts the name of the usual command in front where none is given."""
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["make", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    help="Liste de conformité d'une application : « cct checklist README.md -o liste.ods ».",
    no_args_is_help=True,
    cls=_MakesByDefault,
)


@app.command("make")
def make(
    description: Annotated[
        str | None, typer.Argument(metavar="[FICHIER]", help="Un README, un texte, ou - : entrée standard.")
    ] = None,
    text: Annotated[str | None, typer.Option("--text", help="La description elle-même, en quelques phrases.")] = None,
    answers: Annotated[
        Path | None, typer.Option("--answers", metavar="FICHIER", help="Réponses aux huit questions, TOML ou JSON.")
    ] = None,
    answer: Annotated[
        list[str] | None, typer.Option("--answer", metavar="CLÉ=TEXTE", help="Réponse à une question ; répétable.")
    ] = None,
    ask: Annotated[bool, typer.Option("--ask", help="Pose les huit questions dans le terminal.")] = False,
    source: Annotated[list[str] | None, typer.Option("--source", help="mirai, pi, … ; répétable.")] = None,
    keep: Annotated[
        list[str] | None, typer.Option("--keep", metavar="ID", help="Reprend une exigence écartée ; répétable.")
    ] = None,
    revision: Revisions = None,
    output: Output = None,
    format_name: FormatName = None,
    bom: Bom = False,
) -> None:
    """Les exigences des deux CCT qui s'appliquent à une application, P d'abord, avec leur raison."""
    from ui.checklist.making import ChecklistMaker

    chosen = _format(format_name, output)
    given = _description(description, text, answers, answer, ask)
    library, revisions = ready_library(revision)
    checklist, sheet = ChecklistMaker(library).checklist(given, source or (), revisions, keep or ())
    known = {name.upper() for line in checklist.kept for p in line.places for name in (p.key, p.passage.id or "")}
    for name in keep or ():
        if name.strip().upper() not in known:
            raise CctError(f"--keep {name!r} ne désigne aucune exigence.", "Écrivez mirai:EXI-G-7, ou EXI-G-7.")
    _write(sheet, chosen, output, bom)
    primary = sum(line.priority == "P" for line in checklist.kept)
    confirm = sum(line.verdict == "confirm" for line in checklist.kept)
    say(
        f"Exigences retenues : {len(checklist.kept)} ({primary} P, {confirm} à confirmer) ; "
        f"écartées, avec leur raison : {len(checklist.aside)}."
    )


@app.command("revisit")
def revisit(
    file: Annotated[Path, typer.Argument(metavar="FICHIER", help="Une liste remplie, .ods ou .csv.")],
    revision: Revisions = None,
    output: Output = None,
    format_name: FormatName = None,
    bom: Bom = False,
) -> None:
    """Ce qu'une révision plus récente oblige à revoir dans une liste remplie ; ce qui y est écrit est gardé."""
    from ui.checklist.making import TITLE
    from ui.checklist.revisit import Revisitor
    from ui.checklist.rows import Sheet

    chosen = _format(format_name, output)
    rows, description = read_rows(file)
    corpus = open_corpus()
    titles = {s.id: s.title for s in corpus.manifest.source}

    def link(located: Any) -> str | None:
        found = corpus.manifest.get(located.source)
        return found.link(located.commit, located.document, located.passage.lines) if located.commit else None

    wanted = dict(pairs(revision, "--revision"))
    found = _with_reasons(Revisitor(corpus, titles, link).revisit(rows, wanted), description)
    names = []
    for one in found.sources:
        older = ", ".join(commit[:7] for commit in one.older)
        names.append(f"{titles[one.source]}, {older} → {one.newer.commit[:7]} ({one.newer.date})")
        if one.from_rows:
            say(f"{one.source} : la révision {older} n'est plus lisible ; les textes de la liste en tiennent lieu.")
    sheet = Sheet(f"{TITLE} revue", " ; ".join(names) + ".", found.rows)
    shown = sheet if output is not None else Sheet(sheet.title, sheet.revisions, found.to_review)
    if output is not None or found.to_review:
        _write(shown, chosen, output, bom)
    removed = sum(not row.kept and bool(row.review) for row in found.rows)
    say(f"{len(found.to_review)} ligne(s) à revoir sur {len(found.rows)}, dont {removed} retirée(s) ou écartée(s).")
    if found.to_review:
        raise typer.Exit(1)


def read_rows(file: Path) -> tuple[tuple[Row, ...], str]:
    """The rows of a checklist file and the description that it holds, empty without one.

    Raises UnreadableChecklist, and CctError for a file that cannot be opened.
    """
    from ui.checklist.files import rows_of_file

    return rows_of_file(_bytes(file, "FICHIER"), file.name)


def _with_reasons(found: Revisit, description: str) -> Revisit:
    """The new requirements judged by the description; left to confirm where there is none, or no index of them."""
    from ui.checklist.making import ChecklistMaker
    from ui.checklist.revisit import NEW
    from ui.checklist.travelling import described

    if not description or not any(row.review == NEW for row in found.rows):
        return found
    try:
        return replace(found, rows=ChecklistMaker(ready_library(None)[0]).judged(found, described(description)))
    except CctError as exc:
        say(f"Nouvelles exigences laissées à confirmer : {exc.message}")
        return found


def _description(
    file: str | None, text: str | None, answers: Path | None, answer: list[str] | None, ask: bool
) -> Description:
    from assistant.checklist.description import read_answers, read_description

    ways = [file is not None, text is not None, bool(answers or answer), ask]
    if sum(ways) != 1:
        raise CctError(
            "Donnez une description, d'une seule façon.",
            "Un fichier, --text, --answers FICHIER ou --answer CLÉ=TEXTE, ou --ask.",
        )
    if text is not None:
        return read_description(text)
    if ask:
        return read_answers(_asked())
    if file is not None:
        content = sys.stdin.buffer.read() if file == "-" else _bytes(Path(file), "FICHIER")
        return read_description(_decoded(content, file))
    given = _answers_of(answers) if answers else {}
    return read_answers({**given, **dict(pairs(answer, "--answer"))})


def _asked() -> dict[str, str]:
    from assistant.checklist.description import QUESTIONS

    say("Huit questions ; Entrée seule quand vous ne savez pas, « non » quand il n'y en a pas.")
    given = {}
    for number, question in enumerate(QUESTIONS, 1):
        print(f"{number}. {question.label} ", end="", file=sys.stderr, flush=True)
        given[question.key] = sys.stdin.readline().strip()
    return given


def _as_text(value: object) -> str:
    return {True: "oui", False: "non"}[value] if isinstance(value, bool) else str(value)


def _answers_of(file: Path) -> dict[str, str]:
    import json

    text = _decoded(_bytes(file, "--answers"), file.name)
    try:
        given: Any = json.loads(text) if file.suffix.lower() == ".json" else tomllib.loads(text)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError) as exc:
        raise CctError(f"{file.name} est illisible : {exc}.", _ONE_LINE) from exc
    if not isinstance(given, dict) or not all(isinstance(v, str | int | float | bool) for v in given.values()):
        raise CctError(f"{file.name} : une réponse n'est pas un texte.", _ONE_LINE)
    return {str(key): _as_text(value) for key, value in given.items()}


def _format(name: str | None, output: Path | None) -> Format:
    by_suffix = _SUFFIXES.get(output.suffix.lower()) if output else None
    if name is not None and name not in _SUFFIXES.values():
        raise CctError(f"Format inconnu : {name!r}.", "Choisissez markdown, csv ou ods.")
    chosen: Format = next((f for f in _SUFFIXES.values() if f == name), by_suffix or "markdown")
    if output is not None and name is None and by_suffix is None:
        raise CctError(f"Le suffixe de {output.name} ne dit pas le format.", "Ajoutez --format, ou .md, .csv, .ods.")
    if chosen == "ods" and output is None:
        raise CctError("Un classeur s'écrit dans un fichier.", "Ajoutez --output FICHIER.ods.")
    return chosen


def _write(sheet: Sheet, chosen: Format, output: Path | None, bom: bool) -> None:
    from ui.checklist.text_formats import csv_text, markdown

    if chosen == "ods":
        from ui.checklist.ods import ods_bytes

        content = ods_bytes(sheet)
    elif chosen == "csv":
        content = csv_text(sheet).encode("utf-8-sig" if bom else "utf-8")
    else:
        content = markdown(sheet).encode()
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    aside = output.with_name(f"{output.name}.tmp")
    try:
        aside.write_bytes(content)
        aside.replace(output)
    except OSError as exc:
        raise CctError(f"Écriture impossible : {output} ({exc.strerror}).", "Vérifiez --output.") from exc
    say(f"Écrit : {output}")


def _bytes(file: Path, option: str) -> bytes:
    try:
        if file.stat().st_size > _LARGEST:
            raise CctError(f"{file.name} dépasse {_LARGEST // 1_000_000} Mo.", "Donnez un fichier plus petit.")
        return file.read_bytes()
    except OSError as exc:
        raise CctError(f"Fichier illisible : {file} ({exc.strerror}).", f"Vérifiez {option}.") from exc


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise CctError(f"{name} n'est pas de l'UTF-8.", "Réenregistrez-le en UTF-8.") from exc
