"""What people say of the answers, by reactions or buttons, into the same store as the web chat's votes."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from ui.errors import RefusedRequest, StorageError
from ui.feedback.desk import FeedbackDesk
from ui.feedback.feedback import Ballot, Vote
from ui.mattermost.client.models import Reaction
from ui.mattermost.ledger.question import AnswerRecord, OwnPost
from ui.mattermost.ledger.questions import Questions
from ui.mattermost.ledger.threads import OffLoop

_EMOJI: dict[str, Vote] = {
    "+1": "useful",
    "thumbsup": "useful",
    "-1": "not_useful",
    "thumbsdown": "not_useful",
}
_log = logging.getLogger("cct.mattermost")


@dataclass
class Votes:
    """Takes votes; a person is known to the store by a pseudonym alone."""

    desk: FeedbackDesk
    questions: Questions
    off_loop: OffLoop
    bot_id: str

    async def reaction(self, reaction: Reaction, added: bool) -> None:
        """A thumb on one of our answers, put or taken away; any other reaction is nobody's vote."""
        vote = _EMOJI.get(reaction.emoji_name.split("_light")[0].split("_medium")[0].split("_dark")[0])
        if vote is None or reaction.user_id == self.bot_id:
            return
        try:
            post = await self.off_loop(self.questions.own_post, reaction.post_id)
            if post is None or post.answer is None or not post.answer.receipt:
                return
            if added:
                await self.off_loop(self.vote, post.answer, Ballot(vote), reaction.user_id)
            else:
                await self.off_loop(self._withdraw, post.answer, vote, reaction.user_id)
        except (StorageError, RefusedRequest) as exc:
            _log.warning("vote not kept: %s", exc.message)

    def vote(self, answer: AnswerRecord, ballot: Ballot, user_id: str) -> None:
        """Keeps the vote, in place of the same person's earlier one. Raises RefusedRequest, StorageError."""
        self.desk.vote(answer.receipt, ballot, self.person(user_id))

    def person(self, user_id: str) -> str:
        """The pseudonym of somebody."""
        return self.desk.pseudonyms.person("mattermost", user_id)

    def _withdraw(self, answer: AnswerRecord, vote: Vote, user_id: str) -> None:
        """Taking one thumb away does not take the other one's vote away."""
        person = self.person(user_id)
        kept = self.desk.own(answer.answer_id, person)
        if kept is not None and kept.ballot.vote == vote:
            self.desk.withdraw(answer.answer_id, person)

    async def answer_of(self, post_id: str) -> OwnPost | None:
        """What one of our posts is."""
        return await self.off_loop(self.questions.own_post, post_id)
