"""When two texts are the same quotation, and when one text is an edited form of another."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

_BREAK = re.compile(r"<\s*(?:/\s*)?br\s*(?:/\s*)?>", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_MARKS = str.maketrans(
    {**dict.fromkeys("‘’‛ʼ′`´", "'"), **dict.fromkeys("“”„‟«»″", '"'), **dict.fromkeys("\u2010\u2011", "-")}
    | dict.fromkeys("\u00ad\u200b\u2060\ufeff")
)
"""One kind of apostrophe, quotation mark and hyphen; what is invisible goes (soft hyphen, zero-width space)."""
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~:/])")
_EMPHASIS = re.compile(r"[*_]+")
_CUT = re.compile(r"\[(?:\.\.\.|…)\]")
_WORD = re.compile(r"\w+")
_DECIMAL = re.compile(r"\d[.,]\d")


def fold(text: str) -> str:
    """The text on one line: <br> and every white space become one space; nothing else changes."""
    return _SPACE.sub(" ", _BREAK.sub(" ", text)).strip()


@lru_cache(maxsize=2048)  # passages are quoted again and again
def normalised(text: str) -> str:
    """The form in which a quotation is compared with its document.

    Unicode NFKC, one kind of apostrophe, quotation mark and hyphen, <br> and white space folded to one
    space, Markdown escapes, emphasis and invisible characters removed. Letters, digits, case and negations stay.
    """
    # before NFKC, which takes ´ and ″ apart, and after, for what it makes of other forms
    text = unicodedata.normalize("NFKC", _BREAK.sub(" ", text).translate(_MARKS)).translate(_MARKS)
    text = _EMPHASIS.sub("", _ESCAPE.sub(r"\1", text))
    return _SPACE.sub(" ", text).strip()


def is_verbatim(quote: str, document_lines: str) -> bool:
    """True when every part of the quote (parts are separated by [...]) stands in the lines, in order.

    A part begins and ends at words and numbers: "5 jours" does not stand in "15 jours", nor in "1,5 jours".
    """
    haystack = normalised(document_lines)
    parts = [normalised(part) for part in _CUT.split(quote)]
    parts = [part for part in parts if part]
    at = 0
    for part in parts:
        found = _find_whole(part, haystack, at)
        if found < 0:
            return False
        at = found + len(part)
    return bool(parts)


def _find_whole(part: str, haystack: str, at: int) -> int:
    """Where the part stands from a position on, cutting no word or number at either end; -1 when it does not."""
    found = haystack.find(part, at)
    while found >= 0:
        if not _joined(haystack, found) and not _joined(haystack, found + len(part)):
            return found
        found = haystack.find(part, found + 1)
    return -1


def _joined(text: str, at: int) -> bool:
    """True when a word or a number goes on over the position."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if _WORD.match(before) and _WORD.match(after):
        return True
    return bool(_DECIMAL.match(text, at - 1) or (at > 1 and _DECIMAL.match(text, at - 2)))


def words(text: str) -> list[str]:
    """Lower-case words without accents, Markdown or link targets: what decides that texts are alike."""
    text = re.sub(r"\]\([^)]*\)", "]", normalised(text)).casefold()
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return _WORD.findall(text)


@lru_cache(maxsize=8192)
def fingerprint(text: str) -> str:
    """16 hexadecimal digits that survive typography, layout and link targets, and no change of words."""
    return hashlib.sha256(" ".join(words(text)).encode()).hexdigest()[:16]


SKETCH_SIZE = 32


@lru_cache(maxsize=4096)
def sketch(text: str) -> tuple[int, ...]:
    """MinHash of the text's pairs of words (Broder 1997): 32 numbers of 32 bits.

    Two sketches agree in about the share of word pairs that the two texts have in common, so an
    edited text is recognised without keeping a copy of it. Empty for a text without words.
    """
    tokens = words(text)
    shingles = {" ".join(tokens[i : i + 2]) for i in range(max(1, len(tokens) - 1))} if tokens else set()
    if not shingles:
        return ()
    rows = [hashlib.shake_128(s.encode()).digest(4 * SKETCH_SIZE) for s in shingles]
    return tuple(min(int.from_bytes(row[4 * i : 4 * i + 4], "big") for row in rows) for i in range(SKETCH_SIZE))


def sketch_similarity(a: tuple[int, ...], b: tuple[int, ...]) -> float:
    """Estimated share of common word pairs, 0 to 1 (standard error about 0.09 at 0.5)."""
    if not a or not b:
        return 0.0
    return sum(x == y for x, y in zip(a, b, strict=True)) / SKETCH_SIZE
