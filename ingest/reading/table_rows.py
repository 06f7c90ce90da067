"""Tables → rows with their line numbers, in every shape the documents have had.

Pipe tables are read line by line, not by a Markdown parser: the documents hold rows of one cell,
empty header rows, rows cut by blank lines, and a parser drops what it does not expect. HTML tables
(2022) are read with the standard library's parser, which knows its line numbers.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from html.parser import HTMLParser

from ingest.passage import Lines, document_lines
from ingest.reading.hidden_lines import hidden_lines
from ingest.reading.quote_form import normalised

_RULE = re.compile(r"^[\s:|-]+$")
_UNESCAPED_PIPE = re.compile(r"(?<!\\)\|")
_MAX_CUT = 6
"""A row may go on over this many lines before its closing bar is given up."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """Cells as the document has them (white space at the ends removed), and the row's lines."""

    cells: tuple[str, ...]
    lines: Lines
    cut: bool = False
    """True when line breaks stand inside the row: most Markdown renderers lose such a row."""

    @property
    def plain_cells(self) -> tuple[str, ...]:
        """The cells without emphasis, escapes, HTML entities and typographic variants."""
        return tuple(normalised(html.unescape(cell)) for cell in self.cells)

    @property
    def is_blank(self) -> bool:
        """True for empty, separator and rule rows: no cell holds a letter or a digit."""
        return not any(re.search(r"\w", cell) for cell in self.plain_cells)


@dataclass(frozen=True, slots=True)
class Table:
    """Consecutive rows; the rule row (| --- |) is left out, `rule_line` says where it stood."""

    rows: tuple[TableRow, ...]
    lines: Lines
    rule_line: int | None = None


def read_tables(text: str) -> list[Table]:
    """Every pipe and HTML table of a Markdown document, in order. Lines are 1-based."""
    lines = document_lines(text)
    fenced, commented = hidden_lines("\n".join(lines))
    html_tables = _html_tables(["" if n in fenced else line for n, line in enumerate(lines, 1)])
    taken = {n for table in html_tables for n in range(table.lines.start, table.lines.end + 1)}
    taken |= fenced | commented
    return sorted([*html_tables, *_pipe_tables(lines, taken)], key=lambda t: t.lines.start)


def split_cells(row: str) -> tuple[str, ...]:
    """ "| a | b |" → ("a", "b"); an escaped bar (\\|) stays in its cell."""
    body = row.strip()
    body = body.removeprefix("|")
    if body.endswith("|") and not body.endswith("\\|"):
        body = body[:-1]
    return tuple(cell.strip() for cell in _UNESCAPED_PIPE.split(body))


def _pipe_tables(lines: list[str], taken: set[int]) -> list[Table]:
    tables: list[Table] = []
    rows: list[TableRow] = []
    rule: int | None = None
    start = 0
    n = 1
    while n <= len(lines) + 1:
        line = lines[n - 1] if n <= len(lines) else ""
        opened = bool(rows or rule)
        if n in taken or not (_begins(line) or (opened and _UNESCAPED_PIPE.search(line))):
            if rows or rule:
                tables.append(Table(tuple(rows), Lines(start, max(start, n - 1)), rule))
            rows, rule = [], None
            n += 1
            continue
        if not rows and rule is None:
            start = n
        if _is_rule(line) and rule is None and len(rows) <= 1:
            rule = n
            n += 1
            continue
        end = _row_end(lines, n)
        body = "\n".join(part for part in lines[n - 1 : end] if part.strip())
        rows.append(TableRow(split_cells(body), Lines(n, end), cut=end > n))
        n = end + 1
    return tables


def _row_end(lines: list[str], n: int) -> int:
    """The line where the row that starts at line n closes; n itself when it closes nowhere near."""
    if _closes(lines[n - 1]) or not _begins(lines[n - 1]):
        return n
    for m in range(n + 1, min(n + _MAX_CUT, len(lines)) + 1):
        line = lines[m - 1]
        if _begins(line):
            return n
        if _closes(line):
            return m
    return n


def _begins(line: str) -> bool:
    return line.lstrip().startswith("|")


def _is_rule(line: str) -> bool:
    return "-" in line and bool(_RULE.match(line))


def _closes(line: str) -> bool:
    return line.rstrip().endswith("|")


_SPACE_ENTITY = re.compile(r"&(?:nbsp|#160|#xa0);?", re.IGNORECASE)


class _HtmlRows(HTMLParser):
    """Collects <tr> rows. A cell keeps its text as written, entities too, with <br> where a tag or comment stands."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.tables: list[Table] = []
        self._rows: list[TableRow] = []
        self._table_start: int | None = None
        self._row_start: int | None = None
        self._row_end = 0
        self._cells: list[str] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # the base class's signature
        line = self.getpos()[0]
        if tag == "table":
            self.finish()
            self._table_start = line
        elif tag == "tr":
            self._close_row()
            self._row_start, self._row_end = line, line
        elif tag in {"td", "th"}:
            self._close_cell()
            self._cell = []
            self._row_end = line
        else:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        line = self.getpos()[0]
        if tag in {"td", "th"}:
            self._close_cell()
            self._row_end = line
        elif tag == "tr":
            self._row_end = line
            self._close_row()
        elif tag == "table":
            self._close_row()
            self._close_table(line)
        else:
            self._break()

    def handle_comment(self, data: str) -> None:  # noqa: ARG002  # the base class's signature
        self._break()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)
            if data.strip():
                self._row_end = self.getpos()[0] + data.rstrip().count("\n")

    def handle_entityref(self, name: str) -> None:
        self.handle_data(self._as_written(f"&{name}"))

    def handle_charref(self, name: str) -> None:
        self.handle_data(self._as_written(f"&#{name}"))

    def finish(self) -> None:
        """Keeps the closed rows of a table whose end tag never came; an open row is left to the prose."""
        self._row_start, self._cells, self._cell = None, [], None
        self._close_table(self._rows[-1].lines.end if self._rows else 0)

    def _as_written(self, reference: str) -> str:
        """The reference with its semicolon, which HTML lets authors forget."""
        line, column = self.getpos()
        written = self._lines[line - 1][column : column + len(reference) + 1]
        return written if written.endswith(";") else reference

    def read(self, text: str) -> list[Table]:
        """The tables of a document."""
        self._lines = text.split("\n")
        self.feed(text)
        self.close()
        self.finish()
        return self.tables

    def _break(self) -> None:
        if self._cell is not None:
            self._cell.append("<br>")

    def _close_cell(self) -> None:
        if self._cell is not None:
            parts = (part.strip() for part in "".join(self._cell).split("<br>"))
            self._cells.append("<br>".join(part for part in parts if _SPACE_ENTITY.sub("", part).strip()))
            self._cell = None

    def _close_row(self) -> None:
        self._close_cell()
        if self._row_start is not None and self._cells:
            self._rows.append(TableRow(tuple(self._cells), Lines(self._row_start, self._row_end)))
        self._row_start, self._cells = None, []

    def _close_table(self, line: int) -> None:
        if self._rows and self._table_start is not None:
            self.tables.append(Table(tuple(self._rows), Lines(self._table_start, line)))
        self._rows, self._table_start = [], None


def _html_tables(lines: list[str]) -> list[Table]:
    text = "\n".join(lines)
    return _HtmlRows().read(text) if "<table" in text.lower() else []
