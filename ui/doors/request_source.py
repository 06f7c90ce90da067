"""Where a request comes from: the name it asks, the page that sent it, and whether a person reads the answer."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
LONGEST_NEXT = 2_000


def host_name(header: str) -> str:
    """The name of a Host header, without its port: "[::1]:7860" → "[::1]"."""
    return header.rsplit("]", 1)[0] + "]" if header.startswith("[") else header.partition(":")[0]


def asked_names(headers: Headers) -> list[str]:
    """Every host name that a request gives itself; a proxy's word counts, since Gradio writes it in its page."""
    names = [headers.get("host", ""), *headers.get("x-forwarded-host", "").split(",")]
    return [host_name(name.strip()) for name in names if name.strip()] or [""]


def is_unsafe(scope: Scope) -> bool:
    """True for a request that may change something, or spend something."""
    return scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS


def comes_from_here(headers: Headers, names: frozenset[str], certain: bool) -> bool:
    """False for a request that another site's page sent; without any word of its origin, True unless `certain`.

    `names` are host names of ours beside the one that was asked.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is None:
        return not certain
    try:
        parts = urlsplit(origin)
        name = (parts.hostname or "").lower()
    except ValueError:
        return False
    asked = {headers.get("host", "").lower(), headers.get("x-forwarded-host", "").split(",")[0].strip().lower()}
    return bool(name) and (parts.netloc.lower() in asked or name in names)


def wants_page(scope: Scope) -> bool:
    """True when a browser asked for a page to show."""
    if scope["type"] != "http":
        return False
    headers = Headers(scope=scope)
    return headers.get("sec-fetch-dest", "document") == "document" and "text/html" in headers.get("accept", "")


def asked_path(scope: Scope) -> str:
    """The path and query that were asked, as a browser writes them."""
    raw = scope.get("raw_path") or scope["path"].encode()
    query = scope.get("query_string", b"")
    return bytes(raw).split(b"?")[0].decode("latin-1") + (f"?{query.decode('latin-1')}" if query else "")


def safe_next(path: str | None) -> str:
    """Where to go after signing in: a path of this site, "/" for anything that could lead elsewhere."""
    if not path or len(path) > LONGEST_NEXT or not path.startswith("/"):
        return "/"
    if path.startswith("/auth/") and path != "/auth/":  # signing in again, or out, is nowhere to go
        return "/"
    # browsers drop control characters and read a backslash as a slash
    if any(ord(c) < 0x21 or c in "\\\x7f" for c in path) or path.startswith("//"):
        return "/"
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/"
    return path if not parts.scheme and not parts.netloc else "/"
