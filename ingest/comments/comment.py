"""A comment on a document, as the CCT asks for them, and where comments are collected."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, Protocol

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.errors import IngestError
from ingest.lint.findings import Finding, Severity

Importance = Literal["haute", "moyenne", "basse"]

IMPORTANCE: dict[Severity, Importance] = {"error": "haute", "warning": "moyenne", "info": "basse"}
_LONGEST_EXTRACT = 300
_PATIENCE = 10.0
"""Seconds that a writer waits for another one."""


class CommentError(IngestError):
    """A file of comments cannot be read or written, or the form is not the one that is known."""


@dataclass(frozen=True, slots=True)
class Comment:
    """One row of the form; `line` is 1-based, None for the document as a whole; `date` is YYYY-MM-DD or empty."""

    source: str
    document: str
    line: int | None
    extract: str
    proposal: str
    importance: Importance = "moyenne"
    author: str = ""
    date: str = ""


class CommentCollection(Protocol):
    """Where comments come from: the linter, or what people wrote in a channel."""

    def comments(self) -> Iterable[Comment]:
        """Every comment, in the order in which they are to be printed."""


class LintComments:
    """The linter's findings as comments; `lines` gives the text of a document, line by line."""

    def __init__(
        self, findings: Sequence[Finding], lines: dict[tuple[str, str], Sequence[str]], author: str, date: str
    ) -> None:
        self._findings = findings
        self._lines = lines
        self._author = author
        self._date = date

    def comments(self) -> Iterator[Comment]:
        """One comment a finding, the line as extract, the rule's message as proposal."""
        for f in self._findings:
            lines = self._lines.get((f.source, f.document), ())
            text = lines[f.line - 1] if 0 < f.line <= len(lines) else ""
            judged = " (à juger par une personne)" if f.judgement else ""
            proposal = f"{f.message}{judged} [{f.rule}]"
            yield Comment(
                f.source,
                f.document,
                f.line,
                shortened(text),
                proposal,
                IMPORTANCE[f.severity],
                self._author,
                self._date,
            )


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    source: str = Field(min_length=1)
    document: str = Field(min_length=1)
    line: int | None = Field(default=None, ge=1)
    extract: str = ""
    proposal: str = Field(min_length=1)
    importance: Importance = "moyenne"
    author: str = ""
    date: str = Field(default="", pattern=r"^(\d{4}-\d{2}-\d{2})?$")


class CommentFile:
    """Comments in a JSONL file, one object a line: channels add to it, `cct comments` reads it.

    Several processes may add at once; each comment is on disk when `add` returns.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def comments(self) -> Iterator[Comment]:
        """Every comment, oldest first; none when there is no file. Raises CommentError naming a refused line."""
        try:
            content = self._path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            return
        except (OSError, UnicodeDecodeError) as exc:
            raise CommentError(f"Commentaires illisibles : {self._path} ({exc}).", "Réenregistrez en UTF-8.") from exc
        for number, line in enumerate(content.split("\n"), 1):
            if not line.strip():
                continue
            try:
                row = _Row.model_validate_json(line)
            except ValidationError as exc:
                first = exc.errors()[0]
                where = ".".join(str(part) for part in first["loc"]) or "JSON"
                raise CommentError(
                    f"{self._path}, ligne {number} : {where} : {first['msg']}.",
                    'Une ligne est {"source": …, "document": …, "proposal": …}.',
                ) from exc
            yield Comment(**row.model_dump())

    def add(self, comment: Comment) -> None:
        """Writes one comment at the end. Raises CommentError when the disk refuses or the file stays locked."""
        try:
            _Row(**asdict(comment))
        except ValidationError as exc:
            first = exc.errors()[0]
            raise CommentError(f"Commentaire refusé : {first['loc'][0]} : {first['msg']}.") from exc
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self._path}.lock", timeout=_PATIENCE), self._path.open("ab") as file:
                file.write((json.dumps(asdict(comment), ensure_ascii=False) + "\n").encode())
                file.flush()
                os.fsync(file.fileno())
        except (OSError, Timeout) as exc:
            raise CommentError(f"Commentaire non enregistré dans {self._path} ({exc}).", "Réessayez.") from exc


def shortened(text: str, longest: int = _LONGEST_EXTRACT) -> str:
    """A line as an extract: white space folded, table borders removed, cut after a word with […]."""
    line = " ".join(text.replace("|", " ").split())
    return line if len(line) <= longest else f"{line[:longest].rsplit(' ', 1)[0]} […]"
