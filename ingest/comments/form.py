"""The CCT's own form for comments (ODS): filled with its columns, its styles and nothing else changed."""

from __future__ import annotations

import datetime
import io
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from ingest.comments.comment import Comment, CommentError
from ingest.errors import RepositoryError
from ingest.sources.corpus import Corpus
from ingest.sources.manifest import Source

FORM = "gabarit-pour-commentaires.ods"
_RECOGNISED = {
    "id": r"^id\b",
    "place": r"page|ligne",
    "extract": r"extrait",
    "proposal": r"proposition",
    "importance": r"importance",
    "author": r"auteur",
    "date": r"^date",
}
_OWN_HEADINGS = (
    ("Id", 1.5),
    ("Page N° (ou n° lignes markdown)", 6.0),
    ("Extrait paragraphe source", 9.0),
    ("proposition complet de paragraphe (ou commentaire)", 9.0),
    ("Importance", 2.5),
    ("Auteur(email)", 5.0),
    ("Date", 2.5),
    ("Etat de prise en compte", 4.0),
    ("Relecteur - commentaire", 5.0),
)
"""The headings of the official form, and widths in centimetres, for where that form is not at hand."""
_DAY = "jour"
"""Style of the dates of our own form."""
_REPLACED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def official_form(corpus: Corpus, preferred: Source | None = None) -> bytes | None:
    """The form as a synchronised repository holds it at its newest revision; None when none does."""
    if corpus.settings.edition == "demo":
        return None
    sources = sorted(corpus.manifest.source, key=lambda s: preferred is None or s.id != preferred.id)
    for source in sources:
        repository = corpus.repository(source)
        if not repository.exists:
            continue
        try:
            files = repository.files(repository.resolve(source.branch).commit)
        except RepositoryError:
            continue
        if FORM in files:
            return repository.read(files[FORM])
    return None


def filled_form(form: bytes | None, comments: Sequence[Comment]) -> bytes:
    """The form with one row a comment, its example rows removed; our own form of the same columns without one.

    Raises CommentError when it cannot be read or lacks one of the columns.
    """
    from odf.table import TableRow

    document = _opened(form) if form is not None else _own_form()
    table = _first_table(document)
    rows = table.getElementsByType(TableRow)
    columns, width = _columns(rows[0])
    example = rows[1] if len(rows) > 1 else None
    styles = _cell_styles(example, width)
    if form is None:
        styles[columns["date"]] = _DAY
    for row in rows[1:]:
        table.removeChild(row)
    for number, comment in enumerate(comments, 1):
        table.addElement(_row(number, comment, columns, width, styles, example))
    content = io.BytesIO()
    document.write(content)
    return content.getvalue()


def place_of(comment: Comment) -> str:
    """ "pi, cct-exigences.md, ligne 24": the form has no column for the document."""
    line = f", ligne {comment.line}" if comment.line else ""
    return f"{comment.source}, {comment.document}{line}"


def _opened(form: bytes) -> Any:
    from odf.opendocument import load

    try:
        return load(io.BytesIO(form))
    except Exception as exc:
        raise CommentError(f"Le gabarit {FORM} ne peut pas être lu ({exc}).", "Vérifiez-le dans le dépôt.") from exc


def _first_table(document: Any) -> Any:
    from odf.table import Table, TableRow

    tables = document.getElementsByType(Table)
    if not tables or not tables[0].getElementsByType(TableRow):
        raise CommentError(f"Le gabarit {FORM} ne contient aucun tableau.", "Vérifiez-le dans le dépôt.")
    return tables[0]


def _columns(header: Any) -> tuple[dict[str, int], int]:
    """Position of each known column, and how many columns have a heading."""
    from odf import teletype

    headings = [_plain(teletype.extractText(cell)) for cell in _cells(header)]
    while headings and not headings[-1]:
        headings.pop()
    found: dict[str, int] = {}
    for name, pattern in _RECOGNISED.items():
        position = next(
            (n for n, h in enumerate(headings) if re.search(pattern, h) and n not in found.values()), None
        )
        if position is None:
            raise CommentError(
                f"Le gabarit {FORM} n'a pas de colonne pour « {name} » (en-têtes : {', '.join(headings)}).",
                "Sa forme a changé : signalez-le aux mainteneurs de l'assistant.",
            )
        found[name] = position
    return found, len(headings)


