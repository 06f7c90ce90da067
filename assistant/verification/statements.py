"""What a sentence states that can be looked up: identifiers, types, sources, quotations, numbers, names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistant.search.french_text import STOP_WORDS, without_accents
from assistant.verification.clause_reading import plain
from assistant.verification.draft_sentences import MARKER, marker_numbers
from assistant.verification.evidence import IDENTIFIER, compact_id
from assistant.verification.french_words import word_stem
from ingest.passage import Priority

_QUOTED = re.compile(r"«\s*(.+?)\s*»|“([^”]+)”|(?<![\w\d])\"([^\"]+)\"(?!\w)")
_LETTER = re.compile(r"(?<![\w'’&/.\-])([PI])(?![\w'’&/\-])(?!\.\w)")
_PRIMORDIALE = re.compile(r"\bprimordia\w+|\beliminatoires?\b")
_IMPORTANTE = re.compile(
    r"\b(?:exigences?|regles?)\s(?:\w+\s){0,2}importantes?\b|[(,]\s*importantes?\s*[),]|\b(?:type|niveau|"
    r"priorite)\s\W{0,2}importante?\b"
    r"|\bqualifiee?s? d'importantes?\b|\bclassee?s? (?:comme )?importantes?\b"
)
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[  ]\d{3})*(?:[.,]\d+)*(?!\d)")
_NUMBER_WORDS = {
    w: str(n)
    for n, w in [
        (2, "deux"), (3, "trois"), (4, "quatre"), (5, "cinq"), (6, "six"), (7, "sept"), (8, "huit"),
        (10, "dix"), (11, "onze"), (12, "douze"), (13, "treize"), (14, "quatorze"), (15, "quinze"), (16, "seize"),
        (20, "vingt"), (30, "trente"), (40, "quarante"), (50, "cinquante"), (60, "soixante"), (100, "cent"),
        (1000, "mille"), (24, "vingt-quatre"), (48, "quarante-huit"), (72, "soixante-douze"),
        (90, "quatre-vingt-dix"), (80, "quatre-vingts"),
        (10, "dizaine"), (12, "douzaine"), (20, "vingtaine"), (30, "trentaine"), (50, "cinquantaine"),
        (100, "centaine"), (1000, "millier"),
    ]
}  # fmt: skip
_RHYTHM = re.compile(r"\b(?:tous|toutes) les (?=[\w-]+ (?:mois|ans|annees|jours|semaines|heures|minutes|secondes)\b)")
"""Before a number that is counted, though an article stands before it."""
_GLUED = re.compile(r"(?<=[a-z]{4})(?=\d{1,2}\b)")
"""Where a name and its version are written as one word."""
_NUMBER_WORD = re.compile(
    r"(?<!\bles )(?<!\bces )(?<!\baux )(?<!\bdes )(?<!\btous )(?<!\btoutes )\b("
    + "|".join(sorted(_NUMBER_WORDS, key=len, reverse=True))
    + r")\b"
)
_LISTED = re.compile(r"[a-z-]+ [^,:;()]{3,60}(?: :|,) ([^;:]+? (?:et|ou) [^,;:]{2,60})")
_UNITS = {
    "%": "%", "jour": "jour", "jours": "jour", "heure": "heure", "heures": "heure", "h": "heure",
    "minute": "minute", "minutes": "minute", "min": "minute", "seconde": "seconde", "secondes": "seconde",
    "mois": "mois", "an": "an", "ans": "an", "annee": "an", "annees": "an", "semaine": "semaine",
    "semaines": "semaine", "go": "go",
    "gigaoctet": "go", "gigaoctets": "go", "megaoctet": "mo", "megaoctets": "mo", "teraoctets": "to",
    "mo": "mo", "ko": "ko", "to": "to", "euros": "euro", "ms": "ms",
    "datacenter": "site", "datacenters": "site",
}  # fmt: skip
_ADDRESS = re.compile(r"https?://[^\s)>\]]+|\bwww\.[^\s)>\]]+")
_AS_DOCUMENT = (
    r"\b(?:cct|cadre|cadres|referentiel|document|volet|dans|selon|cote|pour)\s(?:de coherence technique\s)?"
    r"(?:de\s|du\s|le\s)?(?:cct\s)?"
)
_SOURCE = (
    (_AS_DOCUMENT + r"mir ?ai\b", "mirai"),
    (_AS_DOCUMENT + r"(?:cloud\s)?(?:pi|π)(?:\s|-)?native\b", "pi"),
    (r"\b(?:cct|cadre|referentiel) cloud native\b", "pi"),
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a sentence with the markers that follow it."""

    text: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as a reader understands it, its unit, and the stems around it."""

    value: str
    unit: str
    around: frozenset[str]
    listed: bool = False
    """True for a number word that only counts what the sentence itself lists right after ("deux voies, A et B")."""
    pairs: bool = False
    """True for "deux" before a plural noun: two things that a passage may only say to be mutual."""
    small: bool = False
    """True for two to six in words, without a unit: it may count the items of a list."""


def segments(text: str) -> tuple[Segment, ...]:
    """The parts of a sentence, each with its markers; words after the last marker belong to the part before."""
    found: list[Segment] = []
    at = 0
    matches = list(MARKER.finditer(text))
    for k, match in enumerate(matches):
        between = text[at : match.start()]
        numbers = marker_numbers(match[0])
        if k and not re.search(r"\w", between):
            found[-1] = Segment(found[-1].text, found[-1].numbers + numbers)
        else:
            found.append(Segment(between.strip(), numbers))
        at = match.end()
    rest = text[at:].strip()
    if not found:
        return (Segment(text.strip(), ()),)
    if re.search(r"\w", rest):
        found[-1] = Segment(f"{found[-1].text} {rest}", found[-1].numbers)
    return tuple(found)


def identifiers(text: str) -> tuple[str, ...]:
    """The identifiers that a text names, normalised."""
    return tuple(dict.fromkeys(compact_id(m[0]) for m in IDENTIFIER.finditer(text) if _is_identifier(m[0])))


def _is_identifier(printed: str) -> bool:
    return any(c.isdigit() for c in printed) or printed.isupper()


def quotations(text: str) -> tuple[str, ...]:
    """What stands between quotation marks, a closing punctuation mark left out."""
    found = (next(g for g in m.groups() if g is not None) for m in _QUOTED.finditer(text))
    return tuple(q for q in (part.strip().rstrip(".,;:").strip() for part in found) if q)


def without_quotations(text: str) -> str:
    """The writer's own words."""
    return _QUOTED.sub(" ", text)


