"""Feedback as the environment configures it: the only place where its parts meet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.settings import load_assistant_settings
from ui.errors import StorageError, StorageTooNew
from ui.feedback.desk import FeedbackDesk
from ui.feedback.store import SqlFeedbackStore
from ui.startup import say
from ui.storage.provider import StorageProvider
from ui.storage.secret import load_secret
from ui.storage.settings import load_storage_settings


@dataclass(frozen=True, slots=True)
class FeedbackService:
    """What a server needs to take feedback."""

    storage: StorageProvider
    desk: FeedbackDesk


def make_feedback(home: Path) -> FeedbackService:
    """The service of the environment's settings; says when the database cannot serve yet, and serves without it.

    Raises SettingsError, or StorageTooNew: serving with tables of a newer version would damage them.
    """
    settings = load_storage_settings()
    storage = StorageProvider(settings, home)
    secret = load_secret(settings, home)
    try:
        storage()
    except StorageTooNew:
        raise
    except StorageError as exc:
        say(f"Attention : {exc.message} {exc.remedy}")
    model = load_assistant_settings().model
    desk = FeedbackDesk(lambda: SqlFeedbackStore(storage()), secret, model)
    return FeedbackService(storage, desk)
