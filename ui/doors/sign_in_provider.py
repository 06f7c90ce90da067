"""The OpenID Connect provider: sign-in, sign-out and access tokens. The only importer of authlib and joserfc."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry
from starlette.requests import Request
from starlette.responses import Response

from ui.doors import sign_in_wording
from ui.doors.sign_in_settings import ProviderSettings
from ui.doors.users import Role
from ui.errors import ProviderUnreachable, SignInRefused

_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key pair only: with a shared secret, whoever can check a token can make one."""
_LEEWAY = 60
"""Seconds that two clocks may differ by."""
_KEYS_AGAIN = 60
"""Seconds between two fetches of the keys for a token signed by an unknown one."""
_PATIENCE = 5
"""Seconds without asking a provider that did not answer, on the word of a token."""
_LONGEST_NAME = 80
_ELSEWHERE = {"ID", "Refresh", "Offline", "Logout"}
"""Keycloak's `typ` of tokens that are no access tokens."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody whom the provider vouches for."""

    sub: str
    roles: frozenset[Role]
    id_token: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    """What the provider calls the person; empty when it does not say."""


class SignInProvider:
    """The provider that the settings name; its addresses and keys are read when they are first needed."""

    def __init__(self, settings: ProviderSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._keys_fetched = self._unreachable_at = float("-inf")
        issuer = settings.issuer.rstrip("/")
        self._client: Any = OAuth().register(
            name="cct",
            client_id=settings.client_id,
            client_secret=settings.client_secret.get_secret_value() or None,
            server_metadata_url=f"{issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": settings.scopes,
                "code_challenge_method": "S256",
                "timeout": settings.timeout,
                **({} if settings.client_secret.get_secret_value() else {"token_endpoint_auth_method": "none"}),
            },
        )

    async def sign_in(self, request: Request, callback: str) -> Response:
        """Sends the browser to the provider; state, nonce and PKCE verifier stay in its session.

        Raises ProviderUnreachable.
        """
        await self._metadata()
        more = {"acr_values": self._settings.acr_values} if self._settings.acr_values else {}
        response: Response = await self._client.authorize_redirect(request, callback, **more)
        return response

    async def identity(self, request: Request) -> Identity:
        """Who came back from the provider. Raises SignInRefused and ProviderUnreachable."""
        if request.query_params.get("error"):
            raise SignInRefused(sign_in_wording.REFUSED["denied"])
        if not (request.query_params.get("state") and request.query_params.get("code")):
            raise SignInRefused(sign_in_wording.REFUSED["state"])
        metadata = await self._metadata()
        try:
            options = {
                "iss": {"essential": True, "value": metadata["issuer"]},
                "aud": {"essential": True, "value": self._settings.client_id},
            }
            token = await self._client.authorize_access_token(request, claims_options=options, leeway=_LEEWAY)
        except JoseError as exc:
            raise SignInRefused(sign_in_wording.REFUSED["token"]) from exc
        except AuthlibBaseError as exc:
            reason = "state" if exc.error == "mismatching_state" else "code"
            raise SignInRefused(sign_in_wording.REFUSED[reason]) from exc
        except (httpx2.HTTPError, ValueError, RuntimeError, KeyError) as exc:
            raise _unreachable() from exc
        claims = token.get("userinfo")
        if not isinstance(claims, Mapping) or not claims.get("sub"):
            raise SignInRefused(sign_in_wording.REFUSED["token"])
        roles = await self._roles(claims, token, metadata)
        return Identity(str(claims["sub"]), roles, str(token.get("id_token") or ""), shown_name(claims))

    async def sign_out_address(self, back: str, id_token: str) -> str | None:
        """Where the browser closes the provider's own session, and comes back from; None when it has no such place.

        Raises ProviderUnreachable.
        """
        metadata = await self._metadata()
        if not metadata.get("end_session_endpoint"):
            return None
        address = await self._client.create_logout_url(
            post_logout_redirect_uri=back, id_token_hint=id_token or None, client_id=self._settings.client_id
        )
        return str(address["url"])

    async def bearer(self, token: str) -> Identity | None:
        """Who an access token of the provider speaks for; None for any other token. Raises ProviderUnreachable."""
        if token.count(".") != 2 or len(token) > 20_000:
            return None
        if self._clock() - self._unreachable_at < _PATIENCE:  # whoever sends any token must not make us call at will
            raise _unreachable()
        metadata = await self._metadata()
        audience = self._settings.audience or self._settings.client_id
        try:
            claims = await self._verified(token, metadata, aud=audience, exp=True)
        except (JoseError, ValueError, TypeError):
            return None
        is_other = claims.get("typ") in _ELSEWHERE or any(name in claims for name in ("nonce", "at_hash", "c_hash"))
        if is_other or not claims.get("sub"):
            return None
        return Identity(str(claims["sub"]), self._named_roles(claims) or self._no_role())

    async def _verified(
        self, token: str, metadata: Mapping[str, Any], aud: str = "", exp: bool = False
    ) -> Mapping[str, Any]:
        """The claims of a token that the provider signed, for that audience and bound to expire where it is asked.

        Raises JoseError and ProviderUnreachable.
        """
        registry = JWSRegistry(
            algorithms=metadata["id_token_signing_alg_values_supported"], strict_check_header=False
        )
        try:
            decoded = jwt.decode(token, await self._keys(), registry=registry)
        except InvalidKeyIdError:
            decoded = jwt.decode(token, await self._keys(renewed=True), registry=registry)
        wanted: dict[str, Any] = {"iss": {"essential": True, "value": metadata["issuer"]}}
        if aud:
            wanted["aud"] = {"essential": True, "value": aud}
        if exp:
            wanted["exp"] = {"essential": True}
        JWTClaimsRegistry(leeway=_LEEWAY, **wanted).validate(decoded.claims)
        return decoded.claims

    async def _keys(self, renewed: bool = False) -> KeySet:
        again = renewed and self._clock() - self._keys_fetched > _KEYS_AGAIN
        if again:
            self._keys_fetched = self._clock()
        try:
            return KeySet.import_key_set(await self._client.fetch_jwk_set(force=again))
        except (httpx2.HTTPError, ValueError, RuntimeError, KeyError) as exc:
            raise _unreachable() from exc

    async def _metadata(self) -> Mapping[str, Any]:
        """What the provider says of itself. Raises ProviderUnreachable."""
        try:
            metadata: dict[str, Any] = await self._client.load_server_metadata()
        except (httpx2.HTTPError, ValueError, AttributeError, TypeError) as exc:
            self._unreachable_at = self._clock()
            raise _unreachable() from exc
        issuer = str(metadata.get("issuer") or "")
        if issuer.rstrip("/") != self._settings.issuer.rstrip("/") or not metadata.get("authorization_endpoint"):
            metadata.clear()  # read again at the next request: the provider may be restarting behind a proxy
            raise _unreachable()
        offered = metadata.get("id_token_signing_alg_values_supported") or ()
        accepted = [name for name in _ALGORITHMS if name in offered]
        metadata["id_token_signing_alg_values_supported"] = accepted or ["RS256"]
        return metadata

    async def _roles(
        self, claims: Mapping[str, Any], token: Mapping[str, Any], metadata: Mapping[str, Any]
    ) -> frozenset[Role]:
        """The roles, from the first that holds them: the identity, the user information, the access token."""
        found = self._named_roles(claims)
        if found is None and metadata.get("userinfo_endpoint"):
            found = self._named_roles(await self._user_information(claims, token, metadata))
        if found is None:
            try:
                found = self._named_roles(await self._verified(str(token.get("access_token")), metadata))
            except (JoseError, ValueError, TypeError):
                found = None  # an opaque access token says nothing
        return self._no_role() if found is None else found

    async def _user_information(
        self, claims: Mapping[str, Any], token: Mapping[str, Any], metadata: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """The provider's user information, JSON or signed; empty when it is about somebody else or refused."""
        try:
            answer = await self._client.get(metadata["userinfo_endpoint"], token=dict(token))
            answer.raise_for_status()
            if "application/jwt" in answer.headers.get("content-type", ""):
                found = await self._verified(answer.text.strip(), metadata, aud=self._settings.client_id)
            else:
                found = answer.json()
        except httpx2.HTTPStatusError:
            return {}
        except JoseError as exc:
            raise SignInRefused(sign_in_wording.REFUSED["token"]) from exc
        except (httpx2.HTTPError, AuthlibBaseError, ValueError) as exc:
            raise _unreachable() from exc
        if not isinstance(found, Mapping) or found.get("sub") != claims["sub"]:
            return {}
        return found

    def _named_roles(self, claims: Mapping[str, Any]) -> frozenset[Role] | None:
        """Our roles among those of the claims; None when the claims do not speak of roles."""
        names = claim_at(claims, self._settings.role_claim)
        if names is None:
            return None
        given = set(names.replace(",", " ").split()) if isinstance(names, str) else {str(n) for n in _listed(names)}
        roles: set[Role] = set()
        if not self._settings.reader_role or self._settings.reader_role in given:
            roles.add("reader")
        if self._settings.maintainer_role and self._settings.maintainer_role in given:
            roles |= {"reader", "maintainer"}
        return frozenset(roles)

    def _no_role(self) -> frozenset[Role]:
        """What somebody may do of whom nothing is said."""
        return frozenset() if self._settings.reader_role else frozenset({"reader"})


def shown_name(claims: Mapping[str, Any]) -> str:
    """The person's name among the claims, Keycloak's or ProConnect's, on one line and short; empty for none."""

    def told(claim: str) -> str:
        value = claims.get(claim)
        printed = "".join(c if c.isprintable() else " " for c in value) if isinstance(value, str) else ""
        return " ".join(printed.split())

    whole = " ".join(filter(None, (told("given_name"), told("usual_name") or told("family_name"))))
    return (told("name") or whole or told("preferred_username"))[:_LONGEST_NAME]


def claim_at(claims: Mapping[str, Any], path: str) -> Any:
    """What stands at "realm_access.roles"; a claim whose name is the whole path comes first. None for nothing."""
    if path in claims:
        return claims[path]
    for cut in (n for n, c in enumerate(path) if c == "."):
        inner = claims.get(path[:cut])
        if isinstance(inner, Mapping):
            return claim_at(inner, path[cut + 1 :])
    return None


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple | dict) else [value]


def _unreachable() -> ProviderUnreachable:
    return ProviderUnreachable(sign_in_wording.PROVIDER_DOWN)
