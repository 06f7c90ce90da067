"""Signals of what a part of a sentence obliges, forbids, allows or denies otherwise than its passages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from assistant.verification.agreement import (
    disagreements,
    nearest_clauses,
    nearest_windows,
    with_synonyms,
    without_long_quotations,
)
from assistant.verification.clause_reading import Clause, content_stems, plain
from assistant.verification.deontic_reading import Force, denies, forces, half_denies, turns
from assistant.verification.evidence import ROOT, GivenPassage, Window, WordWeights
from assistant.verification.french_clauses import clauses
from assistant.verification.french_synonyms import synonyms

_RULED = {
    "modality.obligation": Force.OBLIGES, "modality.possibilité": Force.ALLOWS,
    "modality.interdiction": Force.FORBIDS,
    "modality.recommandation": Force.ADVISES, "modality.dispense": Force.EXEMPTS,
}  # fmt: skip


def _of_rules(
    text: str, passages: Sequence[GivenPassage], weights: WordWeights, agreed: Collection[str]
) -> dict[str, float]:
    found = {}
    near = nearest_windows(content_stems(text), [w for p in passages for w in p.windows], weights)
    around = {f for w in near for f in _forces_of(w)}
    own = {f for c in clauses(without_long_quotations(text)) for f in forces(c.said)} | forces(plain(text))
    for name in disagreements(text, passages, weights):
        force = _RULED.get(name)
        if force and force not in own:
            name += ".alone"
        elif force and (force.value in agreed or "verb" in agreed):
            name += ".same"
        elif force and _agree({force}, around):
            name += ".near"
        found[f"rule.{name}"] = 1.0
    return found


def _kind_of(passages: Sequence[GivenPassage]) -> str:
    kinds = {p.located.passage.kind for p in passages}
    return "rule" if "requirement" in kinds else ("guide" if kinds <= {"section"} else "offer")


def of_readings(text: str, passages: Sequence[GivenPassage], weights: WordWeights) -> dict[str, float]:
    """Duties, choices, bans and denials that are not those of the passages."""
    found = _of_forces(text, passages, weights)
    agreed = {name.removeprefix("same.") for name in found if name.startswith("same.")}
    return found | _of_rules(text, passages, weights, agreed)


def _of_forces(text: str, passages: Sequence[GivenPassage], weights: WordWeights) -> dict[str, float]:
    """The strongest of each signal over the clauses of the text."""
    windows = [w for p in passages for w in p.windows]
    every = content_stems(text)
    found: dict[str, float] = {}
    if not windows or not every:
        return found
    whole_near = nearest_windows(every, windows, weights)
    kind = _kind_of(passages)
    for clause in clauses(without_long_quotations(text)):
        subject = clause.stems if len(set(clause.stems)) >= 2 else every
        near = nearest_windows(subject, windows, weights) or whole_near
        aligned = nearest_clauses(subject, near, weights)
        own = forces(clause.said)
        told = _of_denials(text, clause, near, aligned, weights)
        if own:
            told |= _of_values(own, aligned, near, windows, kind) | _of_the_verb(clause, own, windows)
        here, there = turns(clause.said), {t for c in aligned for t in turns(c.said)}
        flipped = {f for f, d in here if (f, not d) in there and (f, d) not in there}
        told["turn.flipped"] = float(bool(flipped))
        told["turn.excused"] = float(Force.DISADVISES in flipped or _excuses(here, near))
        for name, value in told.items():
            found[name] = max(value, found.get(name, 0.0))
    return found


def _excuses(here: Collection[tuple[Force, bool]], near: Sequence[Window]) -> bool:
    """True when a clause denies that something is advised against, and the sentences it answers say that it is."""
    there = {turn for w in near for turn in turns(plain(w.text))}
    return (Force.DISADVISES, True) in here and (Force.DISADVISES, False) in there - set(here)


def _of_values(
    own: Iterable[Force], aligned: Sequence[Clause], near: Sequence[Window], windows: Sequence[Window], kind: str
) -> dict[str, float]:
    """The values of a clause beside those of the passage's nearest clauses, of their sentences, of the whole."""
    said = {f for c in aligned for f in _clause_forces(c, near)}
    around = {f for w in near for f in _forces_of(w)}
    anywhere = {f for w in windows for f in _forces_of(w)}
    found: dict[str, float] = {}
    for force in own:
        where = _where(force, said, around, anywhere)
        if not where:
            found[f"same.{force.value}"] = 1.0
            continue
        found[f"force.{force.value}.{where}.{kind}"] = 1.0
        for other in said:
            found[f"force.{force.value}.for.{other.value}"] = 1.0
        if not said:
            found[f"force.{force.value}.for.fait.{kind}"] = 1.0
    if said and not _agree(own, said):
        found |= {f"force.{name}": 1.0 for name in _compared(own, said)}
    elif not said and kind == "rule":
        found |= {f"force.{name}.duty": 1.0 for name in _compared(own, {Force.OBLIGES})}
    return found


