"""Which sentences of a long passage are quoted: what answers, and what would change its meaning if it were cut."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.composing.antecedents import takes_up
from assistant.composing.code_lines import is_code
from assistant.composing.lists import enumerations, introduced
from assistant.question.expected_kind import asks_how, asks_leave, rules
from assistant.search.french_text import tokens

LONGEST_QUOTE = 700
"""Characters up to which a passage is quoted whole; at 420, one quotation in five left out what answers."""
LONGEST_BESIDE = 420
"""The same for the passages that come after the first."""
_EXCERPT, _WITH_BANS, _WITH_LISTS = 9 / 7, 11 / 7, 13 / 7
"""How many times the length of a passage quoted whole an excerpt may have, with the bans beside it, and with the rest
of an enumeration of which it quotes an item."""
_MOST_SENTENCES = 4
_AS_NEAR, _RULE_AS_NEAR = 0.02, 0.06
"""How much less near than the nearest a sentence may be, and the one that says the rule. On the 42 development
questions answered by a long passage, 35 quotations then hold the whole answer instead of 27."""
_MOST_RARE = 3
_RARE = 2
"""Sentences of the passage up to which a word of the question is rare in it."""
_SHORTEST_STEM = 5
"""Letters from which the beginning of a word stands for it: certif, certificat."""
_MOST_IN_BRACKETS = 3
_MOST_TAKEN_UP = 2
"""Sentences before one that begins with a pronoun among which the one that names it is looked for."""
_BAN = re.compile(
    r"\bn(?:e |['’])(?:[\w'’]+ ){1,3}(?:pas|jamais|aucune?|que|qu['’])\b|\b(?:interdi|proscri|prohib)\w+",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.!?…:;]\W*$")
_LONGEST_BEGINNING = 80
"""Characters up to which a piece without an end is the beginning of the next, and not an item of a list."""
_GOES_ON = re.compile(r"[^\W\d_A-ZÀ-ÖØ-Þ]")
"""A piece that goes on with the sentence of the piece before: it begins with a small letter."""
_NUMBERED = re.compile(r"^\W*\w{1,2}\)")


def decisive(
    scored: Sequence[tuple[str, float]], longest: int = LONGEST_QUOTE, question: str = "", rule_first: bool = False
) -> list[int]:
    """Positions of the sentences to quote: all when they are short enough, else the nearest to the question.

    Those that hold a word of the question which is rare in the passage come first, with `rule_first` the one that
    opens the passage, and the one that forbids or allows when the question asks leave. A sentence that introduces
    others (it ends with ":") brings what follows, an item what introduces it and the other items, one end of a
    bracket the other, a pronoun what it stands for, and each the ban that stands beside it.
    """
    sentences = [s for s, _ in scored]
    if _size(sentences, range(len(sentences))) <= longest:
        return list(range(len(sentences)))
    chosen: list[int] = []
    for n in _wanted(scored, question, rule_first):
        group = _whole(sentences, {*chosen, n})
        if not chosen or _size(sentences, group) <= _EXCERPT * longest:
            chosen = group
    beside = _beside(sentences, chosen, asks_how(question) or asks_leave(question))
    for n in sorted(beside | _nearest_ban(scored) - set(chosen), key=lambda n: -scored[n][1]):
        group = _whole(sentences, {*chosen, n})
        if _size(sentences, group) <= _WITH_BANS * longest:
            chosen = group
    for items in enumerations(sentences):
        group = _whole(sentences, {*chosen, *items})
        if any(n in chosen for n in items) and _size(sentences, group) <= _WITH_LISTS * longest:
            chosen = group
    return chosen


def _wanted(scored: Sequence[tuple[str, float]], question: str, rule_first: bool) -> list[int]:
    """The sentences to quote if there is room, the most wanted first."""
    sentences = [s for s, _ in scored]
    held = _rare_words(question, sentences)
    said = [n for n, s in enumerate(sentences) if n in held or not is_code(s)] or list(range(len(sentences)))
    by_nearness = sorted(said, key=lambda n: -scored[n][1])
    nearest = scored[by_nearness[0]][1]
    rule = [0] if rule_first and scored[0][1] >= nearest - _RULE_AS_NEAR else []
    said_so = [n for n in by_nearness if rules(sentences[n]) and scored[n][1] >= nearest - _RULE_AS_NEAR]
    leave = said_so[:1] if asks_leave(question) else []
    rare = sorted(held, key=lambda n: (-held[n], -scored[n][1]))[:_MOST_RARE]
    near = [n for n in by_nearness[:_MOST_SENTENCES] if scored[n][1] >= nearest - _AS_NEAR]
    return list(dict.fromkeys([*leave, by_nearness[0], *rule, *rare, *near]))


def _rare_words(question: str, sentences: Sequence[str]) -> dict[int, int]:
    """Position of a sentence → how many words of the question it holds that hardly another sentence holds."""
    words = [set(tokens(s)) for s in sentences]
    found: dict[int, int] = {}
    for asked in {t for t in tokens(question) if len(t) > 2}:
        holders = [n for n, held in enumerate(words) if any(_same_word(asked, w) for w in held)]
        for n in holders if len(holders) <= _RARE else ():
            found[n] = found.get(n, 0) + 1
    return found


def _same_word(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    return a == b or (len(short) >= _SHORTEST_STEM and long.startswith(short))


def _whole(sentences: Sequence[str], chosen: Iterable[int]) -> list[int]:
    """The chosen sentences, with both ends of their brackets and what introduces them or follows."""
    kept = _unbroken(sentences, chosen)
    for n in sorted(kept):
        bare = _NUMBERED.sub("", sentences[n])
        opened = bare.count("(") - bare.count(")")
        if opened > 0:
            kept |= set(_up_to(sentences, range(n + 1, n + 1 + _MOST_IN_BRACKETS), ")"))
        elif opened < 0:
            kept |= set(_up_to(sentences, range(n - 1, n - 1 - _MOST_IN_BRACKETS, -1), "("))
        if n + 1 < len(sentences) and sentences[n + 1].lstrip().startswith("("):
            kept.add(n + 1)
        kept |= set(_taken_up(sentences, n))
    return introduced(sentences, kept)


def _unbroken(sentences: Sequence[str], chosen: Iterable[int]) -> set[int]:
    """The chosen pieces, with the few words before a line's end that begin their sentence."""
    kept = set(chosen)
    for n in sorted(kept):
        while n and _GOES_ON.match(sentences[n]) and _is_beginning(sentences[n - 1]):
            n -= 1
            kept.add(n)
    return kept


