"""Printed dates against the history of the document, cited versions against their end of life."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from ingest.lint.findings import Finding
from ingest.lint.reading import ChangeDates, LintedDocument, LintedRevision
from ingest.lint.rules import found

_DAY = r"(?P<day>\d{1,2})\s*[/.]\s*(?P<month>\d{1,2})\s*[/.]\s*(?P<year>\d{4})"
_STAMP = re.compile(
    rf"(?:^\W*date\b[\s*_:]*|mises?\s+à\s+jour\s+(?:au|du|le)\s+){_DAY}",
    re.IGNORECASE,
)
_HEAD = 40
"""Lines from the top where a document prints its date."""
_TOLERANCE = 7
"""Days between a printed date and the commit that are no drift: a text is dated before it is published."""


@dataclass(frozen=True, slots=True)
class _Product:
    name: str
    pattern: re.Pattern[str]
    end: tuple[tuple[str, date], ...]


def check(revision: LintedRevision, changes: ChangeDates, on: date) -> Iterator[Finding]:
    """Every stale date and version; `on` is the day of the linting."""
    for document in revision.documents:
        yield from _stamps(revision, document, changes)
        yield from _versions(document, on)


def _stamps(revision: LintedRevision, document: LintedDocument, changes: ChangeDates) -> Iterator[Finding]:
    stamp = _stamp(document)
    if stamp is None:
        return
    line, printed = stamp
    changed_on = changes.last_change(revision.revision, document)
    if changed_on is None:
        return
    changed = date.fromisoformat(changed_on)
    days = (changed - printed).days
    if abs(days) <= _TOLERANCE:
        return
    gap = f"{days} jours plus tard" if days > 0 else f"{-days} jours plus tôt"
    message = (
        f"La date imprimée est le {printed:%d/%m/%Y}, mais la dernière modification du texte est du "
        f"{changed:%d/%m/%Y}, {gap}. Mettez la date à jour à chaque modification."
    )
    yield found("date-perimee", document, line, message)


def _stamp(document: LintedDocument) -> tuple[int, date] | None:
    """The latest date printed at the top, and its line; fenced headers count."""
    stamps = []
    for number, text in enumerate(document.lines[:_HEAD], 1):
        for match in _STAMP.finditer(text):
            try:
                stamps.append((date(int(match["year"]), int(match["month"]), int(match["day"])), number))
            except ValueError:
                continue
    if not stamps:
        return None
    latest, line = max(stamps)
    return line, latest


@cache
def _products() -> tuple[_Product, ...]:
    content = tomllib.loads((files("ingest.lint") / "end_of_life.toml").read_text(encoding="utf-8"))
    return tuple(
        _Product(p["name"], re.compile(p["pattern"], re.IGNORECASE), tuple(p["end"].items()))
        for p in content["product"]
    )


def _versions(document: LintedDocument, on: date) -> Iterator[Finding]:
    for number, line in enumerate(document.lines, 1):
        for product in _products():
            ends = dict(product.end)
            for version in dict.fromkeys(product.pattern.findall(line)):
                end = ends.get(version)
                if end is not None and end < on:
                    message = (
                        f"{product.name} {version} n'est plus maintenu depuis le {end:%d/%m/%Y}. Citez une version "
                        "maintenue, ou une adresse sans numéro de version."
                    )
                    yield found("version-perimee", document, number, message)
