"""What a pressed button and a sent dialog do."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from ingest.comments.comment import Importance, shortened
from ingest.errors import CctError
from ui.errors import RefusedRequest, StorageError
from ui.feedback.comments import RequirementComment
from ui.feedback.feedback import REASONS, Ballot
from ui.mattermost import wording
from ui.mattermost.callbacks.bodies import ButtonPress, DialogSubmission
from ui.mattermost.callbacks.dialogs import LONGEST, DialogState, chosen_place, comment_dialog, why_dialog
from ui.mattermost.client.rest import MattermostApi
from ui.mattermost.conversation.permissions import Permissions
from ui.mattermost.conversation.votes import Votes
from ui.mattermost.errors import MattermostError
from ui.mattermost.ledger.question import AnswerRecord
from ui.mattermost.ledger.threads import OffLoop
from ui.mattermost.settings import MattermostSettings
from ui.mattermost.writing.answer_text import passages_post
from ui.mattermost.writing.buttons import Signer, read_press
from ui.mattermost.writing.splitting import split

_log = logging.getLogger("cct.mattermost")


@dataclass
class Presses:
    """Takes presses and submissions; gives back what the person alone is shown."""

    settings: MattermostSettings
    signer: Signer
    votes: Votes
    permissions: Permissions
    api: MattermostApi
    off_loop: OffLoop
    comment: Callable[[RequirementComment], None]
    """Keeps a comment; raises RefusedRequest or StorageError."""
    titles: Callable[[], Mapping[str, str]]
    longest_post: int
    spawn: Callable[[Coroutine[Any, Any, None]], None]

    async def pressed(self, press: ButtonPress) -> str:
        """The words for who pressed. Never raises for what a person can do."""
        read = read_press(self.signer, press.context, press.channel_id)
        if read is None:
            return wording.BAD_SIGNATURE
        if not self.permissions.may_read(press.user_id):
            return wording.REFUSALS["user"]
        try:
            post = await self.votes.answer_of(press.post_id)
        except StorageError:
            return wording.NO_STORE
        if post is None or post.answer is None or post.question_id != read.question_id:
            return wording.BAD_SIGNATURE
        if read.action == "sources":
            return await self._passages(post.answer)
        if read.action == "comment":
            return await self._ask_comment(press, post.answer)
        return await self._voted(press, post.answer, useful=read.action == "useful")

    async def submitted(self, sent: DialogSubmission) -> Mapping[str, str]:
        """The problems of a dialog, by field; empty when it was taken."""
        state = DialogState.read(self.signer, sent.state)
        if state is None or state.user_id != sent.user_id:
            return {"comment": wording.BAD_SIGNATURE, "proposal": wording.BAD_SIGNATURE}
        if sent.cancelled:
            return {}
        try:
            post = await self.votes.answer_of(state.post_id)
            if post is None or post.answer is None:
                return {"comment": wording.BAD_SIGNATURE, "proposal": wording.BAD_SIGNATURE}
            if state.kind == "why":
                await self._explained(sent, post.answer)
                return {}
            return await self._commented(sent, post.answer)
        except (StorageError, RefusedRequest) as exc:
            _log.warning("dialog not kept: %s", exc.message)
            return {"comment": wording.NO_STORE, "proposal": wording.NO_STORE}

    async def _voted(self, press: ButtonPress, answer: AnswerRecord, *, useful: bool) -> str:
        if not answer.receipt:
            return wording.NOT_RATED
        ballot = Ballot("useful" if useful else "not_useful")
        try:
            await self.off_loop(self.votes.vote, answer, ballot, press.user_id)
        except RefusedRequest as exc:
            return f"{exc.message} {exc.remedy}".strip()
        except StorageError as exc:
            _log.warning("vote not kept: %s", exc.message)
            return wording.NO_STORE
        if not useful and press.trigger_id:
            state = DialogState("why", press.post_id, press.user_id).signed(self.signer)
            self.spawn(self._open(press.trigger_id, why_dialog(state)))
        return wording.THANKS["useful" if useful else "useless"]

    async def _passages(self, answer: AnswerRecord) -> str:
        try:
            titles = await self.off_loop(self.titles)
        except CctError:
            titles = {}
        words = passages_post(answer, titles, self.settings.public_url)
        return split(words, self.longest_post)[0]

    async def _ask_comment(self, press: ButtonPress, answer: AnswerRecord) -> str:
        if not any(place.id.startswith("EXI-") for place in answer.places):
            return wording.NO_PLACE
        state = DialogState("comment", press.post_id, press.user_id).signed(self.signer)
        self.spawn(self._open(press.trigger_id, comment_dialog(state, answer.places)))
        return ""

    async def _open(self, trigger_id: str, dialog: dict[str, object]) -> None:
        """The trigger lasts half a minute and serves once: it is not tried again."""
        url = f"{self.settings.callback_url.rstrip('/')}/mattermost/dialogue"
        try:
            await self.api.open_dialog(trigger_id, url, dialog)
        except MattermostError as exc:
            _log.warning("dialog not opened: %s", exc.message)

    async def _explained(self, sent: DialogSubmission, answer: AnswerRecord) -> None:
        chosen = str(sent.submission.get("reason") or "")
        reasons = tuple(reason for reason in REASONS if reason == chosen)
        comment = str(sent.submission.get("comment") or "")[:LONGEST]
        await self.off_loop(self.votes.vote, answer, Ballot("not_useful", reasons, comment), sent.user_id)

    async def _commented(self, sent: DialogSubmission, answer: AnswerRecord) -> Mapping[str, str]:
        place = chosen_place(sent.submission, answer.places)
        proposal = str(sent.submission.get("proposal") or "").strip()[:LONGEST]
        importance = str(sent.submission.get("importance") or "")
        if place is None:
            return {"record": wording.NO_PLACE}
        if not proposal:
            return {"proposal": wording.NO_PROPOSAL}
        said = "\0".join([answer.answer_id, sent.user_id, place.id, proposal])
        comment = RequirementComment(
            id=hashlib.sha256(said.encode()).hexdigest()[:32],  # sent twice, it is kept once
            source=place.source,
            document=place.document,
            line=place.line or None,
            record=place.id + (f"#{place.occurrence}" if place.occurrence > 1 else ""),
            commit=place.commit,
            extract=shortened(place.quote),
            proposal=proposal,
            importance=cast(Importance, importance if importance in wording.IMPORTANCES else "moyenne"),
            author="",
            user=self.votes.person(sent.user_id),
            created_at=datetime.now(UTC),
        )
        await self.off_loop(self.comment, comment)
        return {}
