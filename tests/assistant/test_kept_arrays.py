"""Arrays kept on disk: computed once for the same inputs, never wrong, never needed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.search.asked_questions import OwnedVectors, learned
from assistant.search.french_text import tokens, trigrams
from assistant.search.kept_arrays import Arrays, KeptArrays
from assistant.search.question_metric import QuestionMetric
from assistant.search.sparse_search import SparseIndex

TEXTS = ["La sauvegarde est chiffrée.", "Les journaux sont conservés.", "", "Une sauvegarde par jour, chiffrée."]


class _Counted:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> Arrays:
        self.calls += 1
        return {"numbers": np.arange(3)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "prepared"


def test_the_same_inputs_are_computed_once(folder: Path) -> None:
    make = _Counted()
    for _ in range(3):
        assert KeptArrays(folder).get("some", ["a", "b"], make)["numbers"].tolist() == [0, 1, 2]
    assert make.calls == 1


@pytest.mark.parametrize("other", [["ab"], ["b", "a"], ["a", "b", ""], [b"a", "c"]])
def test_other_inputs_are_computed_anew(folder: Path, other: list[str | bytes]) -> None:
    make = _Counted()
    KeptArrays(folder).get("some", ["a", "b"], make)
    KeptArrays(folder).get("some", other, make)
    assert make.calls == 2


@pytest.mark.parametrize("damage", [b"", b"not a zip", None])
def test_a_damaged_file_is_made_anew(folder: Path, damage: bytes | None) -> None:
    make = _Counted()
    KeptArrays(folder).get("some", ["a"], make)
    (path,) = folder.glob("some-*.npz")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2] if damage is None else damage)
    assert KeptArrays(folder).get("some", ["a"], make)["numbers"].tolist() == [0, 1, 2]
    assert make.calls == 2
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_written_only_costs_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    make = _Counted()
    for _ in range(2):
        assert KeptArrays(tmp_path / "file").get("some", ["a"], make)["numbers"].tolist() == [0, 1, 2]
    assert make.calls == 2


def test_old_files_go(folder: Path) -> None:
    for n in range(20):
        KeptArrays(folder).get("some", [str(n)], _Counted())
    assert len(list(folder.iterdir())) < 10


@pytest.mark.parametrize("tokenize", [tokens, trigrams])
def test_a_kept_index_scores_as_a_new_one(folder: Path, tokenize) -> None:  # type: ignore[no-untyped-def]
    new = SparseIndex([tokenize(text) for text in TEXTS])
    SparseIndex.kept("words", TEXTS, tokenize, KeptArrays(folder))
    read = SparseIndex.kept("words", TEXTS, tokenize, KeptArrays(folder))
    for query in ("sauvegarde chiffrée", "inconnu", "", "les journaux journaux"):
        assert read.scores(tokenize(query)).tolist() == new.scores(tokenize(query)).tolist()
    assert new.scores(tokenize("sauvegarde chiffrée")).argmax() == 0


def test_the_share_of_a_query_that_a_document_holds() -> None:
    index = SparseIndex([tokens(text) for text in TEXTS])
    assert index.holds(0, tokens("sauvegarde chiffrée chiffrée")) == 1.0
    assert index.holds(0, tokens("sauvegarde quotidienne")) == 0.5
    assert index.holds(2, tokens("sauvegarde")) == 0.0
    assert index.holds(0, []) == 0.0


def test_an_index_of_nothing_scores_nothing(folder: Path) -> None:
    for _ in range(2):
        empty = SparseIndex.kept("words", ["", ""], tokens, KeptArrays(folder))
        assert empty.scores(["sauvegard"]).tolist() == [0.0, 0.0]
    assert SparseIndex([]).scores(["sauvegard"]).shape == (0,)


@pytest.mark.parametrize("count", [0, 1, 40])
def test_kept_closeness_is_that_of_a_new_computation(folder: Path, count: int) -> None:
    chance = np.random.default_rng(3)
    vectors = chance.normal(size=(count, 8)).astype(np.float32)
    asked = OwnedVectors(vectors, np.arange(count) // 4, count // 4 + 1)
    nothing = OwnedVectors(np.zeros((0, 1), np.float32), np.zeros(0, np.int64), 0)
    expected = learned(asked, nothing, nothing)
    for _ in range(2):
        kept = KeptArrays(folder).get("questions", ["texts"], lambda: learned(asked, nothing, nothing))
        metric = QuestionMetric.of(kept["mean"], kept["factor"])
        seen = chance.normal(size=(5, 8)).astype(np.float32)
        fresh = QuestionMetric.of(expected["mean"], expected["factor"])
        assert np.allclose(metric.projected(seen), fresh.projected(seen), atol=1e-6)
        assert np.allclose(kept["asked_lengths"], expected["asked_lengths"])
        assert np.allclose(kept["asked_centres"], expected["asked_centres"])
