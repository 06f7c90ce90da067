"""Markdown → headings, paragraphs and list items with their lines and what stands above them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.passage import Lines, document_lines
from ingest.reading.table_rows import Table, read_tables

BlockKind = Literal["paragraph", "item", "code"]

_IMAGES_ONLY = re.compile(r"^\s*(?:!\[[^\]]*\]\([^)]*\)\s*)+$")
_UNSEEN = re.compile(r"<!--.*?-->|</?a(?:\s[^<>]*)?>", re.IGNORECASE | re.DOTALL)
"""Comments and the tags of anchors and links; the words between the tags are the document's."""
_NO_WORD = re.compile(r"^[\W_]*$")
_BOLD_LABEL = re.compile(
    r"^(\*\*|__)(?P<label>(?:\*{4}|_{4}|(?!\*\*|__).)+)(\*\*|__)\s*(:|\([^)]*\))?\s*:?\s*$", re.DOTALL
)
_SENTENCE_END = (".", "!", "?", "…")
_LABEL_MAX = 110
_CONTENTS = re.compile(r"^[\W\d]*(table des mati[èe]res|sommaire)[\W\d]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or list item: raw Markdown without its list marker, and the headings above it."""

    kind: BlockKind
    text: str
    lines: Lines
    headings: tuple[str, ...]
    lead: str = ""
    """The bold label or the sentence ending in ":" that introduces it."""


def prose_blocks(text: str) -> Iterator[Block]:
    """The prose of a Markdown document, tables, images and tables of contents left out."""
    tables = read_tables(text)
    lines = _without_tables(text, tables)
    tokens = MarkdownIt("commonmark").parse("\n".join(lines))
    walk = _Walk(lines)
    for i, token in enumerate(tokens):
        block = walk.step(token, tokens[i + 1] if i + 1 < len(tokens) else None)
        if block is not None:
            yield block


class _Walk:
    """Keeps the headings and the lead sentence while the blocks go by."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._headings: list[tuple[int, str]] = []
        self._label = ""
        self._lead = ""
        self._depth = 0

    def step(self, token: Token, following: Token | None) -> Block | None:
        if token.type in {"list_item_open", "list_item_close"}:
            self._depth += 1 if token.nesting > 0 else -1
        elif token.type == "heading_open" and following is not None:
            self._open_heading(int(token.tag[1]), following.content)
        elif token.type in {"paragraph_open", "fence", "code_block", "html_block"} and token.map:
            content = token.content if token.type != "paragraph_open" else ""
            if following is not None and token.type == "paragraph_open":
                content = following.content
            return self._paragraph(content, token)
        return None

    def _open_heading(self, level: int, content: str) -> None:
        title = _UNSEEN.sub("", content).strip(" *#")
        self._label = self._lead = ""
        if not title:
            return
        self._headings = [(n, t) for n, t in self._headings if n < level] + [(level, title)]

    def _paragraph(self, content: str, token: Token) -> Block | None:
        assert token.map is not None
        content = _seen(content)
        if _NO_WORD.match(content) or _IMAGES_ONLY.match(content) or self._in_contents():
            return None
        label = _BOLD_LABEL.match(content) if len(content) <= _LABEL_MAX else None
        if label and not self._depth and not label["label"].rstrip().endswith(_SENTENCE_END):
            self._label, self._lead = label["label"].strip(" :*"), ""
            return None
        kind: BlockKind = "item" if self._depth else "code" if token.type == "fence" else "paragraph"
        introduced = self._lead if self._depth else ""
        if not self._depth:
            self._lead = content if content.rstrip(" *").endswith(":") else ""
        start, end = self._trimmed(token.map[0], token.map[1])
        return Block(
            kind=kind,
            text=content,
            lines=Lines(start + 1, end),
            headings=tuple(title for _, title in self._headings),
            lead=" — ".join(part for part in (self._label, introduced) if part),
        )

    def _trimmed(self, start: int, end: int) -> tuple[int, int]:
        while end > start + 1 and not self._lines[end - 1].strip():
            end -= 1
        return start, end

    def _in_contents(self) -> bool:
        return bool(self._headings and _CONTENTS.search(self._headings[-1][1]))


def _seen(content: str) -> str:
    """The content with <br> where a comment or the tag of an anchor stands, so that each part is in its lines."""
    parts = _UNSEEN.sub(lambda unseen: "<br>" + "\n" * unseen[0].count("\n"), content).split("<br>")
    while parts and not parts[0].strip():
        del parts[0]
    while parts and not parts[-1].strip():
        del parts[-1]
    return "<br>".join(parts).strip()


def _without_tables(text: str, tables: list[Table]) -> list[str]:
    """The document's lines with those of its tables emptied, so that line numbers stay."""
    lines = document_lines(text)
    for table in tables:
        for n in range(table.lines.start, min(table.lines.end, len(lines)) + 1):
            lines[n - 1] = ""
        for row in table.rows:
            for n in range(row.lines.start, min(row.lines.end, len(lines)) + 1):
                lines[n - 1] = ""
    return lines
