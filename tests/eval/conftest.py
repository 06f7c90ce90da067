"""What the tests of the evaluation share: the demonstration edition, indexed, and its evidence."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from assistant.answering import Assistant
from assistant.selection import Library
from eval.question_sets.question_set import load_questions, written
from eval.runs.evidence import EvidenceFinder
from ingest.question_bank import QuestionBank, load_bank
from tests.built_indexes import PROJECT, assistant_of, cct, demonstration_home, library_of, made_once


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
def cct_eval(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., subprocess.CompletedProcess[str]]:
    """cct_eval("stale", …, home=…) → what `cct eval stale …` gives, from its own entry point but in this process.

    A process of its own loads everything again for each call; the run that every test reads (`finished`), and the
    one that must open no connection, are real processes.
    """
    from ui.command_line import main

    def ran(*arguments: str, home: Path, edition: str = "auto", stdin: str = "") -> subprocess.CompletedProcess[str]:
        monkeypatch.setenv("CCT_HOME", str(home))
        monkeypatch.setenv("CCT_EDITION", edition)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("sys.argv", ["cct", "eval", *arguments])
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        out, err, code = io.StringIO(), io.StringIO(), 0
        with redirect_stdout(out), redirect_stderr(err):
            try:
                main()
            except SystemExit as exc:
                code = exc.code if isinstance(exc.code, int) else int(exc.code is not None)
        return subprocess.CompletedProcess(["cct", "eval", *arguments], code, out.getvalue(), err.getvalue())

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

    def make(folder: Path) -> None:
        done = cct(
            "eval", "run", "--set", str(questions_file), "--out", str(folder), "--variants", "3",
            home=demo_home, cwd=folder.parent, timeout=280,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == str(folder)

    return made_once(tmp_path_factory.getbasetemp(), "execution", make)
