"""SentencePiece's unigram segmentation (Kudo 2018) over the bundled model's vocabulary.

The Rust tokenizers take one second and 300 MB for these 250,000 pieces, which a command line would pay each time.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ingest.index.bundled_model.weights import ModelFile

_SPACE = "▁"
"""What SentencePiece writes for a space."""
_WORD = re.compile(f"{_SPACE}[^{_SPACE}]*")
_KEPT_WORDS = 20_000
_UNKNOWN_PENALTY = 10.0
"""An unknown character scores this much less than the rarest piece, as in SentencePiece."""


class UnigramTokenizer:
    """Text → numbers of the likeliest sequence of pieces. Thread-safe.

    No piece of the vocabulary goes on after a space: each word is cut by itself, and the words last seen are kept.
    """

    def __init__(self, file: ModelFile) -> None:
        self._normalization = file.normalization
        self._unknown = file.shape.unknown
        self._numbers = dict(zip(file.pieces, range(len(file.pieces)), strict=True))
        for none in ("", file.pieces[self._unknown]):
            self._numbers.pop(none, None)
        self._scores: list[float] = file.scores.tolist()
        self._unknown_score = min(self._scores) - _UNKNOWN_PENALTY
        self._longest = max(map(len, self._numbers))
        self._pieces = lru_cache(_KEPT_WORDS)(self._cut)

    def __call__(self, text: str) -> list[int]:
        """The numbers of the pieces, without the marks of beginning and end: one at least."""
        marked = re.sub("  +", " ", text.translate(self._normalization)).replace(" ", _SPACE)
        if not marked.startswith(_SPACE):
            marked = _SPACE + marked
        return [number for word in _WORD.findall(marked) for number in self._pieces(word)]

    def _cut(self, word: str) -> tuple[int, ...]:
        ways = self._best_ways(word)
        found, at = [], len(word)
        while at:
            at, number = ways[at]
            found.append(number)
        return tuple(found[::-1])

    def _best_ways(self, text: str) -> list[tuple[int, int]]:
        """Viterbi's table: for each end of a piece, where the best one begins and its number."""
        size = len(text)
        best = [float("-inf")] * (size + 1)
        best[0] = 0.0
        ways = [(0, self._unknown)] * (size + 1)
        for start in range(size):
            here = best[start]
            for end in range(start + 1, min(size, start + self._longest) + 1):
                number = self._numbers.get(text[start:end])
                if number is not None and here + self._scores[number] > best[end]:
                    best[end], ways[end] = here + self._scores[number], (start, number)
            if here + self._unknown_score > best[start + 1]:
                best[start + 1], ways[start + 1] = here + self._unknown_score, (start, self._unknown)
        return ways
