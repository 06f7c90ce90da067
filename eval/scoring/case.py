"""One row ready to be judged: its question, its answer read back, and the documents it speaks of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from eval.question_sets.question_set import EvalQuestion
from eval.runs.transcript import Row
from eval.scoring.answer_text import AnswerText, read_answer
from eval.scoring.source_texts import QuotedPlace, SourceTexts


@dataclass(frozen=True, slots=True)
class CitedQuote:
    """A citation: its number, the place that leads, the others that carry the same text, and the words."""

    n: int
    place: QuotedPlace
    also: tuple[QuotedPlace, ...]
    quote: str

    @property
    def names(self) -> frozenset[str]:
        """Every place as "source|document|first line"."""
        return frozenset(p.name for p in (self.place, *self.also))


class UnreadableAnswer(ValueError):
    """A row's answer is not an object of the answer schema."""


@dataclass(frozen=True)
class Case:
    """A row and what judging it needs. Raises UnreadableAnswer when its answer cannot be read."""

    row: Row
    texts: SourceTexts

    @cached_property
    def question(self) -> EvalQuestion:
        """The question as it was when it was asked."""
        return EvalQuestion.model_validate_json(self.row.question)

    @cached_property
    def _answer(self) -> Mapping[str, Any]:
        try:
            answer = json.loads(self.row.answer)
        except json.JSONDecodeError as exc:
            raise UnreadableAnswer(f"réponse illisible ({exc.msg})") from exc
        if not isinstance(answer, dict) or not isinstance(answer.get("status"), str):
            raise UnreadableAnswer("la réponse n'a pas de statut")
        return answer

    @property
    def status(self) -> str:
        """answered, abstained, clarify, refused or error."""
        return str(self._answer["status"])

    @property
    def answered(self) -> bool:
        """True when the answer gives passages as its answer."""
        return self.status in {"answered", "clarify"}

    @property
    def must_answer(self) -> bool:
        """True when the documents answer at this revision."""
        return self.row.expects == "answer"

    @cached_property
    def text(self) -> str:
        """The whole answer, French Markdown."""
        return str(self._answer.get("answer", ""))

    @cached_property
    def parts(self) -> AnswerText:
        """The answer taken apart: quotations with their citation, sentences of its own."""
        return read_answer(self.text)

    @cached_property
    def citations(self) -> tuple[CitedQuote, ...]:
        """The citations in order."""
        try:
            return tuple(
                CitedQuote(
                    int(c["n"]), _place(c), tuple(_place(a) for a in c.get("also", ())), str(c.get("quote", ""))
                )
                for c in self._answer.get("citations", ())
            )
        except (KeyError, TypeError, ValueError) as exc:
            raise UnreadableAnswer(f"citation illisible ({exc})") from exc

    @cached_property
    def retrieved(self) -> tuple[frozenset[str], ...]:
        """The retrieved units in order, each as the places that carry it."""
        try:
            return tuple(
                frozenset(_place(p).name for p in (r, *r.get("also", ()))) for r in self._answer.get("retrieved", ())
            )
        except (KeyError, TypeError, ValueError) as exc:
            raise UnreadableAnswer(f"passage retrouvé illisible ({exc})") from exc

    @cached_property
    def needed(self) -> tuple[frozenset[str], ...]:
        """For each piece of evidence, the places that carry it."""
        return tuple(frozenset(places) for places in self.row.needed)

    @cached_property
    def right(self) -> frozenset[str]:
        """Every place that is right to cite."""
        return frozenset(self.row.right)


def _place(item: Mapping[str, Any]) -> QuotedPlace:
    return QuotedPlace(
        source=str(item["source"]),
        document=str(item["document"]),
        id=item.get("id"),
        occurrence=int(item.get("occurrence") or 1),
        priority=item.get("type"),
        line_start=int(item["line_start"]),
        line_end=int(item["line_end"]),
        commit=item.get("commit"),
    )
