"""Conditional requests: a reader who already has a page is told so, without the page (RFC 9110, section 13)."""

from __future__ import annotations

import hashlib

from fastapi import Request, Response


def with_etag(request: Request, response: Response) -> Response:
    """The response with its entity tag, or 304 without a body when the reader's copy is the same.

    Pages are the reader's own (`private`) and always asked again (`no-cache`): a revision may have changed.
    """
    if response.status_code != 200 or request.method not in {"GET", "HEAD"}:
        response.headers.setdefault("cache-control", "no-store")
        return response
    tag = f'W/"{hashlib.sha256(bytes(response.body)).hexdigest()[:24]}"'
    response.headers["etag"] = tag
    response.headers.setdefault("cache-control", "private, no-cache")
    if not _same(request.headers.get("if-none-match", ""), tag):
        return response
    kept = {"etag", "cache-control", "content-security-policy", "vary"}
    return Response(status_code=304, headers={k: v for k, v in response.headers.items() if k in kept})


def _same(wanted: str, tag: str) -> bool:
    """Weak comparison: the prefix W/ says nothing here, "*" stands for any."""
    names = [name.strip().removeprefix("W/") for name in wanted.split(",")]
    return "*" in names or tag.removeprefix("W/") in names
