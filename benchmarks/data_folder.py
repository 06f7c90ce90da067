"""The folders that the parts work in: synchronised repositories, and indexes made from them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import PROJECT
from benchmarks.processes import CCT, run_process
from ingest.index.generations import live_generation
from ingest.settings import IngestSettings
from ingest.sources.corpus import Corpus

BUNDLES = {"mirai": "cct-ia-socle-mirai.bundle", "pi": "cct-cloud-native.bundle"}


@dataclass(frozen=True, slots=True)
class DataFolder:
    """One folder for all parts; `bundles` holds the official repositories."""

    root: Path
    bundles: Path

    def bundle(self, source: str) -> Path:
        """The bundle of a source."""
        return (self.bundles / BUNDLES[source]).resolve()

    def empty_home(self, name: str) -> Path:
        """A data folder where both sources are synchronised and nothing is indexed."""
        home = self.root / name
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        origins = [part for source in BUNDLES for part in ("--from", f"{source}={self.bundle(source)}")]
        run_process([CCT, "sync", *origins], settings_of(home), self.root)
        return home

    def ready_home(self) -> Path:
        """A data folder whose index is live; made once, with the vectors that ship with the corpus."""
        home = self.root / "pret"
        if live_generation(home / "index") is None:
            run_process([CCT, "ingest"], settings_of(self.empty_home("pret")), self.root)
        return home

    def copied_home(self, name: str) -> Path:
        """A copy of the ready data folder, to be changed."""
        home = self.root / name
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self.ready_home(), home)
        return home

    def corpus_without_vectors(self) -> Path:
        """A copy of the corpus folder without the vectors that ship with it."""
        folder = self.root / "corpus-sans-vecteurs"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(PROJECT / "corpus", folder, ignore=shutil.ignore_patterns("vectors"))
        return folder


def settings_of(home: Path, corpus: Path | None = None) -> dict[str, str]:
    """The settings that a process under measure gets."""
    return {"CCT_HOME": str(home), "CCT_EDITION": "official", "CCT_CORPUS": str(corpus or PROJECT / "corpus")}


def open_home(home: Path) -> Corpus:
    """The corpus of a data folder, read in this process."""
    return Corpus(
        IngestSettings(_env_file=None, home=home, corpus=PROJECT / "corpus", edition="official")  # type: ignore[call-arg]
    )
