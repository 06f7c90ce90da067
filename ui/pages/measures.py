"""The measured figures and the limits that the transparency page shows, kept in one data file."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict

MEASURES_FILE = Path(__file__).parent / "data" / "mesures.toml"


class Measure(BaseModel):
    """One figure, as the document that it comes from prints it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nom: str
    valeur: str
    minimum: str
    document: str
    precision: str


class Limit(BaseModel):
    """Something that the assistant does not do, or does badly."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    texte: str


class Measures(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mesure: tuple[Measure, ...]
    limite: tuple[Limit, ...]


@functools.cache
def packaged_measures() -> Measures:
    """The figures of this version of the program."""
    return Measures.model_validate(tomllib.loads(MEASURES_FILE.read_text(encoding="utf-8")))
