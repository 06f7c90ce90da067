"""Settings of the assistant, read from the environment by whoever starts the program."""

from __future__ import annotations

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class AssistantSettings(BaseSettings):
    """The OpenAI-compatible endpoint, named as MirAI's applications name it."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    base_url: str = Field(default="", validation_alias=AliasChoices("OPENAI_BASE_URL", "OPENAI_API_BASE_URL"))
    model: str = Field(default="", validation_alias=AliasChoices("LLM_DEFAULT_MODEL", "OPENAI_MODEL"))
    timeout: float = Field(default=60.0, gt=0, validation_alias="LLM_TIMEOUT")
    api_key: SecretStr = Field(default=SecretStr(""), validation_alias="OPENAI_API_KEY")
