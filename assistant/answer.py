"""Question and Answer: all that any channel handles. The JSON form is version 1 of the answer schema."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ingest.passage import Kind, Located, Priority

Status = Literal["answered", "abstained", "clarify", "refused", "error"]
Mode = Literal["extractive", "llm"]

WarningCode = Literal[
    "unofficial_edition",
    "unsure_answer",
    "cross_source_conflict",
    "duplicate_id",
    "stale_index",
    "missing_source",
    "question_truncated",
    "unverified_sentence_removed",
    "unknown_citation_removed",
    "sentence_not_verified",
]


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the conversation, and the keys of the records its answer cited."""

    question: str
    cited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks: the text, where from, about which sources and revisions, after which turns."""

    text: str
    id: str = ""
    sources: tuple[str, ...] = ()
    """Ids of the sources to look in; empty: all."""
    revisions: Mapping[str, str] = field(default_factory=dict)
    """Source id → commit hash, whole or its beginning, or date; a source that is not named is read at its served
    revision."""
    history: tuple[Turn, ...] = ()
    extractive: bool = False
    """No model writes, even where one is configured."""


@dataclass(frozen=True, slots=True)
class UsedRevision:
    """A revision that the answer was looked for in; commit is None for the demonstration edition."""

    source: str
    commit: str | None
    date: str
    official: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands, with a link to its lines when there is one."""

    source: str
    document: str
    kind: Kind
    id: str | None
    occurrence: int
    priority: Priority | None
    line_start: int
    line_end: int
    commit: str | None
    url: str | None

    @staticmethod
    def of(located: Located, url: str | None) -> Place:
        """The place of a passage."""
        p = located.passage
        record = p.kind != "section"
        return Place(
            source=located.source,
            document=located.document,
            kind=p.kind,
            id=p.id if record else None,
            occurrence=p.occurrence,
            priority=p.priority,
            line_start=p.lines.start,
            line_end=p.lines.end,
            commit=located.commit,
            url=url,
        )


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quotation, numbered as in the answer's text, with every place that carries the same text."""

    n: int
    place: Place
    title: str
    quote: str
    verified: bool
    also: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A passage that retrieval returned, cited or not."""

    place: Place
    score: float
    also: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """What the reader must know about this answer."""

    code: WarningCode
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, whatever the channel. `text` is French Markdown; [1] refers to citations[0]."""

    question: str
    status: Status
    text: str
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    mode: Mode = "extractive"
    model: str | None = None
    """Name of the model that wrote it."""
    degraded: str | None = None
    revisions: tuple[UsedRevision, ...] = ()
    citations: tuple[Citation, ...] = ()
    nearest: Place | None = None
    """Of an answer that found nothing for sure, the passage that its text names without quoting it."""
    retrieved: tuple[Retrieved, ...] = ()
    warnings: tuple[Notice, ...] = ()
    suggestions: tuple[str, ...] = ()
    """Questions that the person may ask next; never part of the answer."""
    searched: str | None = None
    """The stand-alone question that was searched, when it differs from the one asked."""
    confidence: float | None = None
    """Probability that the documents answer, as retrieval sees it; None when nothing was searched."""
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    tokens: tuple[int, int] | None = None
    """Tokens read and written by the model, as its server counted them."""
    cost: float | None = None
    """Euros, where the operator gave the prices."""
    error: tuple[str, str] | None = None

    def to_json(self) -> dict[str, Any]:
        """The object of answer.schema.json, version 1."""
        return {
            "schema": 1,
            "id": self.id,
            "question": self.question,
            "status": self.status,
            "mode": self.mode,
            "degraded": self.degraded,
            "answer": self.text,
            "revisions": [
                {"source": r.source, "commit": r.commit, "date": r.date, "official": r.official}
                for r in self.revisions
            ],
            "citations": [_citation_json(c) for c in self.citations],
            "retrieved": [
                {
                    **_retrieved_json(r.place),
                    "score": round(r.score, 4),
                    "also": [_also_json(p) for p in r.also],
                }
                for r in self.retrieved
            ],
            "warnings": [{"code": w.code, "message": w.message} for w in self.warnings],
            "suggestions": list(self.suggestions),
            "searched": self.searched,
            "timings_ms": {k: round(v, 2) for k, v in self.timings_ms.items()},
            "tokens": {"prompt": self.tokens[0], "completion": self.tokens[1]} if self.tokens else None,
            "cost_eur": None if self.cost is None else round(self.cost, 6),
            "error": {"code": self.error[0], "message": self.error[1]} if self.error else None,
        }


def _also_json(place: Place) -> dict[str, Any]:
    return {
        "source": place.source,
        "document": place.document,
        "id": place.id,
        "occurrence": place.occurrence,
        "type": place.priority,
        "line_start": place.line_start,
        "line_end": place.line_end,
        "commit": place.commit,
        "url": place.url,
    }


def _retrieved_json(place: Place) -> dict[str, Any]:
    return {
        "source": place.source,
        "document": place.document,
        "kind": place.kind,
        "id": place.id,
        "occurrence": place.occurrence,
        "line_start": place.line_start,
        "line_end": place.line_end,
    }


def _citation_json(citation: Citation) -> dict[str, Any]:
    return {
        "n": citation.n,
        **_also_json(citation.place),
        "kind": citation.place.kind,
        "title": citation.title,
        "quote": citation.quote,
        "verified": citation.verified,
        "also": [_also_json(p) for p in citation.also],
    }
