"""Which sentences of a passage answer a question: what is quoted is chosen by this."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from assistant.question.expected_kind import expected_kind, wants_an_address
from assistant.search.french_text import tokens
from ingest.index.build_index import embedded_texts
from ingest.passage import Passage

FloatArray = NDArray[np.float32]

_UNKNOWN_SENTENCE = 0.70
"""Nearness of a sentence too short to have a vector: that of unrelated texts with e5."""
_LINK = re.compile(r"https?\S+")
_EXPECTED = 0.1
"""What it counts that a sentence holds the kind of thing that the question waits for."""
_LIKE_IT = 5
"""Questions of the bank that say it in other words."""


def sentence_scores(
    question: str, vector: FloatArray, passage: Passage, rows: FloatArray, known: FloatArray
) -> list[tuple[str, float]]:
    """The passage's sentences with how near each is to the question, in the document's order.

    `vector` is the question's, `rows` those of the passage's embedded texts, `known` those of the bank's questions
    that the passage answers: the ones nearest to the question count as much as itself.
    """
    if len(known):
        nearest = known[np.argsort(-(known @ vector))[:_LIKE_IT]].mean(axis=0)
        vector = vector + nearest
        vector = vector / np.linalg.norm(vector)
    vectors = dict(zip(embedded_texts(passage), rows, strict=True))
    wanted = set(tokens(question))
    waited, located = expected_kind(question), wants_an_address(question)
    scored = []
    for sentence in passage.sentences:
        row = vectors.get(sentence)
        near = float(row @ vector) if row is not None else _UNKNOWN_SENTENCE
        shared = len(wanted & set(tokens(sentence))) / (len(wanted) or 1)
        links = 0 if located else sum(len(link) for link in _LINK.findall(sentence))
        expected = _EXPECTED if waited is not None and waited(sentence) else 0.0
        scored.append((sentence, near + 0.15 * shared - 0.2 * links / len(sentence) + expected))
    return scored
