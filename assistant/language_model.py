"""The language model behind one method. With ingest/embedding.py, the only importer of langchain_openai."""

from __future__ import annotations

from typing import Protocol

from assistant.errors import ModelError
from assistant.settings import AssistantSettings


class LanguageModel(Protocol):
    """Instructions and a request → a text."""

    def complete(self, instructions: str, request: str) -> str:
        """The model's answer, never empty. Raises ModelError when it cannot be had."""


class OpenAIModel:
    """An OpenAI-compatible /v1/chat/completions endpoint; the base URL may come with or without /v1."""

    def __init__(self, settings: AssistantSettings) -> None:
        if not settings.base_url or not settings.model:
            raise ModelError(
                "Aucun modèle de langue n'est configuré.",
                "Donnez OPENAI_BASE_URL et LLM_DEFAULT_MODEL (et OPENAI_API_KEY s'il en faut une).",
            )
        from langchain_openai import ChatOpenAI
        from pydantic import SecretStr

        base = settings.base_url.rstrip("/")
        self._model = ChatOpenAI(
            model=settings.model,
            base_url=base if base.endswith("/v1") else f"{base}/v1",
            api_key=SecretStr(settings.api_key.get_secret_value() or "-"),
            timeout=settings.timeout,
            max_retries=2,
            temperature=0.4,
        )

    def complete(self, instructions: str, request: str) -> str:
        """See LanguageModel.complete."""
        try:
            answer = self._model.invoke([("system", instructions), ("human", request)])
        except Exception as exc:  # openai and httpx errors, translated here only
            raise ModelError(
                f"Le modèle de langue n'a pas répondu ({type(exc).__name__} : {exc}).",
                "Vérifiez OPENAI_BASE_URL, OPENAI_API_KEY et LLM_DEFAULT_MODEL.",
            ) from exc
        text = answer.content if isinstance(answer.content, str) else ""
        if not text.strip():
            raise ModelError("Le modèle de langue a répondu un texte vide.", "Réessayez, ou changez de modèle.")
        return text
