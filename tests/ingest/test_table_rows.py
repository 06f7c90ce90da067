"""Tables come back row by row, cell by cell, with the lines that an editor and the forge number."""

from __future__ import annotations

import re
import time
from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.passage import Lines
from ingest.reading.table_rows import TableRow, read_tables, split_cells

_CELL = st.text(
    alphabet=st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="|\\<"), max_size=30
)
_BARRED = st.lists(_CELL, min_size=1, max_size=3).map(r"\|".join)
_ROWS = st.integers(1, 6).flatmap(
    lambda width: st.lists(st.lists(_CELL | _BARRED, min_size=width, max_size=width), min_size=1, max_size=8)
)


def _rows(text: str) -> list[TableRow]:
    return [row for table in read_tables(text) for row in table.rows]


def _table(rows: list[list[str]], padding: list[int]) -> str:
    """The rows as a pipe table under a header and a rule, each cell padded as the list says."""
    spaces = cycle(padding)
    header = "| " + " | ".join("T" for _ in rows[0]) + " |"
    rule = "|" + " --- |" * len(rows[0])
    body = ["|" + "|".join(" " * next(spaces) + cell + " " * next(spaces) for cell in row) + "|" for row in rows]
    return "\n".join([header, rule, *body]) + "\n"


@given(_ROWS, st.integers(0, 5))
def test_any_rows_read_back_cell_for_cell_with_their_line_numbers(rows: list[list[str]], above: int) -> None:
    text = "prose\n\n" * above + _table(rows, [1, 1])
    read = _rows(text)[1:]
    assert [row.cells for row in read] == [tuple(cell.strip() for cell in row) for row in rows]
    first = 2 * above + 3
    assert [row.lines for row in read] == [Lines(first + n, first + n) for n in range(len(rows))]


@given(_ROWS, st.lists(st.integers(0, 12), min_size=2, max_size=9))
def test_padding_never_matters(rows: list[list[str]], padding: list[int]) -> None:
    assert _rows(_table(rows, padding)) == _rows(_table(rows, [1, 1]))


@given(st.lists(_CELL, min_size=2, max_size=5))
def test_an_escaped_bar_stays_in_its_cell(parts: list[str]) -> None:
    assert split_cells("| x | " + r"\|".join(parts) + " |") == ("x", r"\|".join(parts).strip())


@given(_ROWS)
def test_every_table_says_its_lines_and_its_rule(rows: list[list[str]]) -> None:
    (table,) = read_tables("avant\n\n" + _table(rows, [1, 1]) + "\naprès\n")
    assert table.rule_line == 4
    assert table.lines == Lines(3, 4 + len(rows))


@given(st.text(max_size=300))
@settings(max_examples=200)
def test_no_text_makes_the_reader_fail(text: str) -> None:
    for row in _rows(text):
        assert row.cells
        assert row.lines.start <= row.lines.end


def test_a_row_may_have_no_closing_bar() -> None:
    assert _rows("| a | b\n| --- | ---\n| c | d\n")[1].cells == ("c", "d")


@pytest.mark.parametrize(
    "rule", ["| --- | --- |", "|---|---|", "|:---:|---:|", "| - | - |", "|---|---", "|  ---  | :--- |  "]
)
def test_the_rule_row_is_recognised_however_it_is_drawn(rule: str) -> None:
    (table,) = read_tables(f"| a | b |\n{rule}\n| c | d |\n")
    assert table.rule_line == 2
    assert [row.cells for row in table.rows] == [("a", "b"), ("c", "d")]


def test_rows_of_one_cell_do_not_end_the_table() -> None:
    text = "| a | b |\n| - | - |\n| c | d |\n| \\--- reprise -- |\n| | \\--- |\n| e | f |\n"
    (table,) = read_tables(text)
    assert [row.cells for row in table.rows if not row.is_blank] == [
        ("a", "b"),
        ("c", "d"),
        ("\\--- reprise --",),
        ("e", "f"),
    ]
    assert table.rows[-1].lines == Lines(6, 6)


def test_an_empty_header_row_is_a_blank_row() -> None:
    (table,) = read_tables("|   |   |\n| --- | --- |\n| **ID** | **Type** |\n| EX1 | **P** |\n")
    assert table.rows[0].is_blank
    assert table.rows[1].plain_cells == ("ID", "Type")


def test_a_row_cut_by_line_breaks_is_one_row_over_its_lines() -> None:
    (table,) = read_tables("| a | b |\n| - | - |\n| c | un\ndeux\n\ntrois |\n| e | f |\n")
    assert [(row.cells, row.lines, row.cut) for row in table.rows[1:]] == [
        (("c", "un\ndeux\ntrois"), Lines(3, 6), True),
        (("e", "f"), Lines(7, 7), False),
    ]


