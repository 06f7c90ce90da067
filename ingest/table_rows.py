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

from ingest.passage import Lines
from ingest.quote_form import normalised

_RULE = re.compile(r"^\|?[\s:|-]*-[\s:|-]*\|?$")
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
        """The cells without emphasis, escapes and typographic variants."""
        return tuple(normalised(cell) for cell in self.cells)

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
    lines = text.splitlines()
    html_tables = list(_html_tables(text))
    taken = {n for table in html_tables for n in range(table.lines.start, table.lines.end + 1)}
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
    fenced = False
    n = 1
    while n <= len(lines) + 1:
        line = lines[n - 1] if n <= len(lines) else ""
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        if fenced or n in taken or not line.lstrip().startswith("|"):
            if rows or rule:
                tables.append(Table(tuple(rows), Lines(start, max(start, n - 1)), rule))
            rows, rule = [], None
            n += 1
            continue
        if not rows and rule is None:
            start = n
        if _RULE.match(line.strip()) and rule is None and len(rows) <= 1:
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
    if _closes(lines[n - 1]):
        return n
    for m in range(n + 1, min(n + _MAX_CUT, len(lines)) + 1):
        line = lines[m - 1]
        if line.lstrip().startswith("|"):
            return n
        if _closes(line):
            return m
    return n


def _closes(line: str) -> bool:
    return line.rstrip().endswith("|")


class _HtmlRows(HTMLParser):
    """Collects <tr> rows; a cell keeps its text with <br> for inner breaks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.tables: list[Table] = []
        self._rows: list[TableRow] = []
        self._table_start = 0
        self._row_start: int | None = None
        self._cells: list[str] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # the base class's signature
        line = self.getpos()[0]
        if tag == "table":
            self._table_start, self._rows = line, []
        elif tag == "tr":
            self._close_row(line)
            self._row_start, self._cells = line, []
        elif tag in {"td", "th"}:
            self._close_cell()
            self._cell = []
        elif tag in {"br", "p", "li"} and self._cell:
            self._cell.append("<br>")

    def handle_endtag(self, tag: str) -> None:
        line = self.getpos()[0]
        if tag in {"td", "th"}:
            self._close_cell()
        elif tag == "tr":
            self._close_row(line)
        elif tag == "table":
            self._close_row(line)
            if self._rows:
                self.tables.append(Table(tuple(self._rows), Lines(self._table_start, line)))
            self._rows = []

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(html.unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self.handle_data(html.unescape(f"&#{name};"))

    def _close_cell(self) -> None:
        if self._cell is not None:
            text = "".join(self._cell).strip()
            self._cells.append(re.sub(r"(<br>\s*)+$", "", text))
            self._cell = None

    def _close_row(self, line: int) -> None:
        self._close_cell()
        if self._row_start is not None and self._cells:
            self._rows.append(TableRow(tuple(self._cells), Lines(self._row_start, line)))
        self._row_start, self._cells = None, []


def _html_tables(text: str) -> list[Table]:
    if "<table" not in text.lower():
        return []
    parser = _HtmlRows()
    parser.feed(text)
    parser.close()
    return parser.tables
