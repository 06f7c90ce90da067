"""The whole application behind its guard, and a browser that signs in to it with the local provider."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.ui.canned_assistant import CannedAssistant
from tests.ui.canned_consultation import CannedConsultation
from tests.ui.local_provider import LocalProvider
from ui.doors.access_guard import AccessPolicy
from ui.doors.door_settings import DoorSettings
from ui.doors.sign_in_settings import ProviderSettings, SiteSettings, check_sign_in
from ui.doors.site_policy import SitePolicy
from ui.http_api import create_app

PUBLIC = "https://cct.test"
SECRET = "0123456789abcdef" * 2
PAGE = {"accept": "text/html,application/xhtml+xml"}
API_TOKEN = "jeton-de-programme-0123456789"


def provider_settings(provider: LocalProvider, **values: Any) -> ProviderSettings:
    """Settings of that provider."""
    given = {"issuer": provider.address, "client_id": "cct", "client_secret": "secret", **values}
    return ProviderSettings(_env_file=None, **given)


def site_settings(**values: Any) -> SiteSettings:
    """Settings of a service at PUBLIC."""
    return SiteSettings(_env_file=None, **{"public_url": PUBLIC, "session_secret": SECRET, **values})


def guarded_app(
    provider: LocalProvider | None = None,
    *,
    host: str = "0.0.0.0",
    oidc: dict[str, Any] | None = None,
    doors: dict[str, Any] | None = None,
    assistant: CannedAssistant | None = None,
    **site: Any,
) -> FastAPI:
    """The application as `cct serve` makes it, without the page of gradio unless web_page=True."""
    more = {name: site.pop(name) for name in ("web_page", "corpus") if name in site}
    if provider is None:
        issuer, settings = ProviderSettings(_env_file=None), SiteSettings(_env_file=None, **site)  # type: ignore[call-arg]
    else:
        issuer, settings = provider_settings(provider, **(oidc or {})), site_settings(**site)
    check_sign_in(issuer, settings)
    policy = SitePolicy.of(issuer, settings, host)
    door_settings = DoorSettings(_env_file=None, **{"tokens": API_TOKEN, **(doors or {})})
    access = AccessPolicy.of(door_settings, host, signed=policy.mode == "signed")
    served = assistant or CannedAssistant()
    return create_app(
        lambda: served, access=access, consultation=CannedConsultation, site=policy, **{"web_page": False, **more}
    )


class Browser:
    """Somebody's browser at the service, cookies kept, redirections followed by hand."""

    def __init__(self, app: FastAPI, provider: LocalProvider) -> None:
        self.client = TestClient(app, base_url=PUBLIC, follow_redirects=False, raise_server_exceptions=False)
        self.provider = provider

    def get(self, path: str, **headers: str) -> Any:
        """A page, as a browser asks for it."""
        return self.client.get(path, headers={**PAGE, **headers})

    def to_provider(self, path: str = "/auth/login") -> str:
        """The provider's address that signing in leads to."""
        answer = self.get(path)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["location"])

    def sign_in(self, sub: str | None = "agent-1", path: str = "/auth/login") -> Any:
        """The whole way; gives the answer to coming back."""
        return self.get(self.provider.authorize(self.to_provider(path), sub))

    def post(self, path: str, origin: str | None = PUBLIC, **more: Any) -> Any:
        """A request that changes something, from a page of the service unless told otherwise."""
        headers = {**({"origin": origin} if origin else {}), **more.pop("headers", {})}
        return self.client.post(path, headers=headers, **more)


def path_of(address: str) -> str:
    """The path and query of an address."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
