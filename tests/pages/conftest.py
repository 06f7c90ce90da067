"""What the tests of the State's pages and of the checklist's share: an application over the demonstration edition."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI

from assistant.selection import Library
from ingest.sources.corpus import Corpus
from tests.built_indexes import demonstration_home, library_of, settings_of
from tests.ui.canned_assistant import CannedAssistant
from ui.checklist.making import ChecklistMaker
from ui.http_api import create_app
from ui.pages.legal_pages import ServiceFacts
from ui.pages.legal_settings import LegalSettings

LEGAL = {
    "publisher": "Bureau des essais, 1 rue du Test, Paris",
    "publication_director": "Camille Essai",
    "hosting": "Hébergeur d'essai, 2 rue du Test, 01 02 03 04 05",
    "contact": "contact@essai.invalid",
    "data_controller": "Direction des essais",
    "dpo": "dpo@essai.invalid",
    "model_hosting": "la passerelle d'essai, en France",
}


def legal_settings(**values: str) -> LegalSettings:
    """Settings that owe nothing to the environment."""
    return LegalSettings(_env_file=None, **{**LEGAL, **values})


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder where the demonstration edition is indexed."""
    return demonstration_home(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def demo_library(demo_home: Path) -> Library:
    """The demonstration edition."""
    return library_of(demo_home)


@pytest.fixture(scope="session")
def demo_maker(demo_library: Library) -> ChecklistMaker:
    """Makes its checklists."""
    return ChecklistMaker(demo_library)


@pytest.fixture
def make_app(demo_home: Path, demo_maker: ChecklistMaker) -> Callable[..., FastAPI]:
    """make_app(facts) → the application with all its pages, without gradio and without a guard."""

    def made(facts: ServiceFacts | None = None) -> FastAPI:
        shown = facts or ServiceFacts(legal_settings(), "1.2.3", embedding="bundled")
        corpus = Corpus(settings_of(demo_home, edition="demo"))
        return create_app(CannedAssistant, web_page=False, corpus=corpus, facts=shown, checklists=lambda: demo_maker)

    return made
