"""What the tests of the evaluation share: the demonstration edition, indexed, and its evidence."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.answering import Assistant
from assistant.selection import Library
from eval.evidence import EvidenceFinder
from eval.question_set import load_questions, written
from ingest.question_bank import QuestionBank, load_bank
from tests.built_indexes import PROJECT, assistant_of, cct, demonstration_home, library_of


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
def bank() -> QuestionBank:
    """The question bank of the project."""
    return load_bank(PROJECT / "corpus" / "questions")


@pytest.fixture(scope="session")
def finder(library: Library, bank: QuestionBank) -> EvidenceFinder:
    """Where the evidence stands in the demonstration edition."""
    return EvidenceFinder(library.selection().located, bank)


@pytest.fixture
def cct_eval(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """cct_eval("stale", …, home=…) → the finished process."""

    def ran(*arguments: str, home: Path, edition: str = "auto", **more: Any) -> subprocess.CompletedProcess[str]:
        return cct("eval", *arguments, home=home, cwd=tmp_path, edition=edition, **more)

    return ran


@pytest.fixture(scope="session")
def questions_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set of a dozen questions of each kind."""
    chosen = []
    for kind, count in (("answerable", 8), ("unanswerable", 4), ("hostile", 3), ("look_alike", 2), ("small_talk", 1)):
        chosen += [q for q in load_questions("developpement-d") if q.kind == kind][:count]
    path = tmp_path_factory.mktemp("jeu") / "essai.yaml"
    path.write_text(written(chosen), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def finished(demo_home: Path, questions_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run."""
    folder = tmp_path_factory.mktemp("executions") / "base"
    done = cct(
        "eval", "run", "--set", str(questions_file), "--out", str(folder), "--variants", "3",
        home=demo_home, cwd=folder.parent,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(folder)
    return folder
