"""Full and read-only disks, killed processes, damaged files: the former index goes on answering."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import (
    IndexBusy,
    IndexMissing,
    IndexNotWritable,
)
from ingest.index.build_index import build_index, open_index
from ingest.index.generations import live_generation
from ingest.sources.corpus import Corpus
from tests.indexed_source import (
    PROJECT,
    SmallSource,
    Table,
    edit,
    generations,
    index_folder,
    ingest,
    served,
)

# Disks that refuse.


@contextmanager
def _small_disk(folder: Path, size: str = "8m") -> Iterator[Callable[[str], None]]:
    """A tiny disk at the folder; calling what it gives mounts it again with other options."""
    folder.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("il faut le droit de monter un petit disque (root) ; RLIMIT_FSIZE couvre le cas général")
    try:
        yield lambda options: subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True) and None
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _size(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())


@pytest.mark.parametrize("room", [0, 1])
def test_a_full_disk_leaves_the_former_index_live(
    source: SmallSource, hashing_embedder: Any, requirement_table: Table, room: int
) -> None:
    """Room for nothing, then for the copy of the live index and no more."""
    home: Path = source.settings().home
    with _small_disk(home):
        ingest(source, hashing_embedder)
        before = served(source)
        edit(source, requirement_table)
        corpus: Corpus = source.corpus()
        generation = live_generation(index_folder(source))
        assert generation is not None
        free = shutil.disk_usage(home).free - room * (_size(generation) + 24_000)
        (home / "lest").write_bytes(bytes(max(0, free)))
        with pytest.raises(IndexNotWritable, match="CCT_HOME"):
            build_index(corpus, hashing_embedder, corpus.newest())
        (home / "lest").unlink()
        assert served(source) == before
        assert len(generations(source)) == 1
        build_index(corpus, hashing_embedder, corpus.newest())
        assert served(source)[0] != before[0]


def test_a_read_only_data_folder_is_said_and_the_index_still_serves(
    source: SmallSource, hashing_embedder: Any
) -> None:
    with _small_disk(source.settings().home) as remount:
        ingest(source, hashing_embedder)
        before = served(source)
        corpus: Corpus = source.corpus()
        remount("ro")
        with pytest.raises(IndexNotWritable, match="CCT_HOME"):
            build_index(corpus, hashing_embedder, corpus.newest())
        remount("rw")
        assert served(source) == before


_CHILD = """
import resource, sys, time
from pathlib import Path
from ingest.index.build_index import build_index
from ingest.sources.corpus import Corpus
from ingest.errors import CctError
from ingest.settings import IngestSettings
from tests.conftest import HashingEmbedder

home, corpus_folder, stop, limit = sys.argv[1:]
seen = 0

def progress(*step):
    global seen
    seen += 1
    print(*step, flush=True)
    if seen == int(stop):
        time.sleep(240)

if int(limit):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
corpus = Corpus(IngestSettings(_env_file=None, home=Path(home), corpus=Path(corpus_folder)))
try:
    build_index(corpus, HashingEmbedder(), corpus.newest(), progress=progress)
except CctError as exc:
    print(type(exc).__name__, exc, flush=True)
