"""Settings of the doors that other programs use: who may enter, and how often."""

from __future__ import annotations

import ipaddress
import re

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.settings import SettingsError

SHORTEST_TOKEN = 16


class DoorSettings(BaseSettings):
    """What guards /v1 and /mcp."""

    model_config = SettingsConfigDict(env_prefix="CCT_API_", env_file=".env", extra="ignore", frozen=True)

    tokens: SecretStr = SecretStr("")
    """Bearer tokens, separated by commas or white space; any one of them opens."""
    open: bool = False
    """True opens the doors without a token, whatever the address that is listened on."""
    rate: int = Field(default=300, ge=0)
    """Requests a minute for one token, or one address where no token is asked; 0: no limit."""

    def token_list(self) -> tuple[str, ...]:
        """The tokens one by one. Raises SettingsError for one under 16 characters."""
        found = tuple(t for t in re.split(r"[,\s]+", self.tokens.get_secret_value()) if t)
        if any(len(token) < SHORTEST_TOKEN for token in found):
            raise SettingsError(
                f"Réglage CCT_API_TOKENS refusé : un jeton fait moins de {SHORTEST_TOKEN} caractères.",
                "Tirez-en un au hasard, par exemple avec « openssl rand -hex 24 ».",
            )
        return found


def load_door_settings() -> DoorSettings:
    """The settings of the environment. Raises SettingsError naming the first refused one."""
    try:
        return DoorSettings()
    except ValidationError as exc:
        first = exc.errors()[0]
        name = "CCT_API_" + "_".join(str(part).upper() for part in first["loc"])
        raise SettingsError(f"Réglage {name} refusé : {first['msg']}.", "Voyez .env.example.") from exc


def is_loopback(host: str) -> bool:
    """True for an address, or name, that only this machine reaches."""
    bare = host.strip("[]")
    if bare.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return False
