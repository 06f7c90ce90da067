"""Indexes that several folders of tests share: made once for all workers, each of which gets a copy of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from os import environ
from pathlib import Path

from filelock import FileLock

from assistant.answering import Assistant
from assistant.assembly import make_library
from assistant.search.ranking import packaged_parameters
from assistant.selection import Library
from ingest.index.build_index import build_index
from ingest.index.embedding import BundledE5
from ingest.settings import IngestSettings
from ingest.sources.corpus import Corpus

PROJECT = Path(__file__).resolve().parent.parent
OFFICIAL_SOURCE = "mirai"
"""The one official source that is indexed: the smaller of the two."""


def settings_of(home: Path, **values: object) -> IngestSettings:
    """Settings that owe nothing to the environment."""
    return IngestSettings(_env_file=None, home=home, **values)  # type: ignore[call-arg]  # pydantic-settings's own argument


@cache
def bundled_embedder() -> BundledE5:
    """The bundled embedding, loaded once."""
    return BundledE5()


def made_once(session_folder: Path, name: str, make: Callable[[Path], object]) -> Path:
    """A folder of the session that the first worker to need it makes; every worker gets a copy of its own."""
    if "PYTEST_XDIST_WORKER" not in environ:
        make(session_folder / name)
        return session_folder / name
    shared = session_folder.parent / name
    complete = shared.with_name(f"{name}.complet")
    with FileLock(shared.with_name(f"{name}.verrou")):
        if not complete.exists():
            shutil.rmtree(shared, ignore_errors=True)  # of a worker that was stopped
            make(shared)
            complete.touch()
    return copy_of(shared, session_folder / name)


@cache
def demonstration_home(session_folder: Path) -> Path:
    """A data folder where the demonstration edition is indexed. Read only: copy it before a change."""

    def make(home: Path) -> None:
        corpus = Corpus(settings_of(home, edition="demo"))
        build_index(corpus, bundled_embedder(), corpus.newest())

    return made_once(session_folder, "demonstration", make)


@cache
def official_index_home(session_folder: Path, bundle: Path) -> Path:
    """A data folder where the requirements of one official source are indexed at its newest revision. Read only.

    Its guide and glossary are left out: their texts would take a minute to embed.
    """

    def make(home: Path) -> None:
        corpus = Corpus(official_settings(home, session_folder / "exigences-seules.toml"))
        corpus.repository(corpus.manifest.get(OFFICIAL_SOURCE)).synchronise(str(bundle))
        build_index(corpus, bundled_embedder(), corpus.newest())

    return made_once(session_folder, "officiel-indexe", make)


def official_settings(home: Path, manifest: Path) -> IngestSettings:
    """Settings under which the official source has its list of requirements for only document."""
    text = (PROJECT / "corpus" / "manifest.toml").read_text(encoding="utf-8")
    source = next(part for part in text.split("[[source]]") if f'id = "{OFFICIAL_SOURCE}"' in part)
    head, *documents = source.split("[[source.document]]")
    kept = [part for part in documents if 'role = "requirements"' in part]
    manifest.write_text("[[source.document]]".join([f"[[source]]{head}", *kept]), encoding="utf-8")
    return settings_of(home, edition="official", manifest=manifest)


@cache
def library_of(home: Path, edition: str = "demo") -> Library:
    """The library of a data folder, opened once."""
    return make_library(settings_of(home, edition=edition))


@cache
def assistant_of(home: Path, edition: str = "demo") -> Assistant:
    """The assistant of a data folder, opened once."""
    return Assistant(library_of(home, edition), packaged_parameters())


def copy_of(home: Path, to: Path) -> Path:
    """A copy of a data folder that a test may change."""
    shutil.copytree(home, to)
    return to


def cct(
    *arguments: str,
    home: Path,
    cwd: Path,
    edition: str = "demo",
    stdin: str | None = None,
    timeout: float = 120,
    **variables: str | None,
) -> subprocess.CompletedProcess[str]:
    """Runs the installed `cct` in its own process, in a folder without .env; a variable that is None is removed."""
    return subprocess.run(
        [str(command()), *arguments],
        capture_output=True,
        text=True,
        input=stdin if stdin is not None else "",
        timeout=timeout,
        check=False,
        cwd=cwd,
        env=environment(home, edition, variables),
    )


def command() -> Path:
    """The `cct` script beside the interpreter that runs the tests."""
    return Path(sys.executable).with_name("cct")


def environment(
    home: Path, edition: str = "demo", variables: Mapping[str, str | None] | None = None
) -> dict[str, str]:
    """The environment of a subprocess: this one's, a data folder, and nothing of the machine's settings."""
    kept = {k: v for k, v in environ.items() if not k.startswith(("CCT_", "OIDC_", "OPENAI_", "LLM_", "RERANKER_"))}
    wanted = {**kept, "CCT_HOME": str(home), "CCT_EDITION": edition, **(variables or {})}
    return {name: value for name, value in wanted.items() if value is not None}
