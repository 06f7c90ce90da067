"""Description → checklist: which requirements apply to an application, why, and which are set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from assistant.answer import UsedRevision
from assistant.checklist.description import Description, Statement
from assistant.checklist.rules import Rule, packaged_rules, rule_from_text, rules_by_unit
from assistant.checklist.traits import RuleReader, TraitReader, TraitReading
from assistant.search.ranking import RankingParameters, rank
from assistant.selection import Selection
from ingest.passage import Located, Priority
from ingest.question_bank import QuestionBank

Verdict = Literal["applies", "confirm", "aside"]
_EVOKED = 0.9
"""Probability, among the requirements, from which a statement speaks of one of them."""
_MOST_COMPARED = 120
"""Statements compared with the question bank; the rest of a long README is read by the rules alone."""
_QUOTED = 2


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a line stands where it stands, in French, and the statements of the description that say so."""

    text: str
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement, once, at every place that carries its text."""

    places: tuple[Located, ...]
    """Places in the sources that apply to the application; all of its places when the line is set aside."""
    elsewhere: tuple[Located, ...]
    """Places in sources that do not apply to it."""
    priority: Priority | None
    """The strictest of its types in the sources that apply."""
    verdict: Verdict
    grounds: tuple[Ground, ...]
    conflicts: tuple[str, ...] = ()

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What the description says for it, each statement once."""
        return tuple(dict.fromkeys(s for ground in self.grounds for s in ground.statements))


@dataclass(frozen=True, slots=True)
class Checklist:
    """The lines that apply or are to confirm, P first, and those set aside; together, every requirement."""

    kept: tuple[Line, ...]
    aside: tuple[Line, ...]
    readings: Mapping[str, TraitReading]
    description: Description
    revisions: tuple[UsedRevision, ...]


@dataclass(frozen=True, slots=True)
class _Judged:
    verdict: Verdict
    grounds: tuple[Ground, ...]


class Judge:
    """Judges every requirement of a selection of revisions."""

    def __init__(
        self,
        selection: Selection,
        bank: QuestionBank,
        titles: Mapping[str, str],
        parameters: RankingParameters,
        reader: TraitReader | None = None,
    ) -> None:
        self._selection = selection
        self._titles = titles
        self._parameters = parameters
        self._reader = reader or RuleReader()
        self._rules = rules_by_unit(selection.index, selection.located, bank)

    def checklist(self, description: Description, sources: Sequence[str] = (), kept: Sequence[str] = ()) -> Checklist:
        """The checklist of an application; `kept` names requirements to keep whatever is said ("mirai:EXI-G-7")."""
        readings = self._reader.read(description)
        evoked = self._evoked(description)
        wanted = {name.strip().upper() for name in kept}
        lines = []
        for number, unit in enumerate(self._selection.index.units):
            places = [p for p in unit.located if p.passage.kind == "requirement"]
            places = [p for p in places if not sources or p.source in sources]
            if places:
                lines.append(self._line(number, places, readings, evoked.get(number, ()), wanted))
        order = {place.key: n for n, place in enumerate(self._selection.located)}
        lines.sort(key=lambda line: (line.priority != "P", order[line.places[0].key]))
        shown = tuple(line for line in lines if line.verdict != "aside")
        aside = tuple(line for line in lines if line.verdict == "aside")
        return Checklist(shown, aside, readings, description, self._selection.used)

    def _line(
        self,
        number: int,
        places: list[Located],
        readings: Mapping[str, TraitReading],
        evoked: Sequence[Statement],
        wanted: set[str],
    ) -> Line:
        by_source = {place.source: _source_judged(place.source, readings) for place in places}
        inside = tuple(p for p in places if by_source[p.source].verdict != "aside")
        elsewhere = tuple(p for p in places if by_source[p.source].verdict == "aside")
        rule = self._rules.get(number) or rule_from_text(places[0].passage.text)
        known = number in self._rules
        if not inside:
            judged = by_source[places[0].source]
        else:
            judged = _rule_judged(rule, known, readings, evoked)
            if all(by_source[p.source].verdict == "confirm" for p in inside):
                judged = _Judged("confirm", (*by_source[inside[0].source].grounds, *judged.grounds))
            elif not any(g.statements for g in judged.grounds):
                judged = _Judged(judged.verdict, (*judged.grounds, *by_source[inside[0].source].grounds))
        if judged.verdict == "aside" and any(_named(place, wanted) for place in places):
            judged = _Judged("applies", (Ground("Reprise à votre demande."), *judged.grounds))
            inside, elsewhere = tuple(places), ()
        shown = inside or tuple(places)
        types = {place.passage.priority for place in shown}
        priority: Priority | None = "P" if "P" in types else next(iter(types), None)
        conflicts = tuple(self._conflicts(places))
        return Line(shown, elsewhere if inside else (), priority, judged.verdict, judged.grounds, conflicts)

    def _conflicts(self, places: Sequence[Located]) -> list[str]:
        """Two types for one text, or for one identifier in another source."""
        said = []
        types = {place.source: place.passage.priority for place in places}
        if len(set(types.values())) > 1:
            each = ", ".join(f"{t or 'sans type'} dans {self._titles.get(s, s)}" for s, t in types.items())
            said.append(f"Conflit de type pour le même texte : {each}.")
        lead = places[0].passage
        for other in self._selection.by_id.get((lead.id or "").upper(), ()):
            differs = other.passage.priority != lead.priority and other.passage.kind == "requirement"
            if other.source not in types and differs:
                title = self._titles.get(other.source, other.source)
                said.append(
                    f"{lead.id} existe aussi dans {title}, avec un autre texte, de type {other.passage.priority}."
                )
        return list(dict.fromkeys(said))

    def _evoked(self, description: Description) -> Mapping[int, tuple[Statement, ...]]:
        """Requirement → the statements that are nearest to it among all, by the question bank and its text."""
        index = self._selection.index
        eligible = np.array([kind == "requirement" for kind in self._selection.kinds], dtype=np.float32)
        found: dict[int, list[Statement]] = {}
        spoken = [s for s in description.statements if not (s.denied or s.planned or s.denies)]
        for statement in [s for s in spoken if len(s.text.split()) >= 5][:_MOST_COMPARED]:
            ranking = rank(index.evidence(statement.text[:600]), self._selection.kinds, eligible, self._parameters)
            if ranking.order and ranking.best >= _EVOKED:
                found.setdefault(ranking.order[0], []).append(statement)
        return {unit: tuple(statements) for unit, statements in found.items()}


