"""Puts the guard around the application: headers outside, then the session, then the guard, then the rest."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware.sessions import SessionMiddleware

from ui.doors.access_guard import AccessPolicy
from ui.doors.http_protection import SecurityHeaders
from ui.doors.sign_in_provider import SignInProvider
from ui.doors.sign_in_routes import add_sign_in_routes, cookie_name
from ui.doors.site_guard import SiteGuard
from ui.doors.site_policy import SitePolicy
from ui.doors.sub_path import SubPath


def add_site_guard(app: FastAPI, policy: SitePolicy | None, doors: AccessPolicy | None) -> None:
    """Guards everything that the application answers, with the routes of sign-in where one signs in.

    Middleware that is added afterwards stands outside the guard. Without a policy, the headers alone.
    """
    app.state.base = policy.site.base if policy else ""
    if policy is None:
        app.add_middleware(SecurityHeaders)
        return
    provider = SignInProvider(policy.provider) if policy.mode == "signed" else None
    app.add_middleware(SiteGuard, policy=policy, doors=doors, provider=provider)
    if provider is not None:
        app.add_middleware(
            SessionMiddleware,
            secret_key=policy.site.session_secret.get_secret_value(),
            session_cookie=cookie_name(policy),
            max_age=policy.site.session_minutes * 60,
            same_site="lax",
            https_only=policy.site.session_https_only,
        )
        add_sign_in_routes(app, policy, provider)
    app.add_middleware(SecurityHeaders, form_origin=policy.identity_origin, https=policy.https)
    if policy.site.base:
        app.add_middleware(SubPath, base=policy.site.base)
