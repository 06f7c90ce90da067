"""Where the database is, from the environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from ingest.settings import SettingsError

FILE = "assistant.sqlite"
_POSTGRESQL = {"postgres", "postgresql", "postgresql+psycopg"}
_FORMS = "Écrivez postgresql://utilisateur:mot_de_passe@hôte:5432/base, ou sqlite:///chemin/du/fichier.sqlite."


class StorageSettings(BaseSettings):
    """The database's address, and the secret of signatures and pseudonyms."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    database_url: SecretStr = Field(default=SecretStr(""), validation_alias="DATABASE_URL")
    """postgres://, postgresql:// or sqlite:///; empty: a file of the data folder."""
    secret: SecretStr = Field(default=SecretStr(""), validation_alias="CCT_SECRET")
    """Empty: one is drawn and kept in the data folder."""


def load_storage_settings() -> StorageSettings:
    """The settings of the environment. Raises SettingsError for a refused one."""
    try:
        return StorageSettings()
    except ValidationError as exc:
        first = exc.errors()[0]
        raise SettingsError(f"Réglage {first['loc'][0]} refusé : {first['msg']}.", "Voyez .env.example.") from exc


def database_address(settings: StorageSettings, home: Path) -> URL:
    """The address as SQLAlchemy takes it, with psycopg 3. Raises SettingsError, which never shows the password."""
    given = settings.database_url.get_secret_value().strip()
    if not given:
        return URL.create("sqlite", database=str(home / FILE))
    try:
        url = make_url(given)
    except (ArgumentError, ValueError) as exc:
        raise SettingsError("Réglage DATABASE_URL refusé : ce n'est pas une adresse de base.", _FORMS) from exc
    if url.drivername in _POSTGRESQL:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername != "sqlite":
        raise SettingsError(f"Réglage DATABASE_URL refusé : {url.drivername} n'est pas pris en charge.", _FORMS)
    if url.database in {None, "", ":memory:"} or url.query:
        raise SettingsError("Réglage DATABASE_URL refusé : une base SQLite est un fichier.", _FORMS)
    return url
