"""The parts of an evaluation question, as its YAML file writes them."""

from __future__ import annotations

import hashlib
import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ingest.passage import Priority
from ingest.reading.quote_form import words

Kind = Literal["answerable", "unanswerable", "hostile", "small_talk", "look_alike"]
"""look_alike: a legitimate question with the vocabulary of an attack; it must be answered."""
Reason = Literal["id_inexistant", "non_traite", "hors_domaine", "premisse_fausse", "autre_cct", "supprimee"]
State = Literal["candidate", "valid", "retired"]

_DIGEST = 12


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Anchor(_Part):
    """A verbatim extract kept without its words: where it stands in the words of the passage, and their hash."""

    at: int = Field(ge=0)
    """Position of its first word (see ingest.reading.quote_form.words) when it was written."""
    words: int = Field(ge=3, le=60)
    digest: str = Field(pattern=rf"^[0-9a-f]{{{_DIGEST}}}$")

    @staticmethod
    def of(text: str, extract: str) -> Anchor | None:
        """The anchor of an extract; None when the text does not hold it, or when it has under three words."""
        wanted, held = words(extract), words(text)
        size = len(wanted)
        if not 3 <= size <= 60:
            return None
        for at in range(len(held) - size + 1):
            if held[at : at + size] == wanted:
                return Anchor(at=at, words=size, digest=_digest(wanted))
        return None

    def stands_in(self, text: str) -> bool:
        """True when the same run of words is in the text, wherever it stands now."""
        held = words(text)
        return any(_digest(held[at : at + self.words]) == self.digest for at in range(len(held) - self.words + 1))


def _digest(run: list[str]) -> str:
    return hashlib.sha256(" ".join(run).encode()).hexdigest()[:_DIGEST]


class EvidenceRef(_Part):
    """A passage that answers: the record's identity or the document, and the fingerprint of its text."""

    passage: str
    """ "pi:EXI-ORG-17#2" for a record, "pi:cct-cloud-native.md" for prose."""
    fingerprint: str = Field(pattern=r"^[0-9a-f]{16}$")
    anchor: Anchor | None = None
    """The words that decide, when the rest of the passage may change without changing the answer."""

    @property
    def source(self) -> str:
        """The source the passage belongs to."""
        return self.passage.split(":", 1)[0]


class Fact(_Part):
    """Something a right answer says, in one of several ways."""

    any: tuple[str, ...] = Field(min_length=1)
    weight: float = Field(default=1.0, gt=0)


class Forbidden(_Part):
    """Something a right answer never says: a text, or a regular expression (case is ignored)."""

    text: str = ""
    regex: str = ""

    @field_validator("regex")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as exc:
            raise ValueError(f"expression régulière invalide : {exc}") from exc
        return value

    @model_validator(mode="after")
    def _one_of_both(self) -> Forbidden:
        if bool(self.text) == bool(self.regex):
            raise ValueError("donnez text ou regex, l'un des deux")
        return self


class Validity(_Part):
    """From which revision to which one the question holds, both included: commits, never dates."""

    since: str | None = Field(default=None, pattern=r"^[0-9a-f]{7,40}$")
    until: str | None = Field(default=None, pattern=r"^[0-9a-f]{7,40}$")


class Listing(_Part):
    """A question whose evidence is every requirement of a kind: computed from the table, never stored."""

    source: str
    priority: Priority | None = None
    family: str | None = Field(default=None, pattern=r"^[A-Z]{1,6}$")
