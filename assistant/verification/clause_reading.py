"""One clause of French: what it obliges, forbids, advises or allows, and which of its words are denied.

Rules over surface forms (after Chapman et al. 2001 for the scope of negation), not a parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from assistant.search.french_text import STOP_WORDS, without_accents
from assistant.verification import french_forms as forms
from assistant.verification.french_synonyms import LIGHT_STEMS
from assistant.verification.french_words import word_stem


class Modality(Enum):
    """What a clause does with its content."""

    OBLIGES = "obligation"
    FORBIDS = "interdiction"
    ADVISES = "recommandation"
    ALLOWS = "possibilité"
    EXEMPTS = "dispense"


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: its content stems in order, those that are denied, its modalities."""

    stems: tuple[str, ...]
    denied: frozenset[str]
    modalities: frozenset[Modality]
    exclusive: bool
    """True for "seul", "uniquement", "ne … que": what is denied is everything else."""
    own_modality: bool = True
    """False when its modality comes from another clause."""
    lacks: frozenset[str] = frozenset()
    """What follows "sans", "aucun", "pas de"."""
    free_of: frozenset[str] = frozenset()
    """What follows "sans" or "exempt de", which no denied verb explains."""
    without: bool = False
    """True when it begins with "sans"."""
    has: frozenset[str] = frozenset()
    """What follows "avec"."""
    relative: bool = False
    """True when what is denied stands in a relative clause ("un pod qui ne respecte pas…")."""
    governed: str = ""
    """The stem that its modal verb governs ("doit être argumenté")."""
    epistemic: bool = False
    """True when what it allows is what may happen ("peut coûter cher"), not what one may do."""
    predicate: frozenset[str] = frozenset()
    """The verb that is denied, or what comes right after the denial."""
    possible: frozenset[str] = frozenset()
    """What it says as possible, offered or left to a choice ("permet de", "sur demande")."""
    settled: bool = False
    """True when it says what will be done, or who answers for it ("sera formulée", "est responsable de")."""
    offers: bool = False
    """True when it says what there is to use ("dispose de"), which a text that binds nobody leaves open."""
    left_open: bool = False
    """True when nobody is held to it ("susceptible de", "le cas échéant")."""
    adjunct: bool = False
    """True for a complement that comes before the sentence ("entre applications de même sensibilité,")."""
    weak: bool = False
    """True for a duty that advice renders too ("est à prévoir"), or for one of two ("recommande ou impose")."""
    weakens: bool = False
    """True when it allows an ability ("peut permettre"), which "permet" does not."""
    said: str = ""
    """Its words, in lower case without accents."""

    @property
    def affirmed(self) -> frozenset[str]:
        """The stems that are not denied."""
        return frozenset(self.stems) - self.denied


_IF = re.compile(r"\bs(?:i |'ils? )")
_DEPENDS_NOT = re.compile(r"\bne depend(?:ent)? (?:pas|aucunement|d'aucun\w*)\b")
_MUST_NOT_DEPEND = re.compile(r"\bne (doi(?:t|vent)|peu(?:t|vent)) (?:pas|jamais) dependre\b")
"""The denial of a verb for which the language has an adjective."""


_SAME = tuple(
    (re.compile(pattern), same)
    for pattern, same in (
        (r"\brootless\b", "sans root"),
        (r"\b(?:statelesse?|state-less)\b", "sans etat"),
        (r"\btrimestriel\w*", "tous les trois mois"),
        (r"\b(?:chaque|par) trimestre\b", "tous les trois mois"),
        (r"\bsemestriel\w*", "tous les six mois"),
        (r"\b(?:chaque|par) semestre\b", "tous les six mois"),
        (r"\bmensuel\w*", "tous les 1 mois"),
        (r"\b(?:chaque|par) mois\b", "tous les 1 mois"),
        (r"\bhebdomadaire\w*", "tous les 1 semaine"),
        (r"\b(?:chaque|par) semaine\b", "tous les 1 semaine"),
        (r"\b(?:annuel\w*|chaque annee|tous les ans|par an)\b", "tous les 1 an"),
        (r"\b(?:quotidien\w*|journalier\w*|chaque jour|tous les jours|par jour)\b", "tous les 1 jour"),
        (r"\bune? (?=(?:an|annee|mois|semaine|heure|minute|seconde)\b)", "1 "),
        (r"\b(?:un|le) cinquieme (?=d)", "20 % "),
        (r"\b(?:un|le) quart (?=d)", "25 % "),
        (r"\b(?:un|le) tiers (?=d(?:u|es) |de la )", "33 % "),
        (r"\bla moitie (?=d)", "50 % "),
        (r"(?<![<>=-])>=? ?(?=\d)", "superieur a "),
        (r"(?<![<>=-])<=? ?(?=\d)", "inferieur a "),
        (r"\bfaute d(?:e |')(?!mieux)", "sans "),
        (
            r"\b(?:n'oubliez|n'omettez|ne manquez|n'oublie|ne pas oublier|ne pas manquer) (?:pas )?(?=d(?:e |'))",
            "pensez a ",
        ),
        (r"\bne devai(?:t|ent) (plus|pas) etre\b", r"n'est \1"),
        (r"\brecc?omm?and(?=\w)", "recommand"),
        (r"\btdd\b", "test driven development"),
        (r"\bnon[- ]regressions?\b", "nonregression"),
        (r"\bil (?:vous )?faut (?:toutefois |aussi |donc )?(?:faire attention|prendre garde) a\b", "attention a"),
        (r"\boperateurs? economiques?\b", "prestataire"),
    )
)
"""Turns that say the same → one of them."""


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """Lower case without accents, one kind of apostrophe, Markdown marks removed."""
    text = re.sub(r"[*_\\`]+", "", without_accents(re.sub(r"[’‘`´]", "'", text)))
    for pattern, same in _SAME:
        text = pattern.sub(same, text)
    text = _DEPENDS_NOT.sub("est independant", text)
    return _MUST_NOT_DEPEND.sub("doit etre independant", text)