def _agree(own: Iterable[Force], said: Iterable[Force]) -> bool:
    """True when one value is on both sides; what is possible may be said to be allowed."""
    both = set(own) & set(said)
    free = {Force.ALLOWS, Force.ENABLES}
    return bool(both) or (bool(free & set(own)) and bool(free & set(said)))


def _of_the_verb(clause: Clause, own: Iterable[Force], windows: Sequence[Window]) -> dict[str, float]:
    """What the passage does with the very verb that a modal governs."""
    if not clause.governed:
        return {}
    verb = {clause.governed} | synonyms(clause.governed)
    wanted = {s[:ROOT] for s in clause.stems} - {clause.governed[:ROOT]}
    held = [
        c
        for w in windows
        if wanted & {s[:ROOT] for s in w.stems}
        for c in w.clauses
        if any(s in verb or s[:ROOT] == clause.governed[:ROOT] for s in c.stems)
    ]
    if not held:
        return {"verb.absent": 1.0}
    said = {f for c in held for f in forces(c.said)}
    if _agree(own, said):
        return {"same.verb": 1.0}
    return {f"verb.{name}": 1.0 for name in _compared(own, said or {Force.OBLIGES})}


def _of_denials(
    text: str, clause: Clause, near: Sequence[Window], aligned: Sequence[Clause], weights: WordWeights
) -> dict[str, float]:
    """What one side denies and the other affirms."""
    found: dict[str, float] = {}
    here, there = denies(clause.said), any(denies(c.said) for c in aligned)
    around = any(denies(plain(w.text)) for w in near)
    if here:
        found["denial.added"] = float(not around)
        found["denial.added.bare"] = float(not any(half_denies(plain(w.text)) for w in near))
        found["denial.added.clause"] = float(not there)
        found["same.denial"] = float(there)
    if there and not here:
        found["denial.lost"] = float(not denies(plain(text)))
        found["denial.lost.clause"] = 1.0
    denied = with_synonyms({s for w in near for c in w.clauses for s in c.denied})
    affirmed = with_synonyms({s for w in near for c in w.clauses for s in c.affirmed})
    plainly = {s for w in near for c in w.clauses for s in c.affirmed} - {
        s for w in near for c in w.clauses for s in c.denied
    }
    shared = [s for s in clause.stems if s in affirmed or s in denied]
    total = weights.total(shared)
    if total:
        found["denied.added"] = (
            weights.total(s for s in shared if s in clause.denied and s in affirmed and s not in denied) / total
        )
        found["denied.lost"] = (
            weights.total(s for s in shared if s not in clause.denied and s in denied and s not in plainly) / total
        )
    verbs = with_synonyms({s for c in aligned for s in c.predicate})
    if verbs & clause.affirmed and not here:
        found["denied.verb.lost"] = 1.0
    if clause.predicate & affirmed - denied:
        found["denied.verb.added"] = 1.0
    own_roots = {s[:ROOT] for s in with_synonyms(set(clause.affirmed))}
    if not here:
        beside = {s[:ROOT] for s in clause.stems}
        for other in (c for w in near for c in w.clauses):
            both = len(beside & {s[:ROOT] for s in other.stems}) > 1
            if both and other.predicate and {s[:ROOT] for s in other.predicate} & own_roots:
                found["denied.verb.anywhere"] = 1.0
            if other.lacks and {s[:ROOT] for s in other.lacks} <= beside & own_roots:
                found["denied.lack.lost"] = 1.0
    return found


_STRENGTH = {
    Force.OBLIGES: 3, Force.ADVISES: 2, Force.ALLOWS: 1, Force.ENABLES: 1, Force.EXEMPTS: 0,
    Force.DISADVISES: -2, Force.FORBIDS: -3,
}  # fmt: skip


def _compared(own: Iterable[Force], said: Iterable[Force]) -> set[str]:
    """ "opposed", "stronger", "weaker": how a clause departs from what its passage does."""
    found = set()
    mine, theirs = [_STRENGTH[f] for f in own], [_STRENGTH[f] for f in said]
    if min(mine) * max(theirs) < 0 or max(mine) * min(theirs) < 0:
        found.add("opposed")
    if max(map(abs, mine)) > max(map(abs, theirs)):
        found.add("stronger")
    if max(map(abs, mine)) < max(map(abs, theirs)):
        found.add("weaker")
    return found


def _where(force: Force, said: set[Force], around: set[Force], anywhere: set[Force]) -> str:
    free = {Force.ALLOWS, Force.ENABLES}
    if force in said or (force in free and free & said):
        return ""
    return "sentence" if force in around else ("passage" if force in anywhere else "nowhere")


def _forces_of(window: Window) -> frozenset[Force]:
    return frozenset(f for c in window.clauses for f in forces(c.said))


def _clause_forces(clause: Clause, windows: Sequence[Window]) -> frozenset[Force]:
    """A clause's own value, or that of the clauses before it in its sentence."""
    own = forces(clause.said)
    if own:
        return own
    for window in windows:
        if clause in window.clauses:
            at = window.clauses.index(clause)
            for before in reversed(window.clauses[:at]):
                if forces(before.said):
                    return forces(before.said)
    return frozenset()
