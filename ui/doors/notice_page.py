"""A page that says one thing: why a request was refused, or what became of a session."""

from __future__ import annotations

from html import escape

from fastapi.responses import HTMLResponse

from ui.pages.diff_page import html_page


def notice_page(
    status: int,
    title: str,
    detail: str,
    link: tuple[str, str] | None = None,
    *,
    new_tab: bool = False,
    form: str = "",
) -> HTMLResponse:
    """The page: a title, a paragraph, and a link (address, words); `form` is HTML put before the link."""
    body = f"<h1>{escape(title)}</h1>\n<p>{escape(detail)}</p>\n{form}"
    if link is not None:
        target = ' target="_blank" rel="noopener"' if new_tab else ""
        body += f'\n<p><a href="{escape(link[0])}"{target}>{escape(link[1])}</a></p>'
    return HTMLResponse(html_page(title, body), status, headers={"cache-control": "no-store"})
