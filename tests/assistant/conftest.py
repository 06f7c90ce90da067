"""What the tests of the assistant share: real indexes, and the assistant that answers from them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.answer import Answer, Question
from assistant.answering import Assistant
from assistant.selection import Library
from ingest.passage import Located
from tests.built_indexes import OFFICIAL_SOURCE, assistant_of, demonstration_home, library_of, official_index_home
from tests.small_corpus import SmallCorpus, make_small_corpus

SCHEMA = Path(__file__).with_name("answer.schema.json")


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder where the demonstration edition is indexed; copy it before a change."""
    return demonstration_home(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def library(demo_home: Path) -> Library:
    """The library of the demonstration edition."""
    return library_of(demo_home)


@pytest.fixture(scope="session")
def assistant(demo_home: Path) -> Assistant:
    """The assistant over the demonstration edition."""
    return assistant_of(demo_home)


@pytest.fixture(scope="session")
def ask(assistant: Assistant) -> Callable[..., Answer]:
    """ask("question", sources=("pi",)…) → Answer."""

    def asked(text: str, **fields: Any) -> Answer:
        return assistant.answer(Question(text, **fields))

    return asked


@pytest.fixture(scope="session")
def official_assistant(official_bundles: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """The assistant over the newest official revision of one source."""
    return assistant_of(
        official_index_home(tmp_path_factory.getbasetemp(), official_bundles[OFFICIAL_SOURCE]), "official"
    )


@pytest.fixture(scope="session")
def records(library: Library) -> tuple[Located, ...]:
    """Every requirement of the demonstration edition, sources and lines in order."""
    return library.selection().requirements


@pytest.fixture(scope="session")
def schema() -> dict[str, Any]:
    """The answer's contract, version 1."""
    return dict(json.loads(SCHEMA.read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def markers() -> Callable[[str], set[int]]:
    """The numbers of the [n] markers in an answer's own words, whatever the quotations hold in brackets."""

    def found(text: str) -> set[int]:
        outside = re.sub(r"«.*?» (?=\[\d+\])", "", text, flags=re.DOTALL)
        return {int(n) for n in re.findall(r"\[(\d+)\]", outside)}

    return found


@pytest.fixture
def small(small_source: Callable[..., Any]) -> SmallCorpus:
    """The small corpus of two revisions, neither synchronised nor indexed."""
    return make_small_corpus(small_source)
