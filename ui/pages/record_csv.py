"""Records as a CSV file that LibreOffice and Excel open with their accents, and whose cells never run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from ingest.passage import PRIORITY_NAMES
from ui.pages.record_shelf import Record

CONTENT_TYPE = "text/csv; charset=utf-8"
COLUMNS = (
    "source", "identifiant", "occurrence", "type", "type en mots", "catégorie", "exigence", "document", "ligne",
    "révision", "date", "édition", "lien",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)."""


def requirements_csv(records: Iterable[Record]) -> bytes:
    """UTF-8 with its mark, semicolons, a line each requirement; a cell that looks like a formula starts with '."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for record in records:
        writer.writerow([inert_cell(value) for value in _row(record)])
    return out.getvalue().encode("utf-8-sig")


def inert_cell(value: str) -> str:
    """The value, shown as text by every spreadsheet."""
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value


def _row(record: Record) -> tuple[str, ...]:
    p, revision = record.passage, record.revision
    return (
        record.source_title,
        record.id,
        str(p.occurrence),
        p.priority or "",
        PRIORITY_NAMES.get(p.priority or "", ""),
        p.category,
        p.text,
        record.located.document,
        str(p.lines.start),
        revision.commit[:12] if revision.official else "",
        revision.date,
        "officielle" if revision.official else "démonstration, non officielle",
        record.permalink or "",
    )
