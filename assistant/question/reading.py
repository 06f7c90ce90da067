"""What a question asks for, read from its wording: identifiers, a list, a comparison, a source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from assistant.question.asked_of_record import asked_of_record
from assistant.question.definitions import asked_term, asked_terms, few_words
from assistant.search.french_text import STOP_WORDS, tokens, without_accents
from ingest.passage import Priority

_FAMILIES = {
    "g": "G", "general": "G", "generale": "G", "generales": "G", "generalite": "G",
    "org": "ORG", "orga": "ORG", "organisation": "ORG", "organisationnelle": "ORG", "organisationnelles": "ORG",
    "arch": "ARCH", "archi": "ARCH", "architecture": "ARCH",
    "data": "DATA", "donnees": "DATA", "donnee": "DATA",
}  # fmt: skip
_FAMILY = "|".join(sorted(_FAMILIES, key=len, reverse=True))
_NUMBER = r"(?:numero\s*|n\s*[o°.]?\s*)?"
_EXI = re.compile(rf"\bexi(?:[\s_\-.]+({_FAMILY}|[a-z]{{1,6}})|({_FAMILY}))[\s_\-.]*{_NUMBER}0*(\d{{1,3}})\b")
_BARE = re.compile(r"\b(arch|archi|org|orga|data)[\s_\-.]*0*(\d{1,2})\b|\bg[\-_.]?0*(\d)\b")
_SPELT = re.compile(
    rf"\b(?:exigence|regle)s?\s+{_NUMBER}0*(\d{{1,2}})\s+"
    r"(?:de\s+la\s+|d\s*['’]?\s*|des\s+|de\s+l\s*['’]?\s*|de\s+|en\s+|sur\s+les?\s+)?"
    rf"(?:categorie\s+|famille\s+|partie\s+)?({_FAMILY})\b"
)
_SPELT_AFTER = re.compile(rf"\b(?:exigence|regle)s?\s+({_FAMILY})[\s\-]*{_NUMBER}0*(\d{{1,2}})\b")
_HYPHENS = re.compile("[‐‑‒–—−]")
_PI_ALONE = re.compile(r"\bpi\b")
_OLD = re.compile(r"\bex-?0*(\d{1,2})\b")
_COMPONENT = re.compile(r"\bcomp(?:osant)?[\s_\-.]*(?:n\s*[o°.]?\s*)?0*(\d{1,3})\b")
_NAMED_COMPONENT = re.compile(r"\b(ACCUSER|ACCAPP|APPINT|APPEXT)\b", re.IGNORECASE)
_SERIES = re.compile(rf"\bexi[\s_\-.]*({_FAMILY})(?:\s*-?\s*\*|\s*-\s*x{{1,2}})?(?![\s_\-.]*\d)\b")

_LIST = re.compile(
    r"\b(quelles? sont|quels? sont|liste[rsz]?|enumere[rsz]?|combien|toutes? les|tous les|donne[sz]?( ?-? ?moi)? les|"
    r"recapitul\w*|recense\w*|quelles (exigences|regles|obligations)|list (all|the|of)|which requirements|how many|"
    r"les exigences|what are|resume[rsz]?|synthetise[rsz]?|affiche[rsz]?|montre[rsz]?)\b"
)
_REQUIREMENTS = re.compile(
    r"\b(exigences?|regles?|requirements?|obligations?|(?:tout )?ce qui est (?:demande|exige|impose|obligatoire))\b"
)
_TYPE_P = re.compile(
    r"(?:\b(?:type|niveau|exigences?|en|les|des|requirements?)\s+|\()p\b|\bprimordiales?\b|\beliminatoires?\b"
)
_TYPE_I = re.compile(r"(?:\b(?:type|niveau|exigences?|en|les|des|requirements?)\s+|\()i\b|\bimportantes?\b")
_COUNT = re.compile(r"\b(combien|nombre d|how many)\b")
_COMPARE = re.compile(
    r"\b(differences?|compar\w*|distinguer?|ecarts?|divergen\w+|"
    r"les deux (cct|cadres|documents|referentiels|listes|tables|textes)|"
    r"entre (mirai|pi|les deux)|l ?.?un et l ?.?autre|meme chose dans|both|versus|vs|different)\b"
)
_MIRAI_NAME, _PI_NAME = r"(?:cct )?mir ?.?ai", r"(?:cct )?(?:cloud )?(?:pi|π)(?:[ \-]?native)?"
_BETWEEN_BOTH = r"\s*(?:/|,?\s*\b(?:ou|et|or|and|comme)\b)\s*(?:(?:dans|chez|cote|pour|en|sur|in)\s+)?(?:l[ea]s?\s+)?"
_BOTH = re.compile(
    rf"\b{_MIRAI_NAME}\b{_BETWEEN_BOTH}\b{_PI_NAME}\b|\b{_PI_NAME}\b{_BETWEEN_BOTH}\b{_MIRAI_NAME}\b|"
    r"\bdans (?:les deux|l'un et dans l'autre)\b"
)
_BINDING = re.compile(
    r"\b(?:p ou i|i ou p|primordial\w*|eliminatoires?|obligatoires?|obligation|facultati\w*|optionnel\w*|bonus)\b"
)
_STATUS = re.compile(
    rf"{_BINDING.pattern}|\b(?:important\w*|recommande\w*|simple\w*|juste|exigences?|regles?|types?|niveaux?|meme|"
    r"pareil\w*|plutot)\b"
)
_TOLD = re.compile(
    r"^(?:que|qu'est[- ]ce que?) (?:dit|disent|prevoit|prevoient|precise\w*|raconte\w*)(?:[- ]t[- ]il|[- ]on)? "
    r"(?:(?:les? |l')?(?:deux )?(?:cct|cadres?|documents?|textes?|mir ?.?ai|(?:cloud )?pi(?: native)?)\s+){1,3}"
    r"(?:sur|a propos|au sujet|concernant|pour|du|des|de)\s+(?:(?:de|du|des|les|le|la|un|une)\s+|[ld]')*"
    r"([\w-]+(?: [\w-]+)?)\s*[?.!]*$"
)
_NAMES_REQUIREMENTS = re.compile(r"\b(exigences?|requirements?)\b")
_ABOUT = re.compile(
    r"\b(parlent|traitent|concernent|portent|touchent|touchant|concernant|relatives?|liees?|mentionnent|evoquent|about|mention)\b"
)
_MIRAI = re.compile(r"\bmir ?.?ai\b")
_PI = re.compile(
    r"\b(cloud )?(pi|π)([ \-]?native)\b|\bcct pi\b|\bcloud native\b|\bpi native\b|\bcote pi\b|\bcloud pi\b"
)
_FOLLOW_UP = re.compile(
    r"^(et|mais|ok|oui|non|donc|alors|pourquoi|comment ca|c ?.?est.a.dire|lequel|laquelle|lesquels|dans ce cas|sinon|"
    r"and|why|what about)\b"
)
_ANAPHORA = re.compile(
    r"\b(ca|cela|est[- ]elle|est[- ]il obligatoire|"
    r"celle(-| )?ci|celui(-| )?ci|cette (exigence|regle)|ce point|la meme chose|this one|that)\b"
)
_MARK = re.compile(r"\b(?:flux|reperes?)\s*(?:n\s*[o°.]?\s*|numero\s*)?\(?(\d{1,2}[a-z]?)\b")
_PERMISSION = re.compile(
    r"\b(?:autoris\w+|permis\w*|interdi\w+|obligatoires?|oblig[ee]s?|le droit|possible|peut ?-? ?on|on peut|peux|"
    r"puis ?-? ?je|pouvons|faut ?-? ?il|doit ?-? ?on|dois|devons|allowed|may we|can we)\b"
)
_JUDGING = frozenset(
    tokens(
        "obligatoire obligatoires facultatif primordial primordiale important importante autorisé autorisée permis "
        "interdit interdite possible nécessaire indispensable recommandé conseillé valable vrai faux cas pareil "
        "pareille chose exigence règle point oui non ok vraiment toujours sinon lequel laquelle lesquels grave dire"
    )
)
_OTHER_THAN_NAMES = STOP_WORDS - set(re.findall(r"\w+", "a au aux d de des du en et l la le les ou un une"))
_SOURCE_WORDS = frozenset(tokens("mirai pi cloud native cct"))


@dataclass(frozen=True, slots=True)
class RecordList:
    """A list of requirements that is asked for whole."""

    priority: Priority | None
    family: str | None
    """ "ARCH", "DATA"… when a family or its category is named."""
    subject: str
    """What is left of the question once type, family and the words that ask are taken away."""
    count_only: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What the wording of one question tells, before any search."""

    ids: tuple[str, ...] = ()
    """Normalised identifiers, in the order of the question, known or not."""
    record_list: RecordList | None = None
    compares: bool = False
    subject: str = ""
    """What a comparison is about, without the words that compare."""
    defines: str = ""
    """The term whose meaning is asked, without accents and in lower case; or the few words that are the question."""
    defines_each: tuple[str, ...] = ()
    """The terms whose meanings are asked together, written as `defines` is."""
    asks_meaning: bool = False
    """True when the question says that it asks what `defines` means."""
    names_only: bool = False
    """True for a term alone, a few words without a verb or a word that asks."""
    sources: tuple[str, ...] = ()
    """Sources that the question names; empty when it names none or all."""
    leans_on_history: bool = False
    says_that_it_leans: bool = False
    """True when a word says so (et, pourquoi, cette exigence…), not only the question's brevity."""

    told: str = ""
    """The one or two words of which it asks what a document says, and nothing more of them."""
    mark: str = ""
    """The mark of a figure's legend that it names, « flux n° 8 » → "8"."""
    asks_permission: bool = False
    """True when it asks whether something is allowed or required."""
    asks_status: bool = False
    """True when it asks how binding a requirement is: P or I, required or only advised."""
    beside_ids: str = ""
    """What is asked of the records that it names; empty when it asks for them and no more."""
    says_nothing_alone: bool = False
    """True for the end of a conversation: it says that it leans or judges, and names nothing to judge."""

    @property
    def asks_for_records(self) -> bool:
        """True when the question names identifiers or asks for a whole list: the records answer, not the search."""
        return bool(self.ids) or self.record_list is not None


