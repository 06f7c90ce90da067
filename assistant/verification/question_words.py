"""What a sentence takes from the question to say whose case it speaks of, and what it says of the documents.

A model answers in the words of the person who asks: "Pour votre coffre, le service … doit être utilisé". Those words
are admitted where they place the case, and nowhere else: "EXI-ARCH-5 recommande ce coffre" is about the document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from assistant.verification.answer_turns import said_not_listed, without_turns
from assistant.verification.clause_reading import content_stems, plain
from assistant.verification.deontic_reading import Force, denies, forces
from assistant.verification.evidence import ROOT, GivenPassage
from assistant.verification.french_synonyms import synonyms
from assistant.verification.names import KnownNames, names, simple_name, words_and_parts
from assistant.verification.statements import Quantity, plain_keeping_length, quantities
from assistant.verification.support import claim_stems, credit

_LEAST_LEFT = 2
"""Words about the documents that must be left when those of the question are put aside."""
_FRONTED = re.compile(
    r"^\W*(?:(?:oui|non|donc|ainsi|toutefois|cependant|en revanche|par ailleurs|de plus)\W+)?"
    r"(?:pour|avant d|apres|si|s'il|lorsqu|quand|comme|concernant|cote|chez|avec|puisqu|quant a|s'agissant d|"
    r"dans (?:votre|ce|cette|le cas)|a propos d|au sujet d)\b[^,:;]{1,140}[,:]"
)
"""A complement before the sentence."""
_PROVIDED = re.compile(
    r"^\W*(?:(?:oui|non)\W+)?(?:uniquement |seulement )?"
    r"(?:a condition (?:que |qu'|d)|des lors qu|pourvu qu|tant qu|sous reserve)"
    r"[^,:;]{1,140}(?:[,:]|$)"
)
"""A condition before the sentence, or instead of it."""
_WHO = re.compile(r"\bqui\b(?! (?:est|sont)-)")
_CLEFT = re.compile(r"^\W*(?:oui\W+|non\W+)?c'est (?:[^,:;]*?)\b(qui (?!.*\bqui\b)[^,:;]{1,90})")
"""What the question asks who does, said again of who is named ("c'est l'équipe qui peut aller voir")."""
_NO_DUTY = frozenset({Force.ENABLES})
_OPEN = re.compile(r"\b(?:comment|ou|quel(?:le)?s?|par quoi|how|where)\b")
_MEANS = re.compile(r"^\W*(?:vous pouvez|on peut|il est possible (?:de |d'))\W*")
"""Says how or where, when that is what is asked: the means, and no permission."""
_LABEL = re.compile(
    r"^\W*(?!(?:on|ils?|elles?|vous|nous|je|tu|cela|ca|ce|c|ne|n|oui|non|il)\b)[\w'’-]+(?: +[\w'’/-]+){0,4} *:(?!//)"
)
"""Two or three words before a colon, which say what the item speaks of."""
_OWNED = re.compile(
    r"\b(?P<before>(?:de|dans|sur|pour|avec|a|par|avant|depuis|chez|vers|sous|entre) )?"
    r"(?:votre|vos|notre|nos|ce|cet|cette|ces) (?:(?:deux|trois|quatre) )?[\w'’/.-]+"
    r"(?: (?!(?:est|sont|doi\w+|peu\w+|ne|n|d|de|du|des|a|au|aux|en|sur|dans|pour|par|avec|et|ou)\b)[\w/.-]+)?"
)
"""What belongs to who asks, or was just spoken of."""
_FIRST_WORD = re.compile(r"^\W*([A-ZÀ-Ý][\wÀ-ÿ.-]*\w)")
_LIKE = re.compile(r"\b(?:comme|tel(?:le)?s? que?) (?:[\w'’-]+ ){0,1}[\w'’/.-]+")
_HERE = re.compile(r"\bici,? (?:[\w'’]+ ){0,2}[\w'’/.-]+")
_NOT_THE_CASE = re.compile(r"\bce qui (?:n'est pas|est) (?:\w+ )?le cas d.*$")
_ARTICLE = re.compile(r"\b(?:les|ces|aux|des) ", re.IGNORECASE)
"""Before a number that is spoken of as known: a question has it all the same."""
_CUT = re.compile(r"[:;]|, (?=mais\b)")
_BOUNDS = re.compile(
    r"\b(?:depass\w*|exced\w*|moins|plus de|superieur\w*|inferieur\w*|avant|apres|au-dela|jusqu'a|attei\w+)\b"
)
_KIND_OF_THING = re.compile(r"^\W*(?:l['’]|l[ae] |les |une? )([A-Z]{2,5}s?)(?= (?:d[eu]s? |d['’]))", re.IGNORECASE)
"""An acronym that names a kind of thing, with what it is of ("L'URL de la base")."""
_SUBJECT = re.compile(
    r"(?:^|[,:;] |\b(?:que |qu'))[^,:;]{1,90}?(?=\s(?:ne |n'|doi|devr|peu[tv]|pouv|pourr|risqu|est\b|sont\b|"
    r"sera|seront|a\b|ont\b|faut|vaut))"
)
"""From the beginning of a clause to its verb."""


class AskedWords:
    """The words of one question, as a sentence that answers it may use them."""

    def __init__(self, question: str) -> None:
        self._question = question

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset(content_stems(self._question))

    @cached_property
    def _roots(self) -> frozenset[str]:
        return frozenset(s[:ROOT] for s in self._stems if len(s) >= ROOT)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(simple_name(n) for n in names(self._question))

    @cached_property
    def _known(self) -> KnownNames:
        return KnownNames([self._question])

    @cached_property
    def _quantities(self) -> tuple[Quantity, ...]:
        return quantities(_ARTICLE.sub(" ", self._question))

    def asks(self, stem: str) -> bool:
        """True for a word of the question, in another form or by another word of the same sense."""
        return stem in self._stems or stem[:ROOT] in self._roots or not synonyms(stem).isdisjoint(self._stems)

    def admits_name(self, name: str, text: str) -> bool:
        """True for a name of the question that the text only uses to place the case."""
        if not self._question or name not in self._known:
            return False
        kind = _KIND_OF_THING.match(without_turns(text, ()))
        if kind and kind[1] == name and name.isupper():
            return True
        if name in words_and_parts(said_not_listed(text)):
            return True  # it is looked up: no cited passage writes it
        beside = _masked(text, _case_spans(text))
        return name not in (*names(beside), *self.names_that_begin(beside))

    def names_that_begin(self, text: str) -> tuple[str, ...]:
        """The first word of a text when the question writes it as a name, which its place does not tell."""
        first = _FIRST_WORD.match(text)
        return (first[1],) if first and simple_name(first[1]) in self._names else ()

    def admits_quantity(self, stated: Quantity, text: str, printed: Sequence[Quantity]) -> bool:
        """True for a number of the question that only places the case, the passages having no other of its kind."""
        if not any(q.value == stated.value and q.unit == stated.unit for q in self._quantities):
            return False
        if _only_denied(stated, text):
            return True
        if any(
            q.value != stated.value and (q.around & stated.around or (q.unit and q.unit == stated.unit))
            for q in printed
        ):
            return False
        left = quantities(_masked(text, [*_case_spans(text), *_spans(_SUBJECT, text)]))
        return not any(q.value == stated.value and q.unit == stated.unit for q in left)

    def without_means(self, text: str, passages: Sequence[GivenPassage]) -> str:
        """The text without the "vous pouvez" that answers "comment ?", for passages that say it as a plain fact."""
        match = _MEANS.match(plain_keeping_length(text))
        if (
            match is None
            or not _OPEN.search(plain(self._question))
            or any(not w.describes for p in passages for w in p.windows)
        ):
            return text
        left = text[match.end() :]
        wanted = set(content_stems(left))
        said = [w for p in passages for w in p.windows if 2 * len(wanted & w.stems) > len(wanted)]
        return left if said and not any(forces(plain(w.text)) - _NO_DUTY for w in said) else text

    def without_its_words(self, text: str, passages: Sequence[GivenPassage]) -> str:
        """The text without the words that come from the question only and place the case; whole if little is left."""
        if not self._question:
            return text
        low = plain_keeping_length(text)
        spans = [*_case_spans(text), *_spans(_SUBJECT, text), *_spans(_OWNED, text), *_spans(_PROVIDED, text)]
        cleft = _CLEFT.match(low) if _WHO.search(plain(self._question)) else None
        if cleft and forces(cleft[1]) <= forces(plain(self._question)):
            spans.append(cleft.span(1))
        kept = list(text)
        for match in re.finditer(r"[a-z0-9]+", low):
            if any(a <= match.start() < b for a, b in spans) and self._only_asked(match[0], passages):
                kept[match.start() : match.end()] = " " * len(match[0])
        left = "".join(kept)
        return left if len(claim_stems(left)) >= _LEAST_LEFT else text

    def _only_asked(self, word: str, passages: Sequence[GivenPassage]) -> bool:
        stems = content_stems(word)
        return (
            bool(stems) and self.asks(stems[0]) and not any(credit(stems[0], p.stems, p.roots, 1.0) for p in passages)
        )


def _only_denied(stated: Quantity, text: str) -> bool:
    """True when the number stands in what is denied, as no bound ("pas sur le port 80 : …")."""
    pieces = [plain(p) for p in _CUT.split(text) if any(q.value == stated.value for q in quantities(p))]
    return bool(pieces) and all(denies(p.removeprefix("non,")) and not _BOUNDS.search(p) for p in pieces)


def _spans(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    low = re.sub(r"[*_`]", " ", plain_keeping_length(text))
    return [m.span() for m in pattern.finditer(low)]


def _case_spans(text: str) -> list[tuple[int, int]]:
    """Where a text places the case: a fronted complement, a label, "ici …", what the reader owns, an example."""
    low = re.sub(r"[*_`]", " ", plain_keeping_length(text))
    found = [m.span() for p in (_FRONTED, _LABEL, _HERE, _NOT_THE_CASE) for m in p.finditer(low)]
    for pattern in (_OWNED, _LIKE):
        for match in pattern.finditer(low):
            clause = re.split(r"[,:;]", low[: match.start()])[-1]
            if match.groupdict().get("before") or not forces(clause):
                found.append(match.span())
    return found


def _masked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with what stands in the spans made unreadable, as long as before."""
    kept = list(text)
    for a, b in spans:
        kept[a:b] = re.sub(r"\w", "x", text[a:b])
    return "".join(kept)