def test_a_row_that_closes_nowhere_near_keeps_its_own_line() -> None:
    text = "| a | b |\n| - | - |\n| c | d\n" + "prose\n" * 10 + "fin |\n"
    assert _rows(text)[-1] == TableRow(("c", "d"), Lines(3, 3))


def test_a_table_inside_a_fence_is_code() -> None:
    assert not read_tables("```\n| a | b |\n| - | - |\n| c | d |\n```\n")


def test_two_tables_are_told_apart_by_an_empty_line() -> None:
    tables = read_tables("| a |\n| - |\n| b |\n\n| c |\n| - |\n| d |\n")
    assert [table.lines for table in tables] == [Lines(1, 3), Lines(5, 7)]


HTML = """Avant.

<table>
  <tr>
   <td><strong>ID</strong>
   </td>
   <td>Type
   </td>
   <th>Exigence</th>
  </tr>
  <tr>
   <td>EX1
   </td>
   <td><strong>P</strong>
   </td>
   <td>Respect de l&rsquo;architecture &amp; des&#32;normes.<br><br>Suite<ul><li>un</li><li>deux</li></ul>
   </td>
  </tr>
</table>

Après.
"""


def test_an_html_table_is_read_with_its_lines_entities_as_written_and_breaks() -> None:
    (table,) = read_tables(HTML)
    assert table.lines == Lines(3, 19)
    assert [row.lines for row in table.rows] == [Lines(4, 10), Lines(11, 18)]
    assert table.rows[0].plain_cells == ("ID", "Type", "Exigence")
    assert table.rows[1].cells[:2] == ("EX1", "P")
    assert re.split(r"(?:<br>\s*)+", table.rows[1].cells[2]) == [
        "Respect de l&rsquo;architecture &amp; des&#32;normes.",
        "Suite",
        "un",
        "deux",
    ]
    assert table.rows[1].plain_cells[2].startswith("Respect de l'architecture & des normes.")


def test_html_cells_need_no_end_tags() -> None:
    (table,) = read_tables("<TABLE>\n<TR><TD>a<TD>b\n<TR><TD>c<TD>d\n</TABLE>\n")
    assert [row.cells for row in table.rows] == [("a", "b"), ("c", "d")]


def test_html_and_pipe_tables_come_in_the_order_of_their_lines() -> None:
    tables = read_tables("| a |\n| - |\n\n<table><tr><td>b</td></tr></table>\n\n| c |\n| - |\n")
    assert [table.rows[0].cells for table in tables] == [("a",), ("b",), ("c",)]


def test_an_html_table_inside_a_comment_is_not_read() -> None:
    assert not read_tables("<!-- <table><tr><td>a</td></tr></table> -->\n")


@pytest.mark.parametrize("character", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_only_a_line_feed_starts_a_line(character: str) -> None:
    rows = _rows(f"| a | b |\n| - | - |\n| c | un{character}deux |\n| e | f |\n")
    assert [row.lines for row in rows] == [Lines(1, 1), Lines(3, 3), Lines(4, 4)]


@pytest.mark.parametrize("above", ["```code``` en ligne", "```\n~~~\n```", "````\n```\n````", "    ```"])
def test_a_table_after_code_is_still_a_table(above: str) -> None:
    assert [row.cells for row in _rows(f"{above}\n\n| a |\n| - |\n| b |\n")] == [("a",), ("b",)]


def test_an_html_table_that_is_never_closed_keeps_its_rows() -> None:
    assert [row.cells for row in _rows("<table>\n<tr><td>a</td></tr>\n<tr><td>b</td></tr>\n")] == [("a",), ("b",)]


def test_an_html_row_without_end_tag_ends_before_the_next_one() -> None:
    assert [row.lines for row in _rows("<table>\n<tr><td>a\n<tr><td>b\n</table>\n")] == [Lines(2, 2), Lines(3, 3)]


def test_an_html_table_inside_a_fence_is_code() -> None:
    assert not read_tables("```html\n<table><tr><td>a</td></tr></table>\n```\n")


def test_a_pipe_table_inside_a_comment_is_not_read() -> None:
    assert not read_tables("<!--\n| a |\n| - |\n| b |\n-->\n")


def test_a_row_may_have_no_leading_bar() -> None:
    assert [row.cells for row in _rows("| a | b |\n| - | - |\nc | d |\n| e | f |\n")][1:] == [("c", "d"), ("e", "f")]


def test_a_long_line_of_dashes_is_read_at_once() -> None:
    began = time.thread_time()  # a busy machine takes none of it
    read_tables("|" + "-" * 48_000 + "x |\n")
    assert time.thread_time() - began < 1
