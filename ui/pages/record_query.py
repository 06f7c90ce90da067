"""What a reader asks of the list of requirements: filters, words, order. Read from an address, and written back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

from assistant.question.reading import read_question
from assistant.search.french_text import without_accents
from ui.pages.record_shelf import Record, Shelf

ORDERS: Mapping[str, str] = {
    "document": "Documents",
    "identifiant": "Identifiant",
    "type": "Type",
    "categorie": "Catégorie",
    "source": "Source",
}
NO_TYPE = "sans"
TYPES: Mapping[str, str] = {"P": "P, primordiales", "I": "I, importantes", NO_TYPE: "Sans type"}
LONGEST_TEXT = 300
_WORD = re.compile(r"[\w/]+")


@dataclass(frozen=True, slots=True)
class Query:
    """The filters, empty where there is none; `problems` are French and name the field."""

    source: str = ""
    type: str = ""
    category: str = ""
    text: str = ""
    order: str = "document"
    descending: bool = False
    revision: str = ""
    problems: tuple[tuple[str, str], ...] = ()

    @property
    def filters(self) -> bool:
        """True when something is left out."""
        return bool(self.source or self.type or self.category or self.text)

    def address(self, path: str = "/exigences") -> str:
        """The address of this list; what is not chosen is not in it."""
        order = ("-" if self.descending else "") + self.order
        named = {
            "source": self.source,
            "type": self.type,
            "categorie": self.category,
            "texte": self.text,
            "tri": "" if order == "document" else order,
            "revision": self.revision,
        }
        kept = {name: value for name, value in named.items() if value}
        return f"{path}?{urlencode(kept)}" if kept else path

    def sorted_by(self, order: str) -> str:
        """The address of the same list in another order; the other way round when it is in that order already."""
        return replace(self, order=order, descending=self.order == order and not self.descending).address()


def read_query(parameters: Mapping[str, str], shelf: Shelf) -> Query:
    """The query of an address; what is not understood is reported, and filters nothing."""
    problems: list[tuple[str, str]] = []
    source = parameters.get("source", "").strip()
    if source and source not in shelf.titles:
        problems.append(("source", f"Source inconnue : « {source} ». Choisissez parmi {', '.join(shelf.titles)}."))
        source = ""
    kind = parameters.get("type", "").strip()
    kind = kind.upper() if kind.upper() in TYPES else kind.lower()
    if kind and kind not in TYPES:
        problems.append(("type", f"Type inconnu : « {kind} ». Les types sont P (primordiale) et I (importante)."))
        kind = ""
    asked = parameters.get("categorie", "").strip()
    category = next((c for c in categories(shelf) if without_accents(c) == without_accents(asked)), "")
    if asked and not category:
        problems.append(("categorie", f"Aucune exigence n'est dans la catégorie « {asked} » à cette révision."))
    text = " ".join(parameters.get("texte", "").split())
    if len(text) > LONGEST_TEXT:
        problems.append(("texte", f"Le texte cherché fait {len(text)} caractères, la limite est de {LONGEST_TEXT}."))
        text = ""
    order = parameters.get("tri", "").strip() or "document"
    descending, order = order.startswith("-"), order.removeprefix("-")
    if order not in ORDERS:
        problems.append(("tri", f"Tri inconnu : « {order} ». Les tris sont {', '.join(ORDERS)}."))
        order, descending = "document", False
    revision = parameters.get("revision", "").strip()
    return Query(source, kind, category, text, order, descending, revision, tuple(problems))


def categories(shelf: Shelf) -> list[str]:
    """The categories that requirements are in, once each whatever their case and accents, in alphabetical order."""
    first: dict[str, str] = {}
    for record in shelf.requirements:
        if record.passage.category:
            first.setdefault(without_accents(record.passage.category), record.passage.category)
    return [first[key] for key in sorted(first)]


def matching(query: Query, shelf: Shelf) -> list[Record]:
    """The requirements that pass every filter, in the order asked."""
    kept = [r for r in shelf.requirements if _passes(query, r)]
    if query.order != "document":
        kept.sort(key=_ORDER_KEYS[query.order])
    if query.descending:
        kept.reverse()
    return kept


def holds(record: Record, text: str) -> bool:
    """True when the record has every word of the text, accents ignored; of an identifier: it bears or quotes it."""
    p = record.passage
    haystack = _folded(f"{record.id} {p.printed_id} {p.title} {p.category}\n{p.text}")
    named = read_question(text).ids
    if named:
        return record.id in named or any(re.search(rf"{re.escape(i.lower())}(?!\d)", haystack) for i in named)
    return all(word in haystack for word in _WORD.findall(without_accents(text)))


def _passes(query: Query, record: Record) -> bool:
    p = record.passage
    return (
        query.source in ("", record.source)
        and query.type in ("", p.priority or NO_TYPE)
        and (not query.category or without_accents(p.category) == without_accents(query.category))
        and (not query.text or holds(record, query.text))
    )


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    return without_accents(text)


def natural(identifier: str) -> tuple[Sequence[str], Sequence[int]]:
    """EXI-ARCH-9 comes before EXI-ARCH-10."""
    return re.findall(r"[A-Z]+", identifier), [int(n) for n in re.findall(r"\d+", identifier)]


_ORDER_KEYS = {
    "identifiant": lambda r: natural(r.id),
    "type": lambda r: {"P": 0, "I": 1}.get(r.passage.priority or "", 2),
    "categorie": lambda r: (without_accents(r.passage.category), natural(r.id)),
    "source": lambda r: r.source_title,
}
