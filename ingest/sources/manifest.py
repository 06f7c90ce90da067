"""corpus/manifest.toml → the sources, their documents and where a citation links to."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ingest.errors import ManifestError
from ingest.passage import Lines

DocumentRole = Literal["guide", "requirements", "norms", "glossary", "readme", "other"]


class DeclaredDocument(BaseModel):
    """One document of a source: its path today, the names it had, and what it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    role: DocumentRole
    title: str
    previous: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every path the document has had, today's first."""
        return (self.path, *self.previous)


class Source(BaseModel):
    """A git repository that holds one CCT."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    title: str
    url: str
    branch: str = "main"
    permalink: str = ""
    licence: str = ""
    demonstration: str | None = None
    demonstration_date: str = Field(default="", pattern=r"^(\d{4}-\d{2}-\d{2})?$")
    document: tuple[DeclaredDocument, ...] = Field(min_length=1)

    @field_validator("permalink")
    @classmethod
    def _knows_its_fields(cls, value: str) -> str:
        unknown = set(re.findall(r"\{(\w*)\}", value)) - {"commit", "path", "start", "end"}
        if unknown:
            raise ValueError(f"champs inconnus dans permalink : {', '.join(sorted(unknown))}")
        try:
            value.format(commit="c", path="p", start=1, end=1)
        except (ValueError, LookupError, AttributeError, TypeError) as exc:
            raise ValueError(f"permalink ne peut pas être rempli ({exc})") from exc
        return value

    @field_validator("document")
    @classmethod
    def _declares_once(cls, value: tuple[DeclaredDocument, ...]) -> tuple[DeclaredDocument, ...]:
        names = [name for document in value for name in dict.fromkeys(document.names)]
        double = sorted({name for name in names if names.count(name) > 1})
        if double:
            raise ValueError(f"documents déclarés deux fois : {', '.join(double)}")
        return value

    def declared(self, path: str) -> DeclaredDocument | None:
        """The document that has or had this path."""
        return next((d for d in self.document if path in d.names), None)

    def link(self, commit: str, path: str, lines: Lines) -> str | None:
        """Permalink to the lines at that commit; None when the source declares no pattern."""
        if not self.permalink:
            return None
        return self.permalink.format(commit=commit, path=quote(path), start=lines.start, end=lines.end)


class Manifest(BaseModel):
    """Every source, by the order of the files."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: tuple[Source, ...] = Field(min_length=1)

    def get(self, source_id: str) -> Source:
        """The source of that id; ManifestError naming the known ones otherwise."""
        for source in self.source:
            if source.id == source_id:
                return source
        known = ", ".join(s.id for s in self.source)
        raise ManifestError(f"Source inconnue : {source_id!r}.", f"Sources déclarées : {known}.")


def load_manifest(path: Path, extra: Path | None = None) -> Manifest:
    """The declared sources; those of the second file are added, or replace the same ids.

    Raises ManifestError when a file is missing, is no TOML, or declares something impossible.
    """
    manifest = _read(path)
    if extra is None:
        return manifest
    added = _read(extra)
    replaced = {s.id for s in added.source}
    return Manifest(source=(*(s for s in manifest.source if s.id not in replaced), *added.source))


def _read(path: Path) -> Manifest:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise ManifestError(
            f"Liste des sources illisible : {path} ({exc.strerror}).", "Vérifiez CCT_CORPUS et CCT_MANIFEST."
        ) from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise ManifestError(f"{path} n'est pas du TOML valide : {exc}.", "Corrigez le fichier.") from exc
    try:
        manifest = Manifest.model_validate(content)
    except ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ManifestError(
            f"{path} : {where} : {first['msg']}.", "Prenez exemple sur corpus/manifest.toml."
        ) from exc
    ids = [s.id for s in manifest.source]
    double = {i for i in ids if ids.count(i) > 1}
    if double:
        raise ManifestError(
            f"{path} déclare deux fois : {', '.join(sorted(double))}.", "Gardez une table par source."
        )
    return manifest
