"""A service under a sub-path, https://exemple.fr/cct/: asked with or without "/cct", it answers with it.

Inside, addresses never bear the sub-path: guards, routes and pages are written for the root. It is taken off what
comes in and put before what goes out: links of pages by `with_base`, redirections here. Gradio has its own way.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LINK = re.compile(r'(\s(?:href|action|formaction|src|data-suggestions)=")/(?!/)')


def with_base(html: str, base: str) -> str:
    """The page, its links to the service under the sub-path; escaped text holds no quote to be taken for one."""
    return _LINK.sub(rf"\1{base}/", html) if base else html


def base_of(request: Request) -> str:
    """The sub-path of the application that answers, "/cct"; empty at the root."""
    return str(getattr(request.app.state, "base", ""))


class PageUnderSubPath:
    """Puts the sub-path before the links of pages that another library writes for the root, and names their icon.

    A browser asks /favicon.ico for a page that names none, and that address is another service's.
    """

    def __init__(self, app: ASGIApp, base: str) -> None:
        self._app = app
        self._head = f'<head>\n<link rel="icon" href="{base}/favicon.ico">'
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers what the application answers, pages changed."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self._app(scope, receive, send)
            return
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        start: Message = {}
        body = b""

        async def changed(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                if not Headers(scope=message).get("content-type", "").startswith("text/html"):
                    await send(start)
                    start = {}
            elif not start:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    whole = self._changed(body)
                    MutableHeaders(scope=start)["content-length"] = str(len(whole))
                    await send(start)
                    await send({"type": "http.response.body", "body": whole})

        await self._app({**scope, "headers": plain}, receive, changed)

    def _changed(self, body: bytes) -> bytes:
        return with_base(body.decode(), self._base).replace("<head>", self._head, 1).encode()


class SubPath:
    """Takes the sub-path off addresses, whether or not the proxy left it there, and puts it before redirections."""

    def __init__(self, app: ASGIApp, base: str) -> None:
        self._app = app
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on; the sub-path alone, without its slash, leads to the one with it."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if path == self._base and scope["type"] == "http":
            query = scope.get("query_string", b"").decode("latin-1")
            await RedirectResponse(f"{self._base}/" + (f"?{query}" if query else ""), 307)(scope, receive, send)
            return
        if path.startswith(f"{self._base}/"):
            raw = bytes(scope.get("raw_path") or path.encode())
            scope = {**scope, "path": path[len(self._base) :], "raw_path": raw.removeprefix(self._base.encode())}

        async def led(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if "location" in headers:
                    headers["location"] = self._placed(headers["location"], scope)
            await send(message)

        await self._app(scope, receive, led)

    def _placed(self, location: str, scope: Scope) -> str:
        """Where a redirection leads: our own addresses bear the sub-path, another service's are left alone."""
        if location.startswith("/") and not location.startswith("//"):
            return self._base + location
        parts = urlsplit(location)
        same_place = parts.netloc == Headers(scope=scope).get("host")
        if same_place and parts.path.rstrip("/") == scope["path"].rstrip("/"):  # a slash was added, or taken away
            return urlunsplit(("", "", self._base + parts.path, parts.query, ""))
        return location
