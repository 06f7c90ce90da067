"""What a later revision changes in a checklist that was filled: nothing that somebody wrote is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.errors import RepositoryError
from ingest.passage import Lines, Located, Passage, Priority
from ingest.revisions.lineage import Change, Comparison, compare_requirements
from ingest.revisions.requirement_history import RevisionReader
from ingest.sources.corpus import Corpus, CorpusRevision
from ui.checklist.rows import (
    REMOVED,
    VERDICTS,
    Link,
    Reference,
    Row,
    documents_cell,
    identifier_cell,
    reference_of,
)
from ui.pages.word_differences import marked, shortened, word_differences

NEW = "Nouvelle exigence : à examiner."
NEW_GROUNDS = "Absente de la révision d'origine de la liste."


@dataclass(frozen=True, slots=True)
class SourceRevisit:
    """One source of the checklist: from which revisions, to which, and how many rows it changes."""

    source: str
    older: tuple[str, ...]
    newer: CorpusRevision
    from_rows: bool
    """True when the older revision cannot be read any more: the rows' own texts stood for it."""


@dataclass(frozen=True, slots=True)
class Revisit:
    """The rows at the later revisions: those to review first, then the others, then those removed."""

    rows: tuple[Row, ...]
    sources: tuple[SourceRevisit, ...]

    @property
    def to_review(self) -> tuple[Row, ...]:
        """The rows that a person must look at again."""
        return tuple(row for row in self.rows if row.review)


