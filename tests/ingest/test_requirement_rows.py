"""Rows → records: identifiers in every spelling, and no row that disappears silently."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.passage import Lines, Passage, ReadDocument, Role
from ingest.reading.identifiers import PrintedId, read_component_id, read_requirement_id
from ingest.reading.quote_form import normalised
from ingest.reading.records import read_records
from ingest.reading.table_rows import read_tables

Table = Callable[..., str]


def _read(text: str, role: Role = "requirements") -> ReadDocument:
    return read_records(read_tables(text), role)


def _problems(read: ReadDocument) -> list[tuple[int, str, str]]:
    return [(row.line, row.reason, row.extract) for row in read.unreadable]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("EXI-G-1", ("EXI-G-1", None)),
        ("**EXI-G-1**", ("EXI-G-1", None)),
        ("__EXI-G-1__", ("EXI-G-1", None)),
        (r"EXI\-G\-1", ("EXI-G-1", None)),
        ("exi-g-1", ("EXI-G-1", None)),
        ("EXI G 1", ("EXI-G-1", None)),
        ("EXI_ARCH_10", ("EXI-ARCH-10", None)),
        ("EXI - ARCH - 10", ("EXI-ARCH-10", None)),
        ("EXI-ARCH-07", ("EXI-ARCH-7", None)),
        ("\u00a0EXI-DATA-2\u00a0", ("EXI-DATA-2", None)),
        ("ＥＸＩ-G-1", ("EXI-G-1", None)),
        ("EXI-ORG-1(Pi-native)", ("EXI-ORG-1", "pi")),
        ("EXI-ARCH-8(Pi-Native)", ("EXI-ARCH-8", "pi")),
        ("EXI-ARCH-9 (Pi-native)", ("EXI-ARCH-9", "pi")),
        ("EXI-ARCH-10 - (Pi-native)", ("EXI-ARCH-10", "pi")),
        ("EXI-ARCH-10<br>(Pi native)", ("EXI-ARCH-10", "pi")),
        ("EX1", ("EX1", None)),
        ("**EX12**", ("EX12", None)),
        ("EX07", ("EX7", None)),
    ],
)
def test_an_identifier_is_read_in_every_printed_spelling(printed: str, expected: tuple[str, str | None]) -> None:
    assert read_requirement_id(printed) == PrintedId(*expected)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "ID",
        "Version",
        r"\---",
        "EXI",
        "EXI-",
        "EXI-G",
        "EXI-G-",
        "EXI-1",
        "EXI-G-1bis",
        "EXI-G-1234",
        "EXIGENCE",
        "EXEMPLE 1",
        "COMP001",
        "PEXI-G-1",
    ],
)
def test_what_only_looks_like_an_identifier_is_none(cell: str) -> None:
    assert read_requirement_id(cell) is None


@given(st.from_regex(r"[A-Z]{1,6}", fullmatch=True), st.integers(0, 999), st.sampled_from(["-", " ", "_", " - ", ""]))
def test_any_family_and_number_come_back_normalised(family: str, number: int, mark: str) -> None:
    assert read_requirement_id(f"EXI{mark}{family}{mark}{number}") == PrintedId(f"EXI-{family}-{number}", None)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("COMP010", "COMP010"),
        ("COMP 010", "COMP010"),
        ("COMP-010", "COMP010"),
        ("**comp010**", "COMP010"),
        ("ACCUSER", "ACCUSER"),
        ("ACCAPP", "ACCAPP"),
        ("APPINT", "APPINT"),
        ("APPEXT", "APPEXT"),
    ],
)
def test_component_references_are_read(cell: str, expected: str) -> None:
    assert read_component_id(cell) == expected


@pytest.mark.parametrize("cell", ["", "COMP1", "COMP0100", "APPLICATION", "EXI-G-1", "Réf"])
def test_other_words_are_no_component(cell: str) -> None:
    assert read_component_id(cell) is None


def test_a_requirement_keeps_everything_its_row_says(requirement_table: Table) -> None:
    text = requirement_table(
        ("EXI-ARCH-10 - (Pi-native)", "**P**", "Un socle.<br>Deux options. Trois cas.", "Architecture")
    )
    (passage,) = _read(text).passages
    assert passage == Passage(
        kind="requirement",
        text="Un socle.\nDeux options. Trois cas.",
        lines=Lines(3, 3),
        sentences=("Un socle.", "Deux options.", "Trois cas."),
        id="EXI-ARCH-10",
        priority="P",
        title="Architecture",
        category="Architecture",
        origin="pi",
        printed_id="EXI-ARCH-10 - (Pi-native)",
    )


def test_the_same_identifier_twice_is_two_occurrences(requirement_table: Table) -> None:
    text = requirement_table(
        ("EXI-ORG-16", "I", "premier", "c"),
        ("EXI-ORG-17", "I", "deuxième", "c"),
        ("EXI-ORG-16(Pi-native)", "P", "troisième", "c"),
    )
    assert [(p.id, p.occurrence) for p in _read(text).passages] == [
        ("EXI-ORG-16", 1),
        ("EXI-ORG-17", 1),
        ("EXI-ORG-16", 2),
    ]


def test_occurrences_are_counted_over_the_tables_of_a_document(requirement_table: Table) -> None:
    row = ("EXI-G-1", "P", "texte", "c")
    text = requirement_table(row) + "\n" + requirement_table(row)
    assert [p.occurrence for p in _read(text).passages] == [1, 2]


@pytest.mark.parametrize("word", ["Version", "**Version**", "Légende"])
def test_the_legend_is_a_section_and_no_requirement(requirement_table: Table, word: str) -> None:
    read = _read(
        requirement_table((word, "", "P désigne une exigence primordiale", ""), ("EXI-G-1", "P", "texte", "c"))
    )
    legend, requirement = read.passages
    assert (legend.kind, legend.id, legend.title) == ("section", None, "Version et légende du tableau")
    assert legend.text == "P désigne une exigence primordiale"
    assert requirement.id == "EXI-G-1"
    assert not read.unreadable


def test_a_missing_type_is_reported_with_its_line_and_the_requirement_is_kept(requirement_table: Table) -> None:
    read = _read(
        requirement_table(("EXI-G-1", "P", "un", "c"), ("EXI-G-2", "", "deux", "c"), ("EXI-G-3", "X", "trois", "c"))
    )
    assert [(p.id, p.priority) for p in read.passages] == [("EXI-G-1", "P"), ("EXI-G-2", None), ("EXI-G-3", None)]
    assert _problems(read) == [(4, "type absent ou inconnu", "EXI-G-2"), (5, "type absent ou inconnu", "EXI-G-3")]


def test_a_requirement_without_text_is_reported_with_its_line(requirement_table: Table) -> None:
    read = _read(
        requirement_table(("EXI-G-1", "P", "", "c"), ("EXI-G-2", "P", " <br> ", "c"), ("EXI-G-3", "P"), ("EXI-G-4",))
    )
    assert not read.passages
    assert _problems(read) == [(n, "exigence sans texte", f"EXI-G-{n - 2}") for n in range(3, 7)]


def test_a_row_without_identifier_is_reported_with_what_it_says(requirement_table: Table) -> None:
    read = _read(requirement_table(("", "P", "orpheline", "c"), ("EXI-?", "P", "illisible", "c")))
    assert not read.passages
    assert _problems(read) == [(3, "identifiant non reconnu", ""), (4, "identifiant non reconnu", "EXI-?")]


def test_separators_are_recognised_and_not_reported(requirement_table: Table) -> None:
    text = requirement_table(
        ("", "", "\\---", ""),
        ("\\---",),
        ("\\--- reprise des exigences clés Pi Native --",),
        ("", "", "", ""),
        ("-",),
    )
    read = _read(text)
    assert not read.passages
    assert not read.unreadable


_ID = st.sampled_from(["EXI-G-1", "EXI-ORG-1(Pi-native)", "**EX3**", "EXI-ARCH-9 (Pi-native)", "exi data 2"])
_ANY = st.text(alphabet=st.characters(categories=("L", "N", "P", "Zs"), exclude_characters="|\\<>"), max_size=25)
_OTHER = st.sampled_from(["", "Version", "\\---", "\\--- reprise --", "-", "REQ-1", "P", "I", "???"])
_ROW = st.lists(_ID | _ANY | _OTHER, min_size=1, max_size=6)


def _is_recognised(cells: tuple[str, ...]) -> bool:
    """A rule, a blank row, a bare legend title or one cell between dashes: said apart from the code under test."""
    filled = [normalised(cell) for cell in cells if any(c.isalnum() for c in cell)]
    lone = [cell for cell in map(normalised, cells) if cell]
    bare_title = [cell.casefold() for cell in filled] in (["version"], ["légende"])
    return not filled or bare_title or (len(lone) == 1 and lone[0][0] == lone[0][-1] == "-")


@given(st.lists(_ROW, min_size=1, max_size=8))
def test_no_row_disappears_silently(rows: list[list[str]]) -> None:
    header = "| ID | Type | Exigence | Catégorisation |\n| --- | --- | --- | --- |\n"
    text = header + "".join("| " + " | ".join(row) + " |\n" for row in rows)
    read = _read(text)
    accounted = {p.lines.start for p in read.passages} | {u.line for u in read.unreadable}
    for row in read_tables(text)[0].rows[1:]:
        assert row.lines.start in accounted or _is_recognised(row.cells), row
    for passage in read.passages:
        if passage.kind == "requirement":
            assert read_requirement_id(passage.printed_id) is not None
            assert passage.priority is not None or any(u.line == passage.lines.start for u in read.unreadable)


def test_five_columns_with_an_empty_header_row_are_read() -> None:
    text = (
        "|  |  |  |  |  |\n| - | - | - | - | - |\n"
        "| **ID** | **Type** | **Exigence** | **Nature** | **Catégorisation** |\n"
        "| EX1 | **I** | Respect des normes | Ministériel | Normes |\n"
    )
    (passage,) = _read(text).passages
    assert (passage.id, passage.priority, passage.text, passage.category) == (
        "EX1",
        "I",
        "Respect des normes",
        "Normes",
    )
    assert passage.lines == Lines(4, 4)


@pytest.mark.parametrize(
    ("row", "category"),
    [
        ("| EXI-G-1 | P | texte | Archi |", "Archi"),
        ("| EX1 | P | texte | Interne | Archi |", "Archi"),
        ("| EXI-G-1 | P | texte |", ""),
    ],
)
def test_a_table_without_header_has_its_usual_columns(row: str, category: str) -> None:
    (passage,) = _read(row + "\n").passages
    assert (passage.priority, passage.text, passage.category) == ("P", "texte", category)


def test_columns_follow_their_header_wherever_it_puts_them() -> None:
    text = "| Catégorie | Exigence | Type | Référence |\n| - | - | - | - |\n| Archi | texte | I | EXI-G-1 |\n"
    (passage,) = _read(text).passages
    assert (passage.id, passage.priority, passage.text, passage.category) == ("EXI-G-1", "I", "texte", "Archi")


def test_a_requirement_table_is_recognised_in_a_guide_too(requirement_table: Table) -> None:
    read = _read(requirement_table(("EXI-G-1", "P", "un", "c"), ("EXI-G-2", "P", "deux", "c")), "guide")
    assert [p.kind for p in read.passages] == ["requirement", "requirement"]


def test_an_html_row_gives_the_same_requirement_as_a_pipe_row(requirement_table: Table) -> None:
    row = ("EXI-G-1", "P", "Un texte. Deux phrases.", "Archi")
    cells = "".join(f"<td>{cell}</td>" for cell in row)
    page = (
        f"<table><tr><td>ID</td><td>Type</td><td>Exigence</td><td>Catégorisation</td></tr><tr>{cells}</tr></table>\n"
    )
    (pipe,), (tagged,) = _read(requirement_table(row)).passages, _read(page).passages
    assert (pipe.id, pipe.priority, pipe.text, pipe.sentences, pipe.category) == (
        tagged.id,
        tagged.priority,
        tagged.text,
        tagged.sentences,
        tagged.category,
    )


def test_components_are_records_and_other_rows_are_reported() -> None:
    text = "| | | |\n| - | - | - |\n| Réf | Composant | Rôle |\n| COMP001 | **Vault** | Secrets |\n| autre | x | y |\n| | | |\n"
    read = _read(text, "guide")
    (passage,) = read.passages
    assert (passage.kind, passage.id, passage.title, passage.text) == (
        "component",
        "COMP001",
        "Vault",
        "**Vault**\nSecrets",
    )
    assert _problems(read) == [(5, "référence de composant non reconnue", "autre")]


def test_terms_keep_their_definition_and_half_rows_are_reported() -> None:
    text = "| Terme | Définition |\n| - | - |\n| **API** | Interface. |\n| Vide | |\n| | sans terme |\n| API | Autre sens. |\n"
    read = _read(text, "glossary")
    assert [(p.kind, p.id, p.occurrence, p.text) for p in read.passages] == [
        ("term", "API", 1, "Interface."),
        ("term", "API", 2, "Autre sens."),
    ]
    assert _problems(read) == [(4, "terme sans définition", "Vide"), (5, "définition sans terme", "sans terme")]


def test_rows_of_norms_and_of_other_tables_are_passages() -> None:
    text = "| RGS | Référentiel de sécurité |\n| - | - |\n| RGAA | Accessibilité |\n"
    assert [(p.kind, p.title) for p in _read(text, "norms").passages] == [("norm", "RGS"), ("norm", "RGAA")]
    assert [(p.kind, p.title) for p in _read(text, "guide").passages] == [("section", "RGS"), ("section", "RGAA")]


def test_a_requirement_above_the_header_row_does_not_disappear(requirement_table: Table) -> None:
    read = _read("| EXI-G-1 | P | un | c |\n" + requirement_table(("EXI-G-2", "P", "deux", "c")))
    assert {"EXI-G-1", "EXI-G-2"} <= {p.id for p in read.passages} | {u.extract for u in read.unreadable}


@pytest.mark.parametrize("nothing", ["-", "…", "—", "**.**"])
def test_a_requirement_of_marks_alone_is_reported(requirement_table: Table, nothing: str) -> None:
    read = _read(requirement_table(("EXI-G-1", "P", nothing, "c")))
    assert _problems(read) == [(3, "exigence sans texte", "EXI-G-1")]


@pytest.mark.parametrize(
    ("row", "role"),
    [("| Version | | | |", "requirements"), ("| API | - |", "glossary"), ("| COMP001 | | |", "guide")],
)
def test_no_passage_is_empty(row: str, role: Role) -> None:
    read = _read(f"{row}\n", role)
    assert all(passage.text for passage in read.passages)


@pytest.mark.parametrize("term", ["ID", "Réf", "Version", "Terme"])
def test_a_glossary_may_define_a_word_that_headers_use(term: str) -> None:
    read = _read(f"| Terme | Définition |\n| - | - |\n| API | Interface. |\n| {term} | Un sens. |\n", "glossary")
    assert [p.id for p in read.passages] == ["API", term]


@pytest.mark.parametrize("word", ["Accueil", "Accords", "Accident"])
def test_an_ordinary_word_is_no_component(word: str) -> None:
    assert read_component_id(word) is None


@pytest.mark.parametrize("hyphen", ["\u2010", "\u2011", "–"])
def test_a_typographic_hyphen_joins_an_identifier_too(hyphen: str) -> None:
    assert read_requirement_id(f"EXI{hyphen}ARCH{hyphen}10") == PrintedId("EXI-ARCH-10", None)


@pytest.mark.parametrize("printed", ["EXI-G-1.2", "EXI-G-1 bis", "EXI-G-1-2"])
def test_a_sub_number_is_not_read_as_its_parent(printed: str) -> None:
    assert read_requirement_id(printed) is None


def test_an_identifier_cell_may_be_cut_by_a_line_break() -> None:
    assert read_requirement_id("EXI-G-1\n(Pi-native)") == PrintedId("EXI-G-1", "pi")


def test_a_legend_row_that_only_names_it_is_recognised(requirement_table: Table) -> None:
    assert _read(requirement_table(("Version", "", "", ""), ("Légende",))) == ReadDocument(())


@pytest.mark.parametrize(
    "row", [("Version", "du 17 mars 2025"), ("Version", "", "", "P désigne une exigence primordiale")]
)
def test_a_legend_that_stands_in_another_column_does_not_disappear(
    requirement_table: Table, row: tuple[str, ...]
) -> None:
    read = _read(requirement_table(row))
    assert read.passages or read.unreadable