def content_stems(text: str) -> tuple[str, ...]:
    """Stems of the words that carry content, modal and negation words left out."""
    return tuple(s for _, s in _content(plain(text)))


def _content(source: str) -> list[tuple[int, str]]:
    words = ((m.start(), m[0].rstrip("'")) for m in re.finditer(r"[a-z0-9]+", source))
    kept = ((at, word_stem(w)) for at, w in words if w not in STOP_WORDS and (len(w) > 1 or w.isdigit()))
    return [(at, s) for at, s in kept if s not in forms.MODAL_STEMS]


def read_clause(piece: str, denied: bool) -> Clause:
    """A piece of a sentence between two edges; `denied` is True when what stands before it denies it."""
    content = _content(piece)
    ne, companion = forms.NE.search(piece), forms.COMPANION.search(piece)
    only = bool(forms.RESTRICTS.search(piece)) or bool(ne and not companion and re.search(r"\bqu(?:e\b|')", piece))
    negative = bool(ne and (companion or (forms.LITERARY_NO.search(piece) and not only)))
    if negative and forms.SAVE.search(piece):
        negative, only = False, True  # "n'écrivez pas ailleurs que…" says where, and denies nothing of it
    modalities = _modalities(forms.IF_NEEDED.sub(" ", forms.DEGREE.sub(" ", piece)), negative)
    stems = tuple(s for _, s in content)
    local: set[str] = set()
    lacks: set[str] = set()
    free_of: set[str] = set()
    for pattern, reach in forms.LOCAL_DENIALS:
        for match in pattern.finditer(piece):
            after = [s for at, s in content if at >= match.end() - 1]
            if only and negative is False and ne and companion:
                continue
            local |= set(after[:reach])
            if match[0].startswith(("sans", "exempt", "depourvu", "denue")):
                free_of |= set(after[:2])
            if forms.LACKS.match(piece, match.start()):
                lacks |= set(after[: 1 if match[0].startswith("non") else min(reach, 2)])
    reduced = forms.REDUCES.search(piece)
    if reduced:
        local |= {s for at, s in content if at < reduced.start()}
    blocked = forms.BLOCKED.search(piece)
    if blocked and (not negative or (ne and _IF.search(piece, blocked.end(), ne.start()))):
        local |= {s for at, s in content if at < blocked.start()}
    has = {s for m in forms.WITH.finditer(piece) for s in [s for at, s in content if at >= m.end()][:2]}
    predicate: set[str] = set()
    if negative and ne and companion and companion.start() > ne.start():
        between = {s for at, s in content if ne.end() <= at < companion.start()}
        after = [s for at, s in content if at >= companion.end()]
        predicate = between | set(after[:1])
    if (
        Modality.FORBIDS in modalities
        or (negative and not forms.DISADVISES.search(piece))
        or denied
        or disadvises(piece)
    ):
        first, last = _scope(piece, ne.start() if ne else 0)
        local |= {s for at, s in content if first <= at < last}
    return Clause(
        stems,
        frozenset(local),
        modalities,
        only,
        lacks=frozenset(lacks),
        free_of=frozenset(free_of),
        without=piece.startswith("sans "),
        possible=_possible(piece, content),
        offers=may_allow(piece, describes=True),
        adjunct=bool(forms.ADJUNCT.search(piece)) and not (ne or modalities),
        weak=bool(forms.EITHER.search(piece) or forms.WEAK_DUTY.search(piece)),
        weakens=bool(forms.ABLE_TWICE.search(piece)),
        settled=bool(forms.SETTLED.search(piece)),
        left_open=bool(forms.LEFT_OPEN.search(piece)),
        has=frozenset(has),
        predicate=frozenset(predicate),
        relative=bool(forms.RELATIVE.search(piece)),
        governed=_governed(piece, content),
        epistemic=bool(forms.EPISTEMIC.search(piece)),
        said=piece,
    )