@lru_cache(maxsize=512)  # one answer reads its question several times
def read_question(text: str) -> Reading:
    """The reading of a question; never fails."""
    plain = without_accents(text)
    plain = re.sub(r"[’`´]", "'", plain)
    plain = _HYPHENS.sub("-", plain)
    spans = _ids(plain, text)
    ids = tuple(dict.fromkeys(spans.values()))
    mirai, pi = bool(_MIRAI.search(plain)), bool(_PI.search(plain)) or "π" in text
    pi = pi or (mirai and bool(_PI_ALONE.search(plain)))
    named = tuple(s for s, here in (("mirai", mirai), ("pi", pi)) if here)
    words = re.findall(r"\w+", plain)
    meaning = asked_term(plain)
    says = len(words) <= 14 and bool(_FOLLOW_UP.match(plain.strip(" ?!.,")) or _ANAPHORA.search(plain))
    listed = None if ids else _record_list(plain)
    nothing = not ids and listed is None and _names_nothing(plain, says)
    return Reading(
        ids=ids,
        record_list=listed,
        compares=bool(_COMPARE.search(plain) or _BOTH.search(plain)),
        subject=_compared(plain),
        defines=meaning or few_words(plain),
        defines_each=asked_terms(plain),
        asks_meaning=bool(meaning),
        names_only=bool(few_words(plain)) and not set(words) & _OTHER_THAN_NAMES,
        sources=named if len(named) == 1 else (),
        leans_on_history=not ids and (says or nothing or len(words) <= 2),
        says_that_it_leans=says,
        told=told[1] if (told := _TOLD.match(plain)) and not ids else "",
        mark=named_mark[1] if (named_mark := _MARK.search(plain)) else "",
        asks_permission=bool(_PERMISSION.search(plain)),
        asks_status=bool(_BINDING.search(plain)),
        beside_ids=asked_of_record(text if len(text) == len(plain) else plain, spans) if ids else "",
        says_nothing_alone=nothing,
    )


