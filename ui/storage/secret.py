"""The secret of this installation, and the keys derived from it: signatures, pseudonyms."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from ingest.settings import SettingsError
from ui.storage.settings import StorageSettings

FILE = "secret"
SHORTEST = 32


class Secret:
    """The installation's secret; each use has its own key, so that one never serves another's purpose."""

    def __init__(self, value: str) -> None:
        self._value = value.encode()

    def key(self, purpose: str) -> bytes:
        """32 bytes, the same each time for a purpose (HMAC-SHA256)."""
        return hmac.digest(self._value, purpose.encode(), hashlib.sha256)


def load_secret(settings: StorageSettings, home: Path) -> Secret:
    """The secret of CCT_SECRET, or the one that the data folder keeps, drawn at the first start.

    Raises SettingsError for one under 32 characters, a file that cannot be kept, or a database server without one:
    replicas that each drew their own would refuse each other's receipts and take one person for several.
    """
    given = settings.secret.get_secret_value().strip()
    if given:
        return Secret(_long_enough(given, "Réglage CCT_SECRET"))
    if settings.database_url.get_secret_value().strip().startswith("postgres"):
        raise SettingsError(
            "Réglage CCT_SECRET absent : DATABASE_URL nomme un serveur, que plusieurs répliques peuvent partager.",
            "Donnez à toutes le même secret, tiré par exemple avec « openssl rand -hex 32 ».",
        )
    path = home / FILE
    try:
        return Secret(_long_enough(_kept(path), f"Le secret de {path}"))
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(
            f"Le secret ne peut pas être gardé dans {path} ({exc}).",
            "Donnez-le par CCT_SECRET, ou un dossier de données où écrire.",
        ) from exc


def _kept(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32))
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(aside, path)  # whole or not at all, and the first of two processes wins
        finally:
            aside.unlink()
    return path.read_text(encoding="ascii").strip()


def _long_enough(value: str, what: str) -> str:
    if len(value) < SHORTEST:
        raise SettingsError(
            f"{what} refusé : il fait moins de {SHORTEST} caractères.",
            "Tirez-en un au hasard, par exemple avec « openssl rand -hex 32 ».",
        )
    return value
