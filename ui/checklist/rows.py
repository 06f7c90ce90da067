"""A checklist as rows of text: the same columns in every format, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

from assistant.checklist.description import Statement
from assistant.checklist.judgement import Checklist, Line
from ingest.passage import Located, Priority

HEADERS: Mapping[str, str] = {
    "documents": "CCT",
    "identifier": "Identifiant",
    "priority": "Type",
    "category": "Catégorie",
    "requirement": "Exigence",
    "verdict": "Applicabilité",
    "grounds": "Pourquoi",
    "quotes": "Extrait de la description",
    "conflicts": "Attention",
    "status": "Statut",
    "evidence": "Preuve",
    "waiver": "Dérogation",
    "comment": "Commentaire",
    "review": "À revoir",
    "links": "Lien",
    "references": "Références",
}
"""Column of a row → its heading; the order of the columns."""
STATUSES = ("à faire", "en cours", "conforme", "partiel", "non conforme", "dérogation", "sans objet")
VERDICTS: Mapping[str, str] = {"applies": "s'applique", "confirm": "à confirmer", "aside": "écartée"}
REMOVED = "retirée"
_REFERENCE = re.compile(
    r"(?P<elsewhere>~?)(?P<source>[^:;~\s]+):(?P<id>[^#:;]+)(?:#(?P<occurrence>\d+))?:(?P<priority>[PI]?)@(?P<commit>[^;\s]+)"
)
_LONGEST_QUOTE = 220

Link = Callable[[Located], str | None]
"""The permalink of a passage."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Which requirement a row is about, at which revision."""

    source: str
    id: str
    occurrence: int
    priority: Priority | None
    commit: str
    applies: bool = True
    """False where the same text stands in a document that does not apply to the application."""

    @staticmethod
    def all_of(text: str) -> tuple[Reference, ...]:
        """The references that a cell holds, in order."""
        return tuple(
            Reference(
                m["source"],
                m["id"].strip(),
                int(m["occurrence"] or 1),
                "P" if m["priority"] == "P" else "I" if m["priority"] == "I" else None,
                m["commit"],
                not m["elsewhere"],
            )
            for m in _REFERENCE.finditer(text)
        )

    def __str__(self) -> str:
        occurrence = f"#{self.occurrence}" if self.occurrence > 1 else ""
        elsewhere = "" if self.applies else "~"
        return f"{elsewhere}{self.source}:{self.id}{occurrence}:{self.priority or ''}@{self.commit}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a checklist, every column a text."""

    documents: str = ""
    identifier: str = ""
    priority: str = ""
    category: str = ""
    requirement: str = ""
    verdict: str = ""
    grounds: str = ""
    quotes: str = ""
    conflicts: str = ""
    status: str = ""
    evidence: str = ""
    waiver: str = ""
    comment: str = ""
    review: str = ""
    links: str = ""
    references: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    """Columns that somebody added, with their headings."""

    @property
    def cells(self) -> tuple[str, ...]:
        """The texts in the order of HEADERS."""
        return tuple(str(getattr(self, name)) for name in HEADERS)

    @property
    def kept(self) -> bool:
        """False for a requirement that was set aside or removed."""
        return self.verdict not in {VERDICTS["aside"], REMOVED}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A checklist ready to be written: its rows, and what introduces them."""

    title: str
    revisions: str
    rows: tuple[Row, ...]
    description: str = ""
    notice: str = ""

    @property
    def extra_headings(self) -> tuple[str, ...]:
        """Headings that somebody added, each once, in order."""
        return tuple(dict.fromkeys(heading for row in self.rows for heading, _ in row.extra))


def rows_of(
    checklist: Checklist, titles: Mapping[str, str], link: Link, commits: Mapping[str, str], by_command: bool = True
) -> tuple[Row, ...]:
    """The rows of a checklist, those set aside last; `commits`: source → the revision that was read.

    `by_command`: a line that is set aside says how the command takes it back.
    """
    lines = (*checklist.kept, *checklist.aside)
    return tuple(_row(line, titles, link, commits, by_command) for line in lines)


def row_from_cells(headings: Sequence[str], cells: Sequence[str]) -> Row:
    """A row from the cells under those headings, whatever their order."""
    names = {heading.casefold(): name for name, heading in HEADERS.items()}
    known: dict[str, str] = {}
    extra = []
    for heading, cell in zip(headings, cells, strict=False):
        name = names.get(heading.strip().casefold())
        if name is not None:
            known.setdefault(name, cell)
        elif heading.strip():
            extra.append((heading.strip(), cell))
    allowed = {f.name for f in fields(Row)}
    return Row(**{name: cell for name, cell in known.items() if name in allowed}, extra=tuple(extra))


def documents_cell(places: Sequence[Located], elsewhere: Sequence[Located], titles: Mapping[str, str]) -> str:
    """ "CCT MirAI ; CCT Cloud Pi Native", and where the same text stands without applying."""
    names = " ; ".join(dict.fromkeys(titles.get(p.source, p.source) for p in places))
    others = " et ".join(dict.fromkeys(titles.get(p.source, p.source) for p in elsewhere))
    return f"{names} (même texte dans {others})" if others else names


def identifier_cell(located: Located) -> str:
    """ "EXI-ORG-17 (2e occurrence)"."""
    passage = located.passage
    return f"{passage.id}" + (f" ({passage.occurrence}e occurrence)" if passage.occurrence > 1 else "")


def reference_of(located: Located, commit: str, applies: bool = True) -> Reference:
    """The reference of a requirement at a revision."""
    passage = located.passage
    return Reference(located.source, str(passage.id), passage.occurrence, passage.priority, commit, applies)


def _row(line: Line, titles: Mapping[str, str], link: Link, commits: Mapping[str, str], by_command: bool) -> Row:
    lead = line.places[0]
    places = (*line.places, *line.elsewhere)
    grounds = list(dict.fromkeys(ground.text for ground in line.grounds))
    if line.verdict == "aside" and by_command:
        grounds.append(f"Pour la reprendre : --keep {lead.key}, ou complétez la description.")
    return Row(
        documents=documents_cell(line.places, line.elsewhere, titles),
        identifier=identifier_cell(lead),
        priority=line.priority or "",
        category=lead.passage.category,
        requirement=lead.passage.text,
        verdict=VERDICTS[line.verdict],
        grounds=" ".join(grounds),
        quotes="\n".join(_quoted(s) for s in line.statements[:3]),
        conflicts=" ".join(line.conflicts),
        links="\n".join(url for place in places if (url := link(place))),
        references=" ; ".join(
            str(reference_of(place, commits[place.source], place in line.places)) for place in places
        ),
    )


def _quoted(statement: Statement) -> str:
    text = statement.text
    if len(text) > _LONGEST_QUOTE:
        text = text[:_LONGEST_QUOTE].rsplit(" ", 1)[0] + " [...]"
    return f"« {text} » (ligne {statement.line})"
