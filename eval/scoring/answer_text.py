"""An answer's text taken apart: what it quotes, under which number, and what it says itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.reading.quote_form import words
from ingest.reading.sentences import split_sentences

_QUOTED = re.compile(r"«\s*(?P<quote>(?:(?!»\s*\[\d+\]).)+?)\s*»\s*\[(?P<n>\d+)\]", re.DOTALL)
_LOOSE = re.compile(r"«\s*([^«»]+?)\s*»|“([^“”]+?)”|\"([^\"\n]{12,}?)\"")
_MARKERS = re.compile(r"\[(\d+)\]")
_FRAME = re.compile(r"^\s*(?:—|_.*_$|#+ |\*\*[^*]+\*\*\s*$|> ?$)")
"""Lines that name, warn or title: they assert nothing about the documents' content."""
_BULLET = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
FEWEST_WORDS = 6
"""Words from which a sentence of the answer's own asserts something."""
_LOOSE_WORDS = 5


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words between guillemets, and the number of the citation they are shown with; None without one."""

    text: str
    n: int | None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the answer's own, and the citations that it carries."""

    text: str
    markers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AnswerText:
    """What an answer quotes, in order, and what it says itself."""

    quotations: tuple[Quotation, ...]
    sentences: tuple[Sentence, ...]
    own: str
    """The text without its quotations."""
    said: str
    """The text without its markers, nor the lines that name, warn or title: what a judge is asked about."""


def read_answer(text: str) -> AnswerText:
    """The parts of an answer's Markdown."""
    quotations = [Quotation(m["quote"], int(m["n"])) for m in _QUOTED.finditer(text)]
    rest = _QUOTED.sub(" ", text)
    for match in _LOOSE.finditer(rest):
        quoted = next(g for g in match.groups() if g)
        if len(words(quoted)) >= _LOOSE_WORDS:
            quotations.append(Quotation(quoted, None))
    said = "\n".join(line for line in text.splitlines() if line.strip() and not _FRAME.match(line))
    return AnswerText(tuple(quotations), tuple(_sentences(rest)), rest, _MARKERS.sub("", said).strip())


def _sentences(text: str) -> list[Sentence]:
    found = []
    for line in text.splitlines():
        if _FRAME.match(line):
            continue
        for sentence in split_sentences(_BULLET.sub("", line)):
            markers = tuple(int(n) for n in _MARKERS.findall(sentence))
            plain = _MARKERS.sub("", sentence).strip()
            if len(words(plain)) >= FEWEST_WORDS:
                found.append(Sentence(plain, markers))
    return found
