"""The guard in front of everything: the page, Gradio's own addresses, the API, the doors, websockets."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from ui.doors import sign_in_wording as words
from ui.doors.access_guard import AccessPolicy, RateLimit
from ui.doors.door_settings import is_loopback
from ui.doors.http_protection import CHECKLIST_PATH, door_of, refusal
from ui.doors.notice_page import notice_page
from ui.doors.request_source import asked_names, asked_path, comes_from_here, is_unsafe, wants_page
from ui.doors.sign_in_provider import SignInProvider
from ui.doors.site_policy import READER, SitePolicy
from ui.doors.users import NOBODY, USER_KEY, Role, User
from ui.errors import ProviderUnreachable

PUBLIC_PAGES = frozenset({"/accessibilite", "/mentions-legales", "/donnees-personnelles", "/transparence"})
PUBLIC_FILES = ("/page/", "/pages/", "/skin/")
"""Our own style sheets and scripts; Gradio's are guarded."""
_HEALTH = frozenset({"/health", "/health/ready", "/health/live"})
_ASKING = ("/gradio_api/run/reply", "/api/v1/ask", "/question", CHECKLIST_PATH)
"""What spends an answer. Gradio's other addresses answer nothing: they are its page's gestures, counted apart."""
_GESTURES = "/gradio_api/"
_GESTURES_FOR_A_QUESTION = 10
_ROLES: dict[str, Role] = {"reader": "reader", "maintainer": "maintainer"}


