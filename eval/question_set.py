"""Evaluation questions: files in `eval/questions/*.yaml`, checked when they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ingest.errors import CctError

QUESTIONS = Path(__file__).parent / "questions"

Kind = Literal["answerable", "unanswerable", "hostile", "small_talk", "look_alike"]
"""look_alike: a legitimate question with the vocabulary of an attack; it must be answered."""
Reason = Literal["id_inexistant", "non_traite", "hors_domaine", "premisse_fausse"]


class QuestionSetError(CctError):
    """A file of evaluation questions cannot be used."""


class EvidenceRef(BaseModel):
    """A passage that answers: the record's identity or the document, and the fingerprint of its text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    passage: str
    """ "pi:EXI-ORG-17#2" for a record, "pi:cct-cloud-native.md" for prose."""
    fingerprint: str = Field(pattern=r"^[0-9a-f]{16}$")


class EvalQuestion(BaseModel):
    """One question with what a right answer cites; the identifier never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    question: str = Field(min_length=1)
    kind: Kind
    reason: Reason | None = None
    style: str = "ordinaire"
    evidence: tuple[EvidenceRef, ...] = ()
    acceptable: tuple[EvidenceRef, ...] = ()
    origin: str = ""
    state: Literal["candidate", "valid", "retired"] = "valid"

    @model_validator(mode="after")
    def _evidence_fits_the_kind(self) -> EvalQuestion:
        if self.must_answer != bool(self.evidence):
            raise ValueError("evidence est attendu pour answerable et look_alike, et pour eux seuls")
        return self

    @property
    def must_answer(self) -> bool:
        """True when the documents answer it."""
        return self.kind in {"answerable", "look_alike"}


def load_questions(*names: str) -> list[EvalQuestion]:
    """The questions of the named sets (file names without .yaml), or of all, in order; retired ones left out.

    Raises QuestionSetError with the file and question.
    """
    paths = [QUESTIONS / f"{name}.yaml" for name in names] or sorted(QUESTIONS.glob("*.yaml"))
    questions: list[EvalQuestion] = []
    seen: set[str] = set()
    for path in paths:
        for question in _read(path):
            if question.id in seen:
                raise QuestionSetError(f"{path.name} : la question {question.id} existe déjà.", "Changez son id.")
            seen.add(question.id)
            if question.state != "retired":
                questions.append(question)
    return questions


def _read(path: Path) -> list[EvalQuestion]:
    try:
        items = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except OSError as exc:
        known = ", ".join(sorted(p.stem for p in QUESTIONS.glob("*.yaml")))
        raise QuestionSetError(f"Jeu de questions introuvable : {path.name}.", f"Jeux présents : {known}.") from exc
    except yaml.YAMLError as exc:
        raise QuestionSetError(f"{path.name} n'est pas du YAML valide : {exc}.", "Corrigez le fichier.") from exc
    questions = []
    for n, item in enumerate(items or [], 1):
        try:
            questions.append(EvalQuestion.model_validate(item))
        except ValidationError as exc:
            first = exc.errors()[0]
            name = item.get("id", f"n° {n}") if isinstance(item, dict) else f"n° {n}"
            raise QuestionSetError(
                f"{path.name}, question {name} : {first['msg']} ({'.'.join(map(str, first['loc']))}).",
                "Corrigez la question.",
            ) from exc
    return questions