class Revisitor:
    """Compares the requirements of a checklist with later revisions, by the lineage of their texts."""

    def __init__(self, corpus: Corpus, titles: Mapping[str, str], link: Link) -> None:
        self._corpus = corpus
        self._reader = RevisionReader(corpus)
        self._titles = titles
        self._link = link

    def revisit(self, rows: Sequence[Row], wanted: Mapping[str, str]) -> Revisit:
        """The rows at each source's wanted revision, or at its newest. Raises RepositoryError for an unknown one."""
        given: dict[str, dict[str, list[tuple[Reference, Row]]]] = {}
        for row in rows:
            for reference in Reference.all_of(row.references):
                given.setdefault(reference.source, {}).setdefault(reference.commit, []).append((reference, row))
        newer = {source: self._newer(source, wanted.get(source)) for source in given}
        became: dict[Reference, tuple[Change | None, Comparison]] = {}
        sources, added = [], []
        for source, by_commit in given.items():
            from_rows = False
            for commit, borne in by_commit.items():
                older, read_again = self._older(source, commit, borne)
                from_rows = from_rows or not read_again
                comparison = compare_requirements(older, self._reader.requirements(newer[source]))
                found = {_identity(c.before): c for c in comparison.changes if c.before is not None}
                for reference, _ in borne:
                    became[reference] = (found.get((reference.id, reference.occurrence)), comparison)
                if len(by_commit) == 1:
                    added += [c.after for c in comparison.of("added") if c.after is not None]
            sources.append(SourceRevisit(source, tuple(by_commit), newer[source], from_rows))
        commits = {source: revision.commit for source, revision in newer.items()}
        kept = [part for row in rows for part in self._revisited(row, became, commits)]
        kept += [self._new_row(located, commits) for located in added]
        kept.sort(key=lambda row: (not row.kept, not row.review, row.priority != "P"))
        return Revisit(tuple(kept), tuple(sources))

    def _newer(self, source: str, wanted: str | None) -> CorpusRevision:
        return self._corpus.revision(source, wanted) if wanted else self._corpus.current(source)

    def _older(
        self, source: str, commit: str, borne: Sequence[tuple[Reference, Row]]
    ) -> tuple[tuple[Located, ...], bool]:
        """The requirements of the older revision, and whether they could be read from their repository."""
        current = self._corpus.current(source)
        if current.commit == commit:
            return self._reader.requirements(current), True
        if not commit.startswith("demo-"):
            try:
                return self._reader.requirements(self._corpus.revision(source, commit)), True
            except RepositoryError:
                pass
        return tuple(_located(reference, row) for reference, row in borne), False

    def _revisited(
        self, row: Row, became: Mapping[Reference, tuple[Change | None, Comparison]], commits: Mapping[str, str]
    ) -> list[Row]:
        """The row once for each text that its requirement has become; as it was when it refers to none."""
        references = Reference.all_of(row.references)
        if not references:
            return [row]
        parts: dict[str, list[tuple[Reference, Change | None, Comparison]]] = {}
        for reference in references:
            change, comparison = became[reference]
            key = change.after.passage.fingerprint if change is not None and change.after is not None else ""
            parts.setdefault(key, []).append((reference, change, comparison))
        several = len(parts) > 1
        return [self._part(row, part, commits, several) for part in parts.values()]

    def _part(
        self,
        row: Row,
        part: Sequence[tuple[Reference, Change | None, Comparison]],
        commits: Mapping[str, str],
        several: bool,
    ) -> Row:
        said = list(dict.fromkeys(words for item in part for words in self._said(*item)))
        if several:
            names = ", ".join(dict.fromkeys(self._titles.get(r.source, r.source) for r, _, _ in part))
            said.append(f"Le texte n'est plus le même dans les deux CCT ; cette ligne suit {names}.")
        after = [(r, c.after) for r, c, _ in part if c is not None and c.after is not None]
        if not after:
            references = " ; ".join(str(reference) for reference, _, _ in part)
            return replace(row, verdict=REMOVED, review=" ".join(said), references=references)
        inside = [located for reference, located in after if reference.applies]
        elsewhere = [located for reference, located in after if not reference.applies]
        lead = (inside or elsewhere)[0]
        types = {located.passage.priority for located in inside or elsewhere}
        return replace(
            row,
            documents=documents_cell(inside or elsewhere, elsewhere if inside else (), self._titles),
            identifier=identifier_cell(lead),
            priority="P" if "P" in types else next((t for t in types if t), ""),
            category=lead.passage.category,
            requirement=lead.passage.text,
            verdict=row.verdict if inside or not row.kept else VERDICTS["aside"],
            review=" ".join(said),
            links="\n".join(url for _, located in after if (url := self._link(located))),
            references=" ; ".join(
                str(reference_of(located, commits[located.source], reference.applies)) for reference, located in after
            ),
        )

    def _said(self, reference: Reference, change: Change | None, comparison: Comparison) -> list[str]:
        """What became of one requirement, in French; nothing when it did not change."""
        title = self._titles.get(reference.source, reference.source)
        if change is None:
            return [f"{reference.id} est introuvable dans la révision d'origine de {title} : à vérifier."]
        before, after = change.before, change.after
        if before is None:
            return []
        reused = [c for c in comparison.reused if c.before is before and c.after is not None]
        if after is None:
            said = [f"Retirée de {title}."]
            if reused:
                said.append(f"L'identifiant {reference.id} y désigne désormais une autre exigence.")
            return said
        said = []
        if "renumbered" in change.kinds or "recast" in change.kinds:
            doubt = " (texte très réécrit, à vérifier)" if "recast" in change.kinds else ""
            said.append(f"{identifier_cell(before)} devient {identifier_cell(after)} dans {title}{doubt}.")
            if reused:
                said.append(f"{reference.id} y désigne désormais une autre exigence.")
        if "retyped" in change.kinds:
            kinds = [side.passage.priority or "sans type" for side in (before, after)]
            said.append(f"Le type passe de {kinds[0]} à {kinds[1]} dans {title}.")
        if "reworded" in change.kinds:
            words = marked(shortened(word_differences(before.passage.text, after.passage.text)))
            said.append(f"Texte modifié dans {title} : {words}")
        if "recategorised" in change.kinds:
            said.append(f"Catégorie modifiée dans {title}.")
        return said

    def _new_row(self, located: Located, commits: Mapping[str, str]) -> Row:
        return Row(
            documents=documents_cell((located,), (), self._titles),
            identifier=identifier_cell(located),
            priority=located.passage.priority or "",
            category=located.passage.category,
            requirement=located.passage.text,
            verdict=VERDICTS["confirm"],
            grounds=NEW_GROUNDS,
            review=NEW,
            links=self._link(located) or "",
            references=str(reference_of(located, commits[located.source])),
        )


def _identity(located: Located | None) -> tuple[str, int]:
    assert located is not None
    return str(located.passage.id), located.passage.occurrence


def _located(reference: Reference, row: Row) -> Located:
    """A requirement of a revision that cannot be read any more, from the row's own text."""
    priority: Priority | None = reference.priority
    passage = Passage(
        "requirement",
        row.requirement,
        Lines(1, 1),
        (),
        id=reference.id,
        occurrence=reference.occurrence,
        priority=priority,
        category=row.category,
    )
    return Located(reference.source, "", None, passage)
