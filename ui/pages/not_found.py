"""An address that leads nowhere, in an application whose last word is another's: the page is ours all the same."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.pages import page_wording
from ui.pages.layout import message_page, wants_page


class OurNotFound:
    """Passes everything on to the application inside, and answers its 404 to a person with a page of ours."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers."""
        request = (
            Request(dict(scope)) if scope["type"] == "http" else None
        )  # the inner application writes in its scope
        if request is None or not wants_page(request):
            await self._inner(scope, receive, send)
            return
        missing = False

        async def unless_missing(message: Message) -> None:
            nonlocal missing
            missing = missing or (message["type"] == "http.response.start" and message["status"] == 404)
            if not missing:
                await send(message)

        await self._inner(scope, receive, unless_missing)
        if missing:
            page = message_page(request, 404, page_wording.NOT_FOUND_TITLE, page_wording.NOT_FOUND)
            await page(scope, receive, send)
