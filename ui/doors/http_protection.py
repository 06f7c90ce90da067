"""What stands around every request: security headers, a limit on the size of what is received, and refusals."""

from __future__ import annotations

from typing import Literal

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui import wording

Door = Literal["v1", "mcp"]
"""An interface for other programs: the OpenAI-compatible one, the MCP one."""

API_BODY_LIMIT = 100_000
DOOR_BODY_LIMIT = 500_000
"""Bytes: a whole conversation comes with each question, a README with a checklist."""
PAGE_BODY_LIMIT = 2_000_000
"""Bytes for a page's form, and for Gradio, which sends the whole conversation back."""
CHECKLIST_PATH = "/liste-de-conformite"
CHECKLIST_BODY_LIMIT = 8_000_000
"""Bytes: a filled checklist travels whole, in its form or as a file."""
_FORMS = "form-action 'self'"
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline'",  # gradio writes its configuration in a script of the page
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'self'",
        "object-src 'none'",
        _FORMS,
    )
)
"""What Gradio's page needs, and nothing beyond the service; measured without violation in Chromium."""
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex",
}


class SecurityHeaders:
    """Adds the headers to every response.

    `form_origin` is where a form may lead besides the service: the identity provider's. `https` tells browsers to
    come back by https only.
    """

    def __init__(self, app: ASGIApp, form_origin: str = "", https: bool = False) -> None:
        self._app = app
        self._headers = dict(HEADERS)
        self._forms = f"{_FORMS} {form_origin}"
        if https:
            self._headers["strict-transport-security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, and completes the response."""

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                policy = headers["content-security-policy"]
                headers["content-security-policy"] = policy.replace(_FORMS, self._forms).rstrip()
            await send(message)

        await self._app(scope, receive, complete if scope["type"] == "http" else send)


class BodyLimit:
    """Refuses bodies above the limit of their address, whether or not they announce their length."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reads the body up to the limit, then passes the request on."""
        limit = _body_limit(scope["path"]) if scope["type"] == "http" and _has_body(scope) else None
        if limit is None:
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > limit:
            await _refuse_body(limit, scope, receive, send)
            return
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > limit:
                await _refuse_body(limit, scope, receive, send)
                return
        await self._app(scope, _replayed(bytes(body), receive), send)


def door_of(path: str) -> Door | None:
    """The door that an address belongs to."""
    first = path.strip("/").partition("/")[0]
    return "v1" if first == "v1" else "mcp" if first == "mcp" else None


def refusal(status: int, title: str, detail: str, instance: str, **more: object) -> JSONResponse:
    """An error in the shape that the clients of that address read: OpenAI's, JSON-RPC's, or RFC 9457's."""
    door = door_of(instance)
    told = " ".join([detail, str(more.get("remedy") or "")]).strip()
    if door == "v1":
        return JSONResponse(openai_error(status, told), 400 if status == 422 else status)
    if door == "mcp":
        code = -32600 if status < 500 else -32603
        error = {"code": code, "message": f"{title}. {told}", "data": {"status": status}}
        return JSONResponse({"jsonrpc": "2.0", "id": None, "error": error}, status)
    return problem(status, title, detail, instance, **more)


def openai_error(status: int, message: str) -> dict[str, dict[str, str | None]]:
    """The body of an error as OpenAI's clients read it; `type` and `code` are OpenAI's own words."""
    kinds = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
    codes = {401: "invalid_api_key", 404: "not_found", 413: "request_too_large", 429: "rate_limit_exceeded"}
    kind = kinds.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": None, "code": codes.get(status)}}


def problem(status: int, title: str, detail: str, instance: str, **more: object) -> JSONResponse:
    """An error as RFC 9457 describes it, in French."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "instance": instance}
    return JSONResponse({**body, **more}, status, media_type="application/problem+json")


def _body_limit(path: str) -> int:
    if door_of(path) is not None:
        return DOOR_BODY_LIMIT
    if path.startswith(CHECKLIST_PATH):
        return CHECKLIST_BODY_LIMIT
    return API_BODY_LIMIT if path.startswith("/api/") else PAGE_BODY_LIMIT


def _has_body(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return scope["method"] not in {"GET", "HEAD"} or "content-length" in headers or "transfer-encoding" in headers


async def _refuse_body(limit: int, scope: Scope, receive: Receive, send: Send) -> None:
    detail = wording.TOO_LARGE.format(limit=limit // 1000)
    await refusal(413, wording.TOO_LARGE_TITLE, detail, scope["path"])(scope, receive, send)


def _replayed(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
