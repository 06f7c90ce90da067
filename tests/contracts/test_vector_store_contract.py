"""What every vector store keeps: run on the one in memory and on Chroma."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ingest.errors import IndexMismatch, IndexNotWritable
from ingest.index.embedding import Vectors
from ingest.index.vector_mirror import VectorMirror, write_mirror
from ingest.index.vector_store import ChromaVectorStore, MemoryVectorStore, VectorStore, vector_key


def _vectors(count: int, seed: int = 1) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(count, 8)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture(params=["memory", "chroma"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorStore]:
    if request.param == "memory":
        yield MemoryVectorStore()
        return
    with closing(ChromaVectorStore(tmp_path / "chroma")) as chroma:
        yield chroma


class TestVectorStoreContract:
    def test_a_new_store_is_empty(self, store: VectorStore) -> None:
        assert store.count() == 0
        assert store.missing(["a", "b"]) == ["a", "b"]

    def test_what_is_added_comes_back_exactly_in_the_order_asked(self, store: VectorStore) -> None:
        vectors = _vectors(3)
        store.add(["a", "b", "c"], vectors)
        found = store.get(["c", "a", "c"])
        assert found.dtype == np.float32
        assert found.shape == (3, 8)
        np.testing.assert_array_equal(found, vectors[[2, 0, 2]])
        assert store.count() == 3

    def test_missing_keys_come_each_once_and_in_order(self, store: VectorStore) -> None:
        store.add(["b"], _vectors(1))
        assert store.missing(["c", "b", "a", "c", "a"]) == ["c", "a"]
        assert store.missing([]) == []

    def test_a_key_that_has_a_vector_keeps_it(self, store: VectorStore) -> None:
        first, second = _vectors(2), _vectors(2, seed=2)
        store.add(["a", "b"], first)
        store.add(["b", "c"], second)
        np.testing.assert_array_equal(store.get(["a", "b", "c"]), np.vstack([first, second[1:]]))
        assert store.count() == 3

    def test_adding_nothing_is_allowed(self, store: VectorStore) -> None:
        store.add([], _vectors(0))
        assert store.count() == 0

    def test_an_unknown_key_is_a_mismatch_with_its_remedy(self, store: VectorStore) -> None:
        store.add(["a"], _vectors(1))
        with pytest.raises(IndexMismatch, match="cct ingest"):
            store.get(["a", "inconnue"])

    def test_keys_and_vectors_of_different_numbers_are_refused(self, store: VectorStore) -> None:
        with pytest.raises(ValueError, match="zip"):
            store.add(["a", "b"], _vectors(1))

    def test_more_vectors_than_a_page_are_kept(self, store: VectorStore) -> None:
        keys = [f"k{n}" for n in range(5_500)]
        vectors = _vectors(len(keys))
        store.add(keys, vectors)
        assert store.count() == len(keys)
        assert store.missing([*keys, "autre"]) == ["autre"]
        np.testing.assert_array_equal(store.get(keys[::-500]), vectors[::-500])

    def test_no_keys_give_no_rows(self, store: VectorStore) -> None:
        store.add(["a"], _vectors(1))
        assert len(store.get([])) == 0


def test_a_key_twice_in_one_call_keeps_its_first_vector_in_memory() -> None:
    _keeps_first(MemoryVectorStore())


def test_a_key_twice_in_one_call_keeps_its_first_vector_in_chroma(tmp_path: Path) -> None:
    with closing(ChromaVectorStore(tmp_path)) as store:
        _keeps_first(store)


def _keeps_first(store: VectorStore) -> None:
    vectors = _vectors(2)
    store.add(["a", "a"], vectors)
    np.testing.assert_array_equal(store.get(["a"]), vectors[:1])


def test_chroma_keeps_its_vectors_when_it_is_opened_again(tmp_path: Path) -> None:
    vectors = _vectors(4)
    with closing(ChromaVectorStore(tmp_path)) as first:
        first.add(list("abcd"), vectors)
    with closing(ChromaVectorStore(tmp_path)) as second:
        np.testing.assert_array_equal(second.get(list("dcba")), vectors[::-1])


def test_a_folder_that_cannot_be_made_is_not_writable(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("à la place du dossier")
    with pytest.raises(IndexNotWritable, match="CCT_HOME"):
        ChromaVectorStore(tmp_path / "fichier" / "chroma")


def test_a_key_stands_for_a_text_and_its_purpose() -> None:
    keys: Callable[[str], set[str]] = lambda text: {vector_key(text, "query"), vector_key(text, "passage")}  # noqa: E731  # read at a glance
    assert len(keys("a") | keys("b") | keys("a ")) == 6
    assert vector_key("é", "query") == vector_key("é", "query")


def test_a_store_that_could_not_be_opened_may_be_opened_later(tmp_path: Path) -> None:
    (tmp_path / "chroma.sqlite3").write_bytes(b"ceci n'est pas une base" * 500)
    with pytest.raises(IndexNotWritable):
        ChromaVectorStore(tmp_path)
    (tmp_path / "chroma.sqlite3").unlink()
    with closing(ChromaVectorStore(tmp_path)) as store:
        assert store.count() == 0


class TestMirrorOfAStore:
    """What the mirror gives is what the store holds, or nothing at all."""

    @pytest.fixture
    def kept(self) -> MemoryVectorStore:
        store = MemoryVectorStore()
        store.add(["a", "b", "c"], _vectors(3))
        return store

    def test_a_mirror_reads_like_the_store(self, kept: MemoryVectorStore, tmp_path: Path) -> None:
        write_mirror(tmp_path / "mirror", kept, ["a", "b", "c"])
        mirror = VectorMirror.opened(tmp_path / "mirror")
        assert mirror is not None
        np.testing.assert_array_equal(mirror.get(["c", "a", "c"]), kept.get(["c", "a", "c"]))
        assert mirror.get([]).shape == (0, 0)
        assert mirror.missing(["x", "b", "x"]) == ["x"]
        assert mirror.count() == 3
        with pytest.raises(IndexMismatch, match="1 vecteurs"):
            mirror.get(["a", "x"])

    def test_a_mirror_is_completed_and_keeps_what_it_had(self, kept: MemoryVectorStore, tmp_path: Path) -> None:
        write_mirror(tmp_path, kept, ["b"])
        write_mirror(tmp_path, kept, ["a", "c"])
        mirror = VectorMirror.opened(tmp_path)
        assert mirror is not None
        np.testing.assert_array_equal(mirror.get(["a", "b", "c"]), kept.get(["a", "b", "c"]))

    def test_a_complete_mirror_is_left_as_it_is(self, kept: MemoryVectorStore, tmp_path: Path) -> None:
        write_mirror(tmp_path, kept, ["a", "b"])
        before = {p.name: p.stat().st_mtime_ns for p in tmp_path.iterdir()}
        write_mirror(tmp_path, kept, ["b"])
        assert {p.name: p.stat().st_mtime_ns for p in tmp_path.iterdir()} == before

    @pytest.mark.parametrize("damage", ["absent", "cut", "altered", "other keys", "no keys", "no number"])
    def test_a_damaged_mirror_is_not_read(self, kept: MemoryVectorStore, tmp_path: Path, damage: str) -> None:
        write_mirror(tmp_path, kept, ["a", "b", "c"])
        rows, keys = tmp_path / "vectors.npy", tmp_path / "keys.txt"
        content = rows.read_bytes()
        {
            "absent": lambda: rows.unlink(),
            "cut": lambda: rows.write_bytes(content[:-5]),
            "altered": lambda: rows.write_bytes(content[:-1] + bytes([content[-1] ^ 1])),
            "other keys": lambda: keys.write_text(keys.read_text().replace("\nb", "\nd")),
            "no keys": lambda: keys.write_text(""),
            "no number": lambda: rows.write_bytes(b"rien"),
        }[damage]()
        assert VectorMirror.opened(tmp_path) is None
        write_mirror(tmp_path, kept, ["a"])
        again = VectorMirror.opened(tmp_path)
        assert again is not None
        np.testing.assert_array_equal(again.get(["a"]), kept.get(["a"]))
