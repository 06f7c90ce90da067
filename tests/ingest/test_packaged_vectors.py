"""Vectors that ship with the corpus: a cache that changes no result."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.index.build_index import build_index, open_index
from ingest.index.embedding import Vectors
from ingest.index.packaged_vectors import PackagedVectors, packaged_file, write_packaged
from ingest.index.vector_store import vector_key
from ingest.sources.corpus import Corpus


def _vectors(count: int) -> Vectors:
    rows = np.random.default_rng(3).normal(size=(count, 384)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def test_vectors_come_back_as_unit_vectors_within_two_thousandths(tmp_path: Path) -> None:
    keys, vectors = [f"k{n}" for n in range(200)], _vectors(200)
    write_packaged(packaged_file(tmp_path, "essai"), keys, vectors)
    found = PackagedVectors(tmp_path, "essai").get(keys)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert np.abs(found @ found.T - vectors @ vectors.T).max() < 0.003
    assert np.abs(found @ vectors.T - vectors @ vectors.T).max() < 0.002


def test_the_same_vectors_in_any_order_give_the_same_bytes(tmp_path: Path) -> None:
    vectors = _vectors(3)
    write_packaged(tmp_path / "a.npz", ["x", "y", "z"], vectors)
    write_packaged(tmp_path / "b.npz", ["z", "x", "y"], vectors[[2, 0, 1]])
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_what_is_not_shipped_is_not_known(tmp_path: Path) -> None:
    write_packaged(packaged_file(tmp_path, "essai"), ["a", "b"], _vectors(2))
    packaged = PackagedVectors(tmp_path, "essai")
    assert packaged.known(["b", "inconnue", "a"]) == ["b", "a"]
    with pytest.raises(KeyError):
        packaged.get(["inconnue"])


def test_nothing_shipped_for_an_embedding_is_an_empty_cache(tmp_path: Path) -> None:
    assert PackagedVectors(tmp_path, "absent").known(["a"]) == []


def test_the_file_of_an_embedding_stays_in_its_folder(tmp_path: Path) -> None:
    path = packaged_file(tmp_path, "sentence-transformers:/opt/../modèle")
    assert path.parent == tmp_path / "vectors"


def test_shipped_vectors_are_used_and_only_the_rest_is_computed(
    small_source: Callable[..., Any], requirement_table: Callable[..., str], make_hashing_embedder: Any
) -> None:
    source = small_source(
        {"exigences.md": requirement_table(("EXI-G-1", "P", "un", "c"), ("EXI-G-2", "P", "deux", "c"))}
    )
    corpus: Corpus = source.corpus()
    embedder = make_hashing_embedder()
    key = vector_key("un", "passage")
    write_packaged(packaged_file(corpus.settings.corpus, embedder.name), [key], embedder.embed(["un"], "passage"))
    second = make_hashing_embedder()
    report = build_index(corpus, second, corpus.newest())
    assert (report.embedded, second.embedded) == (1, ["deux"])
    registry, store = open_index(corpus.settings.index_folder, "hashing")
    np.testing.assert_allclose(store.get([key]), embedder.embed(["un"], "passage"), atol=0.005)
    store.close()
    registry.close()


def test_a_damaged_file_is_an_empty_cache(tmp_path: Path) -> None:
    path = packaged_file(tmp_path, "essai")
    write_packaged(path, ["a"], _vectors(1))
    path.write_bytes(path.read_bytes()[:-60])
    assert PackagedVectors(tmp_path, "essai").known(["a"]) == []
