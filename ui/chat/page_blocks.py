"""The components of the page and what happens to them; gradio is loaded by whoever serves the page."""

from __future__ import annotations

import html
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from ui import wording
from ui.answer_markdown import literal
from ui.chat import page_wording
from ui.chat.conversation_messages import (
    Message,
    answer_message,
    before_last_question,
    questions,
    user_message,
)
from ui.chat.reply_stream import prepared
from ui.chat.web_conversation import SUGGESTIONS, WebConversation, status_line
from ui.doors.users import current_user

REPLY_OUTPUTS = 4 + SUGGESTIONS
"""Components that an answer changes."""
RESTORED_OUTPUTS = REPLY_OUTPUTS + 3
"""Those, then the scope, the revision and the way of answering: what a tab shows again after a reload."""
LONGEST_LINKED_QUESTION = 2_000
SIGN_OUT = "/auth/logout"
EVENT = {"queue": False, "api_visibility": "private", "show_progress": "hidden", "trigger_mode": "multiple"}


Links = tuple[tuple[str, str], ...]
"""(address, label), in the order to show them."""


@dataclass(frozen=True, slots=True)
class PageLinks:
    """The other pages of the server."""

    navigation: Links = ()
    footer: Links = ()
    base: str = ""
    """What comes before the address of each page, "/cct" for a service that stands under /cct/."""


