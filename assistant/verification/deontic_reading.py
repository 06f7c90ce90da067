"""What a piece of French does with its content, as one of a few values: one reading for the draft and the passage.

Each turn has a value ("interdit" forbids); a denial around it gives the value that the denial makes of it
("n'est pas interdit" allows, "n'est pas obligatoire" dispenses, "ne peut pas" forbids).
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache

from assistant.verification.french_forms import DEGREE, IF_NEEDED


class Force(Enum):
    """What a clause does with its content; a plain statement has none."""

    OBLIGES = "oblige"
    FORBIDS = "interdit"
    ADVISES = "conseille"
    DISADVISES = "déconseille"
    ALLOWS = "permet"
    ENABLES = "rend possible"
    EXEMPTS = "dispense"


_MODAL_VERB = re.compile(r"\b(?:doi(?:t|s|vent)|devr(?:a|ont|ez)|devez|devons|devoir|faut|faudra|falloir)\b")
"""Obliges; denied, it forbids ("ne doit pas")."""
_DUTY = re.compile(
    r"\b(?:obligatoire(?:s|ment)?|obligations?|oblige\w*|imperati\w+|necessairement|necessaires?|necessit\w+|"
    r"tenue?s? (?:de|d'|a|au)|contraint\w*|astrein\w+|exig(?:e|ee?s?|ent|er|eant)\b|impos(?:e|ee?s?|ent|er|ant)|"
    r"requi(?:s|ses?|ert|erent)|requerir|indispensables?|incontournables?|imperieu\w+|prerequis|"
    r"primordia\w+ (?:de|d'|que)|"
    r"essentiel\w* (?:de|d'|que)|besoin (?:de|d')|sans (?:condition|exception)|"
    r"(?:il (?:vous |lui |leur )?|vous )(?:revient|appartient) (?:de|d'|a)|qu'il revient|a vous de|charge a|"
    r"incomb\w+|"
    r"veill\w+ a|a prevoir|attendue?s? (?:que|qu')|faire en sorte|"
    r"(?:a|ont|avez|aura|auront) a (?=\w+(?:er|ir|re)\b)|avoir a|"
    r"(?:est|sont|reste|restent) a (?!privilegier|preferer|eviter|reduire|limiter|minimiser|envisager|proscrire|"
    r"bannir|exclure)"
    r"(?=\w+(?:er|ir|re)\b))"
)
"""Obliges; denied, it dispenses ("n'est pas obligatoire")."""
_ADVICE = re.compile(
    r"\b(?:recommand\w+|preconis\w+|conseill\w+|preferables?|(?:de|par) preference|preferentiel\w*|prefer(?:ez|"
    r"er|e|ent|ons)|"
    r"privilegi\w+|souhaitables?|souhaitee?s?|souhaite\w* qu\w*|devrai(?:t|ent)|devriez|encourag\w+|mieux vaut|"
    r"vaut mieux|"
    r"il convient|convient de|invite[es]* a|invitee?s? a|gagne\w* a|gagneriez|avez interet|(?:a|ont) interet|"
    r"si possible|"
    r"idealement|dans la mesure du possible|bonne pratique|autant que possible|suggere\w*|judicieux|opportun|"
    r"favoris(?:ez|er)|pertinent de|bon de|plutot (?!que))"
)
_CHOICE = re.compile(
    r"\b(?:peu(?:t|vent|x)|puiss(?:e|ent|iez)|pouvez|pouvons|pourr(?:a|ont|ait|aient|ez|iez)|"
    r"permise?s?|autoris\w+|libres? (?:de (?=\w+(?:er|ir|re)\b)|d'(?=\w+(?:er|ir|re)\b))|le droit de|"
    r"le droit d'|au choix|"
    r"toler(?:e|ee?s?|ent) (?:de|d'|que)|loisible|"
    r"(?:est|sont|etre|reste|restent|seul\w*) (?:\w+ )?(?:admis\w*|acceptee?s?|toleree?s?|possibles?)|"
    r"eventuellement)\b"
)
"""Allows; denied, it forbids."""
_ABILITY = re.compile(
    r"\b(?:possibilites?|faculte|permet\w*|permission|capables?|capacite (?:de|d')|apte\w*|susceptibles?|"
    r"risqu(?:e|ent|ez)|possibles?|"
    r"pouvoir|pouvant|en mesure de|"
    r"(?<!l')(?<!d')(?<!cette )(?<!votre )offr(?:e|ent) |"
    r"disponibles?|a disposition(?! par\b)|dispos(?:e|ent|ez) d|sert a|"
    r"servent a|acces a|accessibles?|"
    r"propos(?:e|ee?s?|ent)(?! par\b)|facilit\w+|aide\w* a|utilisables?|exploitables?|le cas echeant|sur demande|"
    r"eventuel\w*)\b"
)
"""What is offered or can happen, which "peut" renders; denied, it forbids."""
_BAN = re.compile(
    r"\b(?:interdi\w+|proscri\w+|prohib\w+|banni\w*|exclu(?:s|e|es|re|t|ez|sions?)?|defendue?s? de|"
    r"(?:est|sont) defendue?s?(?! par)|defense de|"
    r"hors de question|"
    r"pas question|impossib\w+|inacceptables?|evite[rz]|empech(?:e|er|ent|ee?s?)|refusee?s?|bloquee?s?|"
    r"s'oppos\w+|contraires? a)\b"
)
"""Forbids; denied, it allows."""
_RELEASE = re.compile(
    r"\b(?:dispens\w+|facultati\w+|optionnel\w*|exempt(?:e|ee?s?|er)|liber(?:e|ee?s?) (?:de|d'|des)|"
    r"affranchi\w*|inutiles?|superflu\w*|"
    r"decharg\w+ (?:de|d')|levee?s?|rien a faire|se passer de|s'en passer)\b"
)
"""Dispenses; denied, it obliges."""
_DISADVICE = re.compile(r"\bdeconseill\w+")

_BARE_NE = re.compile(r"\b(?:ne |n')(?:[\w'-]+ ){0,4}$")
_AFTER = re.compile(r"^(?: [\w'-]+){0,3}? (?:pas|jamais|plus|aucun\w*|nul(?:le)?|rien|ni|nullement|guere|point)\b")
_ONLY_THAT = re.compile(r"^(?: [\w'-]+){0,4}? qu(?:e |')")
_NOTHING = re.compile(r"\b(?:rien|aucun\w*|nul(?:le)?|personne) (?:[\w'-]+ ){0,4}(?:ne |n')(?:[\w'-]+ ){0,2}$")
_COMPANION = re.compile(r"\b(?:pas|jamais|plus|aucun\w*|nul(?:le)?|rien|ni|nullement|guere|point)\b")

_PLAIN_AND_DENIED = (
    (_MODAL_VERB, Force.OBLIGES, Force.FORBIDS),
    (_DUTY, Force.OBLIGES, Force.EXEMPTS),
    (_ADVICE, Force.ADVISES, Force.DISADVISES),
    (_CHOICE, Force.ALLOWS, Force.FORBIDS),
    (_ABILITY, Force.ENABLES, Force.FORBIDS),
    (_BAN, Force.FORBIDS, Force.ALLOWS),
    (_RELEASE, Force.EXEMPTS, Force.OBLIGES),
    (_DISADVICE, Force.DISADVISES, Force.ALLOWS),
)
_NEVER = re.compile(r"\b(?:ne (?:pas|jamais|plus)|sans jamais) (?:y |en |l[ae]s? |s')*\w+(?:er|ir|re)\b")
_ORDER = re.compile(r"^(?:[\w' ]{0,30}, )?(?:ne |n')?(?:\w{3,}ez)\b(?! vous)")
_NOT_ORDERS = re.compile(r"\b(?:assez|chez|nez|rez|(?:vous|y|en) \w+ez)\b")


@lru_cache(maxsize=20_000)
def turns(piece: str) -> frozenset[tuple[Force, bool]]:
    """The value of each turn as it stands alone, and whether it is denied here."""
    source = IF_NEEDED.sub(" ", DEGREE.sub(" ", piece))
    return frozenset(
        (plain, _value(source, match, plain, denied) is not plain)
        for pattern, plain, denied in _PLAIN_AND_DENIED
        for match in pattern.finditer(source)
    )


@lru_cache(maxsize=20_000)
def forces(piece: str) -> frozenset[Force]:
    """The values of a piece of French in lower case without accents."""
    source = IF_NEEDED.sub(" ", DEGREE.sub(" ", piece))
    found: set[Force] = set()
    for pattern, plain, denied in _PLAIN_AND_DENIED:
        for match in pattern.finditer(source):
            found.add(_value(source, match, plain, denied))
    if _NEVER.search(source) and not found:
        found.add(Force.FORBIDS)
    if not found and _ORDER.search(source) and not _NOT_ORDERS.search(source):
        found.add(Force.FORBIDS if denies(source) else Force.OBLIGES)
    return frozenset(found)


def _value(source: str, match: re.Match[str], plain: Force, denied: Force) -> Force:
    before, after = source[: match.start()], source[match.end() :]
    ne = _BARE_NE.search(before)
    if ne:
        between = before[ne.start() :]
        if _COMPANION.search(between) or _AFTER.match(after) or _NOTHING.search(before):
            return denied
        if _ONLY_THAT.match(after):
            return Force.OBLIGES if plain is Force.ALLOWS else plain
        return denied if plain in {Force.ALLOWS, Force.OBLIGES} else plain
    if re.search(r"\bsans qu(?:e |')(?:[\w'/-]+ ){0,4}$", before):
        return denied
    if re.search(r"\b(?:pas|sans|aucun\w*|nul(?:le)?|jamais|non)\b[ -]?(?:[\w'/-]+ ){0,2}$", before):
        return denied
    return plain


_DENIALS = re.compile(
    r"\b(?:pas|jamais|aucun\w*|nul(?:le)?|rien|ni|nullement|sans|non|hors|faute|depourvu\w*|denue\w*|absence|"
    r"absent\w*|"
    r"impossib\w+|interdi\w+|proscri\w+|prohib\w+|bann\w+|exclu\w*|evit\w+|empech\w+|bloqu\w+|deconseill\w+|"
    r"seule?s?|seulement|uniquement|exclusivement|plus besoin|au lieu|plutot que|a la place)\b|"
    r"\b(?:ne |n')(?:[\w']+ ){1,3}qu(?:e\b|')"
)
_WEAK_DENIALS = re.compile(
    r"\b(?:limit\w+|reserv\w+|strict\w+|minimi\w+|rédui\w+|redui\w+|supprim\w+|ecras\w+|remplac\w+|libre\w*|"
    r"contre|perte\w*|"
    r"peu|rarement|difficil\w+|manqu\w+|echec\w*|indispo\w+|isol\w+|separ\w+|distinct\w*|part|permanent\w*|"
    r"systematique\w*|"
    r"toujours|obligatoire\w*|imperati\w+|recommand\w+|privilegi\w+|prefer\w+|unique\w*|inutile\w*|superflu\w*|sauf|"
    r"in(?:depend|change|access|dispon|compat|complet|connu)\w*|immu\w+|de(?:coupl|sactiv|charg)\w*|ir\w{4,}|"
    r"a?synchrone\w*)\b"
)
_RELEASED = re.compile(
    r"\b(?:rien|aucun\w* [\w'-]+|nul(?:le)? [\w'-]+) (?:ne |n')(?:vous |les? |l[ae] |lui |y )*(?:empech|interdi|"
    r"oblig|impos|exig|oppos|contrain)\w*|"
    r"\b(?:ne |n')(?:[\w']+ ){1,3}?(?:pas|nullement|aucunement) (?:[\w'-]+ ){0,3}?(?:interdi|proscri|exclu|"
    r"impossib|empech|oblig|impos|exig|"
    r"necessaire|requi|tenu|contrain|indispensab|besoin)\w*|"
    r"\b(?:inutile|pas besoin|nul besoin|aucun besoin|pas (?:oblige|obligatoire|necessaire|tenu)|"
    r"sans (?:avoir a|devoir|obligation))\b|"
    r"\bnon (?:negligeable|seulement)|\bne (?:fait|font) pas exception|\bpas seulement|\bsans (?:condition|"
    r"exception|ambiguite|delai|attendre)\b|"
    r"\btant que [^,;]*?\b(?:ne |n')[^,;]*?\bpas\b|\b(?:il )?ne suffi\w+ pas|\bpas d'inquietude|\bn'hesit\w+ pas|"
    r"\bni plus ni moins|\bpas a pas\b|\bsi besoin\b|\bpoint par point\b"
)
"""Denials of a duty or of a ban: they leave free, and deny nothing of the matter."""


@lru_cache(maxsize=20_000)
def denies(piece: str) -> bool:
    """True when something in a piece denies, excludes or restricts its matter."""
    return bool(_DENIALS.search(_RELEASED.sub(" ", piece)))


def half_denies(piece: str) -> bool:
    """True when a word of a piece may be what a denial renders ("permanent" for "ne s'arrête pas")."""
    return bool(_WEAK_DENIALS.search(piece) or _DENIALS.search(piece))
