"""Sentences of a passage: verbatim parts, in order, that a quotation can be made of."""

from __future__ import annotations

import re

_BREAK = re.compile(r"<\s*(?:/\s*)?br\s*(?:/\s*)?>|\n", re.IGNORECASE)
_SAYS = re.compile(r"[\w✅✔✓☑❌✗☒→≥≤]")
"""What makes a part worth keeping: a letter, a digit, or a mark that is an answer by itself."""
_SPACE = re.compile(r"\s+")
_END = re.compile(r"(?<=[.!?…])(?:[»”\")\]]{0,2})\s+(?=[\"«“(\[*_]{0,3}[A-ZÀÂÉÈÊËÎÏÔÖÛÜÇ0-9])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:cf|ex|etc|art|al|p|n°|no|M|Mme|MM|vs|env|max|min|resp|ref|réf|i\.e|e\.g|v)\.|\b[A-Z]\.)$",
    re.IGNORECASE,
)


def clean_parts(text: str) -> list[str]:
    """The lines of a cell or paragraph, cut at <br> and line breaks, white space folded, empty ones dropped."""
    parts = (_SPACE.sub(" ", part).strip() for part in _BREAK.split(text))
    return [part for part in parts if _SAYS.search(part)]


def split_sentences(line: str) -> list[str]:
    """Sentences of one line by its typography: an end mark, a space, then a capital or a digit.

    An abbreviation (cf., etc., art.) ends no sentence, nor does anything inside parentheses.
    """
    sentences: list[str] = []
    start = 0
    for match in _END.finditer(line):
        piece = line[start : match.end()].strip()
        if _ABBREVIATION.search(piece) or _unclosed(piece):
            continue
        sentences.append(piece)
        start = match.end()
    rest = line[start:].strip()
    if rest:
        sentences.append(rest)
    return sentences


def merge_fragments(line: str, fragments: list[str]) -> list[str]:
    """A sentence model's fragments, kept apart only where the typography agrees that a sentence ends.

    The small French model cuts at brackets and clauses; a wrong cut would make a quotation that stops
    in the middle of an obligation. Fragments that are not verbatim parts of the line are ignored.
    """
    cuts: list[int] = []
    at = 0
    for fragment in fragments:
        piece = fragment.strip()
        found = line.find(piece, at)
        if not piece or found < 0:
            continue
        if found > 0:
            cuts.append(found)
        at = found + len(piece)
    sentences: list[str] = []
    start = 0
    for cut in cuts:
        before, after = line[start:cut].strip(), line[cut:].lstrip()
        ends = re.search(r"[.!?…;:]['\"»”)\]*_]*$", before)
        starts = re.match(r"[\"«“(\[*_]{0,3}[A-ZÀÂÉÈÊËÎÏÔÖÛÜÇ0-9]", after)
        if before and ends and starts and not _ABBREVIATION.search(before) and not _unclosed(before):
            sentences.append(before)
            start = cut
    rest = line[start:].strip()
    if rest:
        sentences.append(rest)
    return [part for sentence in sentences for part in split_sentences(sentence)]


def _unclosed(piece: str) -> bool:
    return piece.count("(") > piece.count(")")
