"""What revisions changed, as posts: for the word `diff` and for the channels that are told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ingest.errors import CctError
from ingest.revisions.requirement_history import RevisionReader, compare_documents, compare_revisions
from ingest.revisions.revision_log import LoggedRevision, RevisionLog
from ingest.sources.corpus import Corpus
from ingest.sources.manifest import Source
from ingest.watching.state import WatchPass, load_state
from ui.commands.diff_view import RevisionDiff, markdown_diff
from ui.mattermost import wording
from ui.mattermost.writing.neutral import neutral
from ui.pages.revision_wording import document_words, scores_words, summary_words
from ui.wording import french_date

_SECONDS = 5.0
"""Time given to comparing what was never compared before."""
_QUICK = 1.0
_LOOKED_BACK = 5
"""Revisions among which the word `diff` looks for one that changed a requirement."""


class RevisionTexts:
    """Reads the synchronised repositories. Thread-safe."""

    def __init__(self, corpus: Corpus, public_url: str) -> None:
        self._corpus, self._public_url = corpus, public_url
        self._log = RevisionLog(corpus)
        self._reader = RevisionReader(corpus)

    def sources(self) -> list[Source]:
        """The sources that have a history: none for the demonstration edition."""
        if self._corpus.settings.edition == "demo":
            return []
        return [s for s in self._corpus.manifest.source if self._corpus.repository(s).exists]

    def latest(self, source_id: str) -> str:
        """What the last revision of each source changed; with those before it when it changed no requirement."""
        sources = self._named(source_id)
        if isinstance(sources, str):
            return sources
        parts: list[str] = []
        for source in sources:
            logged = self._log.revisions(source.id, _QUICK)
            changed = (
                n for n, one in enumerate(logged[:_LOOKED_BACK]) if one.summary is not None and one.summary.names
            )
            shown = logged[
                : next(changed, 0) + 1
            ]  # the last one, and those before it up to one that changed something
            parts += ["\n".join([self._head(one), *self.changes(one)]) for one in shown]
        return "\n\n".join(parts) or wording.NO_REVISION

    def between(self, source_id: str, a: str, b: str) -> str:
        """What changed between two revisions of a source, in full. Raises CctError for one that is not known."""
        sources = self._named(source_id)
        if isinstance(sources, str):
            return sources
        missing: CctError | None = None
        for source in sources:
            try:
                older, newer = self._corpus.revision(source.id, a), self._corpus.revision(source.id, b)
            except CctError as exc:
                missing = exc
                continue
            documents = tuple(compare_documents(self._reader, older, newer))
            diff = RevisionDiff(older, newer, compare_revisions(self._reader, older, newer), documents)
            return neutral("\n".join(markdown_diff(diff)))
        if missing is not None:
            raise missing
        return wording.NO_REVISION

    def logged(self, source_id: str) -> list[LoggedRevision]:
        """The revisions of a source, the newest first."""
        return self._log.revisions(source_id, _SECONDS)

    def announcement(self, source: Source, news: Sequence[LoggedRevision], verdict: WatchPass | None) -> str:
        """A post for revisions that now answer, oldest first, with what the evaluation said."""
        parts = [wording.ANNOUNCED.format(title=neutral(source.title))]
        parts += ["\n".join([self._head(one), *self.changes(one)]) for one in news]
        parts.append(wording.VERDICT.format(verdict=self._verdict(verdict, wording.ACCEPTED)))
        return "\n\n".join(parts)

    def refusal(self, source: Source, commit: str, verdict: WatchPass) -> str:
        """A post for a revision that the evaluation refused."""
        news = [one for one in self.logged(source.id) if one.revision.commit == commit]
        parts = [wording.REFUSED_REVISION.format(title=neutral(source.title))]
        parts += ["\n".join([self._head(one), *self.changes(one)]) for one in news]
        parts.append(wording.VERDICT.format(verdict=self._verdict(verdict, wording.REFUSED)))
        parts.append(wording.STILL_SERVING)
        return "\n\n".join(parts)

    def changes(self, one: LoggedRevision) -> Iterator[str]:
        """A line for each kind of change of a revision, then the address that shows them word by word."""
        lines = summary_words(one.summary) if one.summary is not None else []
        yield from (f"- {neutral(line)}" for line in lines or [wording.UNCHANGED])
        if one.summary is not None:
            yield from (f"- {neutral(document_words(document))}" for document in one.summary.documents)
        if one.before is not None and self._public_url:
            pair = f"{one.before.commit[:12]}..{one.revision.commit[:12]}"
            url = f"{self._public_url.rstrip('/')}/revisions/{pair}?source={one.revision.source.id}"
            yield f"- {wording.DETAIL.format(url=url)}"

    def _named(self, source_id: str) -> list[Source] | str:
        sources = self.sources()
        if source_id and not any(s.id == source_id for s in sources):
            known = ", ".join(s.id for s in sources)
            return (
                wording.UNKNOWN_SOURCE.format(source=neutral(source_id), known=known)
                if known
                else wording.NO_REVISION
            )
        return [s for s in sources if source_id in {"", s.id}]

    def _head(self, one: LoggedRevision) -> str:
        revision = one.revision
        return wording.DIFF_HEAD.format(
            title=neutral(revision.source.title),
            commit=revision.commit[:7],
            date=french_date(revision.date),
            subject=neutral(revision.subject),
        )

    def _verdict(self, verdict: WatchPass | None, form: str) -> str:
        if verdict is None:
            return wording.NOT_JUDGED
        told = form.format(message=neutral(verdict.message)).strip()
        findings = [f"- {neutral(line)}" for line in verdict.findings]
        scores = scores_words(verdict.scores)
        return "\n".join([told, *findings, *([f"- {scores}"] if scores else [])])

    def verdict_of(self, source_id: str, commit: str) -> WatchPass | None:
        """What the evaluation said when a revision was accepted."""
        state = load_state(self._corpus.settings.home)
        return next((p for p in reversed(state.accepted) if p.revisions.get(source_id) == commit), None)

    def standing_refusal(self) -> WatchPass | None:
        """The refusal that stands, if one does."""
        return load_state(self._corpus.settings.home).refused