class ChatPage:
    """Builds the page.

    `asks`, `replies`, `restores` and `choices` are then gradio's numbers of the events that put a question, that
    answer it, that show again what the tab kept, and that tell what was chosen for the questions.
    """

    def __init__(self, gr: Any, conversation: WebConversation, links: PageLinks) -> None:
        self._gr = gr
        self._links = links
        self._conversation = conversation
        self.asks: set[int] = set()
        self.replies: set[int] = set()
        self.restores: set[int] = set()
        self.choices: set[int] = set()

    def blocks(self) -> Any:
        """The whole page."""
        gr = self._gr
        with gr.Blocks(title=wording.TITLE, fill_width=True, analytics_enabled=False) as page:
            self._banner = gr.Markdown("", elem_id="bandeau", latex_delimiters=[], visible=False)
            with gr.Row(elem_id="haut"):
                with gr.Column(scale=1, min_width=320):
                    gr.Markdown(f"# {wording.TITLE}\n{wording.TAGLINE}", elem_id="entete")
                with gr.Column(scale=1, min_width=320, elem_id="haut-droite"):
                    self._account = gr.Markdown("", elem_id="compte", latex_delimiters=[], visible=False)
                    gr.Markdown(_linked(self._links.navigation), elem_id="navigation", latex_delimiters=[])
                    self._served = gr.Markdown("", elem_id="revisions", latex_delimiters=[])
            gr.Markdown(wording.NOTICE, elem_id="avis-ia")
            with gr.Row(elem_id="page"):
                with gr.Column(scale=3, min_width=320, elem_id="colonne-conversation"):
                    self._conversation_column()
                with gr.Column(scale=2, min_width=320, elem_id="colonne-sources"):
                    gr.Markdown(wording.SOURCES_HEADING)
                    self._sources = gr.Markdown(wording.NO_SOURCES_YET, elem_id="sources", latex_delimiters=[])
                    self._earlier = gr.Markdown("", elem_id="sources-precedentes", latex_delimiters=[])
            gr.Markdown(_linked(self._links.footer), elem_id="pied", latex_delimiters=[])
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
            buttons=[],
            placeholder=wording.EMPTY_CHAT,
            latex_delimiters=[],
            feedback_options=(),
            autoscroll=False,  # the script shows the beginning of an answer, not its end
            allow_file_downloads=False,
        )
        self._under_the_conversation()
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
            gr.Button(page_wording.STOP, elem_id="arreter", scale=0, min_width=120)  # the script stops the request
        self._settings()

    def _under_the_conversation(self) -> None:
        gr = self._gr
        small = {"size": "sm", "scale": 0, "min_width": 60}
        with gr.Row(elem_id="sous-conversation"):
            self._status = gr.Markdown("", elem_id="etat", latex_delimiters=[])
            self._retry = gr.Button(page_wording.RETRY, elem_id="reessayer", **small)
            self._edit = gr.Button(page_wording.EDIT, elem_id="modifier", **small)
            self._cancel = gr.Button(page_wording.CANCEL_EDIT, elem_id="ne-plus-modifier", visible=False, **small)
            self._restart = gr.Button(wording.NEW_CONVERSATION, elem_id="nouvelle", **small)
            self._editing = gr.Checkbox(value=False, visible=False, label=page_wording.EDIT)
            self._restore = gr.Button(page_wording.RESTORE, elem_id="reprendre", visible="hidden")

    def _settings(self) -> None:
        gr = self._gr
        with gr.Row(elem_id="reglages"):
            self._scope = gr.Radio(self._scopes(), value="", label=wording.SCOPE_LABEL, elem_id="perimetre", scale=3)
            modes = [page_wording.MODE_WRITTEN, page_wording.MODE_EXTRACTED]
            self._mode = gr.Radio(
                modes, value=modes[0], label=page_wording.ANSWER_MODE_LABEL, elem_id="mode", visible=False
            )
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

    def _scopes(self) -> list[tuple[str, str]]:
        titles = self._conversation.titles()
        everything = wording.SCOPE_BOTH if len(titles) == 2 else wording.SCOPE_ALL
        return [(everything, ""), *((title, source) for source, title in titles.items())]

    def _wire(self, page: Any) -> None:
        asked = [self._chat, self._question, self._status, self._editing, self._cancel]
        shown = [self._chat, self._sources, self._earlier, self._status, *self._suggested]
        answered = {
            "fn": self._reply,
            "inputs": [self._chat, self._sources, self._earlier, self._scope, self._revision, self._mode],
            "outputs": shown,
            **EVENT,
        }
        for trigger in (self._send.click, self._question.submit):
            inputs = [self._chat, self._question, self._editing]
            self._then_reply(trigger(self._ask, inputs, asked, **EVENT), answered)
        for button in self._suggested:
            self._then_reply(button.click(self._ask_suggested, [self._chat, button], asked, **EVENT), answered)
        self._then_reply(self._retry.click(self._again, [self._chat], asked, **EVENT), answered)
        self._edit.click(self._take_back, [self._chat], asked, **EVENT)
        self._cancel.click(self._leave_as_it_was, None, asked, **EVENT)
        emptied = [*shown, self._question, self._editing, self._cancel]
        self._restart.click(self._clear, [self._revision], emptied, **EVENT)
        opened = [self._banner, self._served, self._account, self._question, self._status, self._revision, self._mode]
        opening = page.load(self._opener(), None, [*opened, *self._suggested], **EVENT)
        chosen = [self._scope, self._revision, self._mode]
        again = {"fn": self._nothing_kept, "inputs": None, "outputs": [*shown, *chosen], **EVENT}
        self.restores |= {opening.then(**again)["id"], self._restore.click(**again)["id"]}
        self.choices |= {setting.input(self._chosen, chosen, None, **EVENT)["id"] for setting in chosen}

    def _then_reply(self, asking: Any, answered: dict[str, Any]) -> None:
        self.asks.add(asking["id"])
        self.replies.add(asking.then(**answered)["id"])

    def _opener(self) -> Callable[..., Awaitable[list[Any]]]:
        async def opening(request) -> list[Any]:  # type: ignore[no-untyped-def]  # annotated below
            banner, served, examples = self._conversation.opening()
            question = request.query_params.get("q", "")[:LONGEST_LINKED_QUESTION].strip()
            status = wording.FILLED_FROM_LINK if question else ""
            shown = self._gr.Markdown(value=banner, visible=bool(banner))
            choices = self._conversation.revision_choices()
            picker = self._gr.Dropdown(choices=choices, visible=len(choices) > 1)
            mode = self._gr.Radio(visible=self._conversation.writes())
            account = self._account_of(request)
            return [shown, served, account, question, status, picker, mode, *self._buttons(examples)]

        opening.__annotations__["request"] = self._gr.Request  # gradio recognises the type, loaded lazily
        return opening

    def _account_of(self, request: Any) -> Any:
        user = current_user(request.request)
        if not user.signed_in:
            return self._gr.Markdown(visible=False)
        words = page_wording.SIGNED_IN_AS.format(name=literal(request.username)) if request.username else ""
        leaving = f'<a href="{self._links.base}{SIGN_OUT}">{page_wording.SIGN_OUT}</a>'
        return self._gr.Markdown(value=f"{words or page_wording.SIGNED_IN} {leaving}", visible=True)

    async def _nothing_kept(self) -> list[Any]:
        """The page's script answers in its place, with what the tab kept."""
        return [self._gr.skip()] * RESTORED_OUTPUTS

    async def _chosen(self, *_choices: Any) -> None:
        """The page's script keeps the choices in the tab, and sends nothing."""

    async def _ask(self, messages: list[Message], question: str, editing: bool) -> list[Any]:
        if not question.strip():
            return [self._gr.skip(), "", wording.EMPTY_QUESTION, self._gr.skip(), self._gr.skip()]
        kept = before_last_question(messages) if editing else messages
        return [[*kept, user_message(question)], "", wording.ASKING, *self._edited(False)]

    async def _ask_suggested(self, messages: list[Message], question: str) -> list[Any]:
        return [[*messages, user_message(question)], self._gr.skip(), wording.ASKING, *self._edited(False)]

    async def _again(self, messages: list[Message]) -> list[Any]:
        if not questions(messages):
            return [self._gr.skip()] * 2 + [page_wording.NOTHING_TO_EDIT, *self._edited(False)]
        last = len(before_last_question(messages))
        return [messages[: last + 1], self._gr.skip(), wording.ASKING, *self._edited(False)]

    async def _take_back(self, messages: list[Message]) -> list[Any]:
        asked = questions(messages)
        if not asked:
            return [self._gr.skip(), self._gr.skip(), page_wording.NOTHING_TO_EDIT, *self._edited(False)]
        return [self._gr.skip(), asked[-1], page_wording.EDITING, *self._edited(True)]

    async def _leave_as_it_was(self) -> list[Any]:
        return [self._gr.skip(), "", page_wording.EDIT_CANCELLED, *self._edited(False)]

    async def _reply(self, messages: list[Message], *_asked_with: Any) -> list[Any]:
        reply = prepared.get()  # made by the page's own door, the only one where a question is answered and counted
        if reply is None:
            return [self._gr.skip()] * REPLY_OUTPUTS
        return [
            [*messages, answer_message(reply.answer, reply.body)],
            reply.sources,
            reply.earlier,
            status_line(reply.answer),
            *self._buttons(reply.suggestions),
        ]

    async def _clear(self, revision: str | None) -> list[Any]:
        _, _, examples = self._conversation.opening()
        cleared = [[], wording.NO_SOURCES_YET, "", self._conversation.cleared(revision or "")]
        return [*cleared, *self._buttons(examples), "", *self._edited(False)]

    def _edited(self, editing: bool) -> list[Any]:
        return [editing, self._gr.Button(visible=editing)]

    def _buttons(self, questions: tuple[str, ...]) -> list[Any]:
        padded = [*questions[:SUGGESTIONS], *[""] * SUGGESTIONS][:SUGGESTIONS]
        return [self._gr.Button(value=question, visible=bool(question)) for question in padded]


def _linked(links: Links) -> str:
    """Links to other pages, which open beside this one: leaving it would lose the conversation."""
    hidden = f'<span class="lu">{page_wording.NEW_WINDOW}</span>'
    return " ".join(
        f'<a href="{html.escape(address)}" target="_blank">{html.escape(label)} {hidden}</a>'
        for address, label in links
    )
