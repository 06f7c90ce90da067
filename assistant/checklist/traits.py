"""What a description says of an application: each trait present, excluded, planned, or not spoken of."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

from assistant.checklist.description import Description, Statement
from assistant.search.french_text import without_accents

State = Literal["present", "absent", "mixed", "planned", "unknown"]
_NEGATION = re.compile(
    r"\b(pas(?! seulement)(?! uniquement)|aucune?s?|sans|ni|jamais|personne(?= n(?:e\b|\W))|non(?! seulement)|hors|"
    r"exclu\w*|ne .{0,25}plus)\b"
)
_NEGATION_AFTER = re.compile(
    r"^\s+(?:pas(?! seulement)|rien|aucune?|jamais)\b|"
    r"^[^.;:!?]{0,40}\b(n.est pas|ne sont pas|n.ont pas|n.a pas|n.y est pas|pas prevue?s?|exclue?s?|non prevue?s?|"
    r"hors perimetre|ne s.y \w+ pas)\b"
)
_CLAUSE = re.compile(r"[.;:!?()]|, |\b(?:mais|et|tandis que|alors que|puis)\b")
_REACH = 60
"""Letters before a word within which a negation of its clause denies it."""


class Trait(BaseModel):
    """One trait, as traits.toml declares it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    says: str
    lacks: str
    silent: Literal["aside", "confirm"]
    words: str
    denies: str = ""
    named: str = ""
    cues: str = ""


@dataclass(frozen=True, slots=True)
class TraitReading:
    """A trait, and the statements that say it, deny it or put it off, in the description's order."""

    trait: Trait
    says: tuple[Statement, ...] = ()
    denies: tuple[Statement, ...] = ()
    planned: tuple[Statement, ...] = ()

    @property
    def state(self) -> State:
        """What to hold of it; mixed when the description says both."""
        if self.says:
            return "mixed" if self.denies else "present"
        if self.planned:
            return "planned"
        return "absent" if self.denies else "unknown"


class TraitReader(Protocol):
    """Reads the traits of a description; a language model may stand in the place of the rules."""

    def read(self, description: Description) -> Mapping[str, TraitReading]:
        """One reading for every known trait, by its id."""


class RuleReader:
    """Reads traits by the expressions of traits.toml and the negations around them."""

    def read(self, description: Description) -> Mapping[str, TraitReading]:
        """See TraitReader."""
        folded = [(statement, without_accents(statement.text)) for statement in description.statements]
        return {trait.id: _reading(trait, folded) for trait in traits().values()}


@cache
def traits() -> Mapping[str, Trait]:
    """Every trait by its id, in the order of traits.toml."""
    text = files("assistant.checklist").joinpath("traits.toml").read_text(encoding="utf-8")
    declared = [Trait.model_validate(entry) for entry in tomllib.loads(text)["trait"]]
    return {trait.id: trait for trait in declared}


def _reading(trait: Trait, folded: list[tuple[Statement, str]]) -> TraitReading:
    words = re.compile(trait.words)
    exclusion = re.compile(trait.denies) if trait.denies else None
    named = re.compile(trait.named) if trait.named else None
    says: list[tuple[int, Statement]] = []
    planned: list[Statement] = []
    outright: list[Statement] = []
    implied: list[Statement] = []
    for statement, text in folded:
        if trait.id in statement.denies or _stands(exclusion, text):
            outright.append(statement)
            continue
        found = [match for match in words.finditer(text) if not _negated(text, match)] if not statement.denies else []
        if found and not statement.denied:
            distinct = len({match[0] for match in found})
            planned.append(statement) if statement.planned else says.append((distinct, statement))
        elif not statement.denies and words.search(text):
            (outright if named and named.search(text) else implied).append(statement)
    # the statement that says it in most words is quoted first; what only implies the contrary yields to what says it
    ordered = [statement for _, statement in sorted(says, key=lambda pair: -pair[0])]
    denies = outright or ([] if ordered or planned else implied)
    return TraitReading(trait, tuple(ordered), tuple(denies), tuple(planned))


def _stands(expression: re.Pattern[str] | None, text: str) -> bool:
    return expression is not None and any(not _denied(_clause_before(text, m)) for m in expression.finditer(text))


def _negated(text: str, match: re.Match[str]) -> bool:
    """True when a negation of the same clause bears on the words found, or is among them."""
    return _denied(_clause_before(text, match) + match[0]) or bool(_NEGATION_AFTER.match(text[match.end() :]))


def _clause_before(text: str, match: re.Match[str]) -> str:
    return _CLAUSE.split(text[max(0, match.start() - _REACH) : match.start()])[-1]


def _denied(clause: str) -> bool:
    negations = _NEGATION.findall(clause)
    return len(negations) % 2 == 1 or "ni" in negations  # « pas sans » says yes
