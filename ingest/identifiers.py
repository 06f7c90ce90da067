"""Identifiers as the documents print them and as people type them."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_PRINTED = re.compile(
    r"^(?:EXI[\s_-]*(?P<family>[A-Z]{1,6})[\s_-]*(?P<number>\d{1,3})|EX(?P<old>\d{1,3}))\b(?P<rest>.*)$"
)
_PI_NATIVE = re.compile(r"pi[\s_-]*native", re.IGNORECASE)
_COMPONENT = re.compile(r"^(COMP\s*-?\s*\d{3}|ACC[A-Z]{3,5}|APP(?:INT|EXT))$")


class PrintedId(NamedTuple):
    """A requirement's normalised identifier and the source that the row says it repeats."""

    id: str
    origin: str | None


def read_requirement_id(cell: str) -> PrintedId | None:
    """ "EXI-ARCH-10 - (Pi-native)" → ("EXI-ARCH-10", "pi"); None when the cell is no identifier."""
    text = re.sub(r"[*_\\]", "", unicodedata.normalize("NFKC", cell)).strip().upper()
    match = _PRINTED.match(text)
    if match is None:
        return None
    origin = "pi" if _PI_NATIVE.search(match["rest"]) else None
    if match["old"]:
        return PrintedId(f"EX{int(match['old'])}", origin)
    return PrintedId(f"EXI-{match['family']}-{int(match['number'])}", origin)


def read_component_id(cell: str) -> str | None:
    """ "COMP010", "ACCUSER"…; None when the cell is no component reference."""
    text = re.sub(r"[*_\\\s]", "", cell).upper()
    return text.replace("-", "") if _COMPONENT.match(text) else None
