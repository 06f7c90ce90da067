"""Turns by which a sentence answers without stating anything more, and what is left of it without them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.verification.clause_reading import content_stems, plain
from assistant.verification.deontic_reading import Force, denies, forces
from assistant.verification.evidence import GivenPassage
from assistant.verification.statements import plain_keeping_length

_OPENS = re.compile(
    r"^\W*(?:(?:oui|non|si(?! )|pas encore|pas tout a fait|pas exactement|pas directement|pas forcement|exactement|"
    r"tout a fait)"
    r"(?=[ ,;:.])(?! que\b)[ ,;:.]*)?"
    r"(?:(?:(?:cela|ce qui|ceci) (?:signifie|veut dire|implique|revient a dire)(?: donc)? qu(?:e |')|"
    r"(?:en d'autres termes|autrement dit|dit autrement|concretement|en pratique|plus largement|en resume|en clair|"
    r"par consequent|en consequence|ainsi|il en resulte qu(?:e|')|en somme|de ce fait|plus precisement|"
    r"a noter)\s?,?)\s*)?"
)
"""An answer in one word, and what announces the same thing in other words."""
_NOT_YET = re.compile(
    r"(?:,? et |,? mais )?(?:il |elle |ils |elles )?n(?:e |')(?:est|sont) (?:donc |toutefois )*pas (?:encore )?"
    r"(?:disponibles?|utilisables?|livree?s?|operationnel\w*|en place)(?: (?:a ce jour|pour l'instant|aujourd'hui|"
    r"actuellement))?"
)
_IN_THE_MAKING = re.compile(
    r"\ben (?:cours de )?(?:conception|reflexion|approvisionnement|construction|developpement|etude|preparation|"
    r"elaboration|projet|definition|experimentation|attente|cours)\b|\ba venir\b|\bprevue?s?\b|\ba l'etude\b"
)
"""The state of what is not there yet."""
_NOT_MENTIONED = re.compile(
    r"(?:,|\bet|\bmais)? sans (?:(?:aucune )?mention|mentionner|parler|citer|evoquer|preciser|"
    r"viser)\b(?:(?! (?:et|mais|ou) )[^,;:.()\[\]]){0,60}"
)
_NOT_LISTED = re.compile(
    r"\bn(?:e |')(?:(?:figure|apparai)\w*|est|sont|fait|font) (?:\w+ )?pas(?: explicitement)?"
    r"(?: (?:cite|mentionne|liste|nomme|enumere)\w*| partie)?(?= (?:dans|parmi|d(?:e|es|u) ))"
)
"""Says that something is absent, which is looked up."""
_PURPOSE = re.compile(r"\b(?:a|pour|de|d'|afin d') ?(?:eviter|empecher)\b")
_WHOLE_CLAUSE = re.compile(
    r"^\W*(?:[^,:]{2,60}[,:] ){0,2}(?:le|la|les|l'|une?|ce|cet|cette|ces|il|elle|ils|elles|on|vous|chaque|votre|"
    r"vos|aucun\w*)\b"
    r"(?:(?!\b(?:qui|que|dont|ou)\b)[^,;:]){1,80}?\b(?:est|sont|a|ont|doi(?:t|vent)|peu(?:t|vent)|sera|seront|ne|"
    r"n'|devez|pouvez)\b"
)
"""A sentence with a subject and a verb of its own."""
_BINDS = frozenset({Force.OBLIGES, Force.FORBIDS, Force.ADVISES, Force.DISADVISES, Force.ALLOWS, Force.EXEMPTS})
_INFINITIVE = re.compile(r"^\W*(?:(?:ne pas|d'|de|ne|a) )?\w{2,}(?:er|ir|re|oir)\b")
_VOICI = re.compile(r"\bvoici\b")


def without_turns(text: str, passages: Sequence[GivenPassage]) -> str:
    """The text without what answers, announces, says the state of what is in the making, or what is not mentioned."""
    found = text[_OPENS.match(plain_keeping_length(text)).end() :]  # type: ignore[union-attr]  # it matches ""
    low = plain_keeping_length(found)
    if _NOT_YET.search(low) and any(_IN_THE_MAKING.search(plain(p.text)) for p in passages):
        found = _cut(found, _NOT_YET)
    held = {s for p in passages for s in p.stems}
    absent = _NOT_LISTED.search(plain_keeping_length(found))
    if absent and not held.intersection(content_stems(found[: absent.start()])):
        found = found[absent.end() :]
    match = _NOT_MENTIONED.search(plain_keeping_length(found))
    if match and not held.intersection(content_stems(match[0])[1:]):
        found = found[: match.start()] + found[match.end() :]
    return found if content_stems(found) else text


def said_not_listed(text: str) -> str:
    """What a text says not to be in a list or a text; "" when it says it of nothing."""
    match = _NOT_LISTED.search(plain_keeping_length(text))
    return text[: match.start()] if match else ""


def _cut(text: str, pattern: re.Pattern[str]) -> str:
    match = pattern.search(plain_keeping_length(text))
    return text[: match.start()] + " " + text[match.end() :] if match else text


def governs(lead: str, item: str) -> bool:
    """True when an item of a list takes from what introduces it what it obliges to, forbids, permits or denies."""
    if not lead or _VOICI.search(plain(lead)):
        return False
    before, after = _PURPOSE.sub(" ", plain(lead)), plain(item)
    bound = bool(forces(before) & _BINDS) or denies(before)
    own = bool(forces(after) & _BINDS) or bool(_WHOLE_CLAUSE.match(after))
    return bound and (not own or bool(_INFINITIVE.match(after)))
