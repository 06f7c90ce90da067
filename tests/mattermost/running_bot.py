"""The real bot, in a thread of its own, on a database of the test."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from ingest.settings import IngestSettings
from ingest.sources.corpus import Corpus
from tests.databases import SECRET, storage_settings
from tests.mattermost.echo_assistant import EchoAssistant
from tests.mattermost.fake_mattermost import Account, FakeMattermost
from ui.feedback.comments import StoredComments
from ui.feedback.desk import FeedbackDesk
from ui.feedback.store import SqlFeedbackStore
from ui.mattermost.bot import Bot
from ui.mattermost.client.patience import Time
from ui.mattermost.client.stream import Timing
from ui.mattermost.parts import BotParts
from ui.mattermost.settings import MattermostSettings
from ui.mattermost.writing.revision_text import RevisionTexts
from ui.storage.database import Database
from ui.storage.opening import open_storage
from ui.storage.secret import Secret

QUICK = Timing(ping=10.0, pong=10.0, opening=20.0, hello=20.0, first_wait=0.05, longest_wait=1.0)
"""A stream that begins again at once, and that a busy machine does not frighten."""
WATCHFUL = Timing(ping=0.5, pong=0.7, opening=5.0, hello=5.0, first_wait=0.05, longest_wait=1.0)
"""One that notices within two seconds a silence that it notices within a minute in service."""


def bot_settings(server: str, token: str, **values: Any) -> MattermostSettings:
    """Settings that read no environment; no port unless it is asked for."""
    given = {"url": server, "token": token, "port": 0, "rate": 0, **values}
    return MattermostSettings(_env_file=None, **given)  # type: ignore[call-arg]  # pydantic-settings's own


def bot_parts(
    settings: MattermostSettings,
    home: Path,
    assistant: EchoAssistant,
    *,
    database: Database | None = None,
    timing: Timing = QUICK,
    time: Time | None = None,
    corpus: Corpus | None = None,
) -> BotParts:
    """The parts of a bot whose data are in a folder of the test."""
    kept = database or open_storage(storage_settings(f"sqlite:///{home / 'bot.sqlite'}"), home)
    secret = Secret(SECRET)
    corpus = corpus or Corpus(IngestSettings(_env_file=None, home=home, edition="demo"))  # type: ignore[call-arg]
    return BotParts(
        settings=settings,
        assistant=lambda: assistant,
        database=kept,
        desk=FeedbackDesk(lambda: SqlFeedbackStore(kept), secret),
        diffs=RevisionTexts(corpus, settings.public_url),
        button_key=secret.key("mattermost-buttons"),
        comment=StoredComments(kept).add,
        timing=timing,
        time=time or Time(),
    )


class RunningBot:
    """A bot that runs. `failure` is what ended it, when that was an exception."""

    def __init__(self, parts: BotParts) -> None:
        self.parts = parts
        self.failure: BaseException | None = None
        self._made = threading.Event()
        self._bot: Bot | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._live, name="bot")
        self._thread.start()
        assert self._made.wait(60), "le bot n'est pas fait"

    @property
    def bot(self) -> Bot:
        """The bot itself."""
        assert self._bot is not None
        return self._bot

    def stop(self, timeout: float = 60.0) -> None:
        """As SIGTERM: what is begun is finished."""
        if self._loop is not None and self._thread.is_alive():
            self._call(self.bot.stop)
        self._thread.join(timeout)
        assert not self._thread.is_alive(), "le bot ne s'arrête pas"

    def kill(self) -> None:
        """As a crash, as near as a thread can: everything is cut where it is."""
        if self._task is not None and self._thread.is_alive():
            self._call(self._task.cancel)
        self._thread.join(60)
        assert not self._thread.is_alive()

    def wait_ended(self, timeout: float = 60.0) -> None:
        """Until the bot ends by itself."""
        self._thread.join(timeout)
        assert not self._thread.is_alive(), "le bot vit encore"

    def _call(self, what: Any) -> None:
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(what)
        except RuntimeError:  # it ended meanwhile
            return

    def _live(self) -> None:
        async def life() -> None:
            self._loop = asyncio.get_running_loop()
            self._task = asyncio.current_task()
            self._bot = Bot(self.parts)
            self._made.set()
            await self._bot.run()

        try:
            asyncio.run(life())
        except asyncio.CancelledError:
            pass
        except BaseException as exc:  # noqa: BLE001  # told to the test
            self.failure = exc
        finally:
            self._made.set()


def answers(server: FakeMattermost, bot: Account, question_id: str) -> list[Any]:
    """The posts of the bot that answer a question, in the order of their parts."""
    ours = [
        p for p in server.posts(author=bot) if (p.props.get("assistant_cct") or {}).get("in_reply_to") == question_id
    ]
    return sorted(ours, key=lambda p: p.props["assistant_cct"]["part"])


def with_settings(parts: BotParts, **values: Any) -> BotParts:
    """The same parts under other settings."""
    return replace(parts, settings=parts.settings.model_copy(update=values))
