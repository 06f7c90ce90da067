"""A checklist as files: read again as they were written, opened by LibreOffice, and never run as formulas."""

from __future__ import annotations

import csv
import html
import io
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.checklist.description import read_description
from ui.checklist.making import ChecklistMaker
from ui.checklist.ods import ods_bytes, rows_from_ods
from ui.checklist.rows import HEADERS, Reference, Row, Sheet
from ui.checklist.text_formats import csv_text, markdown, markdown_summary, rows_from_csv, safe_cell
from ui.errors import UnreadableChecklist

DANGER = '=HYPERLINK("http://piege.example")'
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40).map(str.strip)


@pytest.fixture
def sheet(maker: ChecklistMaker) -> Sheet:
    made = maker.checklist(read_description("Un portail internet pour les usagers : nom, prénom, PostgreSQL."))[1]
    first = replace(
        made.rows[0], status="conforme", evidence=DANGER, waiver="Accord\ndu 3 mars", extra=(("Responsable", "-Léa"),)
    )
    return replace(made, rows=(first, *made.rows[1:]))


def filled(rows: tuple[Row, ...]) -> list[Row]:
    """Rows compared whatever empty columns were added to them."""
    return [replace(row, extra=tuple(pair for pair in row.extra if pair[1])) for row in rows]


def test_a_csv_is_read_again_as_it_was(sheet: Sheet) -> None:
    assert filled(rows_from_csv(csv_text(sheet).encode("utf-8-sig"), "liste.csv")) == filled(sheet.rows)


def test_an_ods_is_read_again_as_it_was(sheet: Sheet) -> None:
    again = filled(rows_from_ods(ods_bytes(sheet), "liste.ods"))
    assert sorted(again, key=repr) == sorted(filled(sheet.rows), key=repr)


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXT, min_size=len(HEADERS), max_size=len(HEADERS)))
def test_any_text_survives_both_formats(cells: list[str]) -> None:
    row = replace(Row(**dict(zip(HEADERS, cells, strict=True))), references="pi:EXI-G-1:P@abc", verdict="s'applique")
    made = Sheet("Liste", "", (row,))
    assert rows_from_csv(csv_text(made).encode(), "x.csv") == (row,) or any(c.startswith("'") for c in cells)
    assert rows_from_ods(ods_bytes(made), "x.ods") == (row,) or any(
        "  " in c or "\u2028" in c or "\x85" in c for c in cells
    )


def test_no_cell_of_a_csv_is_a_formula(sheet: Sheet) -> None:
    for line in csv.reader(io.StringIO(csv_text(sheet)), delimiter=";"):
        assert not [cell for cell in line if cell.lstrip()[:1] in {"=", "+", "-", "@"}]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", " =1", "\t=1", "\n=1", "＝1"])
def test_what_looks_like_a_formula_is_protected(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    assert safe_cell("a=1") == "a=1"


def test_a_csv_that_excel_saved_is_read(sheet: Sheet) -> None:
    saved = csv_text(sheet).replace("’", "'").encode("cp1252", errors="replace")
    assert rows_from_csv(saved, "x.csv")[0].status == "conforme"
    commas = io.StringIO()
    csv.writer(commas).writerows(csv.reader(io.StringIO(csv_text(sheet)), delimiter=";"))
    assert rows_from_csv(commas.getvalue().encode(), "x.csv")[0].waiver == "Accord\ndu 3 mars"


@pytest.mark.parametrize(("content", "words"), [(b"", "Références"), (b"a;b\n1;2\n", "Références")])
def test_another_csv_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableChecklist, match=words):
        rows_from_csv(content, "autre.csv")


def test_what_is_no_spreadsheet_is_refused() -> None:
    with pytest.raises(UnreadableChecklist, match="OpenDocument"):
        rows_from_ods(b"PK\x03\x04 casse", "liste.ods")


def test_markdown_shows_the_requirement_word_for_word_and_runs_nothing(sheet: Sheet) -> None:
    text = markdown(replace(sheet, rows=(replace(sheet.rows[0], comment="<script>x</script>"), *sheet.rows[1:])))
    assert "## Primordiales (P)" in text and "## Écartées" in text
    assert "<script>" not in text
    assert text.count("- Statut : ") >= sum(row.kept for row in sheet.rows)
    assert "- Statut : conforme" in text
    assert "démonstration" in text


@given(TEXT.filter(bool))
@settings(max_examples=60, deadline=None)
def test_a_text_is_shown_by_markdown_as_it_is(text: str) -> None:
    shown = MarkdownIt().render(markdown(Sheet("Liste", "", (Row(verdict="s'applique", comment=f"x {text}"),))))
    assert " ".join(f"x {text}".split()) in " ".join(html.unescape(shown).split())


@pytest.mark.parametrize(
    "text", ["1. un", "- deux", "# trois", "> quatre", "a_b_c *d* [e](f) | g", "12) six", "<b>", "&amp;"]
)
def test_a_requirement_is_quoted_by_markdown_as_it_is(text: str) -> None:
    shown = MarkdownIt().render(markdown(Sheet("Liste", "", (Row(verdict="s'applique", requirement=text),))))
    assert f"<blockquote>\n<p>{html.escape(text)}</p>" in shown


def test_the_summary_has_a_line_for_every_requirement(sheet: Sheet) -> None:
    assert markdown_summary(sheet).count("\n- **") + markdown_summary(sheet).startswith("- **") == len(sheet.rows)


def test_references_are_read_as_they_are_written() -> None:
    cell = "pi:EXI-ORG-17#2:P@abc123 ; ~mirai:EXI-G-5:@demo-9"
    first, second = Reference.all_of(cell)
    assert (first.source, first.id, first.occurrence, first.priority, first.applies) == (
        "pi",
        "EXI-ORG-17",
        2,
        "P",
        True,
    )
    assert (second.source, second.priority, second.applies) == ("mirai", None, False)
    assert f"{first} ; {second}" == cell


OFFICE = shutil.which("soffice")


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice n'est pas installé (apt-get install libreoffice-calc)")
def test_libreoffice_opens_the_ods_and_saves_it_without_loss(sheet: Sheet, tmp_path: Path) -> None:
    made = tmp_path / "liste.ods"
    made.write_bytes(ods_bytes(sheet))
    out = tmp_path / "repris"
    profile = f"-env:UserInstallation=file://{tmp_path}/profil"
    command = [str(OFFICE), profile, "--headless", "--convert-to", "ods", "--outdir", str(out), str(made)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (out / "liste.ods").is_file(), done.stderr
    again = filled(rows_from_ods((out / "liste.ods").read_bytes(), "liste.ods"))
    assert sorted(again, key=repr) == sorted(filled(sheet.rows), key=repr)
