"""The page: conversation on the left, cited passages on the right (only importer of gradio).

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

from ui import wording
from ui.chat.web_conversation import (
    Message,
    WebConversation,
    answer_message,
    earlier_sources,
    status_line,
    user_message,
)
from ui.chat.web_theme import web_theme
from ui.doors.web_assistant import AssistantProvider, Recorder

SUGGESTIONS = 4
LONGEST_LINKED_QUESTION = 2_000
EVENT = {"queue": False, "api_visibility": "private", "show_progress": "hidden", "trigger_mode": "multiple"}

_STATIC = Path(__file__).parent / "static"


def mount_web_chat(app: FastAPI, assistant: AssistantProvider, record: Recorder) -> None:
    """Serves the page at "/"; every route of the app itself must be declared before."""
    gr = _gradio()
    _serve_static(app)
    keys = dict(wording.GRADIO_KEYS)
    gr.mount_gradio_app(
        app,
        _Page(gr, WebConversation(assistant, record)).blocks(),
        path="/",
        theme=web_theme(gr),
        head='<link rel="stylesheet" href="page/page.css"><script src="page/page.js" defer></script>',
        i18n=gr.I18n(fr=keys, en=keys),
        favicon_path=str(_STATIC / "icon.svg"),
        show_error=False,
        run_history=False,
        footer_links=[],
        ssr_mode=False,
        max_file_size="1kb",
    )


class _Page:
    """The components and what happens to them."""

    def __init__(self, gr: Any, conversation: WebConversation) -> None:
        self._gr = gr
        self._conversation = conversation

    def blocks(self) -> Any:
        """The whole page."""
        gr = self._gr
        with gr.Blocks(title=wording.TITLE, fill_width=True, analytics_enabled=False) as page:
            self._banner = gr.Markdown("", elem_id="bandeau", latex_delimiters=[], visible=False)
            with gr.Row(elem_id="haut"):
                with gr.Column(scale=3, min_width=320):
                    gr.Markdown(f"# {wording.TITLE}\n{wording.TAGLINE}", elem_id="entete")
                with gr.Column(scale=2, min_width=320):
                    self._served = gr.Markdown("", elem_id="revisions", latex_delimiters=[])
            gr.Markdown(wording.NOTICE, elem_id="avis-ia")
            with gr.Row(elem_id="page"):
                with gr.Column(scale=3, min_width=320, elem_id="colonne-conversation"):
                    self._conversation_column()
                with gr.Column(scale=2, min_width=320, elem_id="colonne-sources"):
                    gr.Markdown(wording.SOURCES_HEADING)
                    self._sources = gr.Markdown(wording.NO_SOURCES_YET, elem_id="sources", latex_delimiters=[])
                    self._earlier = gr.Markdown("", elem_id="sources-precedentes", latex_delimiters=[])
            self._wire(page)
        return page

    def _conversation_column(self) -> None:
        gr = self._gr
        self._chat = gr.Chatbot(
            elem_id="chat",
            label=wording.CONVERSATION,
            show_label=False,
            height=None,
            layout="bubble",
            buttons=["copy"],
            watermark=wording.WATERMARK,
            placeholder=wording.EMPTY_CHAT,
            latex_delimiters=[],
            feedback_options=(),
            allow_file_downloads=False,
        )
        self._status = gr.Markdown("", elem_id="etat", latex_delimiters=[])
        with gr.Row(elem_id="suggestions"):
            self._suggested = [
                gr.Button("", size="sm", visible=False, elem_classes="suggestion") for _ in range(SUGGESTIONS)
            ]
        with gr.Row(elem_id="saisie", equal_height=True):
            self._question = gr.Textbox(
                label=wording.QUESTION_LABEL,
                placeholder=wording.QUESTION_PLACEHOLDER,
                lines=1,
                max_lines=6,
                autofocus=True,
                elem_id="question",
                scale=5,
            )
            self._send = gr.Button(wording.SEND, variant="primary", elem_id="envoyer", scale=0, min_width=120)
        with gr.Row(elem_id="reglages"):
            self._scope = gr.Radio(self._scopes(), value="", label=wording.SCOPE_LABEL, elem_id="perimetre", scale=3)
            self._revision = gr.Dropdown(
                [(wording.SERVED_REVISION, "")],
                value="",
                label=wording.REVISION_LABEL,
                elem_id="revision",
                visible=False,
                allow_custom_value=True,  # the choices come with the page: a server that never served it checks none
                scale=2,
                min_width=220,
            )
            self._restart = gr.Button(wording.NEW_CONVERSATION, size="sm", elem_id="nouvelle", scale=0, min_width=180)

    def _scopes(self) -> list[tuple[str, str]]:
        titles = self._conversation.titles()
        everything = wording.SCOPE_BOTH if len(titles) == 2 else wording.SCOPE_ALL
        return [(everything, ""), *((title, source) for source, title in titles.items())]

    def _wire(self, page: Any) -> None:
        asked = [self._chat, self._question, self._status]
        shown = [self._chat, self._sources, self._earlier, self._status, *self._suggested]
        answered = {
            "fn": self._reply,
            "inputs": [self._chat, self._sources, self._earlier, self._scope, self._revision],
            "outputs": shown,
            **EVENT,
        }
        for trigger in (self._send.click, self._question.submit):
            trigger(self._ask, [self._chat, self._question], asked, **EVENT).then(**answered)
        for button in self._suggested:
            button.click(self._ask_suggested, [self._chat, button], asked, **EVENT).then(**answered)
        self._restart.click(self._clear, None, [*shown, self._question], **EVENT)
        opened = [self._banner, self._served, self._question, self._status, self._revision, *self._suggested]
        page.load(self._opener(), None, opened, **EVENT)

    def _opener(self) -> Callable[..., Awaitable[list[Any]]]:
        async def opening(request) -> list[Any]:  # type: ignore[no-untyped-def]  # annotated below
            banner, served, examples = self._conversation.opening()
            question = request.query_params.get("q", "")[:LONGEST_LINKED_QUESTION].strip()
            status = wording.FILLED_FROM_LINK if question else ""
            shown = self._gr.Markdown(value=banner, visible=bool(banner))
            choices = self._conversation.revision_choices()
            picker = self._gr.Dropdown(choices=choices, value="", visible=len(choices) > 1)
            return [shown, served, question, status, picker, *self._buttons(examples)]

        opening.__annotations__["request"] = self._gr.Request  # gradio recognises the type, loaded lazily
        return opening

    async def _ask(self, messages: list[Message], question: str) -> list[Any]:
        if not question.strip():
            return [self._gr.skip(), "", wording.EMPTY_QUESTION]
        return [[*messages, user_message(question)], "", wording.ASKING]

    async def _ask_suggested(self, messages: list[Message], question: str) -> list[Any]:
        return [[*messages, user_message(question)], self._gr.skip(), wording.ASKING]

    async def _reply(
        self, messages: list[Message], panel: str, earlier: str, scope: str | None, revision: str | None
    ) -> list[Any]:
        reply = await self._conversation.reply(messages, scope or "", revision or "")
        if reply is None:
            return [self._gr.skip()] * (4 + SUGGESTIONS)
        answer, body, sources = reply
        return [
            [*messages, answer_message(answer, body)],
            sources,
            earlier_sources(panel, earlier, messages),
            status_line(answer),
            *self._buttons(answer.suggestions),
        ]

    async def _clear(self) -> list[Any]:
        _, _, examples = self._conversation.opening()
        status = wording.CONVERSATION_CLEARED
        return [[], wording.NO_SOURCES_YET, "", status, *self._buttons(examples), ""]

    def _buttons(self, questions: tuple[str, ...]) -> list[Any]:
        padded = [*questions[:SUGGESTIONS], *[""] * SUGGESTIONS][:SUGGESTIONS]
        return [self._gr.Button(value=question, visible=bool(question)) for question in padded]


def _serve_static(app: FastAPI) -> None:
    words = {**wording.BROWSER, "english": dict(wording.GRADIO_ENGLISH)}
    script = f"const WORDING = {json.dumps(words)};\n" + (_STATIC / "page.js").read_text(encoding="utf-8")
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
