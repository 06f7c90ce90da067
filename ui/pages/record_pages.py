"""Every page about the records of the documents, added to an application in one call."""

from __future__ import annotations

from contextlib import suppress

from fastapi import FastAPI

from ingest.errors import CctError
from ingest.sources.corpus import Corpus
from ui.doors.web_assistant import AssistantProvider
from ui.pages.glossary_pages import add_glossary_pages
from ui.pages.record_shelf import RecordShelf
from ui.pages.requirement_facts import RequirementFacts
from ui.pages.requirement_pages import add_requirement_pages
from ui.pages.revision_choices import RevisionChoices
from ui.pages.suggestions import add_suggestions

_SECONDS = 1.5
"""Time that a page waits for what is worked out in the background before it shows the rest."""
_PART = 60.0
"""Time that is given to each part of what is made ahead."""
_QUIET, _PATIENCE = 1.0, 15.0
"""Seconds without an answer in the making after which the next part begins, and seconds after which it begins anyway:
a hundred people may ask in the first seconds of a server, and each part takes the interpreter for half a second."""


def add_record_pages(app: FastAPI, corpus: Corpus, assistant: AssistantProvider) -> None:
    """Adds /exigences, /composants, /glossaire, /normes and /api/v1/suggest.

    `app.state.warm_pages()` makes what takes seconds, so that no reader waits for it; between two parts of it, it
    lets the answers pass.
    """
    shelf = RecordShelf(corpus, assistant)
    facts = RequirementFacts(shelf, _SECONDS)
    choices = RevisionChoices(corpus, shelf.reader)

    def let_answers_pass() -> None:
        with suppress(CctError):
            assistant().in_hand.let_pass(_QUIET, _PATIENCE)

    def warm(seconds: float = _PART) -> None:
        facts.warm(seconds, let_answers_pass)

    app.state.warm_pages = warm
    add_requirement_pages(app, shelf, facts, choices)
    add_glossary_pages(app, shelf, choices)
    add_suggestions(app, shelf, facts)
