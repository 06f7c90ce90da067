"""The vocabulary of the whole project: what a document holds once it is read. No input or output here."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Literal

from ingest.reading.quote_form import fingerprint

Kind = Literal["requirement", "component", "term", "norm", "section"]
Priority = Literal["P", "I"]
Role = Literal["guide", "requirements", "norms", "glossary", "readme"]

PRIORITY_NAMES: dict[str, str] = {"P": "primordiale", "I": "importante"}


_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Lines:
    """A range of lines of one document, 1-based, both ends included."""

    start: int
    end: int

    def overlaps(self, other: Lines) -> bool:
        """True when the two ranges share a line."""
        return self.start <= other.end and other.start <= self.end


@dataclass(frozen=True, slots=True)
class Passage:
    """One thing a person can be shown: a table row, a term, a paragraph, with its place in a document.

    `text` is verbatim apart from white space and <br>: the cells of a row, or a paragraph, one cell or
    line a line. `sentences` are verbatim parts of `text`, in order. `context` is what stands above it
    (headings, the sentence that introduces a list): it helps to find the passage and is never quoted.
    """

    kind: Kind
    text: str
    lines: Lines
    sentences: tuple[str, ...]
    id: str | None = None
    occurrence: int = 1
    priority: Priority | None = None
    title: str = ""
    category: str = ""
    origin: str | None = None
    """The source a row says it repeats: "EXI-ARCH-10 - (Pi-native)" has origin "pi"."""
    printed_id: str = ""
    context: str = ""
    place: str | None = None
    """Page or sheet, for formats without lines."""

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits; equal for texts that differ only in typography and layout."""
        return fingerprint(self.text)


@dataclass(frozen=True, slots=True)
class Located:
    """A passage where it stands: source, document, and the commit it was read from."""

    source: str
    document: str
    commit: str | None
    passage: Passage

    @property
    def key(self) -> str:
        """Identity of a record: "pi:EXI-ORG-17#2"; of prose: its source and fingerprint."""
        p = self.passage
        if p.id is not None and p.kind != "section":
            return f"{self.source}:{p.id}" + (f"#{p.occurrence}" if p.occurrence > 1 else "")
        return f"{self.source}:~{p.fingerprint}"


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A row that holds something and could not be made a record."""

    line: int
    reason: str
    extract: str


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """What one document holds: its passages in order, and the rows that could not be read."""

    passages: tuple[Passage, ...]
    unreadable: tuple[UnreadableRow, ...] = field(default=())


def document_lines(text: str) -> list[str]:
    """The lines as git and the forges number them: only \\n, \\r\\n and \\r end one (not U+2028, VT, FF, NEL…)."""
    lines = _LINE_END.split(text)
    return lines if lines[-1] else lines[:-1]


def text_digest(text: str) -> str:
    """Content address of an exact text: 32 hexadecimal digits of SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
