"""A sentence of a draft → what it says of each of its markers, and what of it facts alone support."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.search.french_text import without_accents
from assistant.verification.answer_turns import without_turns
from assistant.verification.clause_reading import plain
from assistant.verification.deontic_reading import denies, forces
from assistant.verification.draft_sentences import DraftSentence
from assistant.verification.evidence import IDENTIFIER, GivenPassage
from assistant.verification.french_words import word_stem
from assistant.verification.statements import addresses, identifiers, named_sources, segments, stated_types
from assistant.verification.support import claim_stems

_PLACING_WORDS = """
    relève relèvent relevant dépend dépendent diffère diffèrent différent différents appartient porte classée classé
    qualifiée qualifié documents document cadre deux autre côté contre tandis alors respectivement issue provient
    vient tirée extrait
"""
_PLACING = frozenset(word_stem(without_accents(word)) for word in _PLACING_WORDS.split())
"""Words that say where a rule stands or which level it has: its identifier, type and document are looked up."""
_WHERE_WORDS = """
    disponible disponibles adresse accessible accessibles consultable consultables lien url
"""
_WHERE = frozenset(word_stem(without_accents(word)) for word in _WHERE_WORDS.split())
"""Words that only say where a thing is to be found."""
_DIFFERS = re.compile(r"\bdifferen\w*|\bdiffer\w*|\bdepend\w*|\bpas l[ae] meme\b")
_SAME_RULE = re.compile(
    r"^(?:\W*(?:oui|non)\W+)?(?:l'|l[ae] |les |cette |ces )?(?:regles?|exigences?|principes?|textes?|formulations?|"
    r"dispositions?|obligations?|demandes?|enonces?|passages?|c')\b.{0,30}?"
    r"\b(?:est|sont|reste|restent|figure\w*) .{0,20}?(?:(?:l[ae]|les) memes?|identiques?|a l'identique)\b"
)
_ALIKE = 0.9
"""Share of the words of two passages that both have, from which they state the same rule."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a sentence says of the markers that follow, beside what introduces its list."""

    lead: str
    own: str
    numbers: tuple[int, ...]
    placing: bool = False
    """True when it only says where a rule stands and of which type: hard facts, which nothing else supports."""

    @property
    def whole(self) -> str:
        """With what introduces it, unless the two speak of requirements of their own."""
        if identifiers(self.own) and identifiers(self.lead):
            return self.own
        return f"{self.lead} {self.own}".strip()


def claims_of(sentence: DraftSentence) -> list[Claim]:
    """What the sentence says of each marker: a part that says nothing of its own takes the whole sentence.

    "X est importante (I) dans le CCT A [1] et primordiale (P) dans le CCT B [4]" says one thing of each marker.
    """
    parts = segments(sentence.text)
    placing = only_places(sentence.bare)
    found = []
    named = ""
    for part in parts:
        named = " ".join(identifiers(part.text)) or named
        if placing and stated_types(part.text):
            own = part.text if identifiers(part.text) else f"{named} {part.text}".strip()
        else:
            own = part.text if claim_stems(IDENTIFIER.sub(" ", part.text)) or len(parts) == 1 else sentence.bare
        found.append(Claim(sentence.lead, own, part.numbers, placing or only_links(part.text)))
    return found


def only_places(text: str) -> bool:
    """True for a sentence whose every word says the requirement, its type or its document, and denies nothing."""
    own = without_turns(text, ())
    types = {priority for priority, _ in stated_types(own)}
    if not types or not identifiers(own) or denies(plain(own)):
        return False
    if _DIFFERS.search(plain(own)) and len(types) == 1:
        return False
    return _PLACING.issuperset(claim_stems(IDENTIFIER.sub(" ", own)))


def only_links(text: str) -> bool:
    """True for a part of a sentence that says nothing but where a thing is to be found: the address is looked up."""
    found = addresses(text)
    for address in found:
        text = text.replace(address, " ")
    return bool(found) and not denies(plain(text)) and _WHERE.issuperset(claim_stems(text))


def says_the_same_rule(text: str, passages: Sequence[GivenPassage]) -> bool:
    """True for "la règle est la même dans les deux CCT" about passages of two documents that do say the same."""
    low = plain(text)
    match = _SAME_RULE.match(low)
    if match is None or denies(low[match.start() :].removeprefix("non")) or claim_stems(_SAME_RULE.sub(" ", low)):
        return False
    named = {source for _, source in named_sources(text)}
    held = {source for p in passages for source in p.sources}
    if len(held) < 2 or not named <= held or len(set(_types(passages).values())) > 1:
        return False
    first = passages[0]
    binds = {(forces(plain(p.text)), denies(plain(p.text))) for p in passages}
    return len(binds) == 1 and all(_share(first, other) >= _ALIKE for other in passages[1:])


def _types(passages: Sequence[GivenPassage]) -> Mapping[str, frozenset[str]]:
    return {source: frozenset(types) for p in passages for source, types in p.types.items()}


def _share(one: GivenPassage, other: GivenPassage) -> float:
    a, b = (frozenset(s for w in p.windows for s in w.stems) for p in (one, other))
    return len(a & b) / max(1, len(a | b))
