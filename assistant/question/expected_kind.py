"""What kind of thing a question waits for: a number, a moment, an address, somebody, a version."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from assistant.search.french_text import without_accents

_LINK = re.compile(r"https?\S+|\S+@\S+")
_NUMBER = re.compile(
    r"\d|\b(deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|quinze|vingt|trente|cent|mille|moitie|tiers|quart|"
    r"double|totalite)\b"
)
_MOMENT = re.compile(
    r"\b\d+ ?(?:h|j|jours?|mois|ans?|annees?|heures?|minutes?|semaines?)\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|"
    r"\b(?:jours?|mois|semaines?|quotidien\w*|hebdomadaire\w*|mensuel\w*|trimestriel\w*|annuel\w*|ans|reguli\w+|chaque|"
    r"avant|apres|lors|des que|au plus (?:tot|tard)|delais?|duree|moment|pendant|periodi\w+|continue?|des le|jusqu)\b"
)
_ADDRESS = re.compile(r"https?\S+|\S+@\S+|\]\(")
_SOMEBODY = re.compile(
    r"\b(?:equipes?|directions?|developpeurs?|hebergeurs?|exploitants?|titulaires?|prestataires?|ministere\w*|"
    r"administrat\w+|agents?|responsables?|departements?|services? (?:des?|du|team)|rssi|dnum|dinum|porteurs?|"
    r"utilisateurs?|usagers?|metiers?|architectes?|candidats?|fournisseurs?)\b"
)
_VERSION = re.compile(r"\bversions?\b|\b\d+\.\d+")
_UNIT = r"(?:heures?|h|jours?|mois|ans?|annees?|minutes?|semaines?|trimestres?|sprints?)"
_HOW_LONG = re.compile(
    rf"\b(?:au bout de|apres|en|sous|pendant|dans|tou\w* les)? ?combien (?:de )?(?:temps|{_UNIT})\b|"
    r"\btous les combien\b|\bquel(?:le)?s? (?:delai|duree|frequence|periodicite|rythme)s?\b|\bhow (?:long|often)\b"
)
_DURATION = re.compile(
    rf"\b(?:\d+|un|une|deux|trois|quatre|cinq|six|douze|quinze|trente|plusieurs|quelques|chaque|tous les|toutes les) "
    rf"{_UNIT}\b|"
    r"\b(?:quotidien|hebdomadaire|mensuel|trimestriel|semestriel|annuel)\w*"
)
_PORT = re.compile(r"\bports?\b.*\d|\d.*\bports?\b")

_MAY = re.compile(
    r"\b(?:autoris\w+|permis\w*|permet\w*|interdi\w+|refus\w+|droit|possible|accept\w+|toler\w+|"
    r"peut ?-? ?on|on (?:\w+ )?peut|peux|puis ?-? ?je|pouvons|allowed|forbidden|can (?:i|we)|may (?:i|we)|"
    r"(?:me|nous|vous|on) (?:\w+ )?laiss\w+)\b"
)
_HOW = re.compile(
    r"\b(?:comm?ent|que faire|quoi faire|on fait quoi|je fais quoi|how (?:do|can|to|should)|"
    r"quel(?:le)?s? (?:mesure|moyen|methode|precaution|action|pratique|parade|etape|demarche|mecanisme)s?)\b"
)
_INTERROGATIVE = re.compile(
    r"\b(?:qui|que|quoi|quel\w*|combien|comment|quand|ou|pourquoi|est-ce|qu|a|c|sert|what|who|how|when|where|why)\b"
)
_SHORT = 6
"""Words up to which a question that asks nothing else asks whether its thing is allowed: « du Fortran ici ? »."""
_RULES = re.compile(
    r"\bn(?:e |['’])(?:[\w'’]+ ){1,3}(?:pas|jamais|aucune?)\b|"
    r"\bne (?:doi\w+|peu\w+|faut) (?:[\w'’]+ ){0,2}?qu(?:e\b|['’])|"
    r"\b(?:interdi|proscri|prohib)\w+|\b(?:autorise|tolere|accepte|permis)e?s?\b|\b(?:est|sont) possibles?\b|"
    r"\b(?:a|ont) le droit\b"
)
_SUPPOSED = re.compile(r"\b(?:qui|lorsqu\w*|si|quand|dont|puisqu\w*|afin)\b[^,;:.(]*$")
"""Before a verb, what makes it a condition or a description."""

_ASKS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (re.compile(r"\bports?\b.*\?|\bquels? ports?\b"), _PORT),
    (re.compile(r"\bquelles? versions?\b|\bversion (?:de|minimale|minimum|faut)"), _VERSION),
    (
        re.compile(
            r"\bquand\b|\b(?:quel|a quel|dans quel|sous quel)s? (?:delai|moment|duree|frequence|date|rythme)s?\b|"
            r"\bquelle (?:duree|date|frequence|echeance|periodicite)\b|"
            r"\bcombien de (?:temps|jours|mois|semaines|annees|ans)\b|"
            r"\btous les combien\b|\bwhen\b|\bhow (?:often|long)\b"
        ),
        _MOMENT,
    ),
    (
        re.compile(
            r"\bcombien\b|\bhow (?:many|much)\b|"
            r"\bquel(?:le)? (?:nombre|pourcentage|taux|part|seuil|proportion|quantite|taille|capacite|limite)\b"
        ),
        _NUMBER,
    ),
    (
        re.compile(
            r"\bquel(?:le)?s? (?:adresse|mail|courriel|lien|url|site|depot|repo\w*)s?\b|\bwhere\b|"
            r"\b(?:adresse|url|lien|mail) (?:de|du|des|pour)\b|"
            r"\bou (?:\w+[- ]){0,3}(?:trouv\w+|telecharg\w+|recuper\w+|envo\w+|ecri\w+|deman\w+|signal\w+|"
            r"contribu\w+|lire)\b"
        ),
        _ADDRESS,
    ),
    (
        re.compile(
            r"\b(?:a|par|de|avec|chez|pour|est-ce) qui\b|^qui\b|\bc ?'? ?est qui\b|\bwho\b|"
            r"\bqui (?:est-ce|doit|signe|paie|fait|gere|decide|valide)\b"
        ),
        _SOMEBODY,
    ),
)  # fmt: skip


_plain = lru_cache(maxsize=8192)(without_accents)


@lru_cache(maxsize=512)
def expected_kind(question: str) -> Callable[[str], bool] | None:
    """Tells whether a sentence holds the kind of thing that the question waits for; None when it names no kind."""
    plain = without_accents(question).replace("’", "'")
    held = next((held for asks, held in _ASKS if asks.search(plain)), None)
    if held is None:
        return None
    links = held is _ADDRESS

    def holds(sentence: str) -> bool:
        text = _plain(sentence)
        return held.search(text if links else _LINK.sub(" ", text)) is not None

    return holds


@lru_cache(maxsize=512)
def expected_quantity(question: str) -> Callable[[str], bool] | None:
    """Tells whether a sentence holds the number or the duration that the question waits for; None when for none."""
    plain = without_accents(question).replace("’", "'")
    if _HOW_LONG.search(plain):
        return lambda sentence: _DURATION.search(_LINK.sub(" ", _plain(sentence))) is not None
    held = next((held for asks, held in _ASKS if asks.search(plain)), None)
    return expected_kind(question) if held is _NUMBER else None


def wants_an_address(question: str) -> bool:
    """True when the question waits for an address, a link or a place to find something."""
    kind = expected_kind(question)
    return kind is not None and kind("https://exemple.fr")


@lru_cache(maxsize=512)
def asks_leave(question: str) -> bool:
    """True when the question asks whether something is allowed, or only names a thing in a few words."""
    plain = without_accents(question).replace("’", "'")
    words = re.findall(r"[\w-]+", plain)
    named = len(words) <= _SHORT and plain.rstrip().endswith("?") and not _INTERROGATIVE.search(plain)
    return named or _MAY.search(plain) is not None


@lru_cache(maxsize=512)
def asks_how(question: str) -> bool:
    """True when the question asks what to do: how, by which means, which measures."""
    return _HOW.search(without_accents(question)) is not None


def rules(sentence: str) -> bool:
    """True when the sentence forbids or allows, otherwise than in a condition."""
    text = _plain(sentence)
    return any(not _SUPPOSED.search(text[: found.start()]) for found in _RULES.finditer(text))


def waited(question: str, sentences: Sequence[str]) -> tuple[float, float]:
    """1 when the question waits for a kind of thing, else 0; and 1 when one of the sentences holds it."""
    holds = expected_kind(question)
    if holds is None:
        return 0.0, 0.0
    return 1.0, float(any(holds(sentence) for sentence in sentences))
