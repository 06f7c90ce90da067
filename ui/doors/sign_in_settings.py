"""Settings of the guard around the whole service: the identity provider, the session, and who may come without."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.settings import SettingsError
from ui.doors import sign_in_wording
from ui.doors.door_settings import is_loopback

SHORTEST_SECRET = 32
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*/?")
_NEEDED = ("OIDC_CLIENT_ID", "CCT_PUBLIC_URL", "CCT_SESSION_SECRET")


class ProviderSettings(BaseSettings):
    """The OpenID Connect provider, Keycloak for instance; without an issuer nobody signs in."""

    model_config = SettingsConfigDict(env_prefix="OIDC_", env_file=".env", extra="ignore", frozen=True)

    issuer: str = ""
    """Its address as it writes it in its tokens: https://connexion.exemple/realms/agents."""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    """Empty for a public client; PKCE protects both."""
    scopes: str = "openid"
    role_claim: str = "realm_access.roles"
    """Where the roles stand: a claim's name, or a path of names separated by dots."""
    reader_role: str = ""
    """The role that gives access; empty: any person the provider knows."""
    maintainer_role: str = "maintainer"
    audience: str = ""
    """What an access token must be meant for; the client id when empty."""
    acr_values: str = ""
    """Level of authentication to ask for, eidas1 for ProConnect."""
    timeout: float = Field(default=10, gt=0, le=60)
    """Seconds given to the provider for one answer."""


class SiteSettings(BaseSettings):
    """How the service is reached, and by whom."""

    model_config = SettingsConfigDict(env_prefix="CCT_", env_file=".env", extra="ignore", frozen=True)

    env: Literal["development", "production"] = "development"
    public_url: str = ""
    """Its address for browsers; sign-in comes back to it."""
    allowed_hosts: str = ""
    """More host names under which it answers, separated by commas."""
    open: bool = False
    """True answers anybody, without signing in, whatever the address that is listened on."""
    session_secret: SecretStr = SecretStr("")
    """Signs the session cookies; the same in every replica."""
    session_minutes: int = Field(default=480, ge=1, le=10_080)
    session_https_only: bool = True
    pseudonym_key: SecretStr = SecretStr("")
    """Key of the users' pseudonyms; the session secret when empty."""
    metrics_open: bool = False
    """True gives /metrics to anybody."""
    question_rate: int = Field(default=60, ge=0)
    """Questions a minute for one person or address; 0: no limit."""

    @property
    def base(self) -> str:
        """What comes before each address: "/cct" for a service at https://portail.exemple/cct/, else empty."""
        return urlsplit(self.public_url).path.rstrip("/")

    @property
    def host_names(self) -> frozenset[str]:
        """Every name of the service, in lower case, without port."""
        named = {name.strip().lower() for name in self.allowed_hosts.split(",") if name.strip()}
        public = urlsplit(self.public_url).hostname
        return frozenset(named | ({public} if public else set()))


def load_sign_in_settings() -> tuple[ProviderSettings, SiteSettings]:
    """The settings of the environment, checked together. Raises SettingsError naming what is refused or missing."""
    try:
        provider, site = ProviderSettings(), SiteSettings()
    except ValidationError as exc:
        first = exc.errors()[0]
        prefix = "OIDC_" if exc.title == ProviderSettings.__name__ else "CCT_"
        name = prefix + "_".join(str(part).upper() for part in first["loc"])
        words = sign_in_wording.SETTING_REFUSED.format(name=name, reason=refusal_reason(first))
        raise SettingsError(words, sign_in_wording.SEE_EXAMPLE) from exc
    check_sign_in(provider, site)
    return provider, site


def check_sign_in(provider: ProviderSettings, site: SiteSettings) -> None:
    """Raises SettingsError for settings that do not go together, or that would weaken the session."""
    public = _checked_address("CCT_PUBLIC_URL", site.public_url) if site.public_url else None
    if public is not None and not _PATH.fullmatch(public.path):
        raise _refused("CCT_PUBLIC_URL", sign_in_wording.NOT_AN_ADDRESS)
    if not provider.issuer:
        return
    _checked_address("OIDC_ISSUER", provider.issuer)
    given = (provider.client_id, site.public_url, site.session_secret.get_secret_value())
    missing = [name for name, value in zip(_NEEDED, given, strict=True) if not value]
    if missing:
        raise SettingsError(
            sign_in_wording.SETTING_MISSING.format(names=", ".join(missing)), sign_in_wording.SEE_EXAMPLE
        )
    for name, secret in (("CCT_SESSION_SECRET", given[2]), ("CCT_PSEUDONYM_KEY", pseudonym_key(site))):
        if len(secret) < SHORTEST_SECRET:
            raise _refused(name, sign_in_wording.WEAK_SECRET, sign_in_wording.SECRET_REMEDY)
    if not site.session_https_only and public is not None and public.scheme != "http":
        raise _refused("CCT_SESSION_HTTPS_ONLY", sign_in_wording.INSECURE_COOKIE)


def refusal_reason(error: Mapping[str, Any]) -> str:
    """Why pydantic refused a setting, in French."""
    told = sign_in_wording.SETTING_REASONS.get(error["type"], sign_in_wording.OTHER_REASON)
    return told.format(**error.get("ctx", {})).replace(" or ", " ou ")


def pseudonym_key(site: SiteSettings) -> str:
    """The key of the pseudonyms."""
    return site.pseudonym_key.get_secret_value() or site.session_secret.get_secret_value()


def origin_of(address: str) -> str:
    """ "https://connexion.exemple" of an address; empty for none."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _checked_address(name: str, address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError as exc:
        raise _refused(name, sign_in_wording.NOT_AN_ADDRESS) from exc
    if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment or parts.username:
        raise _refused(name, sign_in_wording.NOT_AN_ADDRESS)
    if parts.scheme == "http" and not is_loopback(host):
        raise _refused(name, sign_in_wording.HTTPS_ONLY)
    return parts


def _refused(name: str, reason: str, remedy: str = sign_in_wording.SEE_EXAMPLE) -> SettingsError:
    return SettingsError(sign_in_wording.SETTING_REFUSED.format(name=name, reason=reason), remedy)