def _names_nothing(plain: str, leans: bool) -> bool:
    """True when only words that judge are left, or the name of a source in a question that says that it leans."""
    left = set(tokens(plain)) - _JUDGING
    return not left - _SOURCE_WORDS and (leans or (not left and bool(_JUDGING & set(tokens(plain)))))


def _ids(plain: str, text: str) -> dict[tuple[int, int], str]:
    """Where the identifiers stand in the question, in its order."""
    found: dict[int, tuple[int, str]] = {}
    for match, identifier in _matches(plain, text):
        if not any(start <= match.start() < end for start, (end, _) in found.items()):
            found[match.start()] = (match.end(), identifier)
    if not found:
        found = {m.start(): (m.end(), f"EX{int(m[1])}") for m in _OLD.finditer(plain)}
    return {(start, end): identifier for start, (end, identifier) in sorted(found.items())}


def _matches(plain: str, text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Every spelling of an identifier, the surest first."""
    for match in _EXI.finditer(plain):
        family = match[1] or match[2]
        yield match, f"EXI-{_FAMILIES.get(family, family.upper())}-{int(match[3])}"
    for match in _SPELT.finditer(plain):
        yield match, f"EXI-{_FAMILIES[match[2]]}-{int(match[1])}"
    for match in _SPELT_AFTER.finditer(plain):
        yield match, f"EXI-{_FAMILIES[match[1]]}-{int(match[2])}"
    for match in _BARE.finditer(plain):
        if not match[3]:
            yield match, f"EXI-{_FAMILIES[match[1]]}-{int(match[2])}"
        elif "-" in match[0] or text[match.start() : match.start() + 1] == "G":
            yield match, f"EXI-G-{int(match[3])}"  # "g6" alone may be anything: it takes a hyphen or a capital
    for match in _COMPONENT.finditer(plain):
        yield match, f"COMP{int(match[1]):03d}"
    for match in _NAMED_COMPONENT.finditer(text):
        yield match, match[1].upper()


def _record_list(plain: str) -> RecordList | None:
    priority: Priority | None = "P" if _TYPE_P.search(plain) else "I" if _TYPE_I.search(plain) else None
    if _TYPE_P.search(plain) and _TYPE_I.search(plain):
        priority = None
    asks = bool(_LIST.search(plain))
    about = bool(_REQUIREMENTS.search(plain))
    series = _SERIES.search(plain)
    if not ((asks and about) or (series and asks) or (priority and about and len(plain.split()) <= 8)):
        return None
    family = _FAMILIES.get(series[1]) if series else _family(plain)
    rest = _without_asking_words(plain)
    names_subject = bool(_NAMES_REQUIREMENTS.search(plain) and _ABOUT.search(plain) and tokens(rest))
    if priority is None and family is None and not names_subject and not _asks_for_everything(plain, rest):
        return None
    return RecordList(priority, family, rest, bool(_COUNT.search(plain)))


def _compared(plain: str) -> str:
    """What a comparison is about: the question without the words that compare and the names of the sources."""
    for pattern in (_COMPARE, _MIRAI, _PI, _PI_ALONE, _STATUS):
        plain = pattern.sub(" ", plain)
    return " ".join(w for w in re.findall(r"\w{2,}", plain) if w not in {"cct", "entre", "quelle", "quelles", "sur"})


def _family(plain: str) -> str | None:
    named = re.search(
        r"\b(?:exigences?|regles?|categorie|famille|requirements?|(?:est|sont) (?:demande|exige|impose)e?s?)"
        r"\s+(?:[pi]\s+)?(?:primordiales?\s+|importantes?\s+)?"
        rf"(?:de\s+la\s+|d\s*'\s*|d\s+|des\s+|de\s+|en\s+|sur\s+(?:les?\s+|l\s*'\s*|la\s+)?|about\s+|on\s+)?({_FAMILY})\b",
        plain,
    )
    return _FAMILIES[named[1]] if named else None


def _without_asking_words(plain: str) -> str:
    rest = _LIST.sub(" ", plain)
    rest = _REQUIREMENTS.sub(" ", rest)
    rest = _ABOUT.sub(" ", rest)
    rest = re.sub(
        r"\b(p|i|primordiales?|importantes?|eliminatoires?|types?|niveau|categorie|famille|cct|mir ?.?ai|cloud|pi|"
        r"native|sont|quelles?|quels?|exi|dans|il y a|y a t il|t il|a t on|d'apres|document|referentiel)\b",
        " ",
        rest,
    )
    return " ".join(re.findall(r"\w{2,}", rest))


def _asks_for_everything(plain: str, rest: str) -> bool:
    everything = bool(_COUNT.search(plain) or re.search(r"\btoutes? les (exigences|regles)\b", plain))
    return everything and not tokens(rest)