def _cells(row: Any) -> list[Any]:
    """The cells of a row, a repeated one as often as it stands (the empty rest of the row once)."""
    cells = []
    for cell in row.childNodes:
        times = int(cell.getAttribute("numbercolumnsrepeated") or 1)
        cells += [cell] * (times if times < 100 else 1)
    return cells


def _cell_styles(example: Any, width: int) -> list[str | None]:
    """The style of each column's cells, as the form's own example has it."""
    cells = _cells(example) if example is not None else []
    styles = [cell.getAttribute("stylename") for cell in cells][:width]
    return [*styles, *[None] * (width - len(styles))]


def _row(
    number: int, comment: Comment, columns: dict[str, int], width: int, styles: list[str | None], example: Any
) -> Any:
    from odf.table import TableRow

    values: dict[int, int | str | datetime.date] = {
        columns["id"]: number,
        columns["place"]: place_of(comment),
        columns["extract"]: comment.extract,
        columns["proposal"]: comment.proposal,
        columns["importance"]: comment.importance,
        columns["author"]: comment.author,
        columns["date"]: _date(comment.date),
    }
    style = example.getAttribute("stylename") if example is not None else None
    row = TableRow(**({"stylename": style} if style else {}))
    for n in range(width):
        row.addElement(_cell(values.get(n, ""), styles[n]))
    return row


def _cell(value: int | str | datetime.date, style: str | None) -> Any:
    from odf.table import TableCell
    from odf.text import P

    styled = {"stylename": style} if style else {}
    if isinstance(value, int):
        cell = TableCell(valuetype="float", value=str(value), **styled)
    elif isinstance(value, datetime.date):
        cell = TableCell(valuetype="date", datevalue=value.isoformat(), **styled)
        value = f"{value:%d/%m/%Y}"
    else:
        cell = TableCell(**({"valuetype": "string"} if value else {}), **styled)
    for line in str(value).split("\n"):
        if line:
            cell.addElement(P(text=_REPLACED.sub("", line)))
    return cell


def _date(date: str) -> datetime.date | str:
    try:
        return datetime.date.fromisoformat(date)
    except ValueError:
        return date


def _own_form() -> Any:
    """A form of the official columns, for the demonstration edition or a repository without one."""
    from odf.number import DateStyle, Day, Month, Text, Year
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.style import Style, TableColumnProperties, TextProperties
    from odf.table import Table, TableCell, TableColumn, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    bold = Style(name="entete", family="table-cell")
    bold.addElement(TextProperties(fontweight="bold"))
    document.automaticstyles.addElement(bold)
    day = DateStyle(name="jj-mm-aaaa")
    for part in (Day(style="long"), Text(text="/"), Month(style="long"), Text(text="/"), Year(style="long")):
        day.addElement(part)
    document.automaticstyles.addElement(day)
    document.automaticstyles.addElement(Style(name=_DAY, family="table-cell", datastylename=day))
    table, header = Table(name="Commentaires"), TableRow()
    for n, (heading, width) in enumerate(_OWN_HEADINGS):
        style = Style(name=f"colonne{n}", family="table-column")
        style.addElement(TableColumnProperties(columnwidth=f"{width}cm"))
        document.automaticstyles.addElement(style)
        table.addElement(TableColumn(stylename=style))
        cell = TableCell(valuetype="string", stylename=bold)
        cell.addElement(P(text=heading))
        header.addElement(cell)
    table.addElement(header)
    document.spreadsheet.addElement(table)
    return document


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", " ".join(text.split())).casefold()
    return "".join(c for c in folded if not unicodedata.combining(c))
