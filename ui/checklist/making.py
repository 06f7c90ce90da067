"""From a description to the sheet of a checklist, over the indexed revisions; the command, HTTP and MCP share it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.checklist.description import Description
from assistant.checklist.judgement import Checklist, Judge
from assistant.checklist.traits import TraitReader
from assistant.search.ranking import packaged_parameters
from assistant.selection import Library, Selection
from assistant.wording import edition_notice, revision_names
from ingest.passage import Located
from ingest.question_bank import load_bank
from ui.checklist.revisit import NEW, Revisit
from ui.checklist.rows import Link, Reference, Row, Sheet, rows_of

TITLE = "Liste de conformité"


class ChecklistMaker:
    """Makes checklists over a library. Thread-safe; judges of a selection are kept."""

    def __init__(self, library: Library, reader: TraitReader | None = None) -> None:
        self._library = library
        self._reader = reader
        self._bank = load_bank(library.settings.corpus / "questions")
        self._judges: dict[int, tuple[Selection, Judge]] = {}

    @property
    def titles(self) -> Mapping[str, str]:
        """Source id → title."""
        return {source.id: source.title for source in self._library.manifest.source}

    @property
    def served(self) -> Mapping[str, str]:
        """Source id → the commit that serves; nothing for the demonstration edition."""
        return {used.source: used.commit for used in self._library.selection().used if used.commit and used.official}

    @property
    def link(self) -> Link:
        """The permalink of a passage."""

        def link(located: Located) -> str | None:
            return self._library.place(located).url

        return link

    def checklist(
        self,
        description: Description,
        sources: Sequence[str] = (),
        revisions: Mapping[str, str] | None = None,
        kept: Sequence[str] = (),
        by_command: bool = True,
    ) -> tuple[Checklist, Sheet]:
        """The checklist of an application, and its sheet, which tells of the command's options or not.

        Raises IndexStateError, ManifestError, UnknownSource.
        """
        for source in sources:
            self._library.manifest.get(source)
        selection = self._library.selection(revisions)
        checklist = self._judge(selection).checklist(description, sources, kept)
        commits = {revision.source: revision.commit for revision in selection.revisions}
        rows = rows_of(checklist, self.titles, self.link, commits, by_command)
        notice = "" if selection.official else edition_notice()
        names = f"Révisions lues : {revision_names(selection.used, self.titles)}."
        return checklist, Sheet(TITLE, names, rows, description.text, notice)

    def judged(self, revisit: Revisit, description: Description) -> tuple[Row, ...]:
        """The rows of a revisit, the new requirements judged by the description rather than left to confirm.

        Raises what `checklist` raises, RevisionNotFound where the later revision is not indexed.
        """
        if not any(row.review == NEW for row in revisit.rows):
            return revisit.rows
        revisions = {one.source: one.newer.commit for one in revisit.sources if one.newer.official}
        _, sheet = self.checklist(description, [one.source for one in revisit.sources], revisions, by_command=False)
        known = {_place(reference): row for row in sheet.rows for reference in Reference.all_of(row.references)}
        return tuple(_judged(row, known) if row.review == NEW else row for row in revisit.rows)

    def _judge(self, selection: Selection) -> Judge:
        known = self._judges.get(id(selection))
        if known is None or known[0] is not selection:
            judge = Judge(selection, self._bank, self.titles, packaged_parameters(), self._reader)
            self._judges = {id(selection): (selection, judge)}  # one is enough: the served revisions rarely change
            return judge
        return known[1]


def _place(reference: Reference) -> tuple[str, str, int]:
    return reference.source, reference.id, reference.occurrence


def _judged(row: Row, known: Mapping[tuple[str, str, int], Row]) -> Row:
    """A new row with the verdict of the requirement that it refers to, and its reason."""
    found = next((known[_place(r)] for r in Reference.all_of(row.references) if _place(r) in known), None)
    if found is None:
        return row
    grounds = f"{row.grounds} {found.grounds}"
    return replace(row, verdict=found.verdict, grounds=grounds, quotes=found.quotes, conflicts=found.conflicts)
