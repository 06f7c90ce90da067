"""What every reranker gives: run on the endpoint in both shapes, and on a local cross-encoder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import RerankerError
from assistant.search.reranking import HttpReranker, LocalReranker, Reranker, make_reranker
from assistant.settings import AssistantSettings
from tests.fake_openai_server import FakeOpenAI, fake_openai

QUESTION = "sauvegarde des données"
TEXTS = ["la cantine", "la sauvegarde des données est sur S3", "la sauvegarde"]


def _shared(question: str, text: str) -> float:
    return len(set(question.split()) & set(text.split())) / 10


def tei(body: dict[str, Any]) -> tuple[int, Any]:
    """MirAI's gateway: a bare array, the best first."""
    if "texts" not in body:
        return 422, {"error": "missing texts"}
    rows = [{"index": n, "score": _shared(body["query"], t)} for n, t in enumerate(body["texts"])]
    return 200, sorted(rows, key=lambda row: -row["score"])


def cohere(body: dict[str, Any]) -> tuple[int, Any]:
    """LiteLLM, vLLM, Cohere."""
    if "documents" not in body:
        return 400, {"error": "missing documents"}
    rows = [{"index": n, "relevance_score": _shared(body["query"], t)} for n, t in enumerate(body["documents"])]
    return 200, {"results": sorted(rows, key=lambda row: -row["relevance_score"])}


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with fake_openai() as told:
        yield told


@pytest.fixture(scope="module")
def tiny_cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-encoder of a few thousand random weights: it scores, it does not understand."""
    from sentence_transformers import CrossEncoder
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    folder = tmp_path_factory.mktemp("cross-encoder")
    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *sorted({w for t in (QUESTION, *TEXTS) for w in t.lower().split()}),
    ]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    config = BertConfig(vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
                        intermediate_size=16, num_labels=1)  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    CrossEncoder(str(folder), device="cpu")
    return folder


@pytest.fixture(params=["tei", "cohere", pytest.param("local", marks=pytest.mark.models)])
def reranker(request: pytest.FixtureRequest) -> Reranker:
    if request.param == "local":
        return LocalReranker(str(request.getfixturevalue("tiny_cross_encoder")))
    told: FakeOpenAI = request.getfixturevalue("server")
    told.rerank = {"tei": tei, "cohere": cohere}[request.param]
    return HttpReranker(told.url, "essai", "sk-essai")


class TestRerankerContract:
    def test_it_gives_one_score_a_text_in_their_order(self, reranker: Reranker) -> None:
        scores = reranker.scores(QUESTION, TEXTS)
        assert len(scores) == len(TEXTS)
        assert reranker.scores(QUESTION, TEXTS[::-1]) == pytest.approx(scores[::-1], abs=1e-4)

    def test_no_text_has_no_score(self, reranker: Reranker) -> None:
        assert reranker.scores(QUESTION, []) == []


@pytest.mark.parametrize("shape", [tei, cohere])
def test_the_shape_that_works_is_remembered(server: FakeOpenAI, shape: Any) -> None:
    server.rerank = shape
    made = HttpReranker(server.url + "/v1", "essai", "sk-essai")
    first = made.scores(QUESTION, TEXTS)
    calls = len(server.received)
    assert made.scores(QUESTION, TEXTS) == first
    assert len(server.received) == calls + 1
    assert max(range(3), key=first.__getitem__) == 1
    assert server.received[-1]["path"] == "/v1/rerank"
    assert server.received[-1]["key"] == "Bearer sk-essai"


@pytest.mark.parametrize(
    "found", [(500, {}), (200, {"results": []}), (200, [{"index": 0}]), (200, "rien"), (404, {}), (200, [None])]
)
def test_what_cannot_be_used_is_an_error(server: FakeOpenAI, found: tuple[int, Any]) -> None:
    server.rerank = lambda _: found
    with pytest.raises(RerankerError) as caught:
        HttpReranker(server.url, "essai").scores(QUESTION, TEXTS)
    assert "RERANKER" in caught.value.remedy


def test_nobody_at_the_address_is_an_error() -> None:
    with pytest.raises(RerankerError):
        HttpReranker("http://127.0.0.1:9", "essai").scores(QUESTION, TEXTS)


def _settings(**values: object) -> AssistantSettings:
    return AssistantSettings(_env_file=None, **values)  # type: ignore[arg-type, call-arg]  # by alias


def test_the_settings_choose_the_reranker(tmp_path: Path) -> None:
    assert make_reranker(_settings()) is None
    assert isinstance(
        make_reranker(_settings(RERANKER_ENABLED="true", OPENAI_BASE_URL="http://x.invalid")), HttpReranker
    )
    with pytest.raises(RerankerError):
        make_reranker(_settings(RERANKER_ENABLED="true"))


def test_a_local_model_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RerankerError, match="ne se charge pas"):
        LocalReranker(str(tmp_path / "absent"))
