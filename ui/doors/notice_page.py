"""A page that says one thing: why a request was refused, or what became of a session."""

from __future__ import annotations

from fastapi import Request, Response

from ui.pages.layout import Link, page


def notice_page(
    request: Request,
    status: int,
    title: str,
    detail: str,
    link: tuple[str, str] | None = None,
    *,
    new_tab: bool = False,
    form: tuple[str, str] | None = None,
) -> Response:
    """The page: a title, a paragraph, a button that posts to an address, a link (address, words). Never stored."""
    return page(
        request,
        "sign_in.html",
        status=status,
        headers={"cache-control": "no-store"},
        title=title,
        text=detail,
        link=Link(*link) if link else None,
        new_tab=new_tab,
        form=Link(*form) if form else None,
    )
