"""What the tests of the command line share: `cct`, and small corpora."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.built_indexes import demonstration_home
from tests.command_here import cct_here
from tests.small_corpus import SmallCorpus, make_small_corpus

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder where the demonstration edition is indexed; copy it before a change."""
    return demonstration_home(tmp_path_factory.getbasetemp())


@pytest.fixture
def run(demo_home: Path, tmp_path: Path) -> Run:
    """run("ask", "…", home=…, CCT_EMBEDDING=…) → what came of it; the demonstration edition by default."""

    def ran(*arguments: str, home: Path | None = None, **more: Any) -> subprocess.CompletedProcess[str]:
        return cct_here(*arguments, home=home or demo_home, cwd=tmp_path, **more)

    return ran


@pytest.fixture
def small(small_source: Callable[..., Any]) -> SmallCorpus:
    """The small corpus, neither synchronised nor indexed."""
    return make_small_corpus(small_source)


@pytest.fixture
def run_small(small: SmallCorpus, tmp_path: Path) -> Run:
    """run_small("ask", "…") → what came of it, on the small corpus."""

    def ran(*arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
        return cct_here(*arguments, home=small.home, cwd=tmp_path, edition="auto", **{**small.variables, **more})

    return ran
