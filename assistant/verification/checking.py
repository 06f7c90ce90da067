"""A sentence of a draft and the passages it cites → what is wrong with it, or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.verification import agreement, statements
from assistant.verification.answer_turns import governs, without_turns
from assistant.verification.clause_reading import plain
from assistant.verification.draft_sentences import DraftSentence, marker_numbers
from assistant.verification.evidence import IDENTIFIER, GivenPassage, WordWeights, cited
from assistant.verification.hostile_text import addresses_the_assistant
from assistant.verification.judgement import Family, Judgement, advice_made_a_duty, decisive, packaged_judgement
from assistant.verification.language import is_french
from assistant.verification.missing_subjects import without_what_is_missing
from assistant.verification.names import KnownNames, names
from assistant.verification.question_words import AskedWords
from assistant.verification.signals import signals
from assistant.verification.support import claim_stems, credit, share
from ingest.passage import Priority
from ingest.reading.quote_form import is_verbatim

FaultCode = Literal[
    "form", "incomplete", "language", "hostile", "no_marker", "unknown_marker", "identifier", "type", "source",
    "quotation", "number", "name", "modality", "negation", "opposite", "support", "wrong_passage",
]  # fmt: skip

_LONGEST = 900
"""Characters from which a sentence is a defect: no one checks it by eye either."""
_READERS_OWN = re.compile(
    r"\bvo(?:tre|s) [\w'-]+ (?:(?!doi|dev|peu|pou|fau)[\w'-]+ ){0,2}(?:contien\w+|compt\w+|comport\w+|a|"
    r"ont) (?:deux|trois|quatre|cinq)\b"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a sentence is not shown as verified; `explanation` is French and tells the model what to mend."""

    code: FaultCode
    explanation: str


_EXPLANATIONS: Mapping[Family, str] = {
    "modality": "le passage cité n'oblige, ne conseille, ne permet ou n'interdit pas ainsi",
    "negation": "la négation n'est pas celle du passage cité",
    "opposite": "un mot est remplacé par son contraire, ou deux choses sont échangées",
    "wrong_passage": "un autre passage dit cela, pas celui qui est cité",
    "number": "la borne (au moins, au plus) n'est pas celle du passage cité",
    "support": "le passage cité ne dit pas cela",
}


