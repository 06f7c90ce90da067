"""`/composants`, `/glossaire` and `/normes`: the other records of the documents, each text once, with its anchor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import FastAPI, Request, Response
from markupsafe import Markup

from assistant.search.french_text import without_accents
from ingest.passage import Kind
from ingest.reading.quote_form import fingerprint
from ui.pages.document_text import document_html
from ui.pages.layout import page
from ui.pages.record_query import LONGEST_TEXT, holds, natural
from ui.pages.record_shelf import Record, RecordShelf, Shelf, fragment
from ui.pages.revision_choices import RevisionChoices


@dataclass(frozen=True, slots=True)
class Entry:
    """A term, a component or a norm, with every record that says the same."""

    anchor: str
    name: str
    text: Markup
    places: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading: a letter, a part of the documents."""

    anchor: str
    heading: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class _Page:
    path: str
    kind: Kind
    title: str
    introduction: str
    counted: tuple[str, str]
    heading: Callable[[Record], str]
    """What an entry is listed under."""
    place: Callable[[Record], object]
    """What the entries of a heading are sorted by."""


def add_glossary_pages(app: FastAPI, shelf: RecordShelf, choices: RevisionChoices) -> None:
    """Adds the three pages; each can be searched, and read at another revision."""
    for described in _PAGES:
        endpoint = _endpoint(described, shelf, choices)
        app.add_api_route(
            described.path, endpoint, methods=["GET", "HEAD"], include_in_schema=False, response_model=None
        )


def _endpoint(described: _Page, shelves: RecordShelf, choices: RevisionChoices) -> Callable[[Request], Response]:
    def listed(request: Request) -> Response:
        parameters = request.query_params
        revision = parameters.get("revision", "").strip()
        text = " ".join(parameters.get("texte", "").split())[:LONGEST_TEXT]
        shelf = shelves.at(revision)
        groups = _groups(described, shelf, text)
        return page(
            request,
            "glossary.html",
            title=described.title,
            described=described,
            groups=groups,
            count=sum(len(group.entries) for group in groups),
            total=len(_merged(described, shelf.of(described.kind))),
            text=text,
            revision=revision,
            revisions=choices.of_every_source(),
            pinned=[r for r in shelf.revisions if revision],
        )

    return listed


def _groups(described: _Page, shelf: Shelf, text: str) -> list[Group]:
    records = [r for r in shelf.of(described.kind) if not text or holds(r, text)]
    headings: dict[str, list[Entry]] = {}
    used: Counter[str] = Counter()
    for same in sorted(_merged(described, records), key=lambda s: described.place(s[0])):  # type: ignore[arg-type, return-value]  # each page's keys compare with each other
        first = same[0]
        heading = described.heading(first)
        anchor = fragment(first.id or f"{heading}-{first.passage.lines.start}")
        used[anchor] += 1
        if used[anchor] > 1:
            anchor = f"{anchor}-{used[anchor]}"
        name = first.id if described.kind != "norm" else ""
        headings.setdefault(heading, []).append(Entry(anchor, name, document_html(_body(first)), tuple(same)))
    return [Group(f"groupe-{fragment(name)}", name, tuple(entries)) for name, entries in headings.items()]


def _merged(described: _Page, records: Sequence[Record]) -> list[list[Record]]:
    """Records that say the same under one name, together, in the order of the first."""
    same: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        name = record.id if described.kind != "norm" else record.passage.title
        same.setdefault((without_accents(name), record.passage.fingerprint), []).append(record)
    return list(same.values())


def _body(record: Record) -> str:
    """The text without its first line where that is the heading of the entry already."""
    title, text = record.passage.title, record.passage.text
    first, _, rest = text.partition("\n")
    return rest if rest and record.passage.kind == "norm" and fingerprint(first) == fingerprint(title) else text


def _letter(record: Record) -> str:
    first = without_accents(record.id)[:1].upper()
    return first if first.isalpha() else "0-9"


_PAGES = (
    _Page(
        "/composants",
        "component",
        "Composants du socle",
        "Les composants que les documents décrivent, avec leur référence.",
        ("composant", "composants"),
        lambda record: record.source_title,
        lambda record: (record.source_title, natural(record.id)),
    ),
    _Page(
        "/glossaire",
        "term",
        "Glossaire",
        "Les termes que les documents définissent ; ce que deux sources disent mot pour mot n'y est qu'une fois.",
        ("terme", "termes"),
        _letter,
        lambda record: (_letter(record), without_accents(record.id)),
    ),
    _Page(
        "/normes",
        "norm",
        "Normes et références",
        "Les normes, guides et liens que les documents citent.",
        ("entrée", "entrées"),
        lambda record: record.passage.title,
        lambda _record: 0,
    ),
)
