"""Settings of the assistant, read from the environment by whoever starts the program."""

from __future__ import annotations

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.settings import SettingsError


class AssistantSettings(BaseSettings):
    """The OpenAI-compatible endpoints, named as MirAI's applications name them, and how answers are written."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    base_url: str = Field(
        default="", validation_alias=AliasChoices("OPENAI_BASE_URL", "OPENAI_API_BASE_URL", "BASE_URL")
    )
    """With or without /v1."""
    api_key: SecretStr = Field(default=SecretStr(""), validation_alias=AliasChoices("OPENAI_API_KEY", "API_KEY"))
    model: str = Field(default="", validation_alias=AliasChoices("LLM_DEFAULT_MODEL", "OPENAI_MODEL", "MODEL"))
    embedding_model: str = Field(default="", validation_alias="LLM_EMBEDDING_MODEL")
    """The model of CCT_EMBEDDING=openai."""
    timeout: float = Field(default=60.0, gt=0, validation_alias="LLM_TIMEOUT")
    """Seconds that the model has for a whole answer, retries included."""
    first_token_timeout: float = Field(default=20.0, gt=0, validation_alias="LLM_FIRST_TOKEN_TIMEOUT")
    """Seconds that it has to begin."""
    max_tokens: int = Field(default=4096, ge=16, validation_alias="LLM_MAX_TOKENS")
    """A reasoning model spends most of them before its first word."""
    temperature: float = Field(default=0.1, ge=0, le=2, validation_alias="LLM_TEMPERATURE")
    passages: int = Field(default=6, ge=1, le=20, validation_alias="LLM_PASSAGES")
    """Passages given to the model."""
    history_tokens: int = Field(default=800, ge=0, validation_alias="LLM_HISTORY_TOKENS")
    """Tokens of earlier turns that are given to rephrase a follow-up question."""
    price_prompt: float = Field(default=0.0, ge=0, validation_alias="LLM_PRICE_PROMPT")
    """Euros for a million tokens read."""
    price_completion: float = Field(default=0.0, ge=0, validation_alias="LLM_PRICE_COMPLETION")
    """Euros for a million tokens written."""
    answers: str = Field(default="auto", pattern="^(auto|extractive)$", validation_alias="CCT_ANSWERS")
    """auto: the model writes when one is configured; extractive: never."""
    unverified: str = Field(default="remove", pattern="^(remove|show)$", validation_alias="CCT_UNVERIFIED")
    """What becomes of a model's sentence that fails the check: removed, or shown apart as not verified."""
    reranker_enabled: bool = Field(default=False, validation_alias="RERANKER_ENABLED")
    reranker_provider: str = Field(
        default="auto", pattern="^(auto|tei|cohere|local)$", validation_alias="RERANKER_PROVIDER"
    )
    """tei and cohere are two shapes of /rerank, auto finds which; local: a sentence-transformers cross-encoder."""
    reranker_base_url: str = Field(default="", validation_alias="RERANKER_BASE_URL")
    """Default: the address of the language model."""
    reranker_api_key: SecretStr = Field(default=SecretStr(""), validation_alias="RERANKER_API_KEY")
    reranker_model: str = Field(default="bge-reranker-v2-m3", validation_alias="RERANKER_MODEL")
    """A model of the endpoint; a folder for local."""

    @property
    def writes(self) -> bool:
        """True when a model is to write the answers."""
        return bool(self.base_url and self.model) and self.answers == "auto"


def load_assistant_settings() -> AssistantSettings:
    """The settings of the environment. Raises SettingsError naming the first refused one."""
    try:
        return AssistantSettings()
    except ValidationError as exc:
        first = exc.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "?"
        raise SettingsError(f"Réglage {name} refusé : {first['msg']}.", "Voyez .env.example.") from exc
