"""Which lines of a Markdown document are code or comments, by CommonMark's rules."""

from __future__ import annotations

from markdown_it import MarkdownIt

_FENCES = ("```", "~~~")
_COMMENT = "<!--"


def hidden_lines(text: str) -> tuple[set[int], set[int]]:
    """The lines of fenced code and those of block comments, 1-based; a comment that is never closed hides nothing."""
    fenced: set[int] = set()
    commented: set[int] = set()
    if not any(mark in text for mark in (*_FENCES, _COMMENT)):
        return fenced, commented
    for token in MarkdownIt("commonmark").disable("inline").parse(text):
        if token.map is None:
            continue
        lines = range(token.map[0] + 1, token.map[1] + 1)
        if token.type == "fence":
            fenced.update(lines)
        elif token.type == "html_block" and is_comment(token.content):
            commented.update(lines)
    return fenced, commented


def is_comment(block: str) -> bool:
    """True for an HTML block that is one closed comment and nothing else."""
    bare = block.strip()
    return bare.startswith(_COMMENT) and bare.endswith("-->")
