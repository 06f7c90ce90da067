"""The endpoint that judges, which need not be the one that answers: JUDGE_… first, OPENAI_… for what is not given."""

from __future__ import annotations

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class JudgeSettings(BaseSettings):
    """An OpenAI-compatible endpoint and how it is asked."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    base_url: str = Field(
        default="", validation_alias=AliasChoices("JUDGE_BASE_URL", "OPENAI_BASE_URL", "OPENAI_API_BASE_URL")
    )
    model: str = Field(default="", validation_alias=AliasChoices("JUDGE_MODEL", "LLM_DEFAULT_MODEL", "OPENAI_MODEL"))
    api_key: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("JUDGE_API_KEY", "OPENAI_API_KEY")
    )
    timeout: float = Field(default=120.0, gt=0, validation_alias="JUDGE_TIMEOUT")
    """Seconds for one call."""
    max_tokens: int = Field(default=2048, gt=0, validation_alias="JUDGE_MAX_TOKENS")
    jobs: int = Field(default=4, gt=0, validation_alias="JUDGE_JOBS")
    """Calls under way at a time."""
