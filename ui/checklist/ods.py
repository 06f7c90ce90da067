"""A checklist as an OpenDocument spreadsheet, and back. The only module that knows odfpy."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import Any
from zipfile import BadZipFile

from odf import table as odf_table
from odf.namespaces import OFFICENS, TABLENS
from odf.opendocument import OpenDocumentSpreadsheet, load
from odf.style import ParagraphProperties, Style, TableCellProperties, TableColumnProperties, TextProperties
from odf.text import P

from ui.checklist.rows import HEADERS, STATUSES, Row, Sheet
from ui.checklist.text_formats import rows_from_table
from ui.errors import UnreadableChecklist

KEPT_TAB, ASIDE_TAB, ABOUT_TAB = "À appliquer", "Écartées", "Description"
_WIDTHS = {
    "documents": "3.5cm", "identifier": "3cm", "priority": "1.3cm", "requirement": "11cm", "grounds": "6.5cm",
    "quotes": "6.5cm", "evidence": "5cm", "waiver": "5cm", "comment": "5cm", "links": "5cm", "references": "4cm",
}  # fmt: skip
_ILLEGAL = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ABOVE = 4
"""Lines of the description's sheet that come before the description."""
_WIDEST, _LONGEST = 200, 20_000
"""Columns and rows read at most: a spreadsheet says that its empty cells repeat to the end of the sheet."""


def ods_bytes(sheet: Sheet) -> bytes:
    """The spreadsheet: what applies, what was set aside, and the description; statuses are chosen from a list."""
    document = OpenDocumentSpreadsheet()
    styles = _Styles(document)
    _add_statuses(document)
    kept = [row for row in sheet.rows if row.kept]
    aside = [row for row in sheet.rows if not row.kept]
    for name, rows in ((KEPT_TAB, kept), (ASIDE_TAB, aside)):
        document.spreadsheet.addElement(_tab(name, rows, sheet.extra_headings, styles))
    document.spreadsheet.addElement(_about(sheet, styles))
    stream = io.BytesIO()
    document.write(stream)
    return stream.getvalue()


def rows_from_ods(content: bytes, name: str) -> tuple[Row, ...]:
    """The rows of both tabs. Raises UnreadableChecklist when it is no spreadsheet, or no checklist of ours."""
    try:
        document = load(io.BytesIO(content))
        tabs = {str(tab.getAttribute("name")): tab for tab in document.getElementsByType(odf_table.Table)}
    except (BadZipFile, KeyError, ValueError, AttributeError, OSError) as exc:
        raise UnreadableChecklist(f"{name} n'est pas un classeur OpenDocument lisible.", "Réenregistrez-le.") from exc
    wanted = [tabs[tab] for tab in (KEPT_TAB, ASIDE_TAB) if tab in tabs] or list(tabs.values())[:1]
    if not wanted:
        raise UnreadableChecklist(f"{name} n'a pas de feuille.", "Donnez un fichier fait par « cct checklist ».")
    return tuple(row for tab in wanted for row in rows_from_table(list(_lines(tab)), name))


def description_from_ods(content: bytes) -> str:
    """The description that the workbook keeps of the application; empty without one."""
    document = load(io.BytesIO(content))
    for tab in document.getElementsByType(odf_table.Table):
        if str(tab.getAttribute("name")) == ABOUT_TAB:
            lines = [" ".join(cells) for cells in _lines(tab)]
            return "\n".join(lines[_ABOVE:]).strip()
    return ""


class _Styles:
    """The named styles of the document."""

    def __init__(self, document: Any) -> None:
        self.head = Style(name="tete", family="table-cell")
        self.head.addElement(TextProperties(fontweight="bold"))
        self.head.addElement(
            TableCellProperties(backgroundcolor="#e5e5e5", wrapoption="wrap", border="0.5pt solid #999")
        )
        self.cell = Style(name="texte", family="table-cell")
        self.cell.addElement(TableCellProperties(wrapoption="wrap", verticalalign="top", border="0.5pt solid #ccc"))
        self.cell.addElement(ParagraphProperties(textalign="start"))
        self.columns = {}
        for name in (*HEADERS, "about"):
            width = "22cm" if name == "about" else _WIDTHS.get(name, "3.2cm")
            style = Style(name=f"colonne-{name}", family="table-column")
            style.addElement(TableColumnProperties(columnwidth=width))
            self.columns[name] = style
        for style in (self.head, self.cell, *self.columns.values()):
            document.automaticstyles.addElement(style)


