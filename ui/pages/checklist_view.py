"""A checklist as its page shows it: sections of lines, each with its links and the fields to fill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from ui.checklist.rows import REMOVED, STATUSES, VERDICTS, Reference, Row, Sheet


@dataclass(frozen=True, slots=True)
class LineView:
    """A row, its number in the list, and where its text can be read."""

    number: int
    row: Row
    pages: tuple[tuple[str, str], ...]
    """(address, words) of the requirement's pages in this service."""
    links: tuple[str, ...]
    """Permalinks in the official repositories."""
    statuses: tuple[str, ...]
    """Those to choose from, with one that somebody else wrote."""

    @property
    def name(self) -> str:
        """What tells its fields from those of the others."""
        return f"{self.row.identifier or f'ligne {self.number + 1}'} ({self.row.documents})"

    @property
    def can_be_kept(self) -> bool:
        """True for a line that was set aside and may be taken back."""
        return self.row.verdict == VERDICTS["aside"]


@dataclass(frozen=True, slots=True)
class SectionView:
    """Lines under one heading; a folded section is opened by whoever wants it."""

    heading: str
    lines: tuple[LineView, ...]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class ListView:
    """The whole list."""

    sections: tuple[SectionView, ...]
    kept: int
    primary: int
    confirm: int
    aside: int
    filled: int


def view_of(sheet: Sheet, has_pages: bool) -> ListView:
    """The view of a list; `has_pages`: this service has a page for each requirement."""
    lines = [_line(number, row, has_pages) for number, row in enumerate(sheet.rows)]
    kept = [line for line in lines if line.row.kept]
    return ListView(
        tuple(section for section in _sections(lines) if section.lines),
        len(kept),
        sum(line.row.priority == "P" for line in kept),
        sum(line.row.verdict == VERDICTS["confirm"] for line in kept),
        len(lines) - len(kept),
        sum(bool(line.row.status.strip()) for line in kept),
    )


def _sections(lines: list[LineView]) -> Iterator[SectionView]:
    review = [line for line in lines if line.row.review]
    rest = [line for line in lines if not line.row.review]
    kept = [line for line in rest if line.row.kept]
    yield SectionView("À revoir", tuple(review))
    yield SectionView("Primordiales (P)", tuple(line for line in kept if line.row.priority == "P"))
    yield SectionView("Importantes (I)", tuple(line for line in kept if line.row.priority == "I"))
    yield SectionView("Sans type", tuple(line for line in kept if line.row.priority not in {"P", "I"}))
    aside = [line for line in rest if not line.row.kept]
    yield SectionView("Écartées", tuple(line for line in aside if line.row.verdict != REMOVED), folded=True)
    yield SectionView("Retirées", tuple(line for line in aside if line.row.verdict == REMOVED), folded=True)


def _line(number: int, row: Row, has_pages: bool) -> LineView:
    pages = tuple(dict.fromkeys(_page(r) for r in Reference.all_of(row.references))) if has_pages else ()
    links = tuple(link for link in row.links.split() if _is_web(link))
    known = row.status.strip()
    statuses = ("", *STATUSES) if not known or known in STATUSES else ("", *STATUSES, known)
    return LineView(number, row, pages, links, statuses)


def _page(reference: Reference) -> tuple[str, str]:
    occurrence = f"/{reference.occurrence}" if reference.occurrence > 1 else ""
    address = f"/exigences/{quote(reference.source, safe='')}/{quote(reference.id, safe='')}{occurrence}"
    return address, f"Page de {reference.id} ({reference.source})"


def _is_web(link: str) -> bool:
    """False for what a file may hold that must not become a link."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
