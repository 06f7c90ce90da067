"""An optional second opinion on the first passages, before a model writes: an endpoint or a cross-encoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import httpx

from assistant.errors import RerankerError
from assistant.model.language_model import versioned
from assistant.settings import AssistantSettings

_TIMEOUT = 10.0
_SHAPES = ("tei", "cohere")


class Reranker(Protocol):
    """A question and texts → how well each answers it."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score a text, higher is better. Raises RerankerError."""


class HttpReranker:
    """POST /v1/rerank, in the shape of text-embeddings-inference (MirAI's gateway) or of Cohere (LiteLLM, vLLM…)."""

    def __init__(self, base_url: str, model: str, api_key: str = "", shape: str = "auto") -> None:
        base = base_url.rstrip("/")
        self._url = base if base.endswith("/rerank") else f"{versioned(base)}/rerank"
        self._model = model
        self._shapes = _SHAPES if shape == "auto" else (shape,)
        self._client = httpx.Client(timeout=_TIMEOUT, headers={"Authorization": f"Bearer {api_key or '-'}"})

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """See Reranker.scores; the shape that the endpoint accepts is remembered."""
        if not texts:
            return []
        refused = ""
        for shape in self._shapes:
            try:
                response = self._client.post(self._url, json=_body(shape, self._model, question, texts))
            except httpx.HTTPError as exc:
                raise RerankerError(f"Le reranker est injoignable ({type(exc).__name__}).", _REMEDY) from exc
            if response.status_code in {400, 404, 422}:
                refused = f"{response.status_code}"
                continue
            if response.is_error:
                raise RerankerError(f"Le reranker refuse la demande ({response.status_code}).", _REMEDY)
            self._shapes = (shape,)
            return _read(response, len(texts))
        raise RerankerError(f"Le reranker ne comprend pas la demande ({refused}).", _REMEDY)


_REMEDY = "Vérifiez RERANKER_BASE_URL, RERANKER_API_KEY, RERANKER_MODEL et RERANKER_PROVIDER."


class LocalReranker:
    """A sentence-transformers cross-encoder, from a folder or the local cache."""

    def __init__(self, model: str) -> None:
        try:
            from sentence_transformers import CrossEncoder

            self._model: Any = CrossEncoder(model, device="cpu")
        except Exception as exc:  # hub, file and format errors have no common base
            raise RerankerError(
                f"Le reranker {model!r} ne se charge pas ({type(exc).__name__}).",
                "Donnez dans RERANKER_MODEL le dossier d'un modèle présent sur la machine.",
            ) from exc

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """See Reranker.scores."""
        if not texts:
            return []
        rows = self._model.predict([(question, text) for text in texts], show_progress_bar=False)
        return [float(row) for row in rows]


def make_reranker(settings: AssistantSettings) -> Reranker | None:
    """The reranker that the environment configures, or None. Raises RerankerError."""
    if not settings.reranker_enabled:
        return None
    if settings.reranker_provider == "local":
        return LocalReranker(settings.reranker_model)
    base = settings.reranker_base_url or settings.base_url
    if not base:
        raise RerankerError("RERANKER_ENABLED demande une adresse.", "Donnez RERANKER_BASE_URL ou OPENAI_BASE_URL.")
    key = settings.reranker_api_key.get_secret_value() or settings.api_key.get_secret_value()
    return HttpReranker(base, settings.reranker_model, key, settings.reranker_provider)


def _body(shape: str, model: str, question: str, texts: Sequence[str]) -> dict[str, Any]:
    if shape == "tei":
        return {"model": model, "query": question, "texts": list(texts), "return_text": False, "raw_scores": False}
    return {
        "model": model,
        "query": question,
        "documents": list(texts),
        "top_n": len(texts),
        "return_documents": False,
    }


def _read(response: httpx.Response, count: int) -> list[float]:
    """Scores in the order of the texts, from a bare array or from {"results": […]}."""
    try:
        found = response.json()
        rows = found["results"] if isinstance(found, dict) else found
        scores = {
            int(row["index"]): float(row["score"] if "score" in row else row["relevance_score"]) for row in rows
        }
        return [scores[n] for n in range(count)]
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise RerankerError("Le reranker a répondu des scores inutilisables.", _REMEDY) from exc