def _add_statuses(document: Any) -> None:
    choices = ";".join(f'"{status}"' for status in STATUSES)
    validations = odf_table.ContentValidations()
    validations.addElement(
        odf_table.ContentValidation(
            name="statuts", condition=f"of:cell-content-is-in-list({choices})", allowemptycell="true",
            displaylist="unsorted",
        )
    )  # fmt: skip
    document.spreadsheet.addElement(validations)


def _tab(name: str, rows: list[Row], extra: tuple[str, ...], styles: _Styles) -> Any:
    tab = odf_table.Table(name=name)
    for column in HEADERS:
        tab.addElement(odf_table.TableColumn(stylename=styles.columns[column]))
    if extra:
        tab.addElement(odf_table.TableColumn(stylename=styles.columns["comment"], numbercolumnsrepeated=len(extra)))
    head = odf_table.TableHeaderRows()
    head.addElement(_line((*HEADERS.values(), *extra), styles.head))
    tab.addElement(head)
    status = list(HEADERS).index("status")
    for row in rows:
        added = dict(row.extra)
        cells = (*row.cells, *(added.get(heading, "") for heading in extra))
        tab.addElement(_line(cells, styles.cell, validated=status))
    return tab


def _about(sheet: Sheet, styles: _Styles) -> Any:
    tab = odf_table.Table(name=ABOUT_TAB)
    tab.addElement(odf_table.TableColumn(stylename=styles.columns["about"]))
    for text in (sheet.title, sheet.revisions, sheet.notice, "", *sheet.description.splitlines()):
        tab.addElement(_line((text,), styles.cell))
    return tab


def _line(cells: Iterable[str], style: Any, validated: int = -1) -> Any:
    line = odf_table.TableRow()
    for n, text in enumerate(cells):
        more = {"contentvalidationname": "statuts"} if n == validated else {}
        cell = odf_table.TableCell(valuetype="string", stylename=style, **more)
        for part in text.splitlines() or [""]:
            cell.addElement(P(text=_ILLEGAL.sub("", part)))
        line.addElement(cell)
    return line


def _lines(tab: Any) -> Iterator[list[str]]:
    """The lines of a sheet, repeated ones included, empty ends cut."""
    given = 0
    for line in tab.getElementsByType(odf_table.TableRow):
        cells: list[str] = []
        for cell in line.childNodes:
            if getattr(cell, "qname", None) not in {(TABLENS, "table-cell"), (TABLENS, "covered-table-cell")}:
                continue
            times = int(cell.getAttribute("numbercolumnsrepeated") or 1)
            cells += [_text(cell)] * min(times, _WIDEST - len(cells))
        while cells and not cells[-1]:
            cells.pop()
        times = int(line.getAttribute("numberrowsrepeated") or 1)
        for _ in range(times if cells else 1):
            if given >= _LONGEST:
                return
            given += 1
            yield cells


def _text(cell: Any) -> str:
    """A cell's paragraphs, one a line; comments pinned to it are not its text."""
    return "\n".join(
        _inner(child) for child in cell.childNodes if getattr(child, "qname", (None, ""))[1] in {"p", "h"}
    )


def _inner(node: Any) -> str:
    if node.nodeType == node.TEXT_NODE:
        return str(node.data)
    kind = getattr(node, "qname", (None, ""))
    if kind == (OFFICENS, "annotation"):
        return ""
    if kind[1] == "s":
        return " " * int(node.getAttribute("c") or 1)
    if kind[1] in {"tab", "line-break"}:
        return "\t" if kind[1] == "tab" else "\n"
    return "".join(_inner(child) for child in node.childNodes)
