"""What the bot says to a question or a command: the same answers as the web chat, as a post's words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from assistant.answer import Answer, Question, Turn
from assistant.answer_stream import Finished, Searched, SentencePassed
from ingest.errors import CctError
from ui.mattermost import wording
from ui.mattermost.conversation.bot_assistant import BotAssistantProvider
from ui.mattermost.conversation.commands import Command
from ui.mattermost.ledger.question import AnswerRecord
from ui.mattermost.settings import MattermostSettings
from ui.mattermost.writing.answer_text import answer_post, answer_record, draft_post
from ui.mattermost.writing.neutral import neutral
from ui.wording import french_date

CHANNEL: Final = "mattermost"

Show = Callable[[str], None]
"""Given what may be shown while a model writes; may raise to stop it."""


class DiffTexts(Protocol):
    """What revisions changed, in words."""

    def latest(self, source_id: str) -> str:
        """What the last revision of a source, or of each, changed."""

    def between(self, source_id: str, a: str, b: str) -> str:
        """What changed between two revisions."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The words to post, and what is kept of the answer when it is one."""

    text: str
    answer: AnswerRecord | None = None
    written: bool = False
    """True when a model wrote it: it would not say it twice in the same words."""


@dataclass(frozen=True, slots=True)
class Replies:
    """Makes the replies. Thread-safe; blocks while the assistant works."""

    assistant: BotAssistantProvider
    diffs: DiffTexts
    receipt: Callable[[Answer], str]
    """What a vote on the answer is given with; empty when votes cannot be taken."""
    record: Callable[[str, Answer, float], None]
    """Counts the answer (ui.metrics)."""
    settings: MattermostSettings
    bot: str
    """The bot's name, for the examples."""
    clock: Callable[[], float]

    def reply(self, command: Command, history: tuple[Turn, ...] = (), show: Show | None = None) -> Reply:
        """The reply to anything but "forget". Raises CctError when nothing can answer."""
        if command.verb == "help":
            return Reply(self.help())
        if command.verb == "sources":
            return Reply(self._sources())
        if command.verb == "diff":
            if command.revisions is not None:
                return Reply(self.diffs.between(command.source, *command.revisions))
            return Reply(self.diffs.latest(command.source))
        return self._answer(command.text, history, show)

    def help(self) -> str:
        """What the bot understands."""
        try:
            assistant = self.assistant()
            example = f"« {assistant.examples()[0]} »" if assistant.examples() else ""
            source = next(reversed(list(assistant.source_titles())), "pi")
        except CctError:
            example, source = "« Que dit EXI-ARCH-11 ? »", "pi"
        back = self.settings.called_back
        return wording.HELP.format(
            bot=self.bot,
            source=source,
            slash=wording.HELP_SLASH if back and self.settings.command_token_list() else "",
            feedback=wording.HELP_BUTTONS if back else wording.HELP_REACTIONS,
            example=example,
        )

    def _sources(self) -> str:
        assistant = self.assistant()
        titles = assistant.source_titles()
        lines = []
        for used in assistant.revisions():
            title = neutral(titles.get(used.source, used.source))
            if used.commit and used.official:
                date = french_date(used.date)
                lines.append(wording.SOURCE_LINE.format(title=title, commit=used.commit[:7], date=date))
            else:
                lines.append(wording.SOURCE_DEMONSTRATION.format(title=title))
        stale = [f"> ⚠ {neutral(s.message)}" for s in assistant.stale()]
        return "\n".join([wording.SOURCES_HEAD, "", *lines, *([""] if stale else []), *stale])

    def _answer(self, text: str, history: tuple[Turn, ...], show: Show | None) -> Reply:
        assistant = self.assistant()
        started = self.clock()
        answer: Answer | None = None
        stream = assistant.stream(Question(text, history=history))
        try:
            for event in stream:
                if isinstance(event, Finished):
                    answer = event.answer
                elif show is not None and isinstance(event, Searched):
                    show(draft_post(""))
                elif show is not None and isinstance(event, SentencePassed):
                    show(draft_post(event.so_far))
        finally:
            stream.close()  # stops the model when we stop in between
        if answer is None:
            raise CctError("L'assistant n'a rien répondu.")
        self.record(CHANNEL, answer, self.clock() - started)
        receipt = self.receipt(answer)
        served = {r.commit for r in assistant.revisions() if r.commit}
        words = answer_post(answer, assistant.source_titles(), self.settings.public_url, served)
        return Reply(words, answer_record(answer, text, receipt), written=answer.mode == "llm")
