"""The anchors of a Markdown document as a forge makes them: headings, and those that the author wrote."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.lint.reading import LintedDocument

_WRITTEN = re.compile(r"""<\w+\s[^>]*?\b(?:id|name)\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\{#([\w-]+)\}")
_TAG = re.compile(r"<[^>]+>")
_FORGE_LINE = re.compile(r"^L\d+(C\d+)?(-L\d+(C\d+)?)?$", re.IGNORECASE)


class _Anchors(frozenset[str]):
    """Case-folded anchors; line anchors of a forge (#L12) always exist."""

    def __contains__(self, item: object) -> bool:
        return super().__contains__(item) or (isinstance(item, str) and bool(_FORGE_LINE.match(item)))


def anchors(document: LintedDocument) -> frozenset[str]:
    """Every anchor that a link may name, case folded."""
    seen: Counter[str] = Counter()
    names: set[str] = {"", "top"}
    for title in _titles(document.text):
        slug = _slug(title)
        names.add(slug if not seen[slug] else f"{slug}-{seen[slug]}")
        seen[slug] += 1
    names |= {m[1].casefold() for m in _WRITTEN.finditer(document.text)}
    names |= {m[1].casefold() for m in _ATTRIBUTE.finditer(document.text)}
    return _Anchors(names)


def _titles(text: str) -> Iterator[str]:
    tokens = MarkdownIt("commonmark").parse(text)
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            yield "".join(_shown(inline.children or []))


def _shown(children: list[Token]) -> Iterator[str]:
    for child in children:
        if child.type in {"text", "code_inline"}:
            yield child.content
        elif child.type in {"softbreak", "hardbreak"}:
            yield " "


def _slug(title: str) -> str:
    """GitHub's: lower case, punctuation dropped, each space a hyphen."""
    plain = _TAG.sub("", title).strip().casefold()
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", plain))
