"""Who a post speaks to, read from its own text: the server's list of mentions also holds the bot for @channel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from markdown_it import MarkdownIt

_NAME = re.compile(r"(?<![\w.@/-])@([A-Za-z0-9][A-Za-z0-9._-]*)")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.M | re.S)
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.S)
_EVERYBODY = {"all", "channel", "here"}


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("html_block").disable("html_inline")


def names(message: str) -> list[str]:
    """Every name after an @ outside code, in lower case, in order; @channel and its like are none."""
    if "@" not in message:
        return []
    found = [m[1].rstrip(".-_").lower() for text in _texts(message) for m in _NAME.finditer(text)]
    return [name for name in found if name not in _EVERYBODY]


def mentions(message: str, username: str) -> bool:
    """True when the message speaks to that account."""
    return username.lower() in names(message)


def without_mention(message: str, username: str) -> str:
    """The words of a message without its code blocks and without the account's name; `inline code` stays."""
    prose = _FENCE.sub("\n", message)
    name = re.compile(rf"(?<![\w.@/-])@{re.escape(username)}(?![A-Za-z0-9]|[._-]+[A-Za-z0-9])[:,]?", re.I)
    parts, at = [], 0
    for code in _CODE.finditer(prose):
        parts += [name.sub(" ", prose[at : code.start()]), code[0]]
        at = code.end()
    parts.append(name.sub(" ", prose[at:]))
    return "\n".join(" ".join(line.split()) for line in "".join(parts).strip().splitlines()).strip()


def _texts(message: str) -> Iterator[str]:
    for block in _parser().parse(message):
        words = [t.content if t.type == "text" else "\n" if "break" in t.type else "\0" for t in block.children or ()]
        # a name may be cut by emphasis characters in it: texts that touch are read as one
        yield from "".join(words).replace("\0", " \0").split("\0")
