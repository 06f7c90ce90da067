"""Whether a sentence says of its subject what its passages say: modality, negation, opposites, quantities."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from assistant.verification.clause_reading import Clause, Modality, content_stems, plain
from assistant.verification.deontic_reading import Force, forces
from assistant.verification.evidence import ROOT, GivenPassage, Window, WordWeights
from assistant.verification.french_clauses import clauses
from assistant.verification.french_forms import CONCEDES, FREELY
from assistant.verification.french_synonyms import LIGHT_STEMS, synonyms
from assistant.verification.french_words import word_stem
from assistant.verification.opposites import has_opposite, roots
from assistant.verification.statements import Quantity
from assistant.verification.time_order import order_reversed

_NEARLY_BEST = 0.75
"""Share of the best overlap from which a clause of the passage is taken to be what the sentence speaks of."""
_DENIED_SHARE = 0.5
"""Share of the common words that are denied on one side only from which the two sides contradict each other."""
_ALIKE = 0.6
"""What a word of the same sense counts for when the nearest sentence is looked for."""
_ALTERNATIVE = re.compile(r"\b([a-z]{4,}) ou ([a-z]{4,})")
_LISTED_CHOICE = re.compile(r", [^.;:]{3,60} ou ")
_LONG_QUOTATION = re.compile(r"«[^»]{30,}»|“[^”]{30,}”")
_TYPE = re.compile(r"\s*\([PI]\)")
_OPTIONAL = re.compile(r"(?<!pas )(?<!jamais )(?<!non )(?<!aucunement )\b(?:facultati\w+|optionnel\w*)\b(?! pas)")
_DENIES_ALL = re.compile(r"\b(?:ne|n'|pas|jamais|faux|fausse|contraire|errone\w*|interdi\w*|proscri\w*|inexact\w*)")


def disagreements(text: str, passages: Sequence[GivenPassage], weights: WordWeights) -> frozenset[str]:
    """What a text says otherwise than its passages: "opposite", "modality.obligation", "negation.verb"…"""
    windows = [w for p in passages for w in p.windows]
    text = _TYPE.sub("", text)
    every = content_stems(text)
    if not windows:
        return frozenset()
    if not every:
        found = _of_the_whole(text, passages)
        return frozenset({f"whole.{found}"} if found else ())
    lacking = roots(s for w in windows for c in w.clauses for s in c.lacks)
    found_all: set[str] = set()
    near = nearest_windows(every, windows, weights)
    if has_opposite(text, near):
        found_all.add("opposite")
    if order_reversed(text, near):
        found_all.add("opposite.time")
    if made_optional(text, near):
        found_all.add("whole.optional")
    if CONCEDES.search(plain(text)) and not any(CONCEDES.search(plain(w.text)) for w in windows):
        found_all.add("concedes")
    for clause in clauses(without_long_quotations(text)):
        subject = clause.stems if len(set(clause.stems)) >= 2 else every
        nearest = nearest_windows(subject, windows, weights)
        if not nearest:
            continue
        missing = _missing_modality(clause, subject, _governing(clause, windows) or nearest, weights)
        if missing is not None and not (missing is Modality.ALLOWS and _same_choice(text, nearest)):
            found_all.add(f"modality.{missing.value}")
        against = _contradicts(clause, subject, nearest, weights)
        if against == "without" and roots(clause.lacks) <= lacking:
            continue
        if against:
            found_all.add(f"negation.{against}")
    return frozenset(found_all)


def made_optional(text: str, nearest: Sequence[Window]) -> bool:
    """True when a text says of a requirement that it is optional, and its sentence releases nobody."""
    if not nearest or not _OPTIONAL.search(plain(text)) or any(w.describes for w in nearest):
        return False
    released = {Force.EXEMPTS, Force.ALLOWS, Force.ADVISES}
    return not any(released & forces(plain(w.text)) for w in nearest)


def _of_the_whole(text: str, passages: Sequence[GivenPassage]) -> str | None:
    """A modality that is said of nothing else than the passage ("EXI-G-1 est facultative"): a requirement obliges."""
    stated = {m for c in clauses(f"exigence {text} exprimée") for m in c.modalities}
    every = {m for p in passages for w in p.windows for c in w.clauses for m in c.modalities}
    rule = all(p.located.passage.kind == "requirement" for p in passages)
    allowed = {Modality.OBLIGES} if rule else set()
    return next((m.value for m in Modality if m in stated - allowed and every != {m}), None)


def without_long_quotations(text: str) -> str:
    """The text without its quotations, which were compared word for word; they stay when something denies them."""
    rest = _LONG_QUOTATION.sub(" ", text)
    return text if _DENIES_ALL.search(plain(rest)) else rest


def nearest_windows(subject: Iterable[str], windows: Sequence[Window], weights: WordWeights) -> list[Window]:
    """The sentences that share the most with a subject; none when none shares anything."""
    wanted = set(subject)
    shared = [_shared(wanted, w.stems, weights) for w in windows]
    best = max(shared, default=0.0)
    return [w for w, s in zip(windows, shared, strict=True) if best and s >= _NEARLY_BEST * best]


def nearest_clauses(subject: Iterable[str], windows: Sequence[Window], weights: WordWeights) -> list[Clause]:
    """The clauses that share the most with a subject; none when none shares anything."""
    wanted = set(subject)
    found = [c for w in windows for c in w.clauses]
    shared = [_shared(wanted, set(c.stems), weights) for c in found]
    best = max(shared, default=0.0)
    return [c for c, s in zip(found, shared, strict=True) if best and s >= _NEARLY_BEST * best]


def _shared(wanted: set[str], held: Collection[str], weights: WordWeights) -> float:
    """The weight of what two sets have in common, a word of the same sense for less."""
    own = weights.total(s for s in wanted if s in held)
    alike = weights.total(s for s in wanted if s not in held and not synonyms(s).isdisjoint(held))
    return own + _ALIKE * alike


def _governing(clause: Clause, windows: Sequence[Window]) -> list[Window]:
    """The sentences that have the word that a modal verb governs, beside another word of its clause."""
    if not clause.governed:
        return []
    wanted, governed = {s[:ROOT] for s in clause.stems}, clause.governed[:ROOT]
    held = [(w, {s[:ROOT] for s in w.stems}) for w in windows]
    return [w for w, roots in held if governed in roots and len(wanted & roots) > 1]


def _governing_clauses(clause: Clause, windows: Sequence[Window]) -> list[Clause]:
    """The clauses of the passage that say the governed verb themselves, beside another word of the clause."""
    governed = clause.governed[:ROOT]
    if not governed or clause.governed in LIGHT_STEMS:
        return []
    wanted = {s[:ROOT] for s in clause.stems}
    held = [(c, {s[:ROOT] for s in c.stems}) for w in windows for c in w.clauses]
    return [c for c, roots in held if governed in roots and len(wanted & roots) > 1]


def _missing_modality(
    clause: Clause,
    subject: Sequence[str],
    nearest: Sequence[Window],
    weights: WordWeights,
) -> Modality | None:
    source = nearest_clauses(subject, nearest, weights)
    if len(set(clause.stems)) == 1:  # its subject is the whole sentence's: what it says itself is one word
        source = [c for w in nearest for c in w.clauses if clause.stems[0] in c.stems] or source
    found = {m for c in source for m in c.modalities}
    denied = _mostly_denied([s for s in subject if s not in clause.free_of], source, weights)
    only = any(c.exclusive for w in nearest for c in w.clauses)
    governing = _governing_clauses(clause, nearest)
    binding = {Modality.OBLIGES, Modality.FORBIDS}
    bound = bool(binding & found) or any(binding & c.modalities or c.settled for c in governing)
    left_open = bool(governing) and all(_leaves_open(c, clause.governed) for c in governing)
    without = roots(s for w in nearest for c in w.clauses for s in c.lacks)
    either = clause.weak and bool(found & {Modality.OBLIGES, Modality.ADVISES})
    choice = Modality.EXEMPTS in found or _leaves_a_choice(clause, nearest, governing or source, bool(governing))
    renders = {
        Modality.OBLIGES: either
        or (not found and not left_open)
        or (found <= {Modality.ALLOWS} and any(c.exclusive for c in source))
        or (Modality.FORBIDS in found and bool(clause.denied)),
        Modality.FORBIDS: denied or only or _denies_the_verb(clause, source),
        Modality.ADVISES: either or (not bound and all(w.describes for w in nearest)),
        Modality.ALLOWS: not clause.weakens
        and ((choice and not bound) or (clause.exclusive and only) or clause.epistemic),
        Modality.EXEMPTS: bool(found & {Modality.ALLOWS, Modality.ADVISES}) or bool(roots(clause.stems) & without),
    }
    """Whether the passage says it in another way; a requirement in the indicative obliges."""
    own = clause.modalities if clause.own_modality else frozenset()
    return next((m for m in Modality if m in own and m not in found and not renders[m]), None)


def _denies_the_verb(clause: Clause, source: Sequence[Clause]) -> bool:
    """True when the passage denies the very verb ("n'accède pas" for "ne peut pas accéder")."""
    return bool(clause.governed) and clause.governed[:ROOT] in {s[:ROOT] for c in source for s in c.denied}


def _leaves_open(clause: Clause, governed: str) -> bool:
    """True when a clause of the passage says of a verb that one may, and not that one must."""
    offered = governed[:ROOT] in {s[:ROOT] for s in clause.possible}
    return Modality.OBLIGES not in clause.modalities and (clause.left_open or offered)


def _same_choice(text: str, nearest: Sequence[Window]) -> bool:
    """True when both leave the same choice, by the same adverb or between the same things."""
    adverbs = set(FREELY.findall(plain(text)))
    return _same_alternative(text, nearest) or any(adverbs & set(FREELY.findall(plain(w.text))) for w in nearest)


def _same_alternative(text: str, nearest: Sequence[Window]) -> bool:
    """True when both leave the choice between the same two things: "déclarative ou calculée"."""
    own, theirs = _alternatives(text), {pair for w in nearest for pair in _alternatives(w.text)}
    return bool(own & theirs)


def _alternatives(text: str) -> set[frozenset[str]]:
    return {frozenset(word_stem(w)[:ROOT] for w in m.groups()) for m in _ALTERNATIVE.finditer(plain(text))}


def _leaves_a_choice(clause: Clause, nearest: Sequence[Window], source: Sequence[Clause], governs: bool) -> bool:
    """True when the passage says it as possible: a requirement of the very verb, another text around it."""
    if any(w.may_allow and w.describes for w in nearest) and (not governs or any(c.offers for c in source)):
        return True
    if not governs and any(_LISTED_CHOICE.search(plain(w.text)) for w in nearest):
        return True
    wanted = {clause.governed[:ROOT]} if governs else {s[:ROOT] for s in clause.stems}
    return any(wanted & {s[:ROOT] for s in c.possible} for c in source)


def _mostly_denied(subject: Sequence[str], source: Sequence[Clause], weights: WordWeights) -> bool:
    """True when the passage denies most of what it shares with the subject."""
    shared = {s for c in source for s in c.stems} & set(subject)
    denied = {s for c in source for s in c.denied} & shared
    return bool(denied) and weights.total(denied) >= _DENIED_SHARE * weights.total(shared)


def _contradicts(  # noqa: C901  (one question after the other)
    clause: Clause, subject: Sequence[str], nearest: Sequence[Window], weights: WordWeights
) -> str:
    """How a clause denies what its passage affirms, or the reverse; "" when it does not."""
    source = nearest_clauses(subject, nearest, weights)
    if Modality.EXEMPTS in clause.modalities and any(Modality.EXEMPTS in c.modalities for c in source):
        return ""  # the same dispensation, whatever its verb denies
    affirmed = {s for w in nearest for c in w.clauses for s in c.affirmed}
    denied = with_synonyms({s for w in nearest for c in w.clauses for s in c.denied})
    if _with_for_without(clause, nearest, affirmed, denied):
        return "with"
    if clause.predicate and not clause.exclusive:
        plainly = {s for w in nearest for c in w.clauses if not c.exclusive for s in c.affirmed}
        if roots(clause.predicate) <= roots(plainly) - roots(denied):
            return "verb"
    if clause.exclusive or any(c.exclusive for c in source):
        refused = clause.exclusive and set(clause.stems) <= clause.denied
        return "refused" if refused and not any(c.exclusive and c.denied for c in source) else ""
    if clause.adjunct:
        return ""
    if clause.lacks and roots(clause.lacks) <= roots(affirmed) - roots(denied):
        return "without"
    if clause.predicate and roots(clause.predicate) <= roots(affirmed) - roots(denied):
        return "verb"
    if clause.predicate and roots(clause.predicate) <= roots(denied):
        return ""  # the same verb is denied on both sides
    own_denied = clause.denied
    if clause.predicate and not clause.relative and not roots(clause.predicate) & roots(affirmed | denied):
        own_denied = frozenset(clause.stems)  # what is denied is said with another verb: it reaches everything
    shared = set(clause.stems) & (affirmed | denied)
    if any(c.predicate and c.predicate <= clause.affirmed - affirmed and len(shared) > 1 for c in source):
        return "lost"
    against = {s for s in shared if s not in (denied if s in own_denied else affirmed)}
    enough = len(shared) > 1 or (clause.own_modality and bool(clause.modalities))
    if against and enough and weights.total(against) > _DENIED_SHARE * weights.total(shared):
        return "added" if against & own_denied else "dropped"
    return ""


def with_synonyms(stems: set[str]) -> set[str]:
    """The stems and those that say the same."""
    return stems.union(*(synonyms(s) for s in stems)) if stems else stems


def _with_for_without(clause: Clause, nearest: Sequence[Window], affirmed: set[str], denied: set[str]) -> bool:
    """True when one side has "avec" before the word that the other has "sans" before."""
    lacks = roots(s for w in nearest for c in w.clauses for s in c.lacks)
    given = roots(s for w in nearest for c in w.clauses for s in c.has)
    without = roots(clause.lacks) & (given & roots(affirmed) - roots(denied))
    return bool(without or roots(clause.has - clause.denied) & (lacks - roots(affirmed)))


def nearest_sentences(text: str, passages: Sequence[GivenPassage]) -> tuple[str, ...]:
    """The sentences of the passages that share the most words with a text."""
    wanted = set(content_stems(text))
    shared = [(len(wanted & w.stems), w.text) for p in passages for w in p.windows]
    most = max((n for n, _ in shared), default=0)
    return tuple(sentence for n, sentence in shared if n and n == most)


def same_quantity(stated: Quantity, found: Iterable[Quantity]) -> bool:
    """True when the passage has the number, with the same unit, near one of the words that surround it."""
    for quantity in found:
        if quantity.value != stated.value or (stated.unit and quantity.unit and quantity.unit != stated.unit):
            continue
        if not stated.around or not quantity.around or stated.around & quantity.around:
            return True
        if {a[:4] for a in stated.around} & {a[:4] for a in quantity.around}:
            return True
    return False
