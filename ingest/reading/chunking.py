"""A document's text → its passages: rows become records, prose becomes paragraphs and list items."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from ingest.passage import Lines, Passage, ReadDocument, Role
from ingest.reading.document_blocks import Block, prose_blocks
from ingest.reading.prose import Element
from ingest.reading.quote_form import words
from ingest.reading.records import read_records
from ingest.reading.sentences import clean_parts
from ingest.reading.table_rows import read_tables

Sentences = Callable[[str], tuple[str, ...]]
"""Splits a paragraph in sentences; the real one loads unstructured, tests may pass a light one."""

_SHORT_ITEM = 60
"""Characters under which list items are read together with the sentence that introduces them."""
_OWN_LINE = 40
"""Characters from which a line of a paragraph is a passage of its own."""
_PART_SIZE = 1500
"""Characters of the longest passage cut from a document without lines (a page, a sheet)."""
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_HEADER_FIELD = re.compile(r"^\**(version|date|auteur)\s*:", re.IGNORECASE)


def read_markdown(text: str, role: Role, sentences: Sentences) -> ReadDocument:
    """Records and prose passages of a Markdown document, in the order of their lines."""
    records = read_records(read_tables(text), role)
    prose = [_prose_passage(block, role, sentences) for block in _grouped(prose_blocks(text))]
    kept = [passage for passage in prose if passage is not None]
    ordered = sorted([*records.passages, *kept], key=lambda p: p.lines.start)
    return ReadDocument(tuple(ordered), records.unreadable)


def read_other_format(name: str, elements: Iterable[Element], sentences: Sentences) -> ReadDocument:
    """Passages of a document without lines: elements of one page or sheet joined up to 1,500 characters.

    `lines` count the passages (1, 2, 3…); `place` says the page or sheet.
    """
    from langchain_text_splitters import RecursiveCharacterTextSplitter  # 0.2 s that no Markdown document needs

    splitter = RecursiveCharacterTextSplitter(
        chunk_size=_PART_SIZE, chunk_overlap=0, separators=["\n", ". ", " "], keep_separator="end"
    )
    passages: list[Passage] = []
    title = ""
    for place, group in groupby(elements, key=lambda e: e.place):
        texts = []
        for element in group:
            title = element.text if element.category == "Title" else title
            texts.append(element.text)
        for part in splitter.split_text("\n".join(texts)):
            n = len(passages) + 1
            text = "\n".join(clean_parts(part))
            if not words(text):
                continue
            passages.append(
                Passage(
                    kind="section",
                    text=text,
                    lines=Lines(n, n),
                    sentences=sentences(part),
                    title=title[:120],
                    context=name,
                    place=place,
                )
            )
    return ReadDocument(tuple(passages))


def _prose_passage(block: Block, role: Role, sentences: Sentences) -> Passage | None:
    parts = clean_parts(block.text)
    text = "\n".join(parts)
    if not words(_IMAGE.sub("", text)) or _HEADER_FIELD.match(text):
        return None
    is_link_list = role == "norms" and re.search(r"https?\\?:|\]\(", text) and len(parts) == 1
    return Passage(
        kind="norm" if is_link_list else "section",
        text=text,
        lines=block.lines,
        sentences=sentences(text),
        title=block.headings[-1] if block.headings else "",
        context=" › ".join(part for part in (*block.headings, block.lead) if part),
    )


def _grouped(blocks: Iterable[Block]) -> Iterator[Block]:
    """Long lines of a paragraph apart, short list items together with their introduction."""
    waiting: Block | None = None
    for block in (line for b in blocks for line in _lines_of(b)):
        introduces = block.kind == "paragraph" and block.text.rstrip(" *").endswith(":")
        short = block.kind == "item" and len(block.text) < _SHORT_ITEM
        if waiting is not None and short and block.headings == waiting.headings:
            waiting = replace(
                waiting,
                text=f"{waiting.text}\n{block.text}",
                lines=Lines(waiting.lines.start, block.lines.end),
            )
            continue
        if waiting is not None:
            yield waiting
            waiting = None
        if introduces or short:
            waiting = block
        else:
            yield block
    if waiting is not None:
        yield waiting


def _lines_of(block: Block) -> Iterator[Block]:
    """A paragraph whose lines are paragraphs of their own, as these documents often have it."""
    lines = block.text.split("\n")
    if block.kind == "code" or len(lines) < 2 or len(lines) != block.lines.end - block.lines.start + 1:
        yield block
        return
    groups: list[list[int]] = []
    for n, line in enumerate(lines):
        if groups and not _starts_own(lines[n - 1], line):
            groups[-1].append(n)
        else:
            groups.append([n])
    for group in groups:
        yield replace(
            block,
            text="\n".join(lines[n] for n in group),
            lines=Lines(block.lines.start + group[0], block.lines.start + group[-1]),
        )


def _starts_own(before: str, line: str) -> bool:
    if len(line.strip()) < _OWN_LINE or not before.strip():
        return False
    goes_on = line.lstrip()[:1].islower() and not re.search(r"[.;:)!?»”]\**\s*$", before)
    return not goes_on
