"""A model's draft, cut into sentences while it arrives; each keeps its markers and its place on the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ingest.reading.sentences import split_sentences

Kind = Literal["sentence", "heading", "lead", "form"]
"""lead: introduces the list below it (it ends with a colon). form: a table or a code block, never shown."""

MARKER = re.compile(r"\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]|【(\d{1,3})】")
_LAYOUT = re.compile(r"^(\s*(?:[-*•]|\d{1,2}[.)])\s+|\s*#{1,6}\s+|\s*>\s+)")
_LINK = re.compile(r"\[(?!\d{1,3}\])([^\[\]]{1,200})\]\((https?://[^\s()]+)\)")
_GLUED = re.compile(r"(?<=[.!?…»”\")])(?=\[\d)")
_LEADING_MARKERS = re.compile(rf"^((?:(?:{MARKER.pattern})[ ,]*)+)")
_OPENED_MARKER = re.compile(r"^\[[\d, ]*\]?[ ,\[\d\]]*$")
_HEADING = re.compile(r"^\*\*[^*]+\*\*\s*:?$")
_LIST = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+$")


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence as the model wrote it, on one line, markers included."""

    text: str
    line: int
    """Number of the line of the draft, from 0; the sentences of a paragraph share theirs."""
    layout: str = ""
    """What begins its line ("- ", "2. ", "## "), on the first sentence of the line."""
    kind: Kind = "sentence"
    lead: str = ""
    """The sentence that introduces its list, without its markers."""
    complete: bool = True
    """False when the draft stopped in the middle of it."""

    @property
    def bare(self) -> str:
        """The words without the markers."""
        return re.sub(r"\s+([.,])", r"\1", " ".join(MARKER.sub(" ", self.text).split()))


def marker_numbers(text: str) -> tuple[int, ...]:
    """Every number in the markers of a text, in order: "[1, 3] … [2]" gives (1, 3, 2)."""
    return tuple(int(n) for m in MARKER.finditer(text) for n in re.findall(r"\d+", m[1] or m[2]))


def bare_links(text: str) -> str:
    """The text with the addresses of its links in the open, where they are looked up: "guide (https://…)"."""
    return _LINK.sub(lambda m: m[2] if m[1].startswith(("http", "www.")) else f"{m[1]} ({m[2]})", text)


class DraftSplitter:
    """Pieces of text in, whole sentences out, each as soon as it is certain that it ended."""

    def __init__(self) -> None:
        self._waiting = ""
        self._line = 0
        self._given = 0
        """Sentences of the current line that were given already."""
        self._lead = ""
        self._in_code = False

    @property
    def waiting(self) -> str:
        """What was received since the last whole line."""
        return self._waiting

    def feed(self, piece: str) -> list[DraftSentence]:
        """The sentences that this piece completes."""
        self._waiting += piece.replace("\r", "")
        found: list[DraftSentence] = []
        while "\n" in self._waiting:
            line, self._waiting = self._waiting.split("\n", 1)
            found += self._whole_line(line, complete=True)
        found += self._begun_line()
        return found

    def finish(self, complete: bool = True) -> list[DraftSentence]:
        """What remains; `complete` is False when the draft was cut off."""
        line, self._waiting = self._waiting, ""
        return self._whole_line(line, complete)

    def _begun_line(self) -> list[DraftSentence]:
        if self._in_code or self._waiting.lstrip().startswith(("|", "```", "#")):
            return []
        layout, body = _layout_of(self._waiting)
        pieces = _pieces(body)
        if len(pieces) >= 2 and _OPENED_MARKER.match(pieces[-1]):
            pieces = pieces[:-1]  # a marker that is being written belongs to the sentence before
        sure = pieces[self._given : -1] if pieces else []
        found = [self._made(text, layout if self._given + k == 0 else "") for k, text in enumerate(sure)]
        self._given += len(sure)
        return found

    def _whole_line(self, line: str, complete: bool) -> list[DraftSentence]:
        number, given = self._line, self._given
        self._given = 0
        stripped = line.strip()
        if not stripped:
            self._line += 1
            return []
        if self._in_code or stripped.startswith(("```", "|")):
            self._in_code ^= stripped.startswith("```")
            self._line += 1
            return [DraftSentence(stripped, number, kind="form")]
        layout, body = _layout_of(line)
        heading = layout.strip().startswith("#") or bool(_HEADING.match(body))
        pieces = [body] if heading else _pieces(body)
        if not _LIST.match(layout):
            self._lead = ""
        found = [self._made(text, layout if given + k == 0 else "") for k, text in enumerate(pieces[given:])]
        if found and not complete and not re.search(r"[.!?…][\s»”\")\]\d\[*]*$", found[-1].text):
            last = found[-1]
            found[-1] = DraftSentence(last.text, last.line, last.layout, last.kind, last.lead, complete=False)
        if found and heading:
            found = [DraftSentence(found[0].text, number, layout, kind="heading")]
        elif found and found[-1].text.rstrip("* ").endswith(":"):
            last = found[-1]
            found[-1] = DraftSentence(last.text, number, last.layout, "lead", last.lead)
            self._lead = f"{last.lead} {last.bare}".strip()
        self._line += 1
        return found

    def _made(self, text: str, layout: str) -> DraftSentence:
        return DraftSentence(bare_links(text), self._line, layout, lead=self._lead)


def _layout_of(line: str) -> tuple[str, str]:
    match = _LAYOUT.match(line)
    layout = match[1] if match else ""
    if not line[len(layout) :].strip() and re.search(r"\d", layout):
        layout = ""  # a number alone begins no list: it is all that the line says
    return layout, " ".join(line[len(layout) :].split(" ")).strip()


def _pieces(body: str) -> list[str]:
    """Sentences of a line; markers that follow an end mark stay with the sentence they follow."""
    pieces: list[str] = []
    for piece in split_sentences(_GLUED.sub(" ", body)):
        markers = _LEADING_MARKERS.match(piece) if pieces else None
        if markers:
            pieces[-1] = f"{pieces[-1]} {markers[1].strip()}"
            piece = piece[markers.end() :].strip()
            if not re.search(r"\w", piece):
                pieces[-1] += piece
                piece = ""
        if piece and pieces and pieces[-1].count("«") > pieces[-1].count("»"):
            pieces[-1] = f"{pieces[-1]} {piece}"  # a quotation may hold several sentences
        elif piece:
            pieces.append(piece)
    return pieces
