"""`/api/v1/suggest`: records whose identifier or title begins as what is being typed, in a few milliseconds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse

from assistant.question.reading import read_question
from assistant.search.french_text import without_accents
from ingest.passage import Kind
from ui.doors.sub_path import base_of
from ui.pages.conditional import with_etag
from ui.pages.question_suggestions import QuestionIndex
from ui.pages.record_query import natural
from ui.pages.record_shelf import Record, RecordShelf, Shelf, excerpt
from ui.pages.requirement_facts import RequirementFacts

MOST = 20
QUESTION = "Que dit {id} dans {source} ?"
MOST_QUESTIONS = 5
_LAST_IDENTIFIER_RANK = 3
_ENDING = re.compile(r"(?:^|[\s'’(])((?:exi[\s-]?)?[a-z]{1,5}[\s-]?\d{1,3}|exi(?:[\s-][a-z]*-?)?)$", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9/]+")
_IDENTIFIER = re.compile(r"[^a-z0-9]+")
_KINDS: dict[Kind, str] = {"requirement": "exigence", "component": "composant", "term": "terme"}


@dataclass(frozen=True, slots=True)
class _Entry:
    record: Record
    squeezed: str
    """The identifier without its hyphens: "exiarch12"."""
    words: tuple[str, ...]
    """The words of the identifier, of the title and of the category."""
    text: tuple[str, ...]
    """The words of the text."""


class Suggestions:
    """Finds them in the served revisions; the folded words are kept until another revision serves."""

    def __init__(self, shelf: RecordShelf) -> None:
        self._shelf = shelf
        self._known: tuple[Shelf, tuple[_Entry, ...]] | None = None

    def completing(self, typed: str, most: int) -> tuple[str, list[Record]]:
        """The records of the identifier that it ends with, else what `find` gives; with the part that was read."""
        ending = _ENDING.search(typed.rstrip())
        found = self.find(ending[1], most, _LAST_IDENTIFIER_RANK) if ending else []
        return (ending[1], found) if ending and found else (typed.strip(), self.find(typed, most))

    def find(self, typed: str, most: int, worst: int = 5) -> list[Record]:
        """The best first: identifiers that are or begin so, then titles and texts that have each word begun."""
        folded = without_accents(typed)
        squeezed, words = _IDENTIFIER.sub("", folded), _WORD.findall(folded)
        if not words:
            return []
        exact = set(read_question(typed).ids)
        ranked = [
            (rank, n, e.record)
            for n, e in enumerate(self._entries())
            if 0 < (rank := _rank(e, squeezed, words, exact)) <= worst
        ]
        ranked.sort(key=lambda found: (found[0], natural(found[2].id) if found[0] < 4 else ([], []), found[1]))
        return [record for _, _, record in ranked[:most]]

    def _entries(self) -> tuple[_Entry, ...]:
        shelf = self._shelf.served()
        known = self._known
        if known is None or known[0] is not shelf:
            known = (shelf, tuple(_entry(r) for r in shelf.records if r.passage.kind in _KINDS))
            self._known = known
        return known[1]


def add_suggestions(app: FastAPI, shelf: RecordShelf, facts: RequirementFacts) -> None:
    """Adds the route; it comes before the refusals of the other addresses under /api."""
    suggestions = Suggestions(shelf)
    questions = _Questions(shelf, facts)

    @app.get("/api/v1/suggest", summary="Compléter un identifiant ou un titre", response_model=None)
    def suggest(
        request: Request,
        q: Annotated[str, Query(max_length=200)] = "",
        limit: Annotated[int, Query(ge=1, le=MOST)] = 8,
    ) -> Response:
        fragment, found = suggestions.completing(q, limit)
        asked = questions.find(q, min(limit, MOST_QUESTIONS))
        told = {"q": q, "fragment": fragment, "suggestions": [_json(r, base_of(request)) for r in found]}
        return with_etag(request, JSONResponse({**told, "questions": asked}))


class _Questions:
    """Questions of the bank for the served revisions; none until the bank was read."""

    def __init__(self, shelf: RecordShelf, facts: RequirementFacts) -> None:
        self._shelf = shelf
        self._facts = facts
        self._known: tuple[Shelf, QuestionIndex] | None = None

    def find(self, typed: str, most: int) -> list[str]:
        """See QuestionIndex."""
        shelf = self._shelf.served()
        known = self._known
        if known is None or known[0] is not shelf:
            asked = self._facts.asked(shelf)
            if asked is None:
                return []
            known = (shelf, QuestionIndex(asked))
            self._known = known
        return known[1].find(typed, most)


def _entry(record: Record) -> _Entry:
    p = record.passage
    words = _WORD.findall(without_accents(f"{record.id} {p.title} {p.category}"))
    text = [*words, *_WORD.findall(without_accents(p.text))]
    squeezed = _IDENTIFIER.sub("", without_accents(record.id))
    return _Entry(record, squeezed, tuple(dict.fromkeys(words)), tuple(dict.fromkeys(text)))


def _rank(entry: _Entry, squeezed: str, words: list[str], exact: set[str]) -> int:
    """1 is best; 0: not found."""
    if entry.record.id in exact or entry.squeezed == squeezed:
        return 1
    if entry.squeezed.startswith(squeezed):
        return 2
    if entry.record.passage.kind == "requirement" and entry.squeezed.removeprefix("exi").startswith(squeezed):
        return 3
    for rank, held in ((4, entry.words), (5, entry.text)):
        if all(any(word.startswith(typed) for word in held) for typed in words):
            return rank
    return 0


def _json(record: Record, base: str) -> dict[str, Any]:
    p = record.passage
    title = p.text if p.kind == "requirement" or p.title == record.id else p.title
    return {
        "id": record.id,
        "occurrence": p.occurrence,
        "kind": _KINDS[p.kind],
        "type": p.priority,
        "source": record.source,
        "source_title": record.source_title,
        "category": p.category,
        "title": excerpt(title, 72),
        "question": QUESTION.format(id=record.id, source=record.source_title),
        "url": base + record.path,
    }
