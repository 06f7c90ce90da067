"""Signals of words that widen, narrow or turn round what the passages say: scope, condition, actor, bound, order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.verification.agreement import nearest_windows
from assistant.verification.clause_reading import content_stems, plain
from assistant.verification.deontic_reading import Force, denies, forces
from assistant.verification.evidence import ROOT, GivenPassage, Window, WordWeights
from assistant.verification.french_words import word_stem

_UNIVERSAL = re.compile(
    r"\b(?:tou(?:t|te|s|tes) (?:l[ae]s?|les|l'|application|composant|projet|equipe|donnee|acces|pod|image|"
    r"service)\w*|"
    r"tous|toutes|toujours|jamais|chaque|systematique\w*|quel(?:le)?s? que soi(?:t|ent)|dans tous les cas|"
    r"sans exception|integralement|"
    r"integralite|totalite|entierement|en permanence|meme|n'importe|partout)\b"
)
_EXCLUSIVE = re.compile(
    r"\b(?:seule?s?|seulement|uniquement|exclusivement|que par|rien que)\b|\b(?:ne |n')\w+ (?:\w+ )?qu(?:e |')"
)
_ONLY_ONE = re.compile(
    r"\bseule?s? (?:l[ae]s? |l'|un)|\buniquement\b|\bexclusivement\b|\baccessibles? (?:qu(?:e |')|seulement)|"
    r"\b(?:ne |n')(?:est|sont|peu\w+|concerne\w*|vau\w+|s'adresse\w*) (?:\w+ )?qu(?:e |')"
)
_LIMITED = re.compile(
    r"\b(?:certaine?s?|quelques|sauf|hors|hormis|par defaut|generalement|en general|principalement|la plupart|"
    r"souvent|parfois|"
    r"notamment|a moins|excepte|eventuel\w*|le cas echeant|selon|jusqu'a|au besoin|si necessaire|partiel\w*)\b"
)
_CONDITION = re.compile(
    r"\b(?:si|s'il|s'ils|sauf|hors|en cas|lorsqu\w*|quand|des lors|a condition|sous reserve|a moins|tant que|"
    r"dans le cas|des que|"
    r"excepte|hormis|apres|avant|une fois|pour les?|dans la mesure|le cas echeant|au besoin|si necessaire)\b"
)
_ROLES = {
    "exploitant": "hebergeur exploitant infogerant",
    "equipe": "developpeur developpeurs equipe equipes concepteur concepteurs",
    "direction": "direction directions",
    "marche": "titulaire titulaires prestataire prestataires industriel industriels candidat candidats "
    "fournisseur fournisseurs",
    "editeur": "editeur editeurs communaute communautes",
    "usager": "usager usagers utilisateur utilisateurs",
    "citoyen": "citoyen citoyens",
    "agent": "agent agents agentique agentiques",
    "etat": "ministere ministeres ministeriel ministerielle ministeriels ministerielles dinum dnum dtnum anssi",
    "securite": "soc rssi cert",
    "administrateur": "administrateur administrateurs",
    "expert": "expert experts coach coachs",
    "architecte": "architecte architectes",
    "comite": "comite comites commission",
    "orchestrateur": "orchestrateur",
}
_ACTORS = {word: role for role, words in _ROLES.items() for word in words.split()}
_PLATFORM_TEAM = re.compile(
    r"\bequipes? (?:\w+ )?(?:mirai|dso|cloud|pi native|plateforme|exploitation|hebergement|socle|devsecops)\b"
)
_OF_INDUSTRY = re.compile(
    r"(?<=[a-z])(?<!\bles)(?<!\bdes)(?<!\baux)(?<!\bun)(?<!\bpar)(?<!\bet)(?<!\bou) industriels?\b"
)
"""Said of a thing, and nobody who acts."""
_CHOICE = re.compile(r"\b([a-z]{3,}) ou (?:d[eu]s? |d'|l[ae]s? |l'|sur |en |par )?([a-z]{3,})\b")
_EXCEPTED = re.compile(
    r"\b(?:hors|sauf|hormis|excepte|a l'exception d\w*|en dehors d\w*)(?: (?:d[eu]s?|l[ae]s?|une?)\b| (?:d'|l'))* ?"
    r"([a-z]{4,})"
)
_EVEN = re.compile(
    r"\b(?:meme (?:si|en|quand|lorsqu\w*|avec|apres)|quel(?:le)?s? que soi(?:t|ent)|malgre|y compris|ou non)\b"
)
_BOUND = (
    (re.compile(r"\b(?:au moins|au minimum|a minima|minimum|minimale?|plus de|au-dela|superieure?s?)\b"), "least"),
    (
        re.compile(
            r"\b(?:au plus|au maximum|maximum|maximale?|moins de|jusqu'a|inferieure?s?|n'excede|ne depasse)\b"
        ),
        "most",
    ),
)
_WORD = re.compile(r"[a-z0-9]+")
_FIRST = re.compile(r"\b(?:avant|apres|d'abord|ensuite|puis|prealable\w*|une fois|precede\w*|plutot que|preced\w+)\b")
_WHATEVER = re.compile(
    r"\b(?:quel(?:le)?s? que soi(?:t|ent)|ou non|ou pas|dans tous les cas|en toutes? circonstances?|meme (?:si|"
    r"sans|en|quand|lorsqu\w+|les?|pour)|"
    r"peu importe|independamment|y compris|sans exception|qu'il soit|sans distinction|sans attendre|suffit|"
    r"suffisent|automatiquement|directement|"
    r"a (?:elle|lui) seule?|immediatement|exclusivement)\b"
)
_COUNTED = re.compile(r"\b(\d+|un|une|deux|trois|quatre|cinq) ([a-z]{4,})(?: (hors|de|d'|non) ?([a-z]{4,}))?")
_DIGITS = {"un": "1", "une": "1", "deux": "2", "trois": "3", "quatre": "4", "cinq": "5"}


def of_wording(text: str, passages: Sequence[GivenPassage], weights: WordWeights) -> dict[str, float]:
    """Scopes, conditions, actors, bounds and orders that are not those of the passages."""
    windows = [w for p in passages for w in p.windows]
    own = plain(text)
    near = nearest_windows(content_stems(text), windows, weights) or windows
    source = " ".join(plain(w.text) for w in near)
    whole = plain(" ".join(p.text for p in passages))
    found = _of_scope(own, source, whole, near)
    if _LIMITED.search(source) and not _LIMITED.search(own) and not _CONDITION.search(own):
        found["scope.widened"] = 1.0
    if _CONDITION.search(source) and not _CONDITION.search(own):
        found["condition.lost"] = 1.0
    if _CONDITION.search(own) and not _CONDITION.search(source):
        found["condition.added"] = 1.0
    found.update(_of_actors(own, source, whole, near))
    for pattern, name in _BOUND:
        if pattern.search(own) and not pattern.search(whole):
            found[f"bound.{name}"] = 1.0
            found[f"bound.{name}.swapped"] = float(any(p.search(source) for p, n in _BOUND if n != name))
    found["order"] = max(0.0, _turned_round(own, near) - 0.4)
    if _FIRST.search(own) and _FIRST.search(source):
        found["order.time"] = float(_turned_round(own, near) > 0.5)
    found["corrected"] = _corrected(own, source)
    found["rule.opposite.state"] = _state_denied(own, whole)
    found["count.other"] = _counted_otherwise(own, source)
    return found


def _of_scope(own: str, source: str, whole: str, near: Sequence[Window]) -> dict[str, float]:
    """Of how many things the sentence and its passage speak: all, only some, whatever the case."""
    found: dict[str, float] = {}
    if _UNIVERSAL.search(own):
        found["scope.all"] = float(not _UNIVERSAL.search(source))
        found["scope.all.limited"] = float(bool(_LIMITED.search(source)) and not _LIMITED.search(own))
        found["scope.all.may"] = float(any(Force.ALLOWS in forces(c.said) for w in near for c in w.clauses))
        if not _EXCLUSIVE.search(own) and not denies(own):
            found["scope.all.only"] = float(bool(_ONLY_ONE.search(source)))
    if _EXCLUSIVE.search(own):
        found["scope.only"] = float(not _EXCLUSIVE.search(source) and not denies(source))
        found["scope.only.choice"] = float(not _EXCLUSIVE.search(source) and _one_of_two(own, source))
    if _WHATEVER.search(own):
        found["scope.whatever"] = float(not _WHATEVER.search(source))
    if _EVEN.search(own):
        found["scope.whatever.excepted"] = float(_excepted(own, whole))
    return found


def _one_of_two(own: str, source: str) -> bool:
    """True when the passage leaves two things and the sentence names one of them."""
    words = {word_stem(w)[:ROOT] for w in _WORD.findall(own)}
    return any(len({word_stem(w)[:ROOT] for w in m.groups()} & words) == 1 for m in _CHOICE.finditer(source))


def _excepted(own: str, whole: str) -> bool:
    """True when what the passage excepts is in the sentence, which does not except it."""
    excepted = {word_stem(m[1])[:ROOT] for m in _EXCEPTED.finditer(whole)}
    return not _EXCEPTED.search(own) and bool(excepted & {s[:ROOT] for s in content_stems(own)})


def _roles(text: str) -> list[str]:
    text = _OF_INDUSTRY.sub("", _PLATFORM_TEAM.sub("hebergeur", text))
    return list(dict.fromkeys(_ACTORS[w] for w in _WORD.findall(text) if w in _ACTORS))


def _of_actors(own: str, source: str, whole: str, near: Sequence[Window]) -> dict[str, float]:
    """Who acts, in the sentence and in the passage: what tells that somebody stands for another."""
    actors, there, everywhere = _roles(own), _roles(source), set(_roles(whole))
    if not actors:
        return {}
    strange = [a for a in actors if a not in everywhere]
    found = {
        "actor.strange": float(bool(strange)),
        "actor.first": float(actors[0] not in everywhere),
        "actor.far": float(any(a in everywhere and a not in there for a in actors)),
        "actor.lost": float(bool(strange) and bool(set(there) - set(actors))),
        "actor.instead": float(actors[0] not in there and bool(set(there) - set(actors))),
    }
    subjects = [_roles(c.said)[:1] for w in near for c in w.clauses if _roles(c.said)]
    begins = _roles(" ".join(_WORD.findall(own)[:6]))
    if begins and subjects:
        found["actor.subject"] = float([begins[0]] not in subjects)
    common = [a for a in there if a in actors]
    found["actor.order"] = float(len(common) > 1 and common[0] != next(a for a in actors if a in common))
    return found


def _counted_otherwise(own: str, source: str) -> float:
    """1 when the sentence counts something that its passage counts too, and finds another number."""
    here, there = (
        {(m[2][:6], m[3] or "", (m[4] or "")[:6]): _DIGITS.get(m[1], m[1]) for m in _COUNTED.finditer(t)}
        for t in (own, source)
    )
    return float(any(thing in there and there[thing] != number for thing, number in here.items()))


_CORRECTION = re.compile(
    r"\b(?:et |mais )?(?:non(?: pas)?|pas|plutot que|au lieu d(?:e |'))\s?(?:l[ae]s? |l'|un |une |des |du |de |"
    r"d'|par |sur |dans |au |aux )*([a-z]{3,})"
)


def _corrected(own: str, source: str) -> float:
    """1 when the sentence sets aside what the passage holds to, or the reverse ("X, et non Y")."""
    here, there = ({word_stem(m[1])[:ROOT] for m in _CORRECTION.finditer(t)} for t in (own, source))
    said_here, said_there = ({s[:ROOT] for s in content_stems(t)} for t in (own, source))
    return float(bool((here & said_there) - there) + bool((there & said_here) - here)) / 2


_STATE_DENIED = re.compile(
    r"\b(?:ne |n')(?:est|sont) (?:\w+ )?pas (?:\w+ ){0,3}((?:en (?:cours de )?(?:conception|reflexion|"
    r"approvisionnement|"
    r"construction|developpement|etude|preparation|experimentation|place|production|service|cours)|a l'etude)\b)"
)


def _state_denied(own: str, whole: str) -> float:
    """1 when the sentence denies the state that the passage prints ("n'est pas en place")."""
    denied = {m[1] for m in _STATE_DENIED.finditer(own)}
    denied_there = {m[1] for m in _STATE_DENIED.finditer(whole)}
    return float(any(re.search(rf"\b{state}\b", whole) for state in denied - denied_there))


def _turned_round(own: str, near: Sequence[Window]) -> float:
    """Share of the neighbouring common words that stand in the reverse order in the passage."""
    stems = list(dict.fromkeys(content_stems(own)))
    most = 1.0
    for window in near:
        there = list(dict.fromkeys(content_stems(window.text)))
        at = {s[:ROOT]: k for k, s in reversed(list(enumerate(there)))}
        places = [at[s[:ROOT]] for s in stems if s[:ROOT] in at]
        pairs = [(a, b) for i, a in enumerate(places) for b in places[i + 1 :]]
        if len(places) >= 3:
            most = min(most, sum(a > b for a, b in pairs) / len(pairs))
        else:
            return 0.0
    return most if near else 0.0