class SiteGuard:
    """Names the user of each request, then passes it on or refuses it. Stands inside the session's middleware."""

    def __init__(
        self, app: ASGIApp, policy: SitePolicy, doors: AccessPolicy | None, provider: SignInProvider | None = None
    ) -> None:
        self._app = app
        self._policy = policy
        self._doors = doors
        self._provider = provider
        self._limit = RateLimit(policy.site.question_rate)
        self._gestures = RateLimit(policy.site.question_rate * _GESTURES_FOR_A_QUESTION)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on with its user, or answers the refusal."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        try:
            user = await self._user(scope)
        except ProviderUnreachable:
            refused: Response | None = _refusal(scope, 503, words.PROVIDER_DOWN_TITLE, words.PROVIDER_DOWN_FOR_TOKEN)
        else:
            scope[USER_KEY] = user
            refused = self._refused(scope, user)
        if refused is None:
            await self._app(scope, receive, _private(send) if self._keeps_private(scope) else send)
        elif scope["type"] == "websocket":
            await WebSocketClose(code=1008, reason=words.SIGN_IN_NEEDED_TITLE)(scope, receive, send)
        else:
            await refused(scope, receive, send)

    async def _user(self, scope: Scope) -> User:
        """Whoever asks, nobody for somebody unknown. Raises ProviderUnreachable."""
        headers = Headers(scope=scope)
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token.strip():
            user = await self._bearer(token.strip())
            if user is not None or self._policy.mode == "signed":
                return user or NOBODY
        client = str((scope.get("client") or ("", 0))[0])
        if self._policy.mode == "signed":
            return self._session(scope) or NOBODY
        return self._policy.unnamed(client, is_loopback(client)) or NOBODY

    async def _bearer(self, token: str) -> User | None:
        if self._doors is not None and self._doors.knows(token):
            return self._policy.user("api_token", token, READER)
        identity = await self._provider.bearer(token) if self._provider is not None else None
        return self._policy.user("access_token", identity.sub, identity.roles) if identity is not None else None

    def _session(self, scope: Scope) -> User | None:
        session = HTTPConnection(scope).session if "session" in scope else {}
        sub, ends = session.get("sub"), session.get("exp")
        if not isinstance(sub, str) or not isinstance(ends, int | float) or ends <= time.time():
            return None
        roles = frozenset(_ROLES[name] for name in session.get("roles", ()) if name in _ROLES)
        return replace(self._policy.user("session", sub, roles), name=str(session.get("name") or ""))

    def _refused(self, scope: Scope, user: User) -> Response | None:
        path, headers = scope["path"], Headers(scope=scope)
        if path in _HEALTH or (path == "/metrics" and self._policy.site.metrics_open):
            return None  # asked by machines, at an address rather than a name
        if not all(self._policy.knows_host(name) for name in asked_names(headers)):
            return _refusal(scope, 403, words.UNKNOWN_HOST_TITLE, words.UNKNOWN_HOST)
        if is_unsafe(scope) and user.kind not in {"api_token", "access_token"}:
            certain = user.kind == "session"
            if not comes_from_here(headers, self._policy.site.host_names, certain):
                return _refusal(scope, 403, words.OTHER_ORIGIN_TITLE, words.OTHER_ORIGIN)
        if self._is_public(path) or self._is_door(scope):
            return None
        if not user.is_reader:
            return self._unknown(scope, user)
        limit = self._limit_for(scope)
        return self._too_many(scope, user, limit) if limit is not None else None

    def _is_public(self, path: str) -> bool:
        if path in PUBLIC_PAGES or path.startswith(PUBLIC_FILES):
            return True
        return self._policy.mode == "signed" and path.startswith("/auth/")

    def _is_door(self, scope: Scope) -> bool:
        """A door has its own guard behind this one, which reads the user that is named here."""
        return self._doors is not None and scope["type"] == "http" and door_of(scope["path"]) is not None

    def _unknown(self, scope: Scope, user: User) -> Response:
        if self._policy.mode != "signed":
            detail = words.CLOSED_HERE if self._policy.mode == "this_machine" else words.CLOSED_PAGES
            return _refusal(scope, 403, words.CLOSED_TITLE, detail)
        if user is not NOBODY:
            return _refusal(scope, 403, words.NO_ROLE_TITLE, words.NO_ROLE, link=("/auth/logout", words.SIGN_OUT))
        if wants_page(scope):
            address = f"/auth/login?next={quote(asked_path(scope), safe='/')}"
            if not is_unsafe(scope):
                return RedirectResponse(address, 303, headers={"cache-control": "no-store"})
            again = ("/auth/login?next=/auth/", words.SIGN_IN_NEW_TAB)
            return notice_page(Request(scope), 401, words.SESSION_LOST_TITLE, words.SESSION_LOST, again, new_tab=True)
        detail = words.BAD_TOKEN if "authorization" in Headers(scope=scope) else words.SIGN_IN_NEEDED
        response = refusal(401, words.SIGN_IN_NEEDED_TITLE, detail, scope["path"])
        response.headers["www-authenticate"] = 'Bearer realm="assistant-cct"'
        return response

    def _limit_for(self, scope: Scope) -> RateLimit | None:
        if scope["type"] != "http" or not is_unsafe(scope):
            return None
        if scope["path"].startswith(_ASKING):
            return self._limit
        return self._gestures if scope["path"].startswith(_GESTURES) else None

    def _too_many(self, scope: Scope, user: User, limit: RateLimit) -> Response | None:
        wait = limit.wait(user.caller) if user.caller else 0.0
        if not wait:
            return None
        told = words.TOO_MANY if limit is self._limit else words.TOO_MANY_GESTURES
        detail = told.format(rate=self._policy.site.question_rate, wait=math.ceil(wait))
        response = _refusal(scope, 429, words.TOO_MANY_TITLE, detail)
        response.headers["retry-after"] = str(math.ceil(wait))
        return response

    def _keeps_private(self, scope: Scope) -> bool:
        return self._policy.mode == "signed" and scope["type"] == "http" and not self._is_public(scope["path"])


def _refusal(scope: Scope, status: int, title: str, detail: str, link: tuple[str, str] | None = None) -> Response:
    if wants_page(scope):
        return notice_page(Request(scope), status, title, detail, link)
    return refusal(status, title, detail, scope["path"])


def _private(send: Send) -> Send:
    """Keeps what a signed-in person reads out of shared caches."""

    async def complete(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).setdefault("cache-control", "private, no-cache")
        await send(message)

    return complete
