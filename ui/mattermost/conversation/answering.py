"""One claimed question, from its claim to its end."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from assistant.answer import Turn
from ingest.errors import CctError
from ui.mattermost import wording
from ui.mattermost.client.models import ClientConfig, Post
from ui.mattermost.client.outgoing import Draft
from ui.mattermost.client.patience import Time
from ui.mattermost.client.rest import MattermostApi
from ui.mattermost.conversation.commands import Command, read_command
from ui.mattermost.conversation.context import bare_question, turns
from ui.mattermost.conversation.delivery import Delivery, gone
from ui.mattermost.conversation.incoming import Account
from ui.mattermost.conversation.live_draft import LiveDraft
from ui.mattermost.conversation.mentions import without_mention
from ui.mattermost.conversation.permissions import Permissions
from ui.mattermost.conversation.replies import Replies, Reply
from ui.mattermost.errors import MattermostError, RequestRefused, TokenRefused
from ui.mattermost.health import Gauges
from ui.mattermost.ledger.question import AnswerRecord, Claimed, Incoming, Outcome
from ui.mattermost.ledger.questions import Questions
from ui.mattermost.ledger.reading import Reading
from ui.mattermost.ledger.threads import OffLoop
from ui.mattermost.settings import MattermostSettings
from ui.mattermost.writing.buttons import Signer, buttons
from ui.mattermost.writing.splitting import split

_TYPING_AFTER = 0.3
_MOST_ATTEMPTS = 6
_DIRECT_CONTEXT = 30 * 60_000
"""Milliseconds for which a direct conversation is one, outside any thread."""
_MINUTE = 60_000
_log = logging.getLogger("cct.mattermost")


class ClaimLost(Exception):
    """The question is ours no more, was edited, or was deleted: somebody does it again, or nobody."""


@dataclass
class Answering:
    """Answers claimed questions, each once."""

    settings: MattermostSettings
    config: ClientConfig
    me: Account
    api: MattermostApi
    delivery: Delivery
    permissions: Permissions
    replies: Replies
    questions: Questions
    reading: Reading
    off_loop: OffLoop
    thinking: OffLoop
    """Threads of the assistant, apart from the database's."""
    time: Time
    gauges: Gauges
    signer: Signer | None
    """None: the server cannot call us, no button is shown."""
    typing: Callable[[str, str], Awaitable[None]]
    fresh: set[str] = field(default_factory=set)
    """Questions heard live by this process, for which nothing was posted yet."""
    locks: dict[str, asyncio.Lock] = field(default_factory=dict)
    """Question → held while a post of its answer may be written."""

    async def answer(self, claimed: Claimed) -> None:
        """Answers it, or ends it otherwise. Raises TokenRefused and StorageError alone."""
        lock = self.locks.setdefault(claimed.incoming.post_id, asyncio.Lock())
        try:
            async with lock:
                await self._answer(claimed)
        except ClaimLost:
            await self._after_a_change(claimed)
        except RequestRefused as exc:
            if gone(exc):
                _log.info("question %s: nowhere to answer: %s", claimed.incoming.post_id, exc.message)
                await self._finish(claimed, "gone")
            else:
                await self.failed(claimed, exc.message)
        except TokenRefused:
            raise
        except MattermostError as exc:
            await self.failed(claimed, exc.message)
        finally:
            self.locks.pop(claimed.incoming.post_id, None)
            self.fresh.discard(claimed.incoming.post_id)

    async def _answer(self, claimed: Claimed) -> None:
        asked = claimed.incoming
        refused = await self.permissions.refusal(asked.user_id, asked.channel_id, asked.channel_type, asked.team_id)
        if refused == "left":
            await self._finish(claimed, "gone")
            return
        thread: Sequence[Post] = ()
        if not self._untouched(claimed):
            thread = await self.api.thread(asked.post_id)
            await self._check_still_asked(claimed, thread)
        if refused:
            await self._post(claimed, Reply(wording.REFUSALS[refused]), thread, "refused")
            return
        age = self.time.milliseconds() - asked.create_at
        if age > self.settings.max_age_hours * 3_600_000 and not claimed.edits:
            await self._post(claimed, Reply(wording.TOO_OLD.format(age=wording.age(age))), thread, "too_old")
            return
        if claimed.parts:  # an earlier attempt came so far: the same words again, or two answers would be mixed
            await self._post_parts(claimed, claimed.parts, claimed.answer, thread, "answered")
            return
        if await self._slowed(claimed, thread):
            return
        reply, shown = await self._reply(claimed, thread)
        if shown:  # the draft of the answer stands in the thread since it was read
            thread = await self.api.thread(asked.post_id)
        await self._post(claimed, reply, thread, "answered")

    def _untouched(self, claimed: Claimed) -> bool:
        """True for a new thread that this process has heard of live and nobody has tried to answer: nothing of ours
        can stand in it, nothing to lean on either, and it need not be read."""
        asked = claimed.incoming
        alone = asked.thread_id == asked.post_id and claimed.attempts == 1 and not claimed.edits
        return alone and asked.post_id in self.fresh

    async def _check_still_asked(self, claimed: Claimed, thread: Sequence[Post]) -> None:
        """Raises ClaimLost when it was deleted, or edited, while no event told us."""
        asked = claimed.incoming
        now = next((post for post in thread if post.id == asked.post_id), None)
        if now is None or now.delete_at:
            await self.off_loop(self.questions.drop, asked.post_id)
            raise ClaimLost
        if now.message != asked.message:
            await self.off_loop(self.questions.edit, asked.post_id, now.message)
            raise ClaimLost

    async def _slowed(self, claimed: Claimed, thread: Sequence[Post]) -> bool:
        """True when this person has had their answers of the minute: the question waits, and says so."""
        asked, rate = claimed.incoming, self.settings.rate
        if not rate or claimed.edits:
            return False
        now = self.time.milliseconds()
        lately = await self.off_loop(self.questions.asked_lately, asked.user_id, now - _MINUTE)
        if len(lately) < rate:
            return False
        until = lately[-rate] + _MINUTE
        seconds = max(1, -(-(until - now) // 1000))
        told = wording.SLOWED.format(count=len(lately), seconds=seconds)
        await self.delivery.stand(self._draft(asked, told), thread)
        await self.off_loop(self.questions.release, claimed, until)
        return True

    async def _reply(self, claimed: Claimed, thread: Sequence[Post]) -> tuple[Reply, bool]:
        """The reply, and whether something of it was shown before."""
        asked = claimed.incoming
        text = without_mention(asked.message, self.me.username)
        if not text:
            text = bare_question(asked, thread, self.me, self.permissions.may_read)
        command = read_command(text)
        if command.verb == "forget":
            return Reply(await self._forget(asked)), False
        draft = LiveDraft(
            lambda words: self.delivery.stand(self._draft(asked, words), thread),
            lambda post_id, words: self.api.patch(post_id, words, tries=1),
            self.time,
            self.config.longest_post - 100,
        )
        try:
            reply = await self._thought(claimed, command, await self._history(asked, thread), draft)
        finally:
            await draft.close()
        if claimed.edits and any(p.user_id == self.me.id for p in thread) and reply.answer is not None:
            reply = replace(reply, text=f"{reply.text}\n\n{wording.UPDATED}")
        return reply, draft.begun

    async def _thought(
        self, claimed: Claimed, command: Command, history: tuple[Turn, ...], draft: LiveDraft
    ) -> Reply:
        loop = asyncio.get_running_loop()

        def show(words: str) -> None:
            loop.call_soon_threadsafe(draft.show, words)

        shown = show if self.settings.streaming else None
        writing = asyncio.create_task(self._typing_until_done(claimed.incoming))
        try:
            return await self.thinking(self.replies.reply, command, history, shown)
        except CctError as exc:  # no index, no such revision…: that is the answer
            return Reply(f"{exc.message} {exc.remedy}".strip())
        finally:
            writing.cancel()

    async def _typing_until_done(self, asked: Incoming) -> None:
        await self.time.sleep(_TYPING_AFTER)
        while True:
            if self.config.typing:
                await self.typing(asked.channel_id, asked.thread_id)
            await self.time.sleep(max(1.0, self.config.typing_interval / 1000 - 0.5))

    async def _history(self, asked: Incoming, thread: Sequence[Post]) -> tuple[Turn, ...]:
        budget = self.settings.context_characters
        alone = asked.channel_type == "D" and asked.thread_id == asked.post_id
        if not budget or (asked.thread_id == asked.post_id and not alone):
            return ()
        forgotten = await self.off_loop(self.reading.moment, f"forgotten:{asked.thread_id}")
        since = max(forgotten, asked.create_at - _DIRECT_CONTEXT if alone else 0)
        earlier = await self.off_loop(self.questions.earlier, asked, since, alone)
        may_read = self.permissions.may_read
        return turns(asked, thread, earlier, self.me, budget=budget, may_read=may_read, since=since)

    async def _forget(self, asked: Incoming) -> str:
        count = await self.off_loop(self.questions.forget, asked.user_id, asked.thread_id)
        await self.off_loop(self.reading.remember, f"forgotten:{asked.thread_id}", asked.create_at)
        return wording.FORGOTTEN.format(count=count)

    async def _post(self, claimed: Claimed, reply: Reply, thread: Sequence[Post], outcome: Outcome) -> None:
        parts = split(reply.text, self.config.longest_post)
        # one part is found in its thread and rewritten, should we stop in between; more, or a model's, are kept
        costly = len(parts) > 1 or reply.written
        holds = (
            self.off_loop(self.questions.keep, claimed, parts, reply.answer)
            if costly
            else self.off_loop(self.questions.holds, claimed)
        )
        if not await holds:
            raise ClaimLost
        await self._post_parts(claimed, parts, reply.answer, thread, outcome)

    async def _post_parts(
        self,
        claimed: Claimed,
        parts: Sequence[str],
        answer: AnswerRecord | None,
        thread: Sequence[Post],
        outcome: Outcome,
    ) -> None:
        asked = claimed.incoming
        drafts = [self._draft(asked, text, n) for n, text in enumerate(parts, 1)]
        if answer is not None and self.signer is not None:
            shown = buttons(self.signer, asked.post_id, asked.channel_id, answer)
            callback = f"{self.settings.callback_url.rstrip('/')}/mattermost/bouton"
            drafts[-1] = replace(drafts[-1], buttons=shown, callback=callback)
        # a placeholder that was put up meanwhile is not in the thread that was read: the server's own guard against
        # twins gives it back, and it is rewritten
        posted = await self.delivery.deliver(drafts, thread)
        await self._finish(claimed, outcome, posted, answer)

    async def _finish(
        self, claimed: Claimed, outcome: Outcome, posts: Sequence[str] = (), answer: AnswerRecord | None = None
    ) -> None:
        now = self.time.milliseconds()
        if not await self.off_loop(self.questions.finish, claimed, outcome, now, posts, answer):
            raise ClaimLost
        self.gauges.answer(outcome, now - claimed.incoming.create_at)

    async def _after_a_change(self, claimed: Claimed) -> None:
        """Edited: it is done again. Deleted: what was already put up for it goes."""
        await self.off_loop(self.questions.release, claimed)
        if not await self.off_loop(self.questions.is_dropped, claimed.incoming.post_id):
            return
        self.gauges.answer("deleted", 0)
        with suppress(RequestRefused):
            for post in await self.api.thread(claimed.incoming.post_id):
                mark = post.props.mark
                if post.user_id == self.me.id and mark is not None and mark.in_reply_to == claimed.incoming.post_id:
                    await self.api.delete(post.id)

    async def failed(self, claimed: Claimed, reason: str) -> None:
        """Tried again later; after several times the person is told, if that at least goes through."""
        asked = claimed.incoming
        _log.warning("question %s, attempt %d: %s", asked.post_id, claimed.attempts, reason)
        if claimed.attempts < _MOST_ATTEMPTS:
            wait = int(1000 * min(60.0, 0.5 * 2**claimed.attempts) * (0.5 + self.time.chance()))
            await self.off_loop(self.questions.release, claimed, self.time.milliseconds() + wait)
            return
        incident = uuid.uuid4().hex[:8]
        _log.error("question %s given up, incident %s", asked.post_id, incident)
        with suppress(MattermostError):
            told = self._draft(asked, wording.FAILED.format(incident=incident))
            await self.delivery.stand(told, await self.api.thread(asked.post_id))
        await self.off_loop(self.questions.finish, claimed, "failed", self.time.milliseconds())
        self.gauges.answer("failed", self.time.milliseconds() - asked.create_at)

    def _draft(self, asked: Incoming, text: str, part: int = 1) -> Draft:
        return Draft(asked.channel_id, asked.thread_id, text, in_reply_to=asked.post_id, part=part)
