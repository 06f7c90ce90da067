"""Sentences that only answer whether a thing is allowed, forbidden or obligatory, and what bears them out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.verification.clause_reading import plain
from assistant.verification.deontic_reading import Force, forces, turns
from assistant.verification.evidence import GivenPassage
from assistant.verification.statements import identifiers, stated_types
from assistant.verification.support import claim_stems, credit

_RIGHT = re.compile(
    r"^(?:l[ae] |les |l'|votre |vos |ce |cet |cette )?(?P<who>[\w-]+) (?:a|ont) (?:bien |donc )?(?P<how>raison|tort)"
    r"(?: (?:sur ce point|la-dessus|ici))?\W*$"
)
_REPORTED = re.compile(
    r"(?P<who>[\w-]+) (?:m'|me |nous |lui )?(?:dit|disent|repete\w*|pretend\w*|affirme\w*|soutien\w*|assure\w*|"
    r"pense\w*|explique\w*|objecte\w*|jure\w*|croi\w*|trouve\w*) (?:que |qu')"
    r"(?P<said>[^.;:?!]*?)(?=, (?:il|elle|vrai|a-t|est-ce)|[.;:?!]|$)"
)
"""Who says what in a question."""
_YES_OR_NO = re.compile(r"^\W*(?:oui|non|si(?! )|en effet)?[\W]*")
_ANSWERS = re.compile(
    r"^\W*(?:c'est|cela est|ce n'est|cela n'est|il s'agit|il ne s'agit|"
    r"vous (?:y |en |n'y |n'en |ne )?(?:etes|pouvez|devez))\b"
)
_OTHERWISE = re.compile(r"[:;]|, (?:mais|car|sauf|si)\b")


_FREE = frozenset({Force.ALLOWS, Force.ENABLES, Force.EXEMPTS, Force.ADVISES})
_BANS, _DUTY = frozenset({Force.FORBIDS, Force.DISADVISES}), frozenset({Force.OBLIGES})
_ALLOWS, _ADVICE, _FORBIDS = frozenset({Force.ALLOWS}), frozenset({Force.ADVISES}), frozenset({Force.FORBIDS})
_RELEASE = frozenset({Force.EXEMPTS, Force.ALLOWS, Force.ADVISES})
_BORNE_OUT = {
    (Force.FORBIDS, False): (_FORBIDS, _ALLOWS), (Force.FORBIDS, True): (_FREE, _FORBIDS),
    (Force.DISADVISES, False): (_BANS - _FORBIDS, _ALLOWS), (Force.DISADVISES, True): (_FREE, _BANS),
    (Force.ALLOWS, False): (_ALLOWS | {Force.ENABLES}, _BANS), (Force.ALLOWS, True): (_FORBIDS, _ALLOWS),
    (Force.ENABLES, False): (_ALLOWS | {Force.ENABLES}, _BANS), (Force.ENABLES, True): (_FORBIDS, _ALLOWS),
    (Force.OBLIGES, False): (_DUTY, _RELEASE), (Force.OBLIGES, True): (_RELEASE, _DUTY),
    (Force.EXEMPTS, False): (_RELEASE, _DUTY), (Force.EXEMPTS, True): (_DUTY, _RELEASE),
    (Force.ADVISES, False): (_ADVICE, _BANS), (Force.ADVISES, True): (_BANS, _ADVICE),
}  # fmt: skip
"""A turn and whether it is denied → values of which a passage must have one, and values that it must not have."""


def bears_out(text: str, passages: Sequence[GivenPassage], question: str) -> bool:
    """True for a bare verdict ("non, c'est interdit", "votre chef a raison") that every cited passage agrees with."""
    verdict = _verdict(text, question)
    if not verdict or not passages:
        return False
    asked = claim_stems(question)
    if not any(credit(s, p.stems, p.roots, 1.0) for s in asked for p in passages):
        return False
    found = [frozenset(f for w in p.windows for f in forces(plain(w.text))) for p in passages]
    return all(
        wanted & values and not against & values
        for wanted, against in (_BORNE_OUT[force, denied] for force, denied in verdict)
        for values in found
    )


def _verdict(text: str, question: str) -> frozenset[tuple[Force, bool]]:
    """What is said to be so, with whether it is denied; nothing when the text states anything else."""
    if identifiers(text) or stated_types(text):
        return frozenset()
    source = _YES_OR_NO.sub("", plain(text))
    right = _RIGHT.match(source)
    if right:
        return _reported(plain(question), right["who"], right["how"] == "tort")
    if not _ANSWERS.match(source) or _OTHERWISE.search(source) or claim_stems(source):
        return frozenset()
    return turns(source)


def _reported(question: str, who: str, wrong: bool) -> frozenset[tuple[Force, bool]]:
    """The value of what somebody is said to say in the question, turned round when they are said to be wrong."""
    match = next((m for m in _REPORTED.finditer(question) if m["who"] == who), None)
    said = turns(match["said"]) if match else frozenset()
    return frozenset((force, denied != wrong) for force, denied in said) if len(said) == 1 else frozenset()
