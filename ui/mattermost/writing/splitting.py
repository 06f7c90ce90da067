"""A long answer as several posts: cut between blocks, a code block or a table never left half open."""

from __future__ import annotations

import re

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
_ROOM = 64
"""Characters kept for what is added around a piece: its number, the fence that is closed."""


def split(text: str, longest: int) -> list[str]:
    """The text in parts of at most `longest` characters (as Python and the server count them), in order."""
    if len(text) <= longest:
        return [text]
    room = longest - _ROOM
    parts: list[str] = []
    current = ""
    for block in _blocks(text):
        for piece in _pieces(block, room):
            joined = f"{current}\n\n{piece}" if current else piece
            if len(joined) <= room:
                current = joined
            else:
                if current:
                    parts.append(current)
                current = piece
    parts.append(current)
    return [f"{part}\n\n*({n}/{len(parts)})*" for n, part in enumerate(parts, 1)]


def _blocks(text: str) -> list[str]:
    """Paragraphs, and whole code blocks and tables."""
    blocks: list[list[str]] = [[]]
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            blocks[-1].append(line)
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
                blocks.append([])
            continue
        if mark:
            fence = mark[1]
            blocks.append([line])
        elif line.strip():
            blocks[-1].append(line)
        else:
            blocks.append([])
    return ["\n".join(lines) for lines in blocks if lines]


def _pieces(block: str, room: int) -> list[str]:
    """A block that is too long, cut between its lines; each piece has the fence, or the table's head."""
    if len(block) <= room:
        return [block]
    lines = block.split("\n")
    head, foot, body = "", "", lines
    if mark := _FENCE.match(lines[0]):
        head, foot = lines[0] + "\n", "\n" + mark[1]
        body = lines[1:-1] if _FENCE.match(lines[-1]) and len(lines) > 1 else lines[1:]
    elif len(lines) > 2 and lines[0].lstrip().startswith("|") and re.fullmatch(r"[\s|:-]+", lines[1]):
        head, body = "\n".join(lines[:2]) + "\n", lines[2:]
    if len(head) + len(foot) > room // 2:  # a head that long is no head
        head, foot, body = "", "", lines
    return [head + piece + foot for piece in _lines_together(body, room - len(head) - len(foot))]


def _lines_together(lines: list[str], room: int) -> list[str]:
    pieces: list[str] = []
    current: str | None = None
    for line in (short for whole in lines for short in _short_lines(whole, room)):
        if current is None:
            current = line
        elif len(current) + 1 + len(line) <= room:
            current += "\n" + line
        else:
            pieces.append(current)
            current = line
    return [*pieces, current or ""]


def _short_lines(line: str, room: int) -> list[str]:
    """One line cut after a sentence, else between two words, else anywhere."""
    cut: list[str] = []
    while len(line) > room:
        window = line[:room]
        at = max(window.rfind(". "), window.rfind(" ; ")) + 1
        if at < room // 2:
            at = window.rfind(" ")
        if at < room // 2:
            at = room
        cut.append(line[:at].rstrip())
        line = line[at:].lstrip()
    return [*cut, line]