def stated_types(text: str) -> tuple[tuple[Priority, str | None], ...]:
    """Every type that a text states, with the source that is named nearest before it or, else, after it."""
    without_ids = IDENTIFIER.sub(lambda m: " " * len(m[0]), text)
    low = plain_keeping_length(without_ids)
    found: list[tuple[int, Priority]] = [
        (m.start(), "P" if m[1] == "P" else "I") for m in _LETTER.finditer(without_ids)
    ]
    found += [(m.start(), "P") for m in _PRIMORDIALE.finditer(low)]
    found += [(m.start(), "I") for m in _IMPORTANTE.finditer(low)]
    sources = named_sources(text)
    stated = []
    for at, priority in sorted(found):
        near = sorted(sources, key=lambda s: abs(s[0] - at))
        stated.append((priority, near[0][1] if near else None))
    return tuple(dict.fromkeys(stated))


def named_sources(text: str) -> tuple[tuple[int, str], ...]:
    """(position, source) for each source that a text names as the document it speaks of."""
    low = plain_keeping_length(text)
    return tuple(sorted((m.start(), source) for pattern, source in _SOURCE for m in re.finditer(pattern, low)))


def plain_keeping_length(text: str) -> str:
    """Lower case without accents, as long as the text: positions stay."""
    return "".join(without_accents(c)[:1] or c for c in text.replace("’", "'"))