class SentenceChecker:
    """Checks sentences against the passages that were given with one question."""

    def __init__(
        self,
        given: Mapping[int, GivenPassage],
        weights: WordWeights,
        guard: str = "",
        judgement: Judgement | None = None,
        question: str = "",
    ) -> None:
        self._question = question
        self._asked = AskedWords(question)
        self._given = given
        self._weights = weights
        self._guard = guard
        self._judgement = judgement or packaged_judgement()

    def fault(self, sentence: DraftSentence) -> Fault | None:
        """The first hard fact that fails or, when all stand, what the judgement holds against the sentence."""
        return self.failed_fact(sentence) or judged(self.signals(sentence), self._judgement)

    def failed_fact(self, sentence: DraftSentence) -> Fault | None:
        """Form, markers, identifiers, types, quotations, numbers and names: what no judgement weighs."""
        return self._form(sentence) or self._markers(sentence) or self._printed(sentence)

    def carries_markers(self, sentence: DraftSentence) -> bool:
        """True when the sentence refers to a passage, given or not."""
        return bool(marker_numbers(sentence.text))

    def says_nothing(self, sentence: DraftSentence) -> bool:
        """True for words that state nothing of the documents: a greeting, a transition, a question to the reader."""
        bare = sentence.bare
        if marker_numbers(sentence.text) or statements.quantities(bare) or _states_what_is_printed(bare):
            return False
        return bare.endswith("?") or not claim_stems(bare)

    def _form(self, sentence: DraftSentence) -> Fault | None:
        if sentence.kind == "form" or len(sentence.text) > _LONGEST:
            return Fault("form", "écris des phrases courtes, sans tableau ni bloc de code")
        if "](" in sentence.text:
            return Fault("form", "n'écris pas de lien")
        if _unpaired(sentence.text):
            return Fault("quotation", "ferme les guillemets que tu ouvres dans la phrase")
        if not sentence.complete:
            return Fault("incomplete", "la phrase n'est pas finie")
        if (self._guard and self._guard in sentence.text) or addresses_the_assistant(sentence.bare):
            return Fault("hostile", "la phrase parle de consignes et non des documents")
        if not is_french(statements.without_quotations(sentence.bare)):
            return Fault("language", "écris en français")
        return None

    def _markers(self, sentence: DraftSentence) -> Fault | None:
        numbers = marker_numbers(sentence.text)
        if not numbers:
            return Fault("no_marker", "la phrase ne porte aucun renvoi [n]")
        unknown = [n for n in numbers if n not in self._given]
        if unknown:
            return Fault("unknown_marker", f"le renvoi [{unknown[0]}] ne désigne aucun passage donné")
        return None

    def _printed(self, sentence: DraftSentence) -> Fault | None:
        checked = (self._facts(claim, cited(self._given, claim.numbers)) for claim in _claims(sentence))
        return next((fault for fault in checked if fault), None)

    def _facts(self, claim: _Claim, passages: tuple[GivenPassage, ...]) -> Fault | None:
        text = claim.whole
        if not claim_stems(IDENTIFIER.sub(" ", text)) and not _states_what_is_printed(text):
            return Fault("support", "la phrase ne dit rien que l'on puisse vérifier dans le passage")
        return _wrong_place(text, passages) or _wrong_quotations(text, passages) or self._wrong_words(claim, passages)

    def _wrong_words(self, claim: _Claim, passages: tuple[GivenPassage, ...]) -> Fault | None:
        """Numbers and names, but for those of the question that only say whose case it is."""
        printed = [q for p in passages for q in statements.quantities(p.text)]
        mutual = any(statements.says_mutual(p.text) for p in passages)
        for text in filter(None, (claim.lead, claim.own)):
            for quantity in statements.quantities(text):
                counts = quantity.listed or (
                    quantity.pairs and (mutual or text is claim.lead or _of_the_reader(text))
                )
                if counts or agreement.same_quantity(quantity, printed):
                    continue
                if not self._asked.admits_quantity(quantity, text, printed):
                    return Fault("number", f"le nombre {quantity.value} n'est pas ainsi dans le passage cité")
        known = KnownNames(p.text for p in passages)
        for text in filter(None, (claim.lead, claim.own)):
            found = (*names(text), *self._asked.names_that_begin(without_turns(text, passages)))
            for at, name in enumerate(found):
                if name in known or known.spells(name) or known.joins(found, at):
                    continue
                if not self._asked.admits_name(name, text):
                    return Fault("name", f"« {name} » n'est pas dans le passage cité")
        return None

    def signals(self, sentence: DraftSentence) -> dict[str, float]:
        """What tells against a sentence whose hard facts stand: the strongest of each signal over its parts."""
        found: dict[str, float] = {}
        for claim in _claims(sentence):
            passages = cited(self._given, claim.numbers)
            others = [p for n, p in self._given.items() if n not in claim.numbers]
            part = signals(self._told(claim, passages), passages, others, self._weights)
            for name, value in part.items():
                found[name] = max(value, found.get(name, 0.0))
        unsaid = self._unsaid(sentence.lead)
        return found | ({"lead": unsaid} if unsaid else {})

    def _unsaid(self, lead: str) -> float:
        """The heaviest words in a row of what introduces a list that neither the question nor a given passage has."""
        most = current = 0.0
        for stem in claim_stems(without_turns(lead, ())):
            said = self._asked.asks(stem) or any(credit(stem, p.stems, p.roots, 1.0) for p in self._given.values())
            current = 0.0 if said else current + share(stem, self._weights)
            most = max(most, current)
        return most

    def _told(self, claim: _Claim, passages: Sequence[GivenPassage]) -> str:
        """What a claim states of the documents: without turns that only answer, nor the words of the question."""
        own = without_what_is_missing(claim.own, self._given.values(), self._question)
        own = IDENTIFIER.sub(" ", without_turns(own, passages))
        own = self._asked.without_its_words(own, passages)
        return f"{claim.lead} {own}" if governs(claim.lead, own) or len(claim_stems(own)) < 2 else own


