"""Questions about change, read from their wording: what, between which moments, and which kind of change.

An ordinary question must never be taken for one. So every word has to be understood: once the words that ask, the
moments, the identifiers and the names of the documents are taken away, nothing may be left, or only a subject in a
question that names the documents themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from assistant.changes.moments import Period, read_period
from assistant.question.reading import read_question
from assistant.search.french_text import tokens, without_accents
from ingest.passage import Priority
from ingest.revisions.lineage import Kind

Asks = Literal["changes", "value", "when", "story"]

_KINDS: tuple[tuple[Kind, str], ...] = (
    ("added", r"ajoute\w*|ajouts?|introduit\w*|apparu\w*|apparait|apparition|nouvelles?|nouveaux|arrive\w*"),
    ("removed", r"retire\w*|retraits?|supprime\w*|suppressions?|enleve\w*|disparu\w*|disparait|disparition"),
    ("renumbered", r"renumerote\w*|renumerotations?|change\w* de (?:numeros?|identifiants?)"),
    ("retyped", r"change\w* de (?:types?|niveaux?)|passe\w* (?:de|en|du type|du niveau)\b|devenu\w*|devient"),
    ("reworded", r"reformule\w*|reformulations?|reecri\w*|redige\w*"),
)  # fmt: skip
_CHANGED = (
    r"change(?:e?s?|ments?)?|evolue\w*|evolutions?|bouge\w*|modifie(?:e?s?)?|modifications?|differences?|ecarts?|"
    r"nouveautes?|neuf|mis(?:e?s?) a jour|remanie\w*|corrige\w*"
)
_ANY_CHANGE = re.compile(rf"\b(?:{'|'.join(pattern for _, pattern in _KINDS)}|{_CHANGED})\b")
_ASKS_CHANGES = re.compile(
    r"\bqu\W*est\W*ce qui\b|\bce qui\b|\bquoi de\b|\bque(?:l(?:le)?s?)?\b|\blist\w+|\bdonne\w*|"
    r"\bresum\w+|\bmontre\w*|\bcombien\b|"
    r"\b(?:a|ont)\W*(?:t\W*)?(?:elles?|ils?)\b|\best\W*ce que\b|^(?:les )?(?:derni|changement|modification|"
    r"difference|evolution|nouveaute|nouvelle|ajout|retrait|exigence)|\by a\W*t\W*il\b|\bcompar\w+"
)
_DOCUMENTS = re.compile(
    r"\b(?:cct|cadres?|exigences?|regles?|documents?|tables?|tableaux?|guides?|normes?|glossaires?|referentiels?|mirai|"
    r"cloud pi|pi|textes?|revisions?|versions?|commits?)\b"
)
_WHEN = re.compile(
    r"\b(?:quand|a quelle date|dans quelle (?:revision|version)|"
    r"(?:depuis|a partir de) (?:quand|quelle (?:revision|version|date))|"
    r"quelle (?:revision|version)|quel commit|de quand date\w*|en quelle annee)\b"
)
_STORY = re.compile(
    r"\b(?:histo(?:rique|ire)|evolutions?|evolue\w*|changements?|modifications?|parcours|retrace\w*|"
    r"(?:a|ont)\W+(?:t\W*)?(?:elles?\W+)?(?:deja |beaucoup |souvent )?(?:change|ete modifie)\w*)\b"
)
_FROM_TO = re.compile(r"\b(?:de|du (?:type|niveau)) ([ip])\s+(?:a|en|vers|au (?:type|niveau)) ([ip])\b")
_TO = re.compile(r"\b(?:passe\w*|devenu\w*|devient) (?:en |de type |type )?(p|i|primordiales?|importantes?)\b")
_PRIORITY = re.compile(r"\bexigences? (?:de (?:type|niveau) )?(p|i|primordiales?|importantes?)\b")
_ORDER = re.compile(
    r"^\W*(?:s'il te plait,? |svp,? |merci de |(?:peux|pourrais)\W*tu )?"
    r"(?:modifi|chang|corrig|pass|supprim|ajout|retir|reformul|renumerot)(?:e[szr]?|ons)\b|\bpour qu|"
    r"\b(?:fau\w+|doi\w+|devons|devez|devrai\w+|peu[tx]|puis|pouvons|veu\w+|voudrai\w+)\b"
)
"""Something to be done: an instruction, or what an application must do."""
_ID = re.compile(r"\b(?:exi?[\s_.\-]*(?:[a-z]{1,6}[\s_.\-]*)?\d{1,3}|(?:arch|archi|orga?|data|g)[\s_.\-]*\d{1,2})\b")
_KNOWN = frozenset(
    """
    quoi valait vaut disait dit etait etaient exigeait demandait imposait signifiait designait contenait contenu texte
    textes type types libelle formulation teneur sens numero numeros identifiant identifiants niveau niveaux
    exigence exigences regle regles cct cadre cadres coherence technique techniques document documents table tables
    tableau tableaux liste listes guide norme normes glossaire terme termes passage passages referentiel
    source sources
    mirai mir ai cloud pi native socle plateforme revision revisions version versions edition commit commits date
    mise jour jours mois annee annees an debut fin cours courant periode pendant durant depuis apres avant partir
    compter jusqu jusque jusquau entre moment epoque alors premiere fois aujourd hui maintenant deja beaucoup souvent
    primordiale primordiales importante importantes p i obligatoire
    liste lister donne donner moi montre montrer resume resumer resumez indique indiquer combien quel dis dire
    historique histoire parcours retrace retracer trace suivi suivre comment pourquoi reellement exactement vraiment
    derniere dernieres dernier derniers recente recentes recents officiel officielle officiels nouveau
    subi subies connu connues eu lieu publie publiee parue paru sortie publies publiees
    apporte apportee apportees apportes
    comparer compare comparaison
    t ce est ete a ont y il elle elles ils
    """.split()  # noqa: SIM905  # a paragraph is easier to review than 150 strings
)
_BETWEEN_DOCUMENTS = re.compile(
    r"\b(?:les|des) deux (?:cct|cadres?|documents?|referentiels?|textes?|tables?|tableaux?)\b|"
    r"\bd'un (?:cct|cadre|document) a l'autre\b|\bentre (?:le )?(?:cct )?(?:mir ?ai|(?:cloud )?pi)\b"
)
"""Compares the documents with each other, not one of them with what it was."""
_ROLES = (("guide", r"\bguides?\b"), ("glossary", r"\bglossaires?\b"), ("norms", r"\bnormes?\b"))
_PI_ALONE, _MIRAI = re.compile(r"\b(?:du|le|la|de|cct|guide|glossaire|table|cloud) pi\b"), re.compile(r"\bmir ?ai\b")
_LONGEST = 30
"""Words of the longest question about change: what is longer tells a situation."""


@dataclass(frozen=True, slots=True)
class ChangeQuestion:
    """What a question about change asks for."""

    asks: Asks
    period: Period
    ids: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    """The kinds of change that are asked for; empty: all."""
    types: tuple[Priority | None, Priority] | None = None
    """From which type (None: any) to which."""
    priority: Priority | None = None
    """The type of the requirements that are asked for."""
    roles: tuple[str, ...] = ()
    """The documents that are asked about, other than the requirements; empty: all."""
    subject: tuple[str, ...] = ()
    """Stems of the words that a change must speak of."""


def read_change_question(text: str) -> ChangeQuestion | None:
    """The reading of a question about change; None for any other question. Never fails."""
    plain = re.sub(r"[’`´‘]", "'", without_accents(text))
    plain = re.sub("[‐‑‒–—−]", "-", plain)
    if len(plain.split()) > _LONGEST or _ORDER.search(plain):
        return None
    period = read_period(plain)
    reading = read_question(text)
    ids = tuple(i for i in reading.ids if i.startswith("EX"))
    if period.span == "ever" and _BETWEEN_DOCUMENTS.search(plain):
        return None
    asks = _asked(period, ids)
    if asks is None:
        return None
    subject = _unshort_forms(period.rest)
    if subject and (ids or not _DOCUMENTS.search(_ID.sub(" ", period.rest)) or len(subject) > 4):
        return None
    kinds = tuple(kind for kind, pattern in _KINDS if re.search(rf"\b(?:{pattern})", period.rest))
    types = _types(period.rest)
    priority = _PRIORITY.search(period.rest)
    return ChangeQuestion(
        asks,
        period,
        ids,
        reading.sources or (("pi",) if _PI_ALONE.search(plain) and not _MIRAI.search(plain) else ()),
        ("retyped",) if types else kinds,
        types,
        _letter(priority[1]) if priority and not types else None,
        () if ids else tuple(role for role, word in _ROLES if re.search(word, period.rest)),
        subject,
    )


def _asked(period: Period, ids: tuple[str, ...]) -> Asks | None:
    """What is asked; None when nothing tells that it is about change."""
    changed = bool(_ANY_CHANGE.search(period.rest))
    if ids:
        if _WHEN.search(period.rest) and changed:
            return "when"
        if changed or _STORY.search(period.rest):
            return "story"
        return "value" if period.span not in {"ever", "latest", "until", "since"} else None
    if period.span == "ever":
        return None
    dated = period.span == "latest" and _WHEN.search(period.rest) and _DOCUMENTS.search(period.rest)
    return "changes" if dated or (changed and _ASKS_CHANGES.search(period.rest)) else None


def _unshort_forms(rest: str) -> tuple[str, ...]:
    """Stems of the words that none of the patterns explains."""
    rest = _ID.sub(" ", rest)
    for pattern in (_WHEN, _ANY_CHANGE):
        rest = pattern.sub(" ", rest)
    left = [word for word in re.findall(r"[a-z0-9]+", rest) if word not in _KNOWN]
    return tuple(tokens(" ".join(left)))


def _types(rest: str) -> tuple[Priority | None, Priority] | None:
    both = _FROM_TO.search(rest)
    if both:
        return _letter(both[1]), _letter(both[2])
    one = _TO.search(rest)
    return (None, _letter(one[1])) if one else None


def _letter(word: str) -> Priority:
    return "P" if word.startswith("p") else "I"
