"""A checklist that travels in the form of a page, since no server keeps it: text in, text out, sizes bounded."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from assistant.checklist.description import QUESTIONS, Description, read_answers, read_description
from ui.checklist.rows import HEADERS, VERDICTS, Row, Sheet
from ui.errors import UnreadableChecklist

MOST_ROWS = 2_000
LONGEST_CELL = 20_000
_LARGEST = 20_000_000
"""Bytes of a list once it is unpacked."""
_TITLES = ("title", "revisions", "description", "notice")
FILLED = ("status", "evidence", "waiver", "comment")
"""Columns that a person fills."""
_TAKEN_BACK = "Reprise à votre demande."
_REMEDY = "Reprenez le fichier enregistré, ou refaites la liste depuis la description."


def packed(sheet: Sheet) -> str:
    """The whole list as characters that a form carries unchanged."""
    rows = [{"cells": row.cells, "extra": row.extra} for row in sheet.rows]
    whole = {**{name: getattr(sheet, name) for name in _TITLES}, "rows": rows}
    return base64.b64encode(zlib.compress(json.dumps(whole, ensure_ascii=False).encode(), 9)).decode()


def unpacked(text: str) -> Sheet:
    """The list that was packed. Raises UnreadableChecklist for anything else, and for one that is too large."""
    try:
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(base64.b64decode(text, validate=True), _LARGEST)
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise _unreadable()
        whole = json.loads(content)
        titles = {name: str(whole[name]) for name in _TITLES}
        rows = tuple(_row(row) for row in whole["rows"])
    except (binascii.Error, zlib.error, ValueError, TypeError, KeyError, RecursionError) as exc:
        raise _unreadable() from exc
    check_size(rows)
    return Sheet(rows=rows, **titles)


def check_size(rows: tuple[Row, ...]) -> None:
    """Raises UnreadableChecklist for more rows, or longer cells, than any checklist has."""
    if len(rows) > MOST_ROWS:
        raise UnreadableChecklist(f"La liste a plus de {MOST_ROWS} lignes.", "Retirez celles qui n'en sont pas.")
    for number, row in enumerate(rows, 1):
        longest = max((len(cell) for cell in (*row.cells, *(cell for _, cell in row.extra))), default=0)
        if longest > LONGEST_CELL:
            raise UnreadableChecklist(
                f"Ligne {number} ({row.identifier or '?'}) : une cellule dépasse {LONGEST_CELL} signes.",
                "Raccourcissez-la, ou remplacez-la par un lien.",
            )


def filled(sheet: Sheet, fields: Mapping[str, str]) -> Sheet:
    """The list with what a person wrote: "3-status" is the fourth row's; "3-keep" takes back one set aside."""
    rows = []
    for number, row in enumerate(sheet.rows):
        given = {name: fields[f"{number}-{name}"] for name in FILLED if f"{number}-{name}" in fields}
        written: dict[str, Any] = {name: "\n".join(text.splitlines()).strip() for name, text in given.items()}
        if fields.get(f"{number}-keep") and row.verdict == VERDICTS["aside"]:
            written |= {"verdict": VERDICTS["applies"], "grounds": f"{_TAKEN_BACK} {row.grounds}".strip()}
        rows.append(replace(row, **written))
    done = tuple(rows)
    check_size(done)
    return replace(sheet, rows=done)


def described(text: str) -> Description:
    """The description of a list, its answers to the eight questions recognised.

    Raises QuestionError for an empty one.
    """
    labels = {question.label: question.key for question in QUESTIONS}
    answers: dict[str, str] = {}
    for line in text.splitlines():
        label = next((known for known in labels if line.startswith(f"{known} ")), None)
        if label is None:
            return read_description(text)
        answers[labels[label]] = line.removeprefix(label).strip()
    return read_answers(answers) if answers else read_description(text)


def _row(given: Mapping[str, object]) -> Row:
    cells, extra = given["cells"], given["extra"]
    if not isinstance(cells, list) or not isinstance(extra, list):
        raise TypeError(type(cells).__name__)
    texts = {name: str(cell) for name, cell in zip(HEADERS, cells, strict=True)}
    return Row(**texts, extra=tuple((str(heading), str(cell)) for heading, cell in extra))


def _unreadable() -> UnreadableChecklist:
    return UnreadableChecklist("La liste portée par la page est illisible.", _REMEDY)
