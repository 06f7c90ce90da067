"""What the tests of the checklist share: judges over the demonstration edition and over the official requirements."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from assistant.assembly import make_library
from assistant.checklist.judgement import Judge
from assistant.search.ranking import packaged_parameters
from assistant.selection import Library
from ingest.index.build_index import build_index
from ingest.question_bank import load_bank
from ingest.sources.corpus import Corpus
from tests.built_indexes import PROJECT, bundled_embedder, demonstration_home, library_of, settings_of
from ui.checklist.making import ChecklistMaker

APPLICATIONS = Path(__file__).with_name("applications")


@cache
def _official_library(folder: Path, bundles: tuple[tuple[str, Path], ...]) -> Library:
    """Both official sources, their lists of requirements alone: their guides would take a minute to embed."""
    text = (PROJECT / "corpus" / "manifest.toml").read_text(encoding="utf-8")
    blocks = []
    for source in text.split("\n[[source]]\n")[1:]:
        head, *documents = source.split("[[source.document]]")
        kept = [d for d in documents if re.search(r'role = "requirements"', d)]
        blocks.append("[[source]]\n" + "[[source.document]]".join([head, *kept]))
    manifest = folder / "deux-listes.toml"
    manifest.write_text("\n".join(blocks), encoding="utf-8")
    settings = settings_of(folder / "deux-listes", edition="official", manifest=manifest)
    corpus = Corpus(settings)
    for source_id, bundle in bundles:
        corpus.repository(corpus.manifest.get(source_id)).synchronise(str(bundle))
    build_index(corpus, bundled_embedder(), corpus.newest())
    return make_library(settings)


@pytest.fixture(scope="session")
def demo_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The demonstration edition."""
    return library_of(demonstration_home(tmp_path_factory.getbasetemp()))


@pytest.fixture(scope="session")
def official_library(official_bundles: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The official requirements of both sources."""
    return _official_library(tmp_path_factory.getbasetemp(), tuple(sorted(official_bundles.items())))


@pytest.fixture(scope="session")
def demo_judge(demo_library: Library) -> Judge:
    """A judge of the demonstration edition."""
    return judge_of(demo_library)


@pytest.fixture(scope="session")
def official_judge(official_library: Library) -> Judge:
    """A judge of the official requirements."""
    return judge_of(official_library)


@pytest.fixture
def maker(demo_library: Library) -> ChecklistMaker:
    """Makes checklists of the demonstration edition."""
    return ChecklistMaker(demo_library)


def judge_of(library: Library) -> Judge:
    """A judge of what the library serves."""
    bank = load_bank(library.settings.corpus / "questions")
    titles = {source.id: source.title for source in library.manifest.source}
    return Judge(library.selection(), bank, titles, packaged_parameters())
