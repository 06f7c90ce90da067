"""Who may come in, decided once at start from the settings and the address that is listened on."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Literal

from ingest.settings import SettingsError
from ui.doors import sign_in_wording
from ui.doors.access_guard import AccessPolicy
from ui.doors.door_settings import is_loopback
from ui.doors.sign_in_settings import ProviderSettings, SiteSettings, origin_of, pseudonym_key
from ui.doors.users import Kind, Role, User

Mode = Literal["signed", "open", "this_machine", "closed"]
READER: frozenset[Role] = frozenset({"reader"})
EVERYTHING: frozenset[Role] = frozenset({"reader", "maintainer"})


@dataclass(frozen=True, slots=True)
class SitePolicy:
    """How the service as a whole is entered.

    signed: by signing in, or with a token; open: freely; this_machine: from where it runs only; closed: with a token,
    or by the doors of other programs.
    """

    mode: Mode
    site: SiteSettings
    provider: ProviderSettings
    key: bytes = field(default=b"", repr=False)

    @staticmethod
    def of(provider: ProviderSettings, site: SiteSettings, host: str) -> SitePolicy:
        """The policy of a server that listens on a host."""
        key = pseudonym_key(site).encode()
        if provider.issuer:
            return SitePolicy("signed", site, provider, key)
        mode: Mode = "open" if site.open else "this_machine" if is_loopback(host) else "closed"
        return SitePolicy(mode, site, provider, key)

    def check(self, host: str, doors: AccessPolicy) -> None:
        """Raises SettingsError where the server would answer nobody beyond its own health."""
        if self.mode == "closed" and doors.entry == "closed":
            raise SettingsError(sign_in_wording.CLOSED_AT_START.format(host=host), sign_in_wording.CLOSED_REMEDY)

    @property
    def identity_origin(self) -> str:
        """The origin of the identity provider, where a form of ours may end; empty without one."""
        return origin_of(self.provider.issuer) if self.mode == "signed" else ""

    @property
    def https(self) -> bool:
        """True where browsers reach the service by https."""
        return self.site.public_url.startswith("https://")

    def knows_host(self, name: str) -> bool:
        """True for a name under which the service may be asked."""
        known = self.site.host_names
        if name.lower() in known:
            return True
        if self.mode == "this_machine":
            return is_loopback(name)
        return not known  # a wide address without any name set: said open, or held by tokens

    def user(self, kind: Kind, identity: str, roles: frozenset[Role]) -> User:
        """A user under a pseudonym."""
        digest = hmac.new(self.key, f"{kind_family(kind)}:{identity}".encode(), hashlib.sha256).hexdigest()[:32]
        sub = "" if kind == "api_token" else identity
        return User(kind, roles, digest, f"{kind_family(kind)} {digest}", sub)

    def unnamed(self, client: str, local: bool) -> User | None:
        """Whoever comes without token nor session; None when nobody may."""
        if self.mode == "open":
            return User("open", READER, caller=f"address {client}")
        if self.mode == "this_machine" and local:
            return User("this_machine", EVERYTHING)
        return None


def kind_family(kind: Kind) -> str:
    """Sessions and access tokens speak for the same people."""
    return "token" if kind == "api_token" else "person"
