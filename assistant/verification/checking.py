"""A sentence of a draft and the passages it cites → what is wrong with it, or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.search.french_text import without_accents
from assistant.verification import agreement, statements
from assistant.verification.answer_turns import governs, without_turns
from assistant.verification.claims import Claim, claims_of, says_the_same_rule
from assistant.verification.clause_reading import plain
from assistant.verification.draft_sentences import DraftSentence, marker_numbers
from assistant.verification.evidence import IDENTIFIER, GivenPassage, WordWeights, cited
from assistant.verification.french_words import word_stem
from assistant.verification.hostile_text import addresses_the_assistant
from assistant.verification.judgement import Family, Judgement, decisive, duty_changed, packaged_judgement
from assistant.verification.language import is_french
from assistant.verification.missing_subjects import without_what_is_missing
from assistant.verification.names import KnownNames, names
from assistant.verification.printed_facts import Fault, states_what_is_printed, wrong_place, wrong_quotations
from assistant.verification.question_words import AskedWords
from assistant.verification.signals import signals
from assistant.verification.statements import Quantity
from assistant.verification.support import claim_stems, credit, share
from assistant.verification.verdicts import bears_out

_LONGEST = 900
"""Characters from which a sentence is a defect: no one checks it by eye either."""
_ANNOUNCED_WORDS = """
    plusieurs deux trois quatre dépend dépendent choisi choisie choisir limite limitent limiter remarque remarques
    manière manières différent différents différentes distingue distinguent répartissent
"""
_ANNOUNCES = frozenset(word_stem(without_accents(word)) for word in _ANNOUNCED_WORDS.split())
"""Stems of what introduces a list without stating anything of its own."""
_READERS_OWN = re.compile(
    r"\bvo(?:tre|s) [\w'-]+ (?:(?!doi|dev|peu|pou|fau)[\w'-]+ ){0,2}(?:contien\w+|compt\w+|comport\w+|a|"
    r"ont) (?:deux|trois|quatre|cinq)\b"
)

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
        self._every = tuple(given.values())
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
        if marker_numbers(sentence.text) or statements.quantities(bare) or states_what_is_printed(bare):
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
        checked = (self._facts(claim, cited(self._given, claim.numbers)) for claim in claims_of(sentence))
        return next((fault for fault in checked if fault), None)

    def _facts(self, claim: Claim, passages: tuple[GivenPassage, ...]) -> Fault | None:
        text = claim.whole
        if bears_out(claim.own, passages, self._question):
            return None
        states = claim_stems(IDENTIFIER.sub(" ", text)) or states_what_is_printed(text)
        if not states and not says_the_same_rule(text, passages):
            return Fault("support", "la phrase ne dit rien que l'on puisse vérifier dans le passage")
        quoted = wrong_quotations(claim.lead, self._every) or wrong_quotations(claim.own, passages)
        return wrong_place(text, passages, claim.own) or quoted or self._wrong_words(claim, passages)

    def _wrong_words(self, claim: Claim, passages: tuple[GivenPassage, ...]) -> Fault | None:
        """Numbers and names, but for those of the question that only say whose case it is.

        What introduces a list speaks of all its items: a name there may be one of any given passage.
        """
        printed = [q for p in passages for q in statements.quantities(p.text)]
        mutual = any(statements.says_mutual(p.text) for p in passages)
        own, lead = KnownNames(p.text for p in passages), KnownNames(p.text for p in self._every)
        for text, known in ((claim.lead, lead), (claim.own, own)):
            for quantity in statements.quantities(text):
                introduces = text is claim.lead and (quantity.pairs or _counts_items(quantity, printed))
                counts = quantity.listed or introduces or (quantity.pairs and (mutual or _of_the_reader(text)))
                if counts or agreement.same_quantity(quantity, printed):
                    continue
                if not self._asked.admits_quantity(quantity, text, printed):
                    return Fault("number", f"le nombre {quantity.value} n'est pas ainsi dans le passage cité")
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
        for claim in claims_of(sentence):
            passages = cited(self._given, claim.numbers)
            known = claim.placing or bears_out(claim.own, passages, self._question)
            if known or (len(passages) and says_the_same_rule(claim.whole, passages)):
                continue
            others = [p for n, p in self._given.items() if n not in claim.numbers]
            part = signals(self._told(claim, passages), passages, others, self._weights)
            for name, value in part.items():
                found[name] = max(value, found.get(name, 0.0))
        unsaid = self._unsaid(sentence.lead)
        return found | ({"lead": unsaid} if unsaid else {})

    def _unsaid(self, lead: str) -> float:
        """The heaviest words in a row of what introduces a list that neither the question nor a given passage has."""
        most = current = 0.0
        for stem in claim_stems(without_turns(self._said_of_documents(lead), ())):
            if stem in _ANNOUNCES:
                continue
            said = self._asked.asks(stem) or any(credit(stem, p.stems, p.roots, 1.0) for p in self._given.values())
            current = 0.0 if said else current + share(stem, self._weights)
            most = max(most, current)
        return most

    def _told(self, claim: Claim, passages: Sequence[GivenPassage]) -> str:
        """What a claim states of the documents: without turns that only answer, nor the words of the question."""
        own, lead = self._said_of_documents(claim.own), self._said_of_documents(claim.lead)
        own = self._asked.without_means(IDENTIFIER.sub(" ", without_turns(own, passages)), passages)
        own = self._asked.without_its_words(own, passages)
        return f"{lead} {own}" if governs(lead, own) or len(claim_stems(own)) < 2 else own

    def _said_of_documents(self, text: str) -> str:
        return without_what_is_missing(text, self._every, self._question)


def judged(found: Mapping[str, float], judgement: Judgement) -> Fault | None:
    """What a judgement says of the signals of a sentence."""
    family = decisive(found) or ("modality" if duty_changed(found) else None)
    if family is None:
        if judgement.score(found) < judgement.limit:
            return None
        family = judgement.heaviest(found)
    return Fault(family, _EXPLANATIONS[family])


def _counts_items(quantity: Quantity, printed: Sequence[Quantity]) -> bool:
    """True for a small number in words that the passage does not count otherwise: the items below are as many."""
    return quantity.small and not any(q.value != quantity.value and q.around & quantity.around for q in printed)


def _of_the_reader(text: str) -> bool:
    """True when what is counted is the reader's own, and nothing obliges to it ("votre manifest contient deux…")."""
    return bool(_READERS_OWN.search(plain(text)))


def _unpaired(text: str) -> bool:
    """True when a quotation opens here and closes elsewhere, or spans a marker: nobody would look it up."""
    if any(marker_numbers(quote) for quote in statements.quotations(text)):
        return True
    straight = len(re.findall(r'(?<![\w\d])"|"(?!\w)', text))
    return text.count("«") != text.count("»") or text.count("“") != text.count("”") or straight % 2 == 1
