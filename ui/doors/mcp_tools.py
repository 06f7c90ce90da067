"""The tools of the MCP server: their French descriptions, what they take, and what each one reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ui.doors import door_wording as words
from ui.doors.consultation import Consultation, Reading
from ui.errors import RefusedRequest
from ui.field_problems import field_problem

Text = Annotated[str, Field(pattern=r"\S", max_length=8_000)]
Name = Annotated[str, Field(pattern=r"\S", max_length=200)]


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Asked(_Arguments):
    """poser_question."""

    question: Text = Field(description=words.ASK_QUESTION)
    sources: list[Name] = Field(default=[], description=words.ASK_SOURCES, max_length=20)
    questions_precedentes: list[Text] = Field(default=[], description=words.ASK_EARLIER, max_length=20)


class Searched(_Arguments):
    """chercher."""

    texte: Text = Field(description=words.SEARCH_WORDS)
    sources: list[Name] = Field(default=[], description=words.ASK_SOURCES, max_length=20)
    nombre: int = Field(default=5, ge=1, le=12, description=words.SEARCH_COUNT)


class _AtARevision(_Arguments):
    source: Name | None = Field(default=None, description=words.ONE_SOURCE)
    revision: Name | None = Field(default=None, description=words.ONE_REVISION)

    @model_validator(mode="after")
    def _revision_of_a_source(self) -> _AtARevision:
        if self.revision is not None and self.source is None:
            raise RefusedRequest(words.BAD_ARGUMENTS.format(words=words.REVISION_NEEDS_SOURCE))
        return self


class Read(_AtARevision):
    """lire_exigence."""

    identifiant: Name = Field(description=words.ONE_IDENTIFIER)


class Compared(_Arguments):
    """comparer_revisions."""

    source: Name = Field(description=words.COMPARED_SOURCE)
    ancienne: Name = Field(description=words.OLDER)
    recente: Name = Field(default="HEAD", description=words.NEWER)


class Listed(_AtARevision):
    """lister_exigences."""

    type: Literal["P", "I"] | None = Field(default=None, description=words.LIST_TYPE)
    sujet: str = Field(default="", max_length=500, description=words.LIST_SUBJECT)


class Described(_Arguments):
    """liste_conformite."""

    description: Annotated[str, Field(pattern=r"\S", max_length=200_000)] = Field(description=words.CHECKLIST_TEXT)
    sources: list[Name] = Field(default=[], description=words.ASK_SOURCES, max_length=20)
    reprendre: list[Name] = Field(default=[], description=words.CHECKLIST_KEEP, max_length=200)
    textes: bool = Field(default=False, description=words.CHECKLIST_WHOLE)


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool; `call` reads with validated arguments."""

    name: str
    title: str
    description: str
    arguments: type[BaseModel]
    call: Callable[[Consultation, Any], Reading]

    def read(self, consultation: Consultation, arguments: Mapping[str, Any]) -> Reading:
        """The reading for these arguments. Raises RefusedRequest for wrong ones, and CctError."""
        try:
            given = self.arguments.model_validate(arguments)
        except ValidationError as exc:
            told = " ; ".join(field_problem(cast(Mapping[str, Any], error), 0) for error in exc.errors())
            raise RefusedRequest(words.BAD_ARGUMENTS.format(words=told)) from exc
        return self.call(consultation, given)


def _ask(consultation: Consultation, given: Asked) -> Reading:
    return consultation.ask(given.question, given.sources, given.questions_precedentes)


def _search(consultation: Consultation, given: Searched) -> Reading:
    return consultation.search(given.texte, given.sources, given.nombre)


def _requirement(consultation: Consultation, given: Read) -> Reading:
    return consultation.requirement(given.identifiant, given.source, given.revision)


def _compare(consultation: Consultation, given: Compared) -> Reading:
    return consultation.compare(given.source, given.ancienne, given.recente)


def _list(consultation: Consultation, given: Listed) -> Reading:
    return consultation.requirements(given.source, given.type, given.sujet, given.revision)


def _checklist(consultation: Consultation, given: Described) -> Reading:
    return consultation.checklist(given.description, given.sources, given.reprendre, given.textes)


TOOLS: tuple[Tool, ...] = (
    Tool("poser_question", "Poser une question", words.TOOL_ASK, Asked, _ask),
    Tool("chercher", "Chercher des passages", words.TOOL_SEARCH, Searched, _search),
    Tool("lire_exigence", "Lire une exigence", words.TOOL_REQUIREMENT, Read, _requirement),
    Tool("comparer_revisions", "Comparer deux révisions", words.TOOL_COMPARE, Compared, _compare),
    Tool("lister_exigences", "Lister les exigences", words.TOOL_LIST, Listed, _list),
    Tool("liste_conformite", "Liste de conformité", words.TOOL_CHECKLIST, Described, _checklist),
)
