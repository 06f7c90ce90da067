"""Technical names and acronyms of a text, and whether other texts write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.search.french_text import STOP_WORDS, without_accents
from assistant.verification.clause_reading import plain
from assistant.verification.draft_sentences import MARKER
from assistant.verification.evidence import IDENTIFIER

_ADDRESS = re.compile(r"https?://[^\s)>\]]+|\bwww\.[^\s)>\]]+")
_NAME = re.compile(r"[A-Za-zÀ-ÿ0-9][\wÀ-ÿ]*(?:[.\-/_][\wÀ-ÿ]+)*")
_MONTHS = frozenset("janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre".split())  # noqa: SIM905
_COMMON_NAMES = frozenset("cct mirai pi native cloud france francais etat interieur".split())  # noqa: SIM905
_SPELT = {
    "rest": ("restful",),
    "ia": ("intelligenceartificielle", "ai", "agentique"),
    "ai": ("intelligenceartificielle", "ia", "agentique"),
    "commission": ("eceuropaeu",),
    "rgpd": ("protectiondesdonneespersonnelles", "protectiondesdonneesacaracterepersonnel"),
}
"""An acronym that every text on the subject uses → how a passage may write it."""
_ACRONYM = 3
"""Letters from which an acronym may be spelt by the passage's words: two would be found by chance."""
_PAIR = 6
_JOINED = 7
"""Letters from which a name is also looked for across the spaces of a text."""


def names(text: str) -> tuple[str, ...]:
    """Technical names and acronyms of a text, as written: what holds two capitals, a digit in a word, or a
    capital that no sentence begins. Identifiers and the names of the documents are left out.
    """
    bare = IDENTIFIER.sub(" ", MARKER.sub(" ", _ADDRESS.sub(" ", text)))
    found = []
    for match in _NAME.finditer(bare):
        word = match[0]
        before = bare[: match.start()].rstrip(' *_(«“"')
        begins = not before or before[-1] in ".!?:;-–—•"
        capitals = sum(c.isupper() for c in word)
        mixed = any(c.isdigit() for c in word) and any(c.isalpha() for c in word)
        named = capitals >= 2 or mixed or (word[0].isupper() and not begins and len(word) > 1)
        if named and simple_name(word) not in _COMMON_NAMES:
            found.append(word)
    months = [w for w in re.findall(r"[a-z]+", plain(bare)) if w in _MONTHS and w not in {"mars", "mai"}]
    return tuple(dict.fromkeys([*found, *months]))


def simple_name(word: str) -> str:
    """A name in lower case, accents, joints and a plural s left out."""
    return re.sub(r"[^a-z0-9]", "", without_accents(word)).rstrip("s") or without_accents(word)


def words_and_parts(text: str) -> tuple[str, ...]:
    """Every word of a text, whole and in the parts that hyphens, dots and slashes make."""
    found = _NAME.findall(text)
    return tuple(found) + tuple(part for w in found for part in re.split(r"[.\-/_]", w) if len(part) > 1)


class KnownNames:
    """The names that texts write, whole, in parts, as neighbouring words ("France connect"), or as the words whose
    initials an acronym takes.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        joined = " ".join(texts)
        self._names = {simple_name(w) for w in words_and_parts(joined)}
        self._undoubled = {_undoubled(n) for n in self._names if len(n) >= _JOINED}
        self._squeezed = re.sub(r"[^a-z0-9]", "", without_accents(joined))
        words = [w for w in re.findall(r"[a-z]+", plain(joined)) if w not in STOP_WORDS]
        self._initials = "".join(w[0] for w in words)

    def __contains__(self, name: object) -> bool:
        """True when the name is written, singular or plural, or all the parts it is joined of are."""
        simple = simple_name(str(name))
        if any(spelt in self._squeezed or spelt in self._names for spelt in _SPELT.get(simple, ())):
            return True
        if simple in self._names or (len(simple) >= _JOINED and simple in self._squeezed):
            return True
        if len(simple) >= _JOINED and _undoubled(simple) in self._undoubled:
            return True  # "StatefulSet" where the passage writes "statefullset"
        if len(simple) >= _JOINED and any(simple.startswith(n) for n in self._names if len(n) >= _JOINED):
            return True  # "PostgreSQL" where the passage writes "postgres"
        if any(n.startswith(simple) and n[len(simple) :].isdigit() for n in self._names):
            return True  # "Apache 2" where the passage writes "Apache2"
        parts = [simple_name(part) for part in re.split(r"[.\-/_]", str(name)) if part]
        return len(parts) > 1 and all(p in self._names or p in _COMMON_NAMES for p in parts)

    def spells(self, name: str) -> bool:
        """True when the name is an acronym of words that stand together in the texts."""
        return name.isupper() and len(name) >= _ACRONYM and name.casefold() in self._initials

    def joins(self, names: Sequence[str], at: int) -> bool:
        """True when a name and its neighbour are written as one ("Red Hat" for "Redhat")."""
        pairs = [simple_name(names[k] + names[k + 1]) for k in (at - 1, at) if 0 <= k < len(names) - 1]
        return any(len(pair) >= _PAIR and (pair in self._names or self._spells_out(pair)) for pair in pairs)

    def _spells_out(self, pair: str) -> bool:
        """True for a name and its version ("RGS v2.0") that the texts write with other joints."""
        return any(c.isdigit() for c in pair) and pair in self._squeezed


def _undoubled(simple: str) -> str:
    return re.sub(r"(.)\1", r"\1", simple)
