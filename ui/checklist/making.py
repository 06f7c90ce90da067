"""From a description to the sheet of a checklist, over the indexed revisions; the command, HTTP and MCP share it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.checklist.description import Description
from assistant.checklist.judgement import Checklist, Judge
from assistant.checklist.traits import TraitReader
from assistant.ranking import packaged_parameters
from assistant.selection import Library, Selection
from assistant.wording import edition_notice, revision_names
from ingest.passage import Located
from ingest.question_bank import load_bank
from ui.checklist.rows import Link, Sheet, rows_of

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
    ) -> tuple[Checklist, Sheet]:
        """The checklist of an application, and its sheet. Raises IndexStateError, ManifestError, UnknownSource."""
        for source in sources:
            self._library.manifest.get(source)
        selection = self._library.selection(revisions)
        checklist = self._judge(selection).checklist(description, sources, kept)
        commits = {revision.source: revision.commit for revision in selection.revisions}
        rows = rows_of(checklist, self.titles, self.link, commits)
        notice = "" if selection.official else edition_notice()
        names = f"Révisions lues : {revision_names(selection.used, self.titles)}."
        return checklist, Sheet(TITLE, names, rows, description.text, notice)

    def _judge(self, selection: Selection) -> Judge:
        known = self._judges.get(id(selection))
        if known is None or known[0] is not selection:
            judge = Judge(selection, self._bank, self.titles, packaged_parameters(), self._reader)
            self._judges = {id(selection): (selection, judge)}  # one is enough: the served revisions rarely change
            return judge
        return known[1]
