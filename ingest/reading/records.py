"""Table rows → requirements, components, glossary terms and norms.

A row that is none of these is recognised by name (header, rule, separator, legend, empty) or reported
as unreadable with its line: nothing is dropped by accident.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from html import unescape

from ingest.passage import Passage, Priority, ReadDocument, Role, UnreadableRow
from ingest.reading.identifiers import read_component_id, read_requirement_id
from ingest.reading.quote_form import fold, normalised
from ingest.reading.sentences import clean_parts, split_sentences
from ingest.reading.table_rows import Table, TableRow

_HEADERS = {
    "id": {"id", "réf", "ref", "référence", "identifiant"},
    "priority": {"type"},
    "text": {"exigence", "exigences"},
    "category": {"catégorisation", "catégorie", "categorisation"},
    "nature": {"nature"},
}
_DEFAULT_COLUMNS = {
    4: {"id": 0, "priority": 1, "text": 2, "category": 3},
    5: {"id": 0, "priority": 1, "text": 2, "nature": 3, "category": 4},
}
_LEGEND = {"version", "légende"}


@dataclass(frozen=True, slots=True)
class _Columns:
    id: int
    priority: int
    text: int
    category: int


def read_records(tables: list[Table], role: Role) -> ReadDocument:
    """The records of a document's tables, in order, occurrences counted, and its unreadable rows."""
    passages: list[Passage] = []
    unreadable: list[UnreadableRow] = []
    for table in tables:
        read = _table_records(table, role)
        passages += read.passages
        unreadable += read.unreadable
    return ReadDocument(tuple(_with_occurrences(passages)), tuple(unreadable))


def _table_records(table: Table, role: Role) -> ReadDocument:
    if role == "requirements" or _looks_like_requirements(table):
        return _requirements(table)
    if role == "glossary":
        return _terms(table)
    if any(read_component_id(row.cells[0]) for row in table.rows):
        return _components(table)
    if role == "norms":
        return _norms(table)
    return _other_rows(table)


def _looks_like_requirements(table: Table) -> bool:
    return sum(read_requirement_id(row.cells[0]) is not None for row in table.rows) >= 2


def _columns(table: Table) -> tuple[_Columns, TableRow | None]:
    """The columns by their header, wherever it stands, and that row."""
    for row in table.rows:
        names = [cell.casefold() for cell in row.plain_cells]
        found = {key: i for key, labels in _HEADERS.items() for i, name in enumerate(names) if name in labels}
        if {"id", "text"} <= found.keys():
            return _Columns(found["id"], found.get("priority", -1), found["text"], found.get("category", -1)), row
    width = max((len(row.cells) for row in table.rows), default=4)
    default = _DEFAULT_COLUMNS.get(width, _DEFAULT_COLUMNS[4])
    return _Columns(default["id"], default["priority"], default["text"], default["category"]), None


def _requirements(table: Table) -> ReadDocument:
    columns, header = _columns(table)
    passages: list[Passage] = []
    unreadable: list[UnreadableRow] = []
    for row in table.rows:
        if row.is_blank or row is header:
            continue
        printed = read_requirement_id(row.cells[columns.id]) if len(row.cells) > columns.id else None
        if printed is None:
            if _is_legend(row):
                passages += _legend(row, columns)
            elif not _is_separator(row):
                unreadable.append(UnreadableRow(row.lines.start, "identifiant non reconnu", fold(row.cells[0])[:80]))
            continue
        text, sentences = _text((_cell(row, columns.text),))
        if not text:
            unreadable.append(UnreadableRow(row.lines.start, "exigence sans texte", printed.id))
            continue
        priority = _priority(_cell(row, columns.priority))
        if priority is None:
            unreadable.append(UnreadableRow(row.lines.start, "type absent ou inconnu", printed.id))
        category = normalised(unescape(_cell(row, columns.category)))
        passages.append(
            Passage(
                kind="requirement",
                text=text,
                lines=row.lines,
                sentences=sentences,
                id=printed.id,
                priority=priority,
                title=category,
                category=category,
                origin=printed.origin,
                printed_id=fold(row.cells[columns.id]),
            )
        )
    return ReadDocument(tuple(passages), tuple(unreadable))


def _cell(row: TableRow, column: int) -> str:
    return row.cells[column] if 0 <= column < len(row.cells) else ""


