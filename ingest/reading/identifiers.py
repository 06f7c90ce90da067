"""Identifiers as the documents print them and as people type them."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_PRINTED = re.compile(
    r"^(?:EXI[\s_-]*(?P<family>[A-Z]{1,6})[\s_-]*(?P<number>\d{1,3})|EX(?P<old>\d{1,3}))\b(?![.-]\d|\s*(?:BIS|TER|QUATER)\b)(?P<rest>.*)$",
    re.DOTALL,
)
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011–", "-"))
_PI_NATIVE = re.compile(r"pi[\s_-]*native", re.IGNORECASE)
_COMPONENT = re.compile(r"^((?i:COMP)-?\d{3}|ACC[A-Z]{3,5}|APP(?:INT|EXT))$")


class PrintedId(NamedTuple):
    """A requirement's normalised identifier and the source that the row says it repeats."""

    id: str
    origin: str | None


def read_requirement_id(cell: str) -> PrintedId | None:
    """ "EXI-ARCH-10 - (Pi-native)" → ("EXI-ARCH-10", "pi"); None when the cell is no identifier."""
    text = re.sub(r"[*_\\]", "", unicodedata.normalize("NFKC", cell)).translate(_HYPHENS).strip().upper()
    match = _PRINTED.match(text)
    if match is None:
        return None
    origin = "pi" if _PI_NATIVE.search(match["rest"]) else None
    if match["old"]:
        return PrintedId(f"EX{int(match['old'])}", origin)
    return PrintedId(f"EXI-{match['family']}-{int(match['number'])}", origin)


def read_component_id(cell: str) -> str | None:
    """ "COMP010", "ACCUSER"…; None when the cell is no component reference."""
    text = re.sub(r"[*_\\\s]", "", cell)
    return text.replace("-", "").upper() if _COMPONENT.match(text) else None