def quantities(text: str) -> tuple[Quantity, ...]:
    """The numbers of a text, in digits or in words, identifiers and addresses left out."""
    bare = _ADDRESS.sub(" ", IDENTIFIER.sub(" ", MARKER.sub(" ", text)))
    low = _RHYTHM.sub("par ", _GLUED.sub(" ", re.sub(r"\bpour cent\b", "%", plain(bare))))
    found = [(m.start(), m.end(), _value(m[0])) for m in _NUMBER.finditer(low)]
    found += [(m.start(), m.end(), _NUMBER_WORDS[m[1]]) for m in _NUMBER_WORD.finditer(low)]
    kept = []
    for start, end, value in sorted(found):
        after = re.match(r"\s*(?:d'|de )?(%|[a-z]+)", low[end:])
        unit = _UNITS.get(after[1], "") if after else ""
        around = _stems(low[max(0, start - 60) : start])[-4:] + _stems(low[end : end + 60])[:4]
        listed = not unit and (_counts_a_list(value, low[start:]) or bool(_SUMS_UP.search(low[:start])))
        pairs = not unit and bool(re.match(r"deux (?:\w+s|[a-z]{2,4})\b", low[start:]))
        small = not unit and bool(re.match(r"(?:deux|trois|quatre|cinq|six) [a-z]", low[start:]))
        kept.append(Quantity(value, unit, frozenset(around), listed, pairs, small))
    return tuple(kept)


_SUMS_UP = re.compile(r"\bet\b.*\b(?:ce sont|sont|restent) $")
"""Before a number that counts what the sentence named just before ("A et B : ce sont deux notions")."""
_MUTUAL = re.compile(
    r"\b(?:mutuel\w*|reciproque\w*|l'une? (?:l'|a l'|et l'|de l')autre|entre (?:elles|eux|applications|"
    r"composants|modules|services)|une autre)\b"
)


def says_mutual(text: str) -> bool:
    """True when a text speaks of two things without counting them."""
    return bool(_MUTUAL.search(plain(text)))


def _counts_a_list(value: str, rest: str) -> bool:
    """True when as many things as a number word says are listed after it: "trois voies sont citées : A, B et C"."""
    match = _LISTED.match(rest)
    if not match or not value.isdigit() or rest[:1].isdigit():
        return False
    items = re.split(r", | (?:et|ou) ", match[1])
    return len(items) == int(value) and all(item.strip() for item in items)


def _value(digits: str) -> str:
    joined = re.sub(r"[  ]", "", digits).replace(",", ".")
    return joined.removesuffix(".0")


def _stems(low: str) -> list[str]:
    return [word_stem(w) for w in re.findall(r"[a-z0-9]+", low) if w not in STOP_WORDS and len(w) > 1]


_IS_NOT = re.compile(
    r"\b(?:n'|ne )(?:est|sont|constitue\w*|releve\w*|represente\w*)\b[^.;:,]{0,25}?\b(?:pas|plus|aucunement)\b"
    r"([^.;:,]{0,60})"
)


_LABELLED = re.compile(rf"(?:{IDENTIFIER.pattern})\W{{0,4}}\([PI]\)", re.IGNORECASE)
"""An identifier with its type: the type is said of it, and of nothing that is denied before."""


def denies_a_type(text: str) -> bool:
    """True for "n'est pas une exigence primordiale" and the like."""
    text = _LABELLED.sub(" ", text)
    low = plain_keeping_length(text)
    for match in _IS_NOT.finditer(low):
        if _PRIMORDIALE.search(match[1]) or re.search(r"\bimportante?s?\b", match[1]):
            return True
        if _LETTER.search(text[match.start(1) : match.end(1)]):
            return True
    return False


def addresses(text: str) -> tuple[str, ...]:
    """The web addresses of a text."""
    return tuple(m[0].rstrip(".,;:") for m in _ADDRESS.finditer(text))


def supports_types(
    stated: Iterable[tuple[Priority, str | None]], printed: Iterable[Mapping[str, frozenset[Priority]]]
) -> bool:
    """True when each stated type is printed for a cited passage, in the source that is named with it.

    A passage with two types (one a source) supports a type only where its source is named, or where both are.
    """
    stated = tuple(stated)
    both = {p for p, _ in stated} == {"P", "I"}
    for priority, source in stated:
        fits = False
        for types in printed:
            everywhere = frozenset().union(*types.values()) if types else frozenset()
            if source is not None and source in types:
                fits |= priority in types[source]
            else:
                fits |= priority in everywhere and (len(everywhere) == 1 or both)
        if not fits:
            return False
    return True
