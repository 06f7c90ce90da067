"""What a bot is made of, apart from its connection: the assistant, the database, the votes, the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.answer import Answer
from ui.feedback.comments import RequirementComment
from ui.feedback.desk import FeedbackDesk
from ui.mattermost.client.patience import Time
from ui.mattermost.client.stream import Timing
from ui.mattermost.conversation.bot_assistant import BotAssistantProvider
from ui.mattermost.conversation.replies import CHANNEL, Replies
from ui.mattermost.ledger.announced import Announced
from ui.mattermost.ledger.leadership import Leadership, leadership
from ui.mattermost.ledger.questions import Questions
from ui.mattermost.ledger.reading import Reading
from ui.mattermost.settings import MattermostSettings
from ui.mattermost.writing.buttons import Signer
from ui.mattermost.writing.revision_text import RevisionTexts
from ui.metrics import Metrics
from ui.storage.database import Database


@dataclass(frozen=True)
class BotParts:
    """Everything that the environment, or a test, gives."""

    settings: MattermostSettings
    assistant: BotAssistantProvider
    database: Database
    desk: FeedbackDesk
    diffs: RevisionTexts
    button_key: bytes
    comment: Callable[[RequirementComment], None]
    """Keeps a comment on a requirement; raises RefusedRequest or StorageError."""
    journal: Callable[[str, Answer, float], None] = lambda *_: None
    """Notes the questions that got no answer."""
    metrics: Metrics = field(default_factory=Metrics)
    time: Time = field(default_factory=Time)
    timing: Timing = field(default_factory=Timing)

    @property
    def questions(self) -> Questions:
        """The questions of the database."""
        return Questions(self.database)

    @property
    def reading(self) -> Reading:
        """The cursors of the database."""
        return Reading(self.database)

    @property
    def announced(self) -> Announced:
        """The revisions that were told."""
        return Announced(self.database)

    @property
    def signer(self) -> Signer | None:
        """Signs the buttons; None when the server cannot call us."""
        return Signer(self.button_key) if self.settings.called_back else None

    def leadership(self) -> Leadership:
        """Who leads among the replicas of that database."""
        return leadership(self.database)

    def replies(self, bot: str) -> Replies:
        """What the bot says."""
        return Replies(
            assistant=self.assistant,
            diffs=self.diffs,
            receipt=self._receipt,
            record=self._record,
            settings=self.settings,
            bot=bot,
            clock=self.time.monotonic,
        )

    def _record(self, channel: str, answer: Answer, seconds: float) -> None:
        self.metrics.record(channel, answer, seconds)
        self.journal(channel, answer, seconds)

    def _receipt(self, answer: Answer) -> str:
        return self.desk.receipt(answer, CHANNEL)