def _possible(piece: str, content: list[tuple[int, str]]) -> frozenset[str]:
    source = forms.DEGREE.sub(lambda m: " " * len(m[0]), piece)
    if forms.OF_THE_WHOLE.search(source):
        return frozenset(s for _, s in content)
    found = [m.start() for p in (forms.ALLOWS, forms.MAY_MEAN_ALLOWS) if (m := p.search(source))]
    able = {m.start() for m in forms.CAN_BE.finditer(source)}
    return frozenset(s for at, s in content if at in able or (found and at >= min(found)))


def _governed(piece: str, content: list[tuple[int, str]]) -> str:
    modal = forms.GOVERNS.search(piece)
    if modal is None or forms.ABLE.match(piece, modal.end()):
        return ""
    found = next((s for at, s in content if at >= modal.end()), "")
    return "" if found in LIGHT_STEMS else found


def _scope(piece: str, at: int) -> tuple[int, int]:
    """Where a denial begins and ends: a subordinate clause keeps it inside, a circumstance after it stays outside."""
    inside = [m.end() for m in forms.SUBORDINATE.finditer(piece) if m.end() <= at]
    end = forms.MAIN_VERB if forms.RELATIVE.search(piece) else forms.CIRCUMSTANCE
    outside = next((m.start() for m in end.finditer(piece) if m.start() > at + 8), len(piece))
    return (inside[-1] if inside else 0), outside


def _modalities(piece: str, negative: bool) -> frozenset[Modality]:
    found = set()
    obliges, advises = bool(forms.OBLIGES.search(piece)), bool(forms.ADVISES.search(piece))
    allows, forbids = bool(forms.ALLOWS.search(piece)), bool(forms.FORBIDS.search(piece))
    if negative and (forbids or forms.DISADVISES.search(piece)):
        return frozenset({Modality.ALLOWS})  # "n'est pas interdit"
    if forms.DISPENSES.search(piece) or forms.NOT_NEEDED.search(piece):
        found.add(Modality.EXEMPTS)
        obliges = obliges and not forms.NOT_NEEDED.search(piece)
    if forms.INFINITIVE_DENIED.search(piece):
        found.add(Modality.FORBIDS)
    if negative or re.search(r"\bpas\b", piece):
        if forms.FAILS.search(piece):
            found.add(Modality.FORBIDS)
        elif forms.GOVERNS.search(piece):
            return _plainly(found, obliges, advises, allows)  # what is denied is another verb
        elif forms.NEEDS.search(piece):
            found.add(Modality.EXEMPTS)
        elif advises:
            found.add(Modality.FORBIDS)
        obliges = advises = allows = False
    if forbids:
        found.add(Modality.FORBIDS)
        obliges = False
        allows = allows and not forms.AUTHORISES.search(piece)  # "il est interdit d'autoriser"
    return _plainly(found, obliges, advises, allows)


def _plainly(found: set[Modality], obliges: bool, advises: bool, allows: bool) -> frozenset[Modality]:
    if obliges:
        found.add(Modality.OBLIGES)
    if advises:
        found.add(Modality.ADVISES)
    if allows and Modality.EXEMPTS not in found:
        found.add(Modality.ALLOWS)
    return frozenset(found)


def may_allow(text: str, describes: bool = False) -> bool:
    """True when a source's sentence leaves a choice or a capacity that "peut" renders.

    `describes` is True for a text that states no requirement: what it offers or lists is a choice too.
    """
    source = forms.DEGREE.sub(" ", plain(text))
    found = bool(forms.ALLOWS.search(source) or forms.MAY_MEAN_ALLOWS.search(source))
    return found or (describes and bool(forms.DESCRIBES_A_CHOICE.search(source)))


def disadvises(piece: str) -> bool:
    """True for "il est déconseillé", not for "il n'est pas déconseillé"."""
    return bool(forms.DISADVISES.search(piece)) and not (forms.NE.search(piece) and forms.COMPANION.search(piece))
