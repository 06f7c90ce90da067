"""Settings of the bot, read from the environment by whoever starts it."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from ingest.settings import SettingsError


def _names(value: object) -> object:
    return tuple(filter(None, re.split(r"[,\s]+", value))) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)]
"""Ids separated by commas or white space."""


class MattermostSettings(BaseSettings):
    """Where the server is, who may ask what, how the bot behaves."""

    model_config = SettingsConfigDict(
        env_prefix="MATTERMOST_", env_file=".env", extra="ignore", frozen=True, populate_by_name=True
    )

    url: str = ""
    """Address of the server, as people open it: https://mattermost.example.fr"""
    token: SecretStr = SecretStr("")
    """Access token of the bot's account."""
    public_url: str = Field(default="", validation_alias=AliasChoices("MATTERMOST_PUBLIC_URL", "CCT_PUBLIC_URL"))
    """Address of the web service (cct serve), for the links to a requirement's page; empty: no such link."""

    callback_url: str = ""
    """Address at which the Mattermost server reaches the bot; empty: neither buttons nor slash command."""
    host: str = "127.0.0.1"
    port: int = Field(default=7863, ge=0, le=65535)
    """Where /health, /metrics and, with callback_url, the callbacks are served; 0: nowhere."""
    command_tokens: SecretStr = SecretStr("")
    """Tokens of the slash commands, one a team, separated by commas."""

    allowed_teams: Names = ()
    allowed_channels: Names = ()
    allowed_users: Names = ()
    """Ids; empty: everybody, everywhere."""
    denied_teams: Names = ()
    denied_channels: Names = ()
    denied_users: Names = ()

    follow_ups: bool = True
    """Answers questions without a mention in the threads where it has answered."""
    streaming: bool = True
    """Shows what a model writes as it is checked, by editing the post at most once a second."""
    rate: int = Field(default=10, ge=0)
    """Answers a minute for one person; 0: no limit."""
    at_once: int = Field(default=4, ge=1, le=32)
    """Questions that are answered at the same time."""
    max_age_hours: float = Field(default=12.0, gt=0)
    """A question found later than this is not answered: the bot apologises."""
    context_characters: int = Field(default=4000, ge=0)
    """Characters of the thread that may serve to understand a follow-up; 0: none."""
    retention_days: int = Field(default=30, ge=1)
    """Days after which what was asked is erased from the database."""
    revision_channels: Names = ()
    """Ids of the channels that are told of a new revision."""

    @property
    def configured(self) -> bool:
        """True when there is a server to connect to."""
        return bool(self.url or self.token.get_secret_value())

    @property
    def called_back(self) -> bool:
        """True when the server can call us: buttons and slash command."""
        return bool(self.callback_url) and self.port > 0

    def command_token_list(self) -> tuple[str, ...]:
        """The tokens of the slash commands, one by one."""
        return tuple(filter(None, re.split(r"[,\s]+", self.command_tokens.get_secret_value())))


def load_mattermost_settings() -> MattermostSettings:
    """The settings of the environment. Raises SettingsError naming the first refused one."""
    try:
        return MattermostSettings()
    except ValidationError as exc:
        first = exc.errors()[0]
        name = "MATTERMOST_" + "_".join(str(part).upper() for part in first["loc"][:1])
        raise SettingsError(f"Réglage {name} refusé : {first['msg']}.", "Voyez .env.example.") from exc


def checked(settings: MattermostSettings) -> MattermostSettings:
    """The settings when the bot can start with them. Raises SettingsError for what is missing or impossible."""
    if not settings.url:
        raise SettingsError(
            "Réglage MATTERMOST_URL absent.",
            "Donnez l'adresse du serveur, par exemple https://mattermost.example.fr ; voyez docs/mattermost.md.",
        )
    for name, address in (
        ("URL", settings.url),
        ("CALLBACK_URL", settings.callback_url),
        ("PUBLIC_URL", settings.public_url),
    ):
        parts = urlsplit(address)
        if address and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise SettingsError(
                f"Réglage MATTERMOST_{name} refusé : {address!r} n'est pas une adresse http(s).",
                "Écrivez par exemple https://mattermost.example.fr.",
            )
    if not settings.token.get_secret_value().strip():
        raise SettingsError(
            "Réglage MATTERMOST_TOKEN absent.",
            "Créez le compte de bot (Intégrations → Comptes de bot) et donnez son jeton ; voyez docs/mattermost.md.",
        )
    for name in ("allowed_channels", "denied_channels", "revision_channels", "allowed_users", "denied_users"):
        for value in getattr(settings, name):
            if not re.fullmatch(r"[a-z0-9]{26}", value):
                raise SettingsError(
                    f"Réglage MATTERMOST_{name.upper()} refusé : {value!r} n'est pas un identifiant de 26 signes.",
                    "L'identifiant d'un canal se lit dans « Voir les informations ».",
                )
    return settings
