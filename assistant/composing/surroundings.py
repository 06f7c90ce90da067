"""What stands around a cited requirement: the rows before and after it, and the records that bear the same id."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answer import Place
from assistant.selection import Library
from ingest.passage import Located


@dataclass(frozen=True, slots=True)
class Namesake:
    """Another record with the same identifier; `same_text` when only where it stands, or its type, differs."""

    place: Place
    same_text: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The requirements beside one in its document, None at an end of it, and those that share its identifier."""

    before: Place | None = None
    after: Place | None = None
    namesakes: tuple[Namesake, ...] = ()


def surroundings(library: Library, place: Place) -> Surroundings:
    """What is around a requirement of the served revisions; nothing around anything else.

    Raises IndexMissing or IndexMismatch.
    """
    if place.kind != "requirement" or place.id is None:
        return Surroundings()
    selection = library.selection()
    rows = [p for p in selection.requirements if (p.source, p.document) == (place.source, place.document)]
    at = next((n for n, row in enumerate(rows) if _is(row, place)), None)
    if at is None:
        return Surroundings()
    own = rows[at].passage.fingerprint
    others = [row for row in selection.by_id[place.id.upper()] if not _is(row, place)]
    return Surroundings(
        before=library.place(rows[at - 1]) if at > 0 else None,
        after=library.place(rows[at + 1]) if at + 1 < len(rows) else None,
        namesakes=tuple(Namesake(library.place(row), row.passage.fingerprint == own) for row in others),
    )


def _is(row: Located, place: Place) -> bool:
    return (
        row.source == place.source
        and row.document == place.document
        and row.commit == place.commit
        and row.passage.id == place.id
        and row.passage.lines.start == place.line_start
    )
