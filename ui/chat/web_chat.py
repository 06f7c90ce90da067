"""The page: conversation on the left, cited passages on the right (only importer of gradio, with its theme).

The conversation lives in the browser and travels with each question, and each event is one request: any
replica can answer any of them, and a restart of the server loses nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.routing import Route

from ui import wording
from ui.chat import page_wording
from ui.chat.page_blocks import REPLY_OUTPUTS, RESTORED_OUTPUTS, ChatPage, Links, PageLinks
from ui.chat.page_feedback import PageFeedback
from ui.chat.reply_stream import ReplyDoor, add_reply_stream
from ui.chat.web_conversation import WebConversation
from ui.chat.web_theme import web_theme
from ui.doors.site_policy import SitePolicy
from ui.doors.sub_path import PageUnderSubPath
from ui.doors.users import current_user
from ui.doors.web_assistant import AssistantProvider, Recorder
from ui.pages.layout import FOOTER, NAVIGATION, Link
from ui.pages.not_found import OurNotFound

SCRIPTS = (
    "surface.js",
    "replies.js",
    "keeping.js",
    "dialogs.js",
    "answer_actions.js",
    "completions.js",
    "keyboard.js",
    "start.js",
)
"""In this order, one script: each uses what those before it declare."""

SIMPLE_PAGE = "/question"
"""The conversation without script."""

_STATIC = Path(__file__).parent / "static"


def mount_web_chat(
    app: FastAPI,
    assistant: AssistantProvider,
    record: Recorder,
    feedback: PageFeedback | None = None,
    site: SitePolicy | None = None,
) -> None:
    """Serves the page at "/"; every route of the app itself must be declared before.

    Without feedback, the page has no button to vote or to comment. `site` says under which sub-path the service
    stands, and whether people sign in, whose name gradio is then told.
    """
    base = site.site.base if site else ""
    gr = _gradio()
    addresses = {route.path for route in app.routes if isinstance(route, Route)}
    conversation = WebConversation(assistant, record, comments="/commenter" in addresses, base=base)
    page = ChatPage(gr, conversation, _links(addresses, base))
    blocks = page.blocks()
    served = _Later()
    _serve_static(app, page, feedback, base, suggests="/api/v1/suggest" in addresses)
    app.add_route("/page/session", _session_of(conversation), include_in_schema=False)
    add_reply_stream(app, ReplyDoor(conversation, served, frozenset(page.replies), feedback))
    keys = dict(wording.GRADIO_KEYS)
    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        theme=web_theme(gr),
        head=f'<link rel="stylesheet" href="{base}/page/page.css"><script src="{base}/page/page.js" defer></script>',
        root_path=base or None,
        auth_dependency=_user_name if site and site.mode == "signed" else None,
        i18n=gr.I18n(fr=keys, en=keys),
        favicon_path=str(_STATIC / "icon.svg"),
        show_error=False,
        run_history=False,
        footer_links=[],
        ssr_mode=False,
        max_file_size="1kb",
    )
    mounted: Any = app.routes[-1]  # gradio mounts itself last, at every address that nothing else answers
    served.app = mounted.app
    mounted.app = OurNotFound(PageUnderSubPath(mounted.app, base) if base else mounted.app)


def _links(addresses: set[str], base: str) -> PageLinks:
    simple = ((base + SIMPLE_PAGE, page_wording.SIMPLE_PAGE),) if SIMPLE_PAGE in addresses else ()
    return PageLinks(_existing(NAVIGATION, addresses, base), simple + _existing(FOOTER, addresses, base), base)


def _existing(links: tuple[Link, ...], addresses: set[str], base: str) -> Links:
    """The entries that everybody sees and whose page the application has."""
    shown = [link for link in links if link.href in addresses and link.shown is None]
    return tuple((base + link.href, link.label) for link in shown if link.href != SIMPLE_PAGE)


def _user_name(request: Request) -> str:
    """What gradio knows of somebody whom the guard let in: their name, or nothing."""
    return current_user(request).name


def _session_of(conversation: WebConversation) -> Callable[[Request], Awaitable[Response]]:
    async def session(request: Request) -> Response:
        """Whose conversation a tab may show again, and the revisions that it may still ask.

        The name is a pseudonym, and empty where nobody signs in.
        """
        user = current_user(request)
        told = {
            "owner": user.sub_hash if user.signed_in else "",
            "revisions": [value for _, value in conversation.revision_choices() if value],
        }
        return Response(json.dumps(told), headers={"cache-control": "no-store"}, media_type="application/json")

    return session


class _Later:
    """The application that is mounted after the routes that call it."""

    app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


def _serve_static(app: FastAPI, page: ChatPage, feedback: PageFeedback | None, base: str, suggests: bool) -> None:
    words: dict[str, object] = {
        **page_wording.BROWSER,
        "english": dict(wording.GRADIO_ENGLISH),
        "generatedBy": wording.WATERMARK,
        "shortcutList": page_wording.SHORTCUTS,
        "asks": sorted(page.asks),
        "replies": sorted(page.replies),
        "restores": sorted(page.restores),
        "choices": sorted(page.choices),
        "outputs": REPLY_OUTPUTS,
        "restoredOutputs": RESTORED_OUTPUTS,
        "base": f"{base}/",
        "suggests": suggests,
        "reasons": feedback.reasons if feedback else (),
        "minutes": feedback.minutes if feedback else (),
    }
    parts = [(_STATIC / name).read_text(encoding="utf-8") for name in SCRIPTS]
    script = f'(() => {{\n"use strict";\nconst WORDING = {json.dumps(words)};\n' + "\n".join(parts) + "})();\n"
    style = (_STATIC / "page.css").read_text(encoding="utf-8")
    app.add_route("/page/page.js", _static(script, "text/javascript"), include_in_schema=False)
    app.add_route("/page/page.css", _static(style, "text/css"), include_in_schema=False)


def _static(content: str, kind: str) -> Callable[[Request], Awaitable[Response]]:
    async def respond(_request: Request) -> Response:
        return Response(content, media_type=kind, headers={"cache-control": "no-cache"})

    return respond


def _gradio() -> Any:
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    for name in ("HF_HUB_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
        os.environ.setdefault(name, "1")
    import gradio  # slow, and reads the environment: only once a page is to be served

    return gradio
