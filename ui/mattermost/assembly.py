"""The bot as the environment configures it: the only place where its parts meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.comments.comment import CommentFile
from ui.commands.comments import COLLECTED
from ui.feedback.desk import FeedbackDesk
from ui.feedback.store import SqlFeedbackStore
from ui.mattermost.conversation.bot_assistant import BotAssistantProvider
from ui.mattermost.parts import BotParts
from ui.mattermost.settings import MattermostSettings
from ui.mattermost.writing.revision_text import RevisionTexts
from ui.storage.opening import open_storage
from ui.storage.secret import load_secret
from ui.storage.settings import load_storage_settings

if TYPE_CHECKING:
    from ingest.corpus import Corpus

_BUTTONS = "mattermost-buttons"


def make_parts(
    settings: MattermostSettings, corpus: Corpus, assistant: BotAssistantProvider, model: str = ""
) -> BotParts:
    """The parts of a bot over the environment's database. Raises SettingsError or StorageError."""
    storage = load_storage_settings()
    home = corpus.settings.home
    secret = load_secret(storage, home)
    database = open_storage(storage, home)
    desk = FeedbackDesk(lambda: SqlFeedbackStore(database), secret, model)
    return BotParts(
        settings=settings,
        assistant=assistant,
        database=database,
        desk=desk,
        diffs=RevisionTexts(corpus, settings.public_url),
        button_key=secret.key(_BUTTONS),
        comment=CommentFile(home / COLLECTED).add,
    )