def _priority(cell: str) -> Priority | None:
    text = normalised(unescape(cell)).upper()
    if text == "P":
        return "P"
    return "I" if text == "I" else None


def _is_legend(row: TableRow) -> bool:
    return row.plain_cells[0].casefold() in _LEGEND


def _legend(row: TableRow, columns: _Columns) -> list[Passage]:
    """The legend as a passage; none when the row only names it."""
    text, sentences = _text((_cell(row, columns.text),))
    if not text:  # it stands in another column
        text, sentences = _text(row.cells[1:])
    title = "Version et légende du tableau"
    return [Passage(kind="section", text=text, lines=row.lines, sentences=sentences, title=title)] if text else []


def _is_separator(row: TableRow) -> bool:
    """One cell between dashes: "\\--- reprise des exigences clés Pi Native --"."""
    filled = [cell for cell in row.plain_cells if cell]
    return len(filled) == 1 and filled[0].startswith("-") and filled[0].strip().endswith("-")


def _components(table: Table) -> ReadDocument:
    passages: list[Passage] = []
    unreadable: list[UnreadableRow] = []
    for row in table.rows:
        reference = read_component_id(row.cells[0])
        if reference is None:
            if not row.is_blank and not _is_header(row):
                unreadable.append(
                    UnreadableRow(row.lines.start, "référence de composant non reconnue", fold(row.cells[0])[:80])
                )
            continue
        text, sentences = _text(row.cells[1:])
        if not text:
            unreadable.append(UnreadableRow(row.lines.start, "composant sans texte", reference))
            continue
        passages.append(
            Passage(
                kind="component",
                text=text,
                lines=row.lines,
                sentences=sentences,
                id=reference,
                title=normalised(_cell(row, 1)),
                printed_id=fold(row.cells[0]),
                context="Composants du socle",
            )
        )
    return ReadDocument(tuple(passages), tuple(unreadable))


def _is_header(row: TableRow) -> bool:
    return row.plain_cells[0].casefold() in {"réf", "ref", "référence", "id", "terme", "version"}


def _terms(table: Table) -> ReadDocument:
    passages: list[Passage] = []
    unreadable: list[UnreadableRow] = []
    rows = [row for row in table.rows if not row.is_blank]
    for n, row in enumerate(rows):
        term = row.plain_cells[0]
        if n == 0 and _is_header(row):
            continue
        text, sentences = _text(row.cells[1:])
        if not text or not term:
            reason = "terme sans définition" if term else "définition sans terme"
            unreadable.append(UnreadableRow(row.lines.start, reason, term or normalised(text)[:80]))
            continue
        passages.append(
            Passage(
                kind="term",
                text=text,
                lines=row.lines,
                sentences=sentences,
                id=term,
                title=term,
                printed_id=fold(row.cells[0]),
                context="Glossaire",
            )
        )
    return ReadDocument(tuple(passages), tuple(unreadable))


def _norms(table: Table) -> ReadDocument:
    passages = []
    for row in table.rows:
        if row.is_blank:
            continue
        text, sentences = _text(row.cells)
        passages.append(
            Passage(
                kind="norm",
                text=text,
                lines=row.lines,
                sentences=sentences,
                title=row.plain_cells[0],
                context="Normes applicables",
            )
        )
    return ReadDocument(tuple(passages))


def _other_rows(table: Table) -> ReadDocument:
    passages = []
    for row in table.rows:
        if row.is_blank:
            continue
        text, sentences = _text(row.cells)
        passages.append(
            Passage(kind="section", text=text, lines=row.lines, sentences=sentences, title=row.plain_cells[0])
        )
    return ReadDocument(tuple(passages))


def _text(cells: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The text of a record, one part of a cell a line, and its sentences (none spans two cells)."""
    parts = [part for cell in cells for part in clean_parts(cell)]
    return "\n".join(parts), tuple(s for part in parts for s in split_sentences(part))


def _with_occurrences(passages: list[Passage]) -> list[Passage]:
    seen: Counter[str] = Counter()
    counted = []
    for passage in passages:
        if passage.id is None:
            counted.append(passage)
            continue
        seen[passage.id] += 1
        counted.append(replace(passage, occurrence=seen[passage.id]))
    return counted
