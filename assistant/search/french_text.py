"""French words → the tokens that sparse search compares: no accents, no stop words, stems."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import Stemmer

_WORD = re.compile(r"[a-z0-9]+")
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
"""The blocks of combining marks: what a letter loses with its accent."""
_STEMMER = Stemmer.Stemmer("french")
STOP_WORDS = frozenset(
    """
    a ai aie aient ait alors as au aucun aucune aura aurait aussi autre autres aux avait avant avec avez avoir avons
    bien c car ce ceci cela celle celles celui ces cet cette ceux chaque chez ci comme comment d dans de des deux donc
    dois doit doivent du elle elles en encore entre es est et etait etant ete etes etre eu eux fait faire faut font
    hors ici il ils j je l la le les leur leurs lors lui m ma mais me meme mes moi mon n ne ni nos notre nous on ont
    or ou par parce pas peu peut peuvent peux plus plutot pour pourquoi pouvoir puis qu quand que quel quelle quelles
    quels qui quoi s sa sans se sera serait ses si soit sommes son sont sous suis sur t ta tant te tel telle tes toi
    ton tous tout toute toutes tres tu un une va vais vers veut veux vont vos votre vous y
    the of and to is are do does can we i you our it its an in on for with what how which should must be or
    """.split()  # noqa: SIM905  # a paragraph is easier to review than 180 strings
)


def without_accents(text: str) -> str:
    """Lower case, accents removed, œ and æ spelt out."""
    text = unicodedata.normalize("NFKD", text).casefold().replace("œ", "oe").replace("æ", "ae")
    return _MARKS.sub("", text if text.isascii() else unicodedata.normalize("NFKD", text))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The Snowball French stem of a word without accents."""
    return str(_STEMMER.stemWord(word))


def tokens(text: str) -> list[str]:
    """Stems of the words that carry meaning, in order."""
    found = _WORD.findall(without_accents(text))
    return [stem(word) for word in found if word not in STOP_WORDS and (len(word) > 1 or word.isdigit())]


def trigrams(text: str) -> list[str]:
    """Groups of three letters inside the words that carry meaning: what survives a typing error."""
    grams: list[str] = []
    for word in _WORD.findall(without_accents(text)):
        if word in STOP_WORDS or len(word) < 3:
            continue
        padded = f"^{word}$"
        grams += [padded[i : i + 3] for i in range(len(padded) - 2)]
    return grams