print("fin", flush=True)
"""


def _child(source: SmallSource, stop: int = 0, limit: int = 0) -> subprocess.Popen[str]:
    """A real process that ingests, and sleeps at its `stop`-th step."""
    arguments = [str(source.settings().home), str(source.corpus_folder), str(stop), str(limit)]
    return subprocess.Popen(
        [sys.executable, "-c", _CHILD, *arguments],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )


@pytest.mark.parametrize("limit", [2_000, 40_000])
def test_files_that_cannot_grow_leave_the_former_index_live(
    source: SmallSource, hashing_embedder: Any, requirement_table: Table, limit: int
) -> None:
    """The same as a full disk for whoever cannot mount one."""
    ingest(source, hashing_embedder)
    before = served(source)
    edit(source, requirement_table)
    source.corpus()
    with _child(source, limit=limit) as child:
        said = child.communicate(timeout=240)[0]
    assert "IndexNotWritable" in said
    assert "CCT_HOME" in said
    assert served(source) == before


def _lines_until(child: subprocess.Popen[str], count: int) -> list[str]:
    assert child.stdout is not None
    return [child.stdout.readline().strip() for _ in range(count)]


@pytest.mark.parametrize(
    ("stop", "says"),
    [(1, "Lecture des documents 0 1"), (2, "Lecture des documents 1 1"), (3, "Calcul des vecteurs 1 1")],
    ids=["before reading", "before the vectors", "before going live"],
)
def test_killed_at_any_step_the_former_index_serves_and_the_next_ingestion_succeeds(
    source: SmallSource, hashing_embedder: Any, requirement_table: Table, stop: int, says: str
) -> None:
    ingest(source, hashing_embedder)
    before = served(source)
    after = edit(source, requirement_table)
    corpus: Corpus = source.corpus()
    with _child(source, stop) as child:
        assert _lines_until(child, stop)[-1] == says
        with pytest.raises(IndexBusy):
            build_index(corpus, hashing_embedder, corpus.newest())
        child.kill()
    assert child.returncode == -9
    assert served(source) == before
    build_index(corpus, hashing_embedder, corpus.newest())
    assert served(source)[0] == after
    assert len(generations(source)) <= 2


@pytest.mark.parametrize("delay", [0.0, 0.03])
def test_killed_while_going_live_one_of_both_indexes_serves(
    source: SmallSource, hashing_embedder: Any, requirement_table: Table, delay: float
) -> None:
    ingest(source, hashing_embedder)
    before = served(source)
    after = edit(source, requirement_table)
    corpus: Corpus = source.corpus()
    with _child(source) as child:
        _lines_until(child, 3)
        time.sleep(delay)
        child.kill()
    assert served(source)[0] in {before[0], after}
    build_index(corpus, hashing_embedder, corpus.newest())
    assert served(source)[0] == after


def test_a_first_ingestion_that_is_killed_leaves_no_index(source: SmallSource, hashing_embedder: Any) -> None:
    corpus: Corpus = source.corpus()
    with _child(source, 2) as child:
        _lines_until(child, 2)
        child.kill()
    with pytest.raises(IndexMissing):
        open_index(index_folder(source), "hashing")
    build_index(corpus, hashing_embedder, corpus.newest())
    assert len(generations(source)) == 1


def test_after_a_killed_ingestion_the_replaced_index_stays_for_its_readers(
    source: SmallSource, hashing_embedder: Any, requirement_table: Table
) -> None:
    ingest(source, hashing_embedder)
    served = live_generation(index_folder(source))
    assert served is not None
    killed = served.with_name(f"generation-{time.time_ns()}-1")
    shutil.copytree(served, killed)  # what a kill leaves
    edit(source, requirement_table)
    ingest(source, hashing_embedder)
    assert served.is_dir()
    assert not killed.exists()


@pytest.mark.parametrize("damage", ["registry", "chroma"])
def test_a_truncated_index_is_made_again(source: SmallSource, hashing_embedder: Any, damage: str) -> None:
    ingest(source, hashing_embedder)
    live = live_generation(index_folder(source))
    assert live is not None
    path = live / ("registry.sqlite" if damage == "registry" else "chroma/chroma.sqlite3")
    content = path.read_bytes()
    path.write_bytes(content[:4096] + bytes(len(content) - 4096))
    ingest(source, hashing_embedder)
    assert len(served(source)[1]) == 3


@pytest.mark.parametrize("disk", ["full", "read-only"])
def test_an_index_serves_from_a_disk_that_refuses_writing(
    source: SmallSource, hashing_embedder: Any, disk: str
) -> None:
    home: Path = source.settings().home
    with _small_disk(home) as remount:
        ingest(source, hashing_embedder)
        expected = served(source)
        if disk == "full":
            (home / "lest").write_bytes(bytes(shutil.disk_usage(home).free))
        else:
            remount("ro")
        assert served(source) == expected
