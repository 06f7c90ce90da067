"""Feedback as the environment configures it: the only place where its parts meet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from assistant.settings import load_assistant_settings
from ui.errors import StorageError, StorageTooNew
from ui.feedback.comments import StoredComments
from ui.feedback.desk import FeedbackDesk
from ui.feedback.mirai_push import MiraiPush
from ui.feedback.settings import FeedbackSettings, load_feedback_settings
from ui.feedback.store import SqlFeedbackStore
from ui.feedback.unanswered import UnansweredJournal
from ui.feedback.upkeep import Upkeep
from ui.startup import say
from ui.storage.provider import StorageProvider
from ui.storage.secret import load_secret
from ui.storage.settings import load_storage_settings


@dataclass(frozen=True, slots=True)
class FeedbackService:
    """What a server needs to take feedback, comments, and note of questions that got no answer."""

    storage: StorageProvider
    desk: FeedbackDesk
    journal: UnansweredJournal
    settings: FeedbackSettings

    def comments(self) -> StoredComments:
        """The comments on requirements. Raises StorageError."""
        return StoredComments(self.storage())

    @contextmanager
    def working(self) -> Iterator[None]:
        """While the server runs: old entries are forgotten, votes are sent; at the end, what waits is written."""
        with ExitStack() as stack:
            stack.callback(self.storage.close)
            stack.callback(self.journal.close)
            push = None
            if self.settings.ingest_address:
                push = MiraiPush(self.settings, stack.enter_context(httpx.Client()))
            stack.enter_context(Upkeep(self.storage, self.settings.retention, push))
            yield


def make_feedback(home: Path) -> FeedbackService:
    """The service of the environment's settings; says when the database cannot serve yet, and serves without it.

    Raises SettingsError, or StorageTooNew: serving with tables of a newer version would damage them.
    """
    stored, settings = load_storage_settings(), load_feedback_settings()
    storage = StorageProvider(stored, home)
    secret = load_secret(stored, home)
    try:
        storage()
    except StorageTooNew:
        raise
    except StorageError as exc:
        say(f"Attention : {exc.message} {exc.remedy}")
    pushes = bool(settings.ingest_address)
    desk = FeedbackDesk(lambda: SqlFeedbackStore(storage(), pushes), secret, load_assistant_settings().model)
    return FeedbackService(storage, desk, UnansweredJournal(storage, settings.journal_questions), settings)
