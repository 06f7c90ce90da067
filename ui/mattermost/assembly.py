"""The bot as the environment configures it: the only place where its parts meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.feedback.assembly import FeedbackService, make_feedback
from ui.mattermost.conversation.bot_assistant import BotAssistantProvider
from ui.mattermost.parts import BotParts
from ui.mattermost.settings import MattermostSettings
from ui.mattermost.writing.revision_text import RevisionTexts
from ui.storage.secret import load_secret
from ui.storage.settings import load_storage_settings

if TYPE_CHECKING:
    from ingest.sources.corpus import Corpus

_BUTTONS = "mattermost-buttons"


def make_parts(
    settings: MattermostSettings, corpus: Corpus, assistant: BotAssistantProvider
) -> tuple[BotParts, FeedbackService]:
    """The parts of a bot over the environment's database, and what is to run beside it (FeedbackService.working).

    Raises SettingsError or StorageError: a bot that cannot keep what it is asked does not start.
    """
    home = corpus.settings.home
    feedback = make_feedback(home)
    parts = BotParts(
        settings=settings,
        assistant=assistant,
        database=feedback.storage(),
        desk=feedback.desk,
        diffs=RevisionTexts(corpus, settings.public_url),
        button_key=load_secret(load_storage_settings(), home).key(_BUTTONS),
        comment=lambda comment: feedback.comments().add(comment),
        journal=feedback.journal.record,
    )
    return parts, feedback