def judged(found: Mapping[str, float], judgement: Judgement) -> Fault | None:
    """What a judgement says of the signals of a sentence."""
    family = decisive(found) or ("modality" if advice_made_a_duty(found) else None)
    if family is None:
        if judgement.score(found) < judgement.limit:
            return None
        family = judgement.heaviest(found)
    return Fault(family, _EXPLANATIONS[family])


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a sentence says of the markers that follow, beside what introduces its list."""

    lead: str
    own: str
    numbers: tuple[int, ...]

    @property
    def whole(self) -> str:
        """With what introduces it."""
        return f"{self.lead} {self.own}".strip()


def _claims(sentence: DraftSentence) -> list[_Claim]:
    """What the sentence says of each marker: a part that says nothing of its own takes the whole sentence."""
    parts = statements.segments(sentence.text)
    found = []
    for part in parts:
        own = part.text if claim_stems(IDENTIFIER.sub(" ", part.text)) or len(parts) == 1 else sentence.bare
        found.append(_Claim(sentence.lead, own, part.numbers))
    return found


def _wrong_place(text: str, passages: tuple[GivenPassage, ...]) -> Fault | None:
    """Identifiers, types and documents."""
    for identifier in statements.identifiers(text):
        if not any(identifier in p.ids for p in passages):
            return Fault("identifier", f"{identifier} n'est pas l'exigence du passage cité")
    stated = statements.stated_types(text)
    spoken = stated and not any(p.types for p in passages) and _speaks_of_types(stated, text, passages)
    if stated and not spoken and not statements.supports_types(stated, [p.types for p in passages]):
        return Fault("type", "le type P ou I n'est pas celui du passage cité")
    if stated and statements.denies_a_type(text):
        return Fault("type", "la phrase nie le type du passage cité")
    sources = {source for _, source in statements.named_sources(text)}
    held = {source for p in passages for source in p.sources}
    spoken_of = (
        {source for p in passages for _, source in statements.named_sources(p.text)} if sources & held else set()
    )
    if sources - held - spoken_of:
        return Fault("source", "le passage cité n'est pas dans ce document")
    return None


def _speaks_of_types(
    stated: Sequence[tuple[Priority, str | None]], text: str, passages: Sequence[GivenPassage]
) -> bool:
    """True when the passage has no type of its own and its nearest sentence speaks of those types."""
    nearest = agreement.nearest_sentences(text, passages)
    spoken = [{p for p, _ in statements.stated_types(sentence)} for sentence in nearest]
    return bool(spoken) and all({p for p, _ in stated} <= found for found in spoken)


def _wrong_quotations(text: str, passages: tuple[GivenPassage, ...]) -> Fault | None:
    """Quotations and addresses."""
    for quote in statements.quotations(text):
        if not any(_quoted_from(quote, p) for p in passages):
            return Fault("quotation", f"« {quote[:60]} » n'est pas mot pour mot dans le passage cité")
    everything = "\n".join(p.text for p in passages).casefold()
    for address in statements.addresses(text):
        if address.casefold().rstrip("/") not in everything:
            return Fault("name", f"l'adresse {address} n'est pas dans le passage cité")
    return None


def _of_the_reader(text: str) -> bool:
    """True when what is counted is the reader's own, and nothing obliges to it ("votre manifest contient deux…")."""
    return bool(_READERS_OWN.search(plain(text)))


def _unpaired(text: str) -> bool:
    """True when a quotation opens here and closes elsewhere, or spans a marker: nobody would look it up."""
    if any(marker_numbers(quote) for quote in statements.quotations(text)):
        return True
    straight = len(re.findall(r'(?<![\w\d])"|"(?!\w)', text))
    return text.count("«") != text.count("»") or text.count("“") != text.count("”") or straight % 2 == 1


def _states_what_is_printed(text: str) -> bool:
    """True for a sentence about an identifier, a type or a quotation: those are looked up."""
    return bool(statements.identifiers(text) or statements.stated_types(text) or statements.quotations(text))


def _quoted_from(quote: str, passage: GivenPassage) -> bool:
    lines = passage.lines or (passage.located.passage.text,)
    return any(is_verbatim(quote, text) for text in lines)
