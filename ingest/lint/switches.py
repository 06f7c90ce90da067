"""Rules switched off, each with its reason: what lint.toml says."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.errors import CctError
from ingest.lint.findings import Finding
from ingest.lint.rules import RULES

_EXAMPLE = 'Une règle se coupe ainsi : [[off]] rule = "titre-vide" reason = "…" (document et line au choix).'


class LintConfigError(CctError):
    """lint.toml cannot be read, names a rule that does not exist, or gives no reason."""


class Off(BaseModel):
    """One rule switched off: everywhere, or in one document, or at one line of it."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    rule: str
    reason: str = Field(min_length=1)
    source: str | None = None
    document: str | None = None
    line: int | None = Field(default=None, ge=1)

    def covers(self, finding: Finding) -> bool:
        """True when the finding is one that this switches off."""
        return (
            finding.rule == self.rule
            and self.source in {None, finding.source}
            and self.document in {None, finding.document}
            and self.line in {None, finding.line}
        )


class _Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    off: tuple[Off, ...] = ()


def load_switches(path: Path) -> tuple[Off, ...]:
    """The rules that a lint.toml switches off. Raises LintConfigError naming what is wrong in it."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise LintConfigError(
            f"Réglages du lint illisibles : {path} ({exc.strerror}).", "Vérifiez --config et CCT_LINT_CONFIG."
        ) from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise LintConfigError(f"{path} n'est pas du TOML valide : {exc}.", _EXAMPLE) from exc
    try:
        switches = _Config.model_validate(content).off
    except ValidationError as exc:
        raise LintConfigError(f"{path} : {_explained(exc)}.", _EXAMPLE) from exc
    unknown = sorted({off.rule for off in switches} - RULES.keys())
    if unknown:
        raise LintConfigError(
            f"{path} coupe une règle inconnue : {', '.join(unknown)}.",
            f"Règles connues : {', '.join(sorted(RULES))}.",
        )
    return switches


def _explained(error: ValidationError) -> str:
    first = error.errors()[0]
    where = " ".join(f"n° {part + 1}" if isinstance(part, int) else str(part) for part in first["loc"])
    if first["loc"][-1] == "reason":
        return f"{where} : la raison manque, dites pourquoi la règle est coupée"
    if first["loc"][-1] == "rule":
        return f"{where} : le nom de la règle manque"
    if first["type"] == "extra_forbidden":
        return f"{where} : champ inconnu"
    return f"{where} : {first['msg']}"


def standing(findings: Sequence[Finding], switches: Sequence[Off]) -> list[Finding]:
    """The findings that no switch covers, in order."""
    return [f for f in findings if not any(off.covers(f) for off in switches)]
