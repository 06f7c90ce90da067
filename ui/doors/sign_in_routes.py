"""`/auth/login`, `/auth/callback`, `/auth/logout`: signing in and out with the identity provider."""

from __future__ import annotations

import logging
import time
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from ui.doors import sign_in_wording as words
from ui.doors.notice_page import notice_page
from ui.doors.request_source import safe_next
from ui.doors.sign_in_provider import Identity, SignInProvider
from ui.doors.site_policy import SitePolicy
from ui.doors.users import current_user
from ui.errors import ProviderUnreachable, SignInRefused

LOGIN, CALLBACK, LOGOUT, SIGNED_OUT = "/auth/login", "/auth/callback", "/auth/logout", "/auth/deconnecte"
SESSION_COOKIE = "cct-session"
_HINT_COOKIE = "cct-identity"
"""Holds the identity token for sign-out only, which some providers ask for; sent to /auth/logout alone."""
_LONGEST_HINT = 3_500

_log = logging.getLogger(__name__)


def add_sign_in_routes(app: FastAPI, policy: SitePolicy, provider: SignInProvider) -> None:
    """Adds the routes, without which nobody could sign in."""
    routes = _SignIn(policy, provider)
    for path, method, endpoint in (
        (LOGIN, "GET", routes.login),
        (CALLBACK, "GET", routes.callback),
        (LOGOUT, "GET", routes.logout_asked),
        (LOGOUT, "POST", routes.logout),
        (SIGNED_OUT, "GET", routes.signed_out),
        ("/auth/", "GET", routes.signed_in),
    ):
        app.add_api_route(path, endpoint, methods=[method], include_in_schema=False, response_model=None)


def cookie_name(policy: SitePolicy) -> str:
    """The session's cookie; by https its prefix keeps other hosts of the domain from setting it."""
    return f"__Host-{SESSION_COOKIE}" if policy.site.session_https_only else SESSION_COOKIE


class _SignIn:
    def __init__(self, policy: SitePolicy, provider: SignInProvider) -> None:
        self._policy = policy
        self._provider = provider
        self._public = policy.site.public_url.rstrip("/")
        self._base = policy.site.base

    async def login(self, request: Request) -> Response:
        """To the provider, and back to ?next= afterwards."""
        following = safe_next(request.query_params.get("next"))
        if current_user(request).signed_in:
            return RedirectResponse(following, 303)
        try:
            response = await self._provider.sign_in(request, self._public + CALLBACK)
        except ProviderUnreachable as exc:
            _log.warning("identity provider unreachable: %s", type(exc.__cause__).__name__)
            again = (f"{LOGIN}?next={quote(following, safe='/')}", words.TRY_AGAIN)
            return notice_page(request, 503, words.PROVIDER_DOWN_TITLE, exc.message, again)
        request.session["next"] = following
        response.headers["cache-control"] = "no-store"
        return response

    async def callback(self, request: Request) -> Response:
        """Back from the provider: a session of our own, or a page that says why not."""
        following = safe_next(str(request.session.get("next") or "/"))
        again = (f"{LOGIN}?next={quote(following, safe='/')}", words.SIGN_IN_AGAIN)
        try:
            identity = await self._provider.identity(request)
        except ProviderUnreachable as exc:
            _log.warning("identity provider unreachable: %s", type(exc.__cause__).__name__)
            return notice_page(request, 503, words.PROVIDER_DOWN_TITLE, exc.message, again)
        except SignInRefused as exc:
            if current_user(request).signed_in:  # several tabs signed in at once: the first one was enough
                return RedirectResponse(following, 303)
            _log.warning("sign-in refused: %s", type(exc.__cause__).__name__)
            return notice_page(request, 400, words.REFUSED_TITLE, exc.message, again)
        return self._opened(request, identity, following)

    def _opened(self, request: Request, identity: Identity, following: str) -> Response:
        request.session.clear()
        request.session["sub"] = identity.sub
        request.session["roles"] = sorted(identity.roles)
        if identity.name:
            request.session["name"] = identity.name
        request.session["exp"] = int(time.time()) + self._policy.site.session_minutes * 60
        response = RedirectResponse(following, 303, headers={"cache-control": "no-store"})
        if 0 < len(identity.id_token) <= _LONGEST_HINT:
            response.set_cookie(
                _HINT_COOKIE,
                identity.id_token,
                max_age=self._policy.site.session_minutes * 60,
                path=self._base + LOGOUT,
                secure=self._policy.site.session_https_only,
                httponly=True,
                samesite="strict",
            )
        return response

    def logout_asked(self, request: Request) -> Response:
        """A button: a link, or another site's image, must not be enough to sign somebody out."""
        if not current_user(request).signed_in:
            return notice_page(request, 200, words.SIGNED_OUT_TITLE, words.NOT_SIGNED_IN, (LOGIN, words.SIGN_IN))
        return notice_page(
            request,
            200,
            words.SIGN_OUT_TITLE,
            words.SIGN_OUT_ASKED,
            ("/", words.BACK_HOME),
            form=(LOGOUT, words.SIGN_OUT),
        )

    async def logout(self, request: Request) -> Response:
        """Ends our session, then the provider's where it has an address for it."""
        hint = request.cookies.get(_HINT_COOKIE, "")
        request.session.clear()
        try:
            address = await self._provider.sign_out_address(self._public + SIGNED_OUT, hint)
        except ProviderUnreachable:
            address = None
        response = RedirectResponse(address or SIGNED_OUT, 303, headers={"cache-control": "no-store"})
        response.delete_cookie(_HINT_COOKIE, path=self._base + LOGOUT)
        response.headers["clear-site-data"] = '"storage"'  # the conversations that the tabs keep
        return response

    def signed_out(self, request: Request) -> Response:
        """Where the provider sends back to."""
        return notice_page(request, 200, words.SIGNED_OUT_TITLE, words.SIGNED_OUT, (LOGIN, words.SIGN_IN))

    def signed_in(self, request: Request) -> Response:
        """Says whether one is signed in, for a tab that was opened only to sign in."""
        if not current_user(request).signed_in:
            return RedirectResponse(f"{LOGIN}?next=/", 303)
        return notice_page(request, 200, words.SIGNED_IN_TITLE, words.SIGNED_IN, ("/", words.BACK_HOME))
