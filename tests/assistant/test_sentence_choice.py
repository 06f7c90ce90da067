"""Which sentence of a passage is quoted: nearness to the question, helped by what the bank asks of the passage."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.composing.sentence_choice import decisive
from assistant.search.sentence_scores import sentence_scores
from ingest.passage import Lines, Passage

SENTENCES = (
    "La sauvegarde est faite chaque nuit avant le déploiement.",
    "Le stockage reste indépendant de la production et résilient.",
    "Oui.",
)
PASSAGE = Passage("section", " ".join(SENTENCES), Lines(1, 1), SENTENCES)
ROWS = np.eye(3, dtype=np.float32)[:2]
NONE = np.zeros((0, 3), dtype=np.float32)


def unit(*numbers: float) -> np.ndarray:
    row = np.array(numbers, dtype=np.float32)
    return row / np.linalg.norm(row)


def nearest(question: str, vector: np.ndarray, known: np.ndarray = NONE) -> int:
    scored = sentence_scores(question, vector, PASSAGE, ROWS, known)
    assert [s for s, _ in scored] == list(SENTENCES)
    return int(np.argmax([score for _, score in scored]))


def test_the_sentence_whose_meaning_is_nearest_comes_first() -> None:
    assert nearest("zzz", unit(0.9, 0.5, 0)) == 0
    assert nearest("zzz", unit(0.5, 0.9, 0)) == 1


def test_words_in_common_count() -> None:
    assert nearest("stockage résilient ?", unit(0.72, 0.69, 0)) == 1


@pytest.mark.parametrize("others", [0, 40])
def test_the_banks_questions_that_are_like_it_say_what_it_means(others: int) -> None:
    asked = unit(0.75, 0.65, 0.1)
    like_it, unlike_it = np.tile(unit(0.5, 0.86, 0.1), (5, 1)), np.tile(unit(0.3, 0, 1), (others, 1))
    assert nearest("zzz", asked) == 0
    assert nearest("zzz", asked, np.vstack([unlike_it, like_it])) == 1


def test_a_list_of_links_is_not_preferred() -> None:
    linked = Passage("section", "", Lines(1, 1), (SENTENCES[0], "Voir https://exemple.fr/une/longue/adresse/de/page"))
    scored = sentence_scores("zzz", unit(1, 1.05, 0), linked, ROWS, NONE)
    assert scored[0][1] > scored[1][1]


def test_a_sentence_that_a_line_cuts_in_two_is_quoted_whole() -> None:
    filler = "Cette phrase parle d'autre chose et prend de la place dans le passage. " * 4
    scored = [(filler, 0.1), ("Kubernetes", 0.2), ("sert à orchestrer des conteneurs.", 0.9)]
    scored += [(filler, 0.1), (filler, 0.1), ("une puce sans lien", 0.1)]
    assert decisive(scored, question="orchestrer des conteneurs") == [1, 2]


def test_what_a_passage_forbids_is_not_cut_out_of_it() -> None:
    filler = [(f"La barque numéro {n} attend au bassin, prête pour la saison qui commence.", 0.80) for n in range(14)]
    allowed = ("Une barque de réserve, avec ses outils, peut servir aux réparations.", 0.88)
    ban = ("Il n'est pas possible de sortir la barque du bassin.", 0.85)
    unlike = ("Il n'est pas possible de fumer dans le local des peintures.", 0.70)
    scored = [unlike, allowed, *filler, ban, *filler]
    quoted = [scored[n][0] for n in decisive(scored, longest=300, question="une virée au large, jouable chez vous ?")]
    assert allowed[0] in quoted
    assert ban[0] in quoted
