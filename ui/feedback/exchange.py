"""Votes as files: JSON lines, which can be read back, and CSV for a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ingest.errors import CctError
from ui.feedback import feedback_wording as wording
from ui.feedback.feedback import Feedback

SCHEMA = 1
COLUMNS = (
    "date", "avis", "raisons", "commentaire", "minutes gagnées", "question", "statut", "mode", "modèle", "citations",
    "révisions", "canal", "auteur", "réponse",
)  # fmt: skip
_FORM = TypeAdapter(Feedback)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula."""


def without_words(feedback: Feedback) -> Feedback:
    """The vote without anything that somebody wrote: question, answer, comment."""
    answer = replace(feedback.answer, question="", text="")
    return replace(feedback, answer=answer, ballot=replace(feedback.ballot, comment=""))


def json_line(feedback: Feedback) -> str:
    """One vote as a line; `schema` is 1, moments are in UTC."""
    plain: dict[str, Any] = _FORM.dump_python(feedback, mode="json")
    return json.dumps({"schema": SCHEMA, **plain}, ensure_ascii=False)


def read_lines(lines: Iterable[str], name: str) -> Iterator[Feedback]:
    """The votes of such a file, blank lines skipped. Raises CctError naming the refused line."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            plain = json.loads(line)
            if not isinstance(plain, dict) or plain.pop("schema", None) != SCHEMA:
                raise CctError(f"{name}, ligne {number} : ce n'est pas un avis exporté.", _EXPECTED)
            yield _FORM.validate_python(plain)
        except json.JSONDecodeError as exc:
            raise CctError(f"{name}, ligne {number} : JSON invalide ({exc.msg}).", _EXPECTED) from exc
        except ValidationError as exc:
            first = exc.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise CctError(f"{name}, ligne {number} : {place} : {first['msg']}.", _EXPECTED) from exc


def csv_bytes(votes: Iterable[Feedback]) -> bytes:
    """UTF-8 with its mark, semicolons; a cell that looks like a formula starts with an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for feedback in votes:
        writer.writerow([_inert(value) for value in _cells(feedback)])
    return out.getvalue().encode("utf-8-sig")


def _cells(feedback: Feedback) -> tuple[str, ...]:
    answer, ballot = feedback.answer, feedback.ballot
    return (
        feedback.changed_at.isoformat(timespec="seconds"),
        wording.VOTES[ballot.vote],
        " ; ".join(wording.REASONS[reason] for reason in ballot.reasons),
        ballot.comment,
        "" if ballot.minutes_saved is None else str(ballot.minutes_saved),
        answer.question,
        answer.status,
        answer.mode,
        answer.model,
        " ".join(answer.citations),
        " ".join(answer.revisions),
        answer.channel,
        feedback.user,
        answer.text,
    )


def _inert(value: str) -> str:
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value


_EXPECTED = "Donnez un fichier écrit par « cct feedback export »."
