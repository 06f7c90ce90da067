"""Tells the configured channels what a new revision changed, once each, with what the evaluation said of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.answer import UsedRevision
from ingest.errors import CctError
from ingest.sources.manifest import Source
from ui.mattermost.client.outgoing import Draft
from ui.mattermost.client.patience import Time
from ui.mattermost.client.rest import MattermostApi
from ui.mattermost.conversation.incoming import Account
from ui.mattermost.errors import TokenRefused
from ui.mattermost.ledger.announced import Announced
from ui.mattermost.ledger.threads import OffLoop
from ui.mattermost.writing.revision_text import RevisionTexts
from ui.mattermost.writing.splitting import split

_EVERY = 60.0
_LOOKED_AT = 60
"""Posts of a channel among which ours is looked for."""
_log = logging.getLogger("cct.mattermost")


@dataclass(frozen=True, slots=True)
class News:
    """Something to tell: its name, which no other news has, and its words."""

    name: str
    text: str


@dataclass
class Announcements:
    """Looks for a new revision now and then. The revision that serves at the very first look is no news."""

    channels: tuple[str, ...]
    texts: RevisionTexts
    served: Callable[[], tuple[UsedRevision, ...]]
    announced: Announced
    api: MattermostApi
    me: Account
    off_loop: OffLoop
    time: Time
    longest_post: int

    async def run(self) -> None:
        """Looks for ever. Raises TokenRefused."""
        while True:
            try:
                await self.look()
            except TokenRefused:
                raise
            except CctError as exc:  # the repository, the database or the server: it is looked at again
                _log.warning("revisions not told: %s", exc.message)
            await self.time.sleep(_EVERY)

    async def look(self) -> None:
        """Tells what is to be told. Raises what reading and posting raise; what was not told will be."""
        for news in await self.off_loop(self._news):
            for channel in self.channels:
                if not await self.off_loop(self.announced.told, news.name, channel):
                    post_id = await self._post(channel, news)
                    await self.off_loop(self.announced.tell, news.name, channel, post_id, self.time.milliseconds())

    def _news(self) -> Sequence[News]:
        found: list[News] = []
        served = {r.source: r.commit for r in self.served() if r.official and r.commit}
        for source in self.texts.sources():
            commit = served.get(source.id)
            if commit is None:
                continue
            known = self.announced.newest(source.id)
            if known is None:
                self.announced.begin(source.id, commit, self.time.milliseconds())
            elif known != commit or not self._all_told(source.id, commit):
                found += self._served_news(source, commit)
            found += self._refused_news(source)
        return found

    def _all_told(self, source_id: str, commit: str) -> bool:
        name = f"{source_id}@{commit}"
        if self.announced.is_beginning(name):
            return True
        return all(self.announced.told(name, channel) for channel in self.channels)

    def _served_news(self, source: Source, commit: str) -> list[News]:
        """The revisions since the last one that was told; none for an older one that is served again."""
        logged = self.texts.logged(source.id)
        commits = [one.revision.commit for one in logged]  # the newest first
        if commit not in commits:
            return []
        before = self.announced.before(source.id, commit)
        if before in commits and commits.index(before) <= commits.index(commit):
            return []
        end = commits.index(before) if before in commits else commits.index(commit) + 1
        news = list(reversed(logged[commits.index(commit) : end]))
        verdict = self.texts.verdict_of(source.id, commit)
        return [News(f"{source.id}@{commit}", self.texts.announcement(source, news, verdict))]

    def _refused_news(self, source: Source) -> list[News]:
        refused = self.texts.standing_refusal()
        commit = refused.revisions.get(source.id) if refused is not None else None
        if refused is None or commit is None:
            return []
        name = f"{source.id}@{commit}:refused"
        if all(self.announced.told(name, channel) for channel in self.channels):
            return []
        return [News(name, self.texts.refusal(source, commit, refused))]

    async def _post(self, channel: str, news: News) -> str:
        """One post a part, each once: the channel is looked at before."""
        recent = await self.api.newest_posts(channel, size=_LOOKED_AT)
        first = ""
        for part, text in enumerate(split(news.text, self.longest_post), 1):
            ours = (
                p.id
                for p in recent.ordered()
                if p.user_id == self.me.id
                and p.props.mark is not None
                and (p.props.mark.announces, p.props.mark.part) == (news.name, part)
            )
            post_id = next(ours, "")
            if not post_id:
                draft = Draft(channel, "", text, part=part, announces=news.name)
                # an unknown outcome is looked at again in a minute, the channel first
                post_id = (await self.api.create(draft, f"{self.me.id}:{news.name}:{channel}:{part}")).id
            first = first or post_id
        return first
