"""What each question needs at the revisions under evaluation: its evidence, followed there when its text moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.question_sets.question_fields import EvidenceRef, Listing
from eval.question_sets.question_set import EvalQuestion
from eval.revisions.following import HOLDS, Fate, Followed, worst
from eval.revisions.staleness import Follower, renamed
from eval.runs.evidence import EvidenceFinder
from eval.runs.transcript import Expects
from ingest.passage import Located
from ingest.question_bank import QuestionBank
from ingest.revisions.requirement_history import RevisionReader
from ingest.sources.corpus import Corpus, CorpusRevision


@dataclass(frozen=True, slots=True)
class RowGold:
    """What a right answer to one question cites at these revisions; places are "source|document|first line"."""

    fate: Fate
    expects: Expects
    needed: tuple[tuple[str, ...], ...]
    right: tuple[str, ...]
    cluster: str
    excluded: tuple[str, ...] = ()


class GoldFinder:
    """Finds the evidence of questions in the revisions that answer."""

    def __init__(
        self,
        corpus: Corpus,
        revisions: Sequence[CorpusRevision],
        bank: QuestionBank,
        reader: RevisionReader | None = None,
    ) -> None:
        """`reader`: one that has read revisions already, so that they are not read again."""
        self._revisions = {r.source.id: r for r in revisions}
        self._located = [item for revision in revisions for item in corpus.located(revision)]
        self._direct = EvidenceFinder(self._located, bank)
        reader = reader or RevisionReader(corpus)
        self._followers = {r.source.id: Follower(reader, r.source.id) for r in revisions if r.official}
        self._ranks: dict[str, dict[str, int]] = {}
        self._corpus = corpus
        self._at = {place_name(x): x for x in self._located}

    def gold(self, question: EvalQuestion) -> RowGold:
        """The question's evidence here; it expects nothing when part of its evidence cannot be trusted any more."""
        if not question.must_answer:
            return RowGold("intact", "abstain", (), (), question.id)
        if not self._in_its_time(question):
            return RowGold("absent", "nothing", (), (), question.id)
        if question.listing is not None:
            return self._listed(question, question.listing)
        found = [self._find(question, ref) for ref in question.evidence]
        needed = [places for _, places in found if places]
        right = {p for places in needed for p in places}
        right |= {p for ref in question.acceptable for p in self._find(question, ref)[1]}
        fates = [fate for fate, _ in found]
        expects: Expects = "answer" if all(fate in HOLDS for fate in fates) else "nothing"
        if not right and all(fate == "removed" for fate in fates):
            expects = "abstain"
        cluster = question.evidence[0].fingerprint
        excluded = {p for ref in question.excluded for p in self._find(question, ref)[1]}
        return RowGold(worst(fates), expects, tuple(needed), tuple(sorted(right)), cluster, tuple(sorted(excluded)))

    def _find(self, question: EvalQuestion, ref: EvidenceRef) -> tuple[Fate, tuple[str, ...]]:
        direct = tuple(sorted("|".join(map(str, key)) for key in self._direct.places(ref)))
        own = [self._at[p] for p in direct if p.startswith(f"{ref.source}|")]
        if own:
            same = next((x for x in own if x.key == ref.passage), own[0])
            if self._revisions[ref.source].official and renamed(question, Followed(ref, "renumbered"), same):
                return "reused", ()
            moved = ":EXI-" in ref.passage and self._revisions[ref.source].official and same.key != ref.passage
            return ("renumbered" if moved else "intact"), direct
        follower = self._followers.get(ref.source)
        if follower is None:
            return ("intact", direct) if direct else ("absent", ())
        followed = follower.into(ref, self._revisions[ref.source])
        if followed.after is None:
            return (followed.fate, ()) if not direct else ("kept", direct)
        if renamed(question, followed, followed.after):
            return "reused", ()
        places = (place_name(followed.after), *direct) if followed.fate in HOLDS else ()
        return followed.fate, tuple(dict.fromkeys(places))

    def _listed(self, question: EvalQuestion, listing: Listing) -> RowGold:
        rows = [
            (place_name(x),)
            for x in self._located
            if x.source == listing.source
            and x.passage.kind == "requirement"
            and listing.priority in (None, x.passage.priority)
            and (listing.family is None or str(x.passage.id).startswith(f"EXI-{listing.family}-"))
        ]
        if not rows:
            return RowGold("removed", "abstain", (), (), question.id)
        return RowGold("intact", "answer", tuple(rows), tuple(p for (p,) in rows), question.id)

    def _in_its_time(self, question: EvalQuestion) -> bool:
        """False when the revision of the question's source comes before or after its interval."""
        limits = question.valid
        if limits.since is None and limits.until is None:
            return True
        for source in {ref.source for ref in question.evidence} or {question.source}:
            revision = self._revisions.get(source)
            if revision is None or not revision.official:
                continue
            ranks = self._ranks.setdefault(source, {r.commit: n for n, r in enumerate(self._corpus.history(source))})
            now = ranks.get(revision.commit, len(ranks))
            since, until = (_rank(ranks, limit) for limit in (limits.since, limits.until))
            if (since is not None and now < since) or (until is not None and now > until):
                return False
        return True


def place_name(located: Located) -> str:
    """ "pi|cct-exigences.md|49"."""
    return f"{located.source}|{located.document}|{located.passage.lines.start}"


def _rank(ranks: dict[str, int], limit: str | None) -> int | None:
    return next((n for commit, n in ranks.items() if limit and commit.startswith(limit)), None)
