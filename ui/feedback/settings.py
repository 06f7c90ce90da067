"""Settings of feedback: how long it is kept, what is noted of questions, where votes are sent."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.settings import SettingsError

INGEST = "/api/feedback/ingest"


class FeedbackSettings(BaseSettings):
    """Read by whoever starts a server or a command."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    retention_days: int = Field(default=396, ge=1, validation_alias="CCT_FEEDBACK_RETENTION_DAYS")
    """Thirteen months: a year can be compared with the one before, and reviewed in the month that follows."""
    journal_questions: bool = Field(default=False, validation_alias="CCT_JOURNAL_QUESTIONS")
    """True keeps the words of the questions that got no answer; else their count and subject only."""
    mirai_url: str = Field(default="", validation_alias="CCT_MIRAI_FEEDBACK_URL")
    """Address of MirAI's feedback service, with or without /api/feedback/ingest; empty: nothing is sent."""
    mirai_token: SecretStr = Field(default=SecretStr(""), validation_alias="CCT_MIRAI_FEEDBACK_TOKEN")
    mirai_collection: str = Field(default="cct", min_length=1, validation_alias="CCT_MIRAI_FEEDBACK_COLLECTION")
    mirai_timeout: float = Field(default=10.0, gt=0, validation_alias="CCT_MIRAI_FEEDBACK_TIMEOUT")
    """Seconds."""

    @property
    def retention(self) -> timedelta:
        """How long votes, comments and unanswered questions are kept after their last change."""
        return timedelta(days=self.retention_days)

    @property
    def ingest_address(self) -> str:
        """The whole address that votes are sent to; empty when none is."""
        if not self.mirai_url:
            return ""
        base = self.mirai_url.rstrip("/")
        return base if base.endswith(INGEST) else f"{base}{INGEST}"


def load_feedback_settings() -> FeedbackSettings:
    """The settings of the environment. Raises SettingsError naming the first refused one."""
    try:
        settings = FeedbackSettings()
    except ValidationError as exc:
        first = exc.errors()[0]
        raise SettingsError(f"Réglage {first['loc'][0]} refusé : {first['msg']}.", "Voyez .env.example.") from exc
    parts = urlsplit(settings.mirai_url)
    if settings.mirai_url and not (parts.scheme in {"http", "https"} and parts.hostname):
        raise SettingsError(
            "Réglage CCT_MIRAI_FEEDBACK_URL refusé : ce n'est pas une adresse http ou https.", "Voyez .env.example."
        )
    return settings