def _taken_up(sentences: Sequence[str], n: int) -> range:
    """The positions before a sentence that takes something up, as far as the one that names it."""
    first = n
    while first and takes_up(sentences[first]) and n - first < _MOST_TAKEN_UP:
        first -= 1
    return range(first, n)


def _is_beginning(piece: str) -> bool:
    return len(piece) <= _LONGEST_BEGINNING and not _ENDS.search(piece)


def _up_to(sentences: Sequence[str], positions: Iterable[int], mark: str) -> list[int]:
    """The positions up to the first sentence that holds the mark; none when no one does."""
    passed: list[int] = []
    for n in positions:
        if not 0 <= n < len(sentences):
            break
        passed.append(n)
        if mark in sentences[n]:
            return passed
    return []


def _beside(sentences: Sequence[str], chosen: Sequence[int], instead: bool) -> set[int]:
    """The bans just before or after a chosen sentence; with `instead`, what is said after a chosen ban."""
    around = {m for n in chosen for m in (n - 1, n + 1) if 0 <= m < len(sentences)}
    after = {n + 1 for n in chosen if instead and rules(sentences[n])}
    return {
        n for n in around - set(chosen) if _BAN.search(sentences[n]) or (n in after and not is_code(sentences[n]))
    }


def _nearest_ban(scored: Sequence[tuple[str, float]]) -> set[int]:
    """The ban nearest to the question, where it is about as near as the rest: cut out, the rest may read as leave."""
    nearest = max(score for _, score in scored)
    near = [n for n, (_, score) in enumerate(scored) if score >= nearest - _RULE_AS_NEAR]
    bans = [n for n in near if _BAN.search(scored[n][0]) and rules(scored[n][0])]
    return set(sorted(bans, key=lambda n: -scored[n][1])[:1])


def _size(sentences: Sequence[str], positions: Iterable[int]) -> int:
    return sum(len(sentences[n]) + 1 for n in positions)
