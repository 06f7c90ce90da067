"""A double of what other programs read: says what it was asked, in the shapes of the real one."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.errors import IndexMissing
from ui.doors.consultation import Reading


class CannedConsultation:
    """Every reading names its method and its arguments."""

    def ask(self, question: str, sources: Sequence[str], earlier: Sequence[str]) -> Reading:
        """See ui.doors.consultation."""
        if "index" in question:
            raise IndexMissing("Aucun index n'est prêt.", "Lancez : cct ingest.")
        if "panne" in question:
            raise RuntimeError("secret")
        return _said("ask", question, list(sources), list(earlier))

    def search(self, words: str, sources: Sequence[str], count: int) -> Reading:
        """See ui.doors.consultation."""
        return _said("search", words, list(sources), count)

    def requirement(self, identifier: str, source: str | None, revision: str | None) -> Reading:
        """See ui.doors.consultation."""
        return _said("requirement", identifier, source, revision)

    def compare(self, source: str, older: str, newer: str) -> Reading:
        """See ui.doors.consultation."""
        return _said("compare", source, older, newer)

    def requirements(self, source: str | None, priority: str | None, subject: str, revision: str | None) -> Reading:
        """See ui.doors.consultation."""
        return _said("requirements", source, priority, subject, revision)

    def checklist(self, description: str, sources: Sequence[str], kept: Sequence[str], whole: bool) -> Reading:
        """See ui.doors.consultation."""
        return _said("checklist", description, list(sources), list(kept), whole)


def _said(*words: object) -> Reading:
    return Reading(" ".join(map(str, words)), {"asked": list(words)})
