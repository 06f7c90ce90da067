"""A reverse proxy that puts an application under /cct/, as an operator's does: with the prefix taken off, or left on."""

from __future__ import annotations

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

PREFIX = "/cct"
_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding", "date", "server"}


class PrefixProxy:
    """Serves PREFIX and nothing else; `elsewhere` holds the addresses that were asked outside of it."""

    def __init__(self, upstream: str, strips: bool) -> None:
        self._upstream = upstream
        self._strips = strips
        self.elsewhere: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers what the application answers, the address of the browser's request being told as proxies do."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        path = request.url.path
        if path != PREFIX and not path.startswith(f"{PREFIX}/"):
            self.elsewhere.append(path)
            await Response("ailleurs", 404)(scope, receive, send)
            return
        target = scope["raw_path"].decode()
        target = (target.removeprefix(PREFIX) or "/") if self._strips else target
        headers = {n: v for n, v in request.headers.items() if n not in {"accept-encoding", "content-length"}}
        headers |= {"x-forwarded-host": request.headers["host"], "x-forwarded-proto": "http"}
        query = f"?{request.url.query}" if request.url.query else ""
        body = await request.body()
        async with httpx.AsyncClient(base_url=self._upstream, timeout=120) as client:
            answered = await client.request(request.method, target + query, headers=headers, content=body)
        kept = [(n, v) for n, v in answered.headers.multi_items() if n.lower() not in _HOP]
        response = Response(answered.content, answered.status_code)
        response.raw_headers = [
            *[(n.encode(), v.encode()) for n, v in kept],
            (b"content-length", str(len(answered.content)).encode()),
        ]
        await response(scope, receive, send)
