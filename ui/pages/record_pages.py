"""Every page about the records of the documents, added to an application in one call."""

from __future__ import annotations

from fastapi import FastAPI

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


def add_record_pages(app: FastAPI, corpus: Corpus, assistant: AssistantProvider) -> None:
    """Adds /exigences, /composants, /glossaire, /normes and /api/v1/suggest.

    `app.state.warm_pages()` begins what takes seconds, so that no reader waits for it.
    """
    shelf = RecordShelf(corpus, assistant)
    facts = RequirementFacts(shelf, _SECONDS)
    choices = RevisionChoices(corpus, shelf.reader)
    app.state.warm_pages = facts.warm
    add_requirement_pages(app, shelf, facts, choices)
    add_glossary_pages(app, shelf, choices)
    add_suggestions(app, shelf, facts)
