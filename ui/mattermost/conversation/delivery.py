"""Posts an answer so that each part stands once in its thread, whatever breaks in between.

Before a part is written, the thread is searched for one of ours with the same mark; when a creation breaks off and
may have been done, it is searched again; the server itself refuses a twin within half a minute (pending_post_id).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from ui.mattermost.client.models import Post
from ui.mattermost.client.outgoing import Draft
from ui.mattermost.client.patience import Backoff, Time
from ui.mattermost.client.rest import MattermostApi
from ui.mattermost.conversation.incoming import Account
from ui.mattermost.errors import OutcomeUnknown, RequestRefused

_TRIES = 6
_log = logging.getLogger("cct.mattermost")


@dataclass
class Delivery:
    """Writes posts of ours."""

    api: MattermostApi
    me: Account
    time: Time

    async def deliver(self, drafts: Sequence[Draft], thread: Sequence[Post]) -> list[str]:
        """Every part stands, with these words; returns the ids of the posts. Parts of an earlier answer are removed.

        `thread` is what the thread held when it was last read. Raises what the REST calls raise.
        """
        standing = [await self.stand(draft, thread) for draft in drafts]
        question = drafts[0].in_reply_to
        for post in _ours(thread, self.me, question):
            if post.props.mark is not None and post.props.mark.part > len(drafts):
                await self.api.delete(post.id)
        return standing

    async def stand(self, draft: Draft, thread: Sequence[Post]) -> str:
        """The part stands, written now or rewritten where it differs; returns the post's id."""
        found = self.find(draft, thread)
        if found is None:
            found = await self._created(draft)
        if found.message != draft.message:
            await self.api.patch_whole(found.id, draft)
        return found.id

    def find(self, draft: Draft, thread: Sequence[Post]) -> Post | None:
        """The post of ours that already is this part of this answer; the first when there are two."""
        of_question = _ours(thread, self.me, draft.in_reply_to)
        return next((p for p in of_question if p.props.mark is not None and p.props.mark.part == draft.part), None)

    async def _created(self, draft: Draft) -> Post:
        pending = f"{self.me.id}:{draft.in_reply_to}:{draft.part}"
        backoff = Backoff(0.3, 8.0, self.time.chance)
        for attempt in range(1, _TRIES + 1):
            try:
                return await self.api.create(draft, pending)
            except OutcomeUnknown as exc:
                if attempt == _TRIES:
                    raise
                _log.warning("post of %s part %d: %s", draft.in_reply_to, draft.part, exc.message)
            await self.time.sleep(backoff.next())
            found = self.find(draft, await self.api.thread(draft.in_reply_to))
            if found is not None:
                return found
        raise AssertionError("unreachable")


def gone(refused: RequestRefused) -> bool:
    """True when there is no place to answer in any more: thread deleted, channel archived or left."""
    return refused.status in {403, 404} or "root_id" in refused.code or "deleted" in refused.code


def _ours(thread: Sequence[Post], me: Account, question: str) -> list[Post]:
    return [
        post
        for post in thread
        if post.user_id == me.id
        and not post.delete_at
        and post.props.mark is not None
        and post.props.mark.in_reply_to == question
    ]
