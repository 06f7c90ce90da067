"""MirAI's evaluation sets: {name, target_score, questions: [{id, question, expected_answer, must_cite, …}]}."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eval.question_sets.question_fields import EvidenceRef
from eval.question_sets.question_set import EvalQuestion, QuestionSetError
from ingest.passage import Located
from ingest.reading.identifiers import read_component_id, read_requirement_id

NO_ANSWER = "sans réponse"
_PLACE = re.compile(r"([\w-]+):(.+\.\w+):(\d+)")
"""Source, document and first line of a passage of prose."""


class _Question(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str | int
    question: str = Field(min_length=1)
    expected_answer: str | None = ""
    must_cite: tuple[str, ...] = ()
    must_not_cite: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class _Set(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str = "import"
    description: str = ""
    target_score: float | None = None
    questions: tuple[_Question, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """The questions of a file, all candidates, and what could not be resolved, one French sentence each."""

    questions: tuple[EvalQuestion, ...]
    problems: tuple[str, ...]


def import_set(text: str, located: Sequence[Located], sources: Sequence[str]) -> Imported:
    """Questions bound to the passages that they must cite. Raises QuestionSetError when the text is no such set.

    An identifier without its source is that of the first source, in their order, which has it; the same identifier
    elsewhere is acceptable. A question that must cite nothing and is tagged so expects an abstention.
    """
    try:
        whole = _Set.model_validate(json.loads(text))
    except (json.JSONDecodeError, ValidationError) as exc:
        detail = exc.errors()[0]["msg"] if isinstance(exc, ValidationError) else exc.msg
        raise QuestionSetError(
            f"Ce n'est pas un jeu d'évaluation MirAI : {detail}.", "Attendu : questions[]."
        ) from exc
    finder = PassageFinder(located, sources)
    questions, problems = [], []
    for item in whole.questions:
        names = (*item.must_cite, *item.must_not_cite)
        lost = [name for name in names if not finder.find(name)]
        problems += [f"{item.id} : {name} n'est dans aucune révision lue" for name in lost]
        if not item.must_cite and NO_ANSWER not in item.tags:
            problems.append(f"{item.id} : rien à citer (must_cite vide, sans l'étiquette « {NO_ANSWER} »)")
        elif not lost:
            questions.append(_question(item, finder, whole.name))
    return Imported(tuple(questions), tuple(problems))


def _question(item: _Question, finder: PassageFinder, origin: str) -> EvalQuestion:
    wanted = [finder.find(name) for name in item.must_cite]
    return EvalQuestion(
        id=str(item.id),
        question=item.question,
        kind="answerable" if wanted else "unanswerable",
        evidence=tuple(found[0] for found in wanted),
        acceptable=tuple(ref for found in wanted for ref in found[1:]),
        excluded=tuple(ref for name in item.must_not_cite for ref in finder.find(name)),
        expected=item.expected_answer or "",
        tags=tuple(t for t in item.tags if t != NO_ANSWER),
        state="candidate",
        origin=f"importé de {origin}",
    )


def export_set(name: str, questions: Sequence[EvalQuestion]) -> str:
    """The JSON of a set: questions of every kind, those that expect no answer tagged so."""
    items = [
        {
            "id": q.id,
            "question": q.question,
            "expected_answer": q.expected,
            "must_cite": [_name(ref) for ref in q.evidence],
            "must_not_cite": [_name(ref) for ref in q.excluded],
            "tags": [*q.tags, *([] if q.must_answer else [NO_ANSWER])],
        }
        for q in questions
        if q.listing is None
    ]
    whole = {"name": name, "description": f"Jeu {name} de l'assistant CCT", "target_score": 0.8, "questions": items}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _name(ref: EvidenceRef) -> str:
    """The identity of a record, or, for prose, its document and fingerprint."""
    return f"{ref.passage}~{ref.fingerprint}" if ref.passage.endswith(".md") else ref.passage


class PassageFinder:
    """Finds passages by the names that people and other programs give them."""

    def __init__(self, located: Sequence[Located], sources: Sequence[str]) -> None:
        self._located = sorted(located, key=lambda x: sources.index(x.source) if x.source in sources else 99)

    def find(self, name: str) -> list[EvidenceRef]:
        """The passages that a citation names, the one it means first."""
        head, sign, print_ = name.rpartition("~")
        if sign and len(print_) == 16:
            held = [x for x in self._located if x.passage.fingerprint == print_]
            return [EvidenceRef(passage=head, fingerprint=print_)] if held else []
        place = _PLACE.fullmatch(name)
        if place is not None:
            return [
                EvidenceRef(passage=f"{x.source}:{x.document}", fingerprint=x.passage.fingerprint)
                for x in self._located
                if (x.source, x.document) == (place[1], place[2]) and x.passage.lines.start == int(place[3])
            ]
        source, sign, wanted = name.partition(":")
        if not sign:
            source, wanted = "", name
        base, _, occurrence = wanted.partition("#")
        read = read_requirement_id(base)
        identifier = read.id if read else (read_component_id(base) or base)
        found = [
            x for x in self._located
            if x.passage.kind != "section" and x.passage.id is not None
            and x.passage.id.casefold() == identifier.casefold()
            and source in ("", x.source) and (not occurrence or str(x.passage.occurrence) == occurrence)
        ]  # fmt: skip
        return [EvidenceRef(passage=x.key, fingerprint=x.passage.fingerprint) for x in found]
