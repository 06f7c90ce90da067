"""HTML, PDF, DOCX, ODT, XLSX and ODS files, made here: a place instead of lines, and clear errors."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import DocumentError
from ingest.passage import Lines
from ingest.reading.chunking import read_other_format
from ingest.reading.prose import Element, french_sentences, markdown_category, read_elements
from ingest.sources.corpus import Corpus, typographic_sentences

SENTENCE = "Le titulaire chiffre les données. Il garde les clés."


def _saved(document: Any, save: str = "save") -> bytes:
    buffer = io.BytesIO()
    getattr(document, save)(buffer)
    return buffer.getvalue()


def _docx() -> bytes:
    import docx

    document = docx.Document()
    document.add_heading("Sécurité", 1)
    document.add_paragraph(SENTENCE)
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Vault", "Secrets"
    return _saved(document)


def _odt() -> bytes:
    from odf.opendocument import OpenDocumentText
    from odf.text import H, P

    document = OpenDocumentText()
    document.text.addElement(H(outlinelevel=1, text="Sécurité"))
    document.text.addElement(P(text=SENTENCE))
    return _saved(document, "write")


def _xlsx(**sheets: list[list[object]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return _saved(book)


def _ods(**sheets: list[list[str]]) -> bytes:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    book = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        table = Table(name=name)
        for row in rows:
            line = TableRow()
            for value in row:
                cell = TableCell(valuetype="string")
                cell.addElement(P(text=value))
                line.addElement(cell)
            table.addElement(line)
        book.spreadsheet.addElement(table)
    return _saved(book, "write")


def _pdf(*pages: str) -> bytes:
    """The smallest PDF that shows one line of text a page."""
    numbers = range(len(pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{' '.join(f'{4 + 2 * n} 0 R' for n in numbers)}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for n, text in zip(numbers, pages, strict=True):
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
        resources = "/MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R {resources} /Contents {5 + 2 * n} 0 R >>")
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    content, offsets = b"%PDF-1.4\n", []
    for n, body in enumerate(objects, 1):
        offsets.append(len(content))
        content += f"{n} 0 obj\n{body}\nendobj\n".encode("cp1252")
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\n"
    return content + end.encode() + f"startxref\n{len(content)}\n%%EOF\n".encode()


def _html() -> bytes:
    return (
        "<html><head><meta charset='utf-8'><title>t</title></head><body><h1>Sécurité</h1>"
        f"<p>{SENTENCE}</p><!-- caché --><script>var x = 'caché';</script></body></html>"
    ).encode()


@pytest.mark.parametrize(("name", "make"), [("a.html", _html), ("a.HTM", _html), ("a.docx", _docx), ("a.odt", _odt)])
def test_a_text_document_gives_its_title_and_paragraphs(name: str, make: Callable[[], bytes]) -> None:
    elements = read_elements(name, make())
    assert elements[0] == Element("Title", "Sécurité", None)
    assert SENTENCE in [element.text for element in elements]
    assert not any("caché" in element.text for element in elements)


def test_a_table_of_a_text_document_is_not_lost() -> None:
    assert any("Vault" in e.text and "Secrets" in e.text for e in read_elements("a.docx", _docx()))


def test_a_pdf_gives_the_page_as_place() -> None:
    elements = read_elements("a.pdf", _pdf("Le titulaire chiffre les données.", "", "Fin du document."))
    assert [(e.text, e.place) for e in elements] == [
        ("Le titulaire chiffre les données.", "page 1"),
        ("Fin du document.", "page 3"),
    ]


SHEETS = {"Flux": [["Source", "Cible"], ["", ""], ["Agent", "SSO : 443"]], "Vide": [], "Ports": [["443", "HTTPS"]]}


@pytest.mark.parametrize(("name", "make"), [("a.xlsx", _xlsx), ("a.ods", _ods)])
def test_a_workbook_gives_one_element_a_row_with_its_sheet(name: str, make: Callable[..., bytes]) -> None:
    assert read_elements(name, make(**SHEETS)) == [
        Element("TableRow", "Source | Cible", "feuille Flux"),
        Element("TableRow", "Agent | SSO : 443", "feuille Flux"),
        Element("TableRow", "443 | HTTPS", "feuille Ports"),
    ]


def test_numbers_of_a_workbook_are_read_as_text() -> None:
    assert read_elements("a.xlsx", _xlsx(Ports=[[443, 2.5, True]]))[0].text.split(" | ")[:2] == ["443", "2.5"]


@pytest.mark.parametrize("name", ["a.docx", "a.odt", "a.xlsx", "a.ods", "a.pdf"])
@pytest.mark.parametrize("content", [b"", b"ceci n'est pas un document", b"PK\x03\x04tronqu\xe9"])
@pytest.mark.filterwarnings("ignore")
def test_a_broken_file_is_an_error_that_names_it(name: str, content: bytes) -> None:
    with pytest.raises(DocumentError, match=name) as caught:
        read_elements(name, content)
    assert caught.value.remedy


def test_a_truncated_workbook_is_an_error() -> None:
    with pytest.raises(DocumentError, match=r"a\.xlsx"):
        read_elements("a.xlsx", _xlsx(**SHEETS)[:-40])


def test_an_unknown_format_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(DocumentError, match=r"\.docx") as caught:
        read_elements("a.pptx", b"")
    assert "'a.pptx'" in caught.value.message


def test_elements_of_one_place_are_joined_and_keep_it() -> None:
    elements = [
        Element("Title", "Titre", "page 1"),
        Element("Text", SENTENCE, "page 1"),
        Element("Text", "Suite.", "page 2"),
    ]
    read = read_other_format("Le document", elements, typographic_sentences)
    assert [(p.text, p.place, p.lines, p.title, p.context) for p in read.passages] == [
        (f"Titre\n{SENTENCE}", "page 1", Lines(1, 1), "Titre", "Le document"),
        ("Suite.", "page 2", Lines(2, 2), "Titre", "Le document"),
    ]
    assert read.passages[0].sentences == ("Titre", "Le titulaire chiffre les données.", "Il garde les clés.")


def test_a_long_page_is_cut_in_parts_that_lose_no_word() -> None:
    text = " ".join(f"Phrase numéro {n}." for n in range(400))
    read = read_other_format("d", [Element("Text", text, "page 1")], typographic_sentences)
    assert len(read.passages) > 3
    assert all(len(p.text) <= 1500 and p.place == "page 1" for p in read.passages)
    joined = " ".join(p.text for p in read.passages).split()
    assert [w.strip(".") for w in joined if w.strip(".")] == [w.strip(".") for w in text.split()]


def test_french_sentences_are_verbatim_parts_of_each_line() -> None:
    text = "Le titulaire (cf. art. 12) chiffre les données. Il garde les clés.\nSeconde ligne : M. Durand signe. Fin."
    sentences = french_sentences(text)
    assert "".join("".join(sentences).split()) == "".join(text.split())
    assert sentences[:2] == ("Le titulaire (cf. art. 12) chiffre les données.", "Il garde les clés.")


def test_markdown_blocks_have_a_category() -> None:
    assert markdown_category("- un point de liste") == "ListItem"
    assert markdown_category("[x]: https://a.fr") == "Empty"


def test_the_sentence_model_does_not_bring_torch_along() -> None:
    import subprocess
    import sys

    code = "import sys; from ingest.reading.prose import french_sentences as f; f('Un. Deux.'); print('torch' in sys.modules)"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.official
def test_the_official_flow_matrix_is_read_sheet_by_sheet(official_corpus: Corpus) -> None:
    source = official_corpus.manifest.get("pi")
    repository = official_corpus.repository(source)
    name = "matrice-des-flux-generique-pour-client_master.xlsx"
    elements = read_elements(name, repository.read(repository.files("main")[name]))
    assert len(elements) > 20
    assert all(e.place and e.place.startswith("feuille ") for e in elements)
    assert any("443" in e.text for e in elements)


@pytest.mark.official
def test_an_official_pdf_is_read_page_by_page(official_corpus: Corpus) -> None:
    repository = official_corpus.repository(official_corpus.manifest.get("mirai"))
    content = repository.read(repository.files("main")["images/cadre-integration.pdf"])
    read = read_other_format("PDF", read_elements("cadre.pdf", content), typographic_sentences)
    assert {p.place for p in read.passages} == {"page 1"}
    assert "services socle Mirai" in " ".join(p.text for p in read.passages)


@pytest.mark.parametrize(("name", "make"), [("a.xlsx", _xlsx), ("a.ods", _ods)])
@pytest.mark.parametrize("word", ["N/A", "NA", "None", "null"])
def test_a_cell_that_says_not_applicable_is_kept(name: str, make: Callable[..., bytes], word: str) -> None:
    assert [e.text for e in read_elements(name, make(Flux=[["Vault", word]]))] == [f"Vault | {word}"]


def test_a_page_of_marks_alone_is_no_passage() -> None:
    assert not read_other_format("d", [Element("Text", "* * *", "page 1")], typographic_sentences).passages


def test_a_part_of_a_long_page_keeps_its_full_stop() -> None:
    text = " ".join(f"Phrase numéro {n}." for n in range(400))
    read = read_other_format("d", [Element("Text", text, "page 1")], typographic_sentences)
    assert not any(p.text.startswith(".") for p in read.passages)


def test_an_empty_markdown_block_has_a_category() -> None:
    assert markdown_category("") == "Empty"
