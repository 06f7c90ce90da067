"""What each requirement depends on: the rules of rules.toml, bound to the requirements of a selection."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from assistant.checklist.traits import traits
from assistant.search.french_text import without_accents
from assistant.search.search_index import SearchIndex
from ingest.passage import Located
from ingest.question_bank import QuestionBank


class Rule(BaseModel):
    """A rule for the requirements that some entries of the question bank lead to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    entries: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    """Traits of which one is enough; none: the requirement is general."""
    told_by: tuple[str, ...] = ()
    """Traits that show what the requirement changes for this application."""
    note: str = ""


class SourceRule(BaseModel):
    """What the requirements of a whole source depend on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    needs: tuple[str, ...]
    note: str


class Rules(BaseModel):
    """The content of rules.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sources: dict[str, SourceRule]
    rule: tuple[Rule, ...]


@cache
def packaged_rules() -> Rules:
    """The rules that ship with the program."""
    text = files("assistant.checklist").joinpath("rules.toml").read_text(encoding="utf-8")
    return Rules.model_validate(tomllib.loads(text))


def rules_by_unit(index: SearchIndex, located: tuple[Located, ...], bank: QuestionBank) -> Mapping[int, Rule]:
    """Unit of the index → its rule; a unit whose text no entry of the bank leads to has none."""
    by_entry = {entry: rule for rule in packaged_rules().rule for entry in rule.entries}
    found: dict[int, Rule] = {}
    for binding in bank.bind(located):
        rule = by_entry.get(binding.entry.id)
        for position in binding.positions if rule is not None else ():
            unit = index.by_key[located[position].key]
            if rule is not None and index.units[unit].passage.kind == "requirement":
                found.setdefault(unit, rule)
    return found


def rule_from_text(text: str) -> Rule:
    """A rule for a requirement that has none: it depends on the traits whose cues its own words hold."""
    plain = without_accents(text)
    needs = tuple(trait.id for trait in traits().values() if trait.cues and re.search(trait.cues, plain))
    return Rule(needs=needs)
