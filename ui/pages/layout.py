"""The frame of every server-rendered page: head, navigation, banners, footer, the skin of a deployment.

Another part of the program adds a page with a template that extends base.html and `page(request, "name.html", …)`;
its entry in NAVIGATION or FOOTER shows up as soon as the application has the page.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from ingest.errors import CctError
from ui import wording
from ui.doors.sub_path import base_of, with_base
from ui.doors.users import current_user
from ui.doors.web_assistant import AssistantProvider
from ui.feedback.signed_in import is_maintainer
from ui.pages import page_wording
from ui.pages.conditional import with_etag

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
"""These pages hold no inline script and no inline style at all."""
TEMPLATES = Path(__file__).parent / "templates"
_STATIC = Path(__file__).parent / "static"
_FILES = {
    "pages.css": (_STATIC / "pages.css", "text/css"),
    "feedback.css": (_STATIC / "feedback.css", "text/css"),
    "forms.css": (_STATIC / "forms.css", "text/css"),
    "suggest.js": (_STATIC / "suggest.js", "text/javascript"),
    "icon.svg": (_STATIC.parents[1] / "chat" / "static" / "icon.svg", "image/svg+xml"),
}
SKIN_STYLE = "skin.css"


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the navigation or of the footer; `shown` decides for one request, everybody sees it otherwise."""

    href: str
    label: str
    shown: Callable[[Request], bool] | None = None


NAVIGATION: tuple[Link, ...] = (
    Link("/", "Conversation"),
    Link("/question", "Question"),
    Link("/exigences", "Exigences"),
    Link("/composants", "Composants"),
    Link("/glossaire", "Glossaire"),
    Link("/normes", "Normes"),
    Link("/revisions", "Révisions"),
    Link("/liste-de-conformite", "Liste de conformité"),
    Link("/maintenance", "Maintenance", is_maintainer),
    Link("/auth/logout", "Se déconnecter", lambda request: current_user(request).signed_in),
)
"""In the order to show them; an entry whose page the application does not have is left out."""
FOOTER: tuple[Link, ...] = (
    Link("/accessibilite", "Accessibilité : non conforme"),
    Link("/mentions-legales", "Mentions légales"),
    Link("/donnees-personnelles", "Données personnelles"),
    Link("/transparence", "Transparence"),
    Link("/conformite", "Conformité de ce service", lambda request: current_user(request).is_reader),
)


@dataclass(frozen=True, slots=True)
class Banner:
    """What a reader must know before reading the page."""

    kind: str
    """ "demonstration" or "alert"."""
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ServedRevision:
    """A revision that answers, as the footer names it."""

    title: str
    commit: str
    date: str


class PageLayout:
    """What all pages of one application share."""

    def __init__(self, app: FastAPI, assistant: AssistantProvider, skin: Path | None) -> None:
        self._app = app
        self._assistant = assistant
        self.has_skin = skin is not None and (skin / SKIN_STYLE).is_file()
        self.environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.globals.update(
            wording=page_wording, asset=_asset_address, notice=page_wording.AI_NOTICE, site=wording.TITLE
        )

    def rendered(self, request: Request, template: str, context: Mapping[str, object]) -> str:
        """The page as HTML."""
        banners, served = self._situation()
        pages = self._pages()
        html = self.environment.get_template(template).render(
            request=request,
            navigation=self._shown(NAVIGATION, request, pages),
            footer=self._shown(FOOTER, request, pages),
            pages=pages,
            banners=banners,
            served=served,
            has_skin=self.has_skin,
            path=request.url.path,
            **context,
        )
        return with_base(html, base_of(request))

    def _pages(self) -> frozenset[str]:
        """The addresses that the application has: a link to another one would lead nowhere."""
        paths = {route.path for route in self._app.routes if isinstance(route, Route)}
        return frozenset(paths | {route.path or "/" for route in self._app.routes if isinstance(route, Mount)})

    def _shown(self, links: tuple[Link, ...], request: Request, pages: frozenset[str]) -> list[Link]:
        return [link for link in links if link.href in pages and (link.shown is None or link.shown(request))]

    def _situation(self) -> tuple[list[Banner], list[ServedRevision]]:
        """The banners and the revisions that answer; one banner tells what is wrong when nothing is served."""
        try:
            assistant = self._assistant()
            revisions, titles, stale = assistant.revisions(), assistant.source_titles(), assistant.stale()
        except CctError as problem:
            return [Banner("alert", page_wording.NOT_SERVED, f"{problem.message} {problem.remedy}".strip())], []
        banners = []
        unofficial = [titles.get(r.source, r.source) for r in revisions if not r.official]
        if unofficial:
            some = len(unofficial) < len(revisions)
            concerned = wording.SOME_DEMONSTRATION.format(sources=", ".join(unofficial)) if some else ""
            text = f"{page_wording.DEMONSTRATION_TEXT} {concerned}".strip()
            banners.append(Banner("demonstration", page_wording.DEMONSTRATION_TITLE, text))
        for one in stale:
            title = page_wording.REFUSED_TITLE if one.refused else page_wording.STALE_TITLE
            banners.append(Banner("alert", title, one.message))
        served = [
            ServedRevision(titles.get(r.source, r.source), (r.commit or "")[:7], wording.french_date(r.date))
            for r in revisions
        ]
        return banners, served


def add_layout(app: FastAPI, assistant: AssistantProvider, skin: Path | None = None) -> None:
    """Makes `page` work for the application, and serves the style sheet, the script and the skin's folder."""
    app.state.page_layout = PageLayout(app, assistant, skin)
    app.add_api_route("/pages/{name}", _static_file, methods=["GET", "HEAD"], include_in_schema=False)
    if skin is not None:
        app.mount("/skin", StaticFiles(directory=skin), name="skin")


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> Response:
    """The page of a template that extends base.html; 304 when the reader already has it.

    Every template is given `title` in the context, or sets the block of that name.
    """
    layout: PageLayout = request.app.state.page_layout
    response = HTMLResponse(layout.rendered(request, template, context), status)
    response.headers["content-security-policy"] = CONTENT_SECURITY_POLICY
    response.headers.update(headers or {})
    return with_etag(request, response)


def message_page(
    request: Request, status: int, title: str, text: str, links: tuple[Link, ...] = (), remedy: str = ""
) -> Response:
    """A page that says what is wrong and where to go from there."""
    return page(request, "message.html", status=status, title=title, text=text, remedy=remedy, links=links)


def wants_page(request: Request) -> bool:
    """True when a person with a browser asks, and not a program."""
    first = request.url.path.strip("/").partition("/")[0]
    programs = {"api", "v1", "mcp", "health", "metrics", "gradio_api"}
    return first not in programs and "text/html" in request.headers.get("accept", "")


def _asset_address(name: str) -> str:
    """The address of a file of ours; another content has another address, so that a browser can keep it."""
    return f"/pages/{name}?v={_digest(name)}"


@functools.cache
def _digest(name: str) -> str:
    return hashlib.sha256(_FILES[name][0].read_bytes()).hexdigest()[:12]


def _static_file(request: Request, name: str) -> Response:
    if name not in _FILES:
        return message_page(request, 404, page_wording.NOT_FOUND_TITLE, page_wording.NOT_FOUND)
    path, kind = _FILES[name]
    kept = request.query_params.get("v") == _digest(name)
    caching = "public, max-age=31536000, immutable" if kept else "no-cache"
    response = Response(path.read_bytes(), media_type=kind, headers={"cache-control": caching})
    return with_etag(request, response)