def _source_judged(source: str, readings: Mapping[str, TraitReading]) -> _Judged:
    rule = packaged_rules().sources.get(source)
    if rule is None:
        return _Judged("applies", ())
    judged = _condition(rule.needs, readings)
    return _Judged(judged.verdict, (*judged.grounds, *([Ground(rule.note)] if judged.verdict == "aside" else [])))


def _rule_judged(
    rule: Rule, known: bool, readings: Mapping[str, TraitReading], evoked: Sequence[Statement]
) -> _Judged:
    note = (Ground(rule.note),) if rule.note else ()
    if rule.needs:
        judged = _condition(rule.needs, readings)
        unspoken = all(readings[t].state == "unknown" for t in rule.needs)
        if judged.verdict == "aside" and unspoken and evoked:
            return _Judged("confirm", (Ground("La description en parle peut-être.", tuple(evoked[:_QUOTED])), *note))
        return _Judged(judged.verdict, (*judged.grounds, *note))
    told = [_here(readings[t]) for t in rule.told_by if readings[t].state == "present"][:_QUOTED]
    if evoked and not told:
        told = [Ground("La description en parle.", tuple(evoked[:_QUOTED]))]
    if not known:
        return _Judged("confirm", (Ground("Aucune règle ne dit à qui cette exigence s'adresse : à examiner."), *told))
    return _Judged("applies", (Ground("Exigence générale."), *note, *told))


def _condition(needs: Sequence[str], readings: Mapping[str, TraitReading]) -> _Judged:
    """One trait is enough; all must be excluded, or unspoken of and presumed absent, to set aside."""
    known = [readings[trait] for trait in needs]
    present = [r for r in known if r.state == "present"]
    if present:
        return _Judged("applies", tuple(_ground(r) for r in present[:_QUOTED]))
    doubtful = [r for r in known if r.state in {"mixed", "planned"}]
    if doubtful:
        return _Judged("confirm", tuple(_ground(r) for r in doubtful[:_QUOTED]))
    silent = [r for r in known if r.state == "unknown"]
    to_confirm = [r for r in silent if r.trait.silent == "confirm"]
    if to_confirm:
        return _Judged("confirm", (Ground(f"La description ne dit pas si {to_confirm[0].trait.says}."),))
    grounds = tuple(_ground(r) for r in known if r.state == "absent")
    return _Judged("aside", grounds or (Ground(f"Rien dans la description ne dit que {silent[0].trait.says}."),))


def _ground(reading: TraitReading) -> Ground:
    trait = reading.trait
    if reading.state == "absent":
        return Ground(_sentence(trait.lacks), reading.denies[:_QUOTED])
    if reading.state == "mixed":
        both = (reading.says[0], reading.denies[0])
        return Ground(f"La description dit à la fois que {trait.says} et que {trait.lacks}.", both)
    if reading.state == "planned":
        return Ground(f"Prévu plus tard, semble-t-il : {trait.says}.", reading.planned[:_QUOTED])
    return Ground(_sentence(trait.says), reading.says[:_QUOTED])


def _here(reading: TraitReading) -> Ground:
    return Ground(f"Ici, {reading.trait.says}.", reading.says[:1])


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _named(place: Located, wanted: set[str]) -> bool:
    return bool({place.key.upper(), (place.passage.id or "").upper()} & wanted)
