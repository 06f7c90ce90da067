"""A form that a page of ours sends: read without a library of uploads, refused from another site."""

from __future__ import annotations

from urllib.parse import parse_qs

from fastapi import Request

from ui.errors import RefusedRequest
from ui.feedback import comment_wording as wording

BODY_LIMIT = 100_000
_MOST_FIELDS = 30


async def sent_fields(request: Request) -> dict[str, list[str]]:
    """The fields, each with its values in order. Raises RefusedRequest."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise RefusedRequest(wording.ELSEWHERE, wording.OPEN_AGAIN, 403)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise RefusedRequest(wording.TOO_LARGE.format(limit=BODY_LIMIT // 1000), status=413)
    try:
        return parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError as exc:  # UnicodeDecodeError is one
        raise RefusedRequest(wording.DAMAGED_FORM, wording.OPEN_AGAIN, 422) from exc


def first_values(fields: dict[str, list[str]]) -> dict[str, str]:
    """The first value of each field."""
    return {name: values[0] for name, values in fields.items()}
