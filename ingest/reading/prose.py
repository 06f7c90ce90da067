"""Prose through unstructured, with a French sentence model. The only importer of unstructured.

Loading it takes seconds (spaCy and its model), so it happens at the first block whose reading is not
known yet: an index that only changed a table row never pays for it.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import PurePosixPath
from types import ModuleType
from typing import Any, NamedTuple

from ingest.errors import DocumentError
from ingest.reading.sentences import clean_parts, merge_fragments

SENTENCE_MODEL = "fr_core_news_sm"
FORMATS = (".html", ".htm", ".pdf", ".docx", ".odt", ".xlsx", ".ods")


class Element(NamedTuple):
    """One element of a document without lines: its category, its text, and the page or sheet."""

    category: str
    text: str
    place: str | None


@contextmanager
def _torch_hidden() -> Iterator[None]:
    """spaCy imports torch when it finds it, for nothing we use: 1.5 s and 200 MB."""
    if "torch" in sys.modules:
        yield
        return
    sys.modules["torch"] = None  # type: ignore[assignment]  # makes `import torch` raise ImportError
    try:
        yield
    finally:
        del sys.modules["torch"]


@cache
def _tokenizer() -> ModuleType:
    os.environ.setdefault("DO_NOT_TRACK", "true")
    os.environ.setdefault("SCARF_NO_ANALYTICS", "true")
    os.environ.setdefault("UNSTRUCTURED_DISABLE_NOTICE", "1")
    with _torch_hidden():
        from unstructured.nlp import tokenize

        tokenize._SPACY_MODEL_NAME = SENTENCE_MODEL  # it would download an English model otherwise
        tokenize._get_nlp()
    module: ModuleType = tokenize
    return module


def french_sentences(text: str) -> tuple[str, ...]:
    """Sentences of a paragraph, verbatim parts of its lines, in order."""
    tokenizer = _tokenizer()
    found: list[str] = []
    for line in clean_parts(text):
        found += merge_fragments(line, tokenizer.sent_tokenize(line))
    return tuple(found)


def markdown_category(text: str) -> str:
    """What unstructured takes a Markdown block for: "NarrativeText", "Title", "ListItem", "Image"…"""
    if not text.strip():
        return "Empty"
    _tokenizer()
    with _torch_hidden():
        from unstructured.partition.md import partition_md
    elements = partition_md(text=text, languages=["fra"])
    return type(elements[0]).__name__ if elements else "Empty"


def read_elements(name: str, content: bytes) -> list[Element]:
    """The elements of an HTML, PDF, DOCX, ODT, XLSX or ODS file.

    Raises DocumentError when the format is unknown or the file cannot be read.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in FORMATS:
        raise DocumentError(f"Format non pris en charge : {name!r}.", f"Formats lus : .md, {', '.join(FORMATS)}.")
    _tokenizer()
    try:
        with _torch_hidden():
            return list(_partition(suffix, content))
    except Exception as exc:  # every format's library has its own error tree
        raise DocumentError(
            f"Document illisible : {name!r} ({type(exc).__name__} : {exc}).",
            "Vérifiez que le fichier s'ouvre dans sa propre application.",
        ) from exc


def _partition(suffix: str, content: bytes) -> Iterator[Element]:
    if suffix == ".pdf":
        yield from _pdf(content)
    elif suffix in {".html", ".htm"}:
        from unstructured.partition.html import partition_html

        yield from _elements(partition_html(file=io.BytesIO(content), languages=["fra"]))
    elif suffix == ".docx":
        from unstructured.partition.docx import partition_docx

        yield from _elements(partition_docx(file=io.BytesIO(content), languages=["fra"]))
    elif suffix == ".odt":
        from unstructured.partition.odt import partition_odt

        yield from _elements(partition_odt(file=io.BytesIO(content), languages=["fra"]))
    else:
        yield from _sheets(suffix, content)


def _pdf(content: bytes) -> Iterator[Element]:
    """Text by pypdf, page by page, then unstructured's text partition.

    unstructured's own PDF reader needs its inference package (layout models, OpenCV): not for text.
    """
    from pypdf import PdfReader
    from unstructured.partition.text import partition_text

    for number, page in enumerate(PdfReader(io.BytesIO(content)).pages, 1):
        text = page.extract_text()
        if text.strip():
            yield from _elements(partition_text(text=text, languages=["fra"]), f"page {number}")


def _sheets(suffix: str, content: bytes) -> Iterator[Element]:
    """One element a row that holds something, cells joined by " | ", the sheet as its place.

    Rows are read with pandas for both formats: unstructured has no ODS, and gives one element a table.
    """
    import pandas as pd

    engine = "odf" if suffix == ".ods" else "openpyxl"
    book = pd.read_excel(
        io.BytesIO(content), sheet_name=None, header=None, dtype=str, engine=engine, keep_default_na=False
    )
    for sheet, frame in book.items():
        for row in frame.itertuples(index=False):
            cells = [str(cell).strip() for cell in row if isinstance(cell, str) and cell.strip()]
            if cells:
                yield Element("TableRow", " | ".join(cells), f"feuille {sheet}")


def _elements(elements: list[Any], place: str | None = None) -> Iterator[Element]:
    for element in elements:
        text = str(element.text or "").strip()
        page = getattr(element.metadata, "page_number", None)
        if text:
            yield Element(type(element).__name__, text, place or (f"page {page}" if page else None))
