"""Generations of the index: built aside, put live in one step, the former one kept for who still reads it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.errors import IndexBusy, IndexMismatch, IndexNotWritable
from ingest.index.registry import Registry

_LIVE = "live"


def live_generation(folder: Path) -> Path | None:
    """The folder of the live index; None when nothing was indexed."""
    try:
        name = (folder / _LIVE).read_text(encoding="utf-8").strip()
    except OSError:
        return None
    generation = folder / name
    return generation if name and (generation / "registry.sqlite").is_file() else None


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Holds the right to write the index. Raises IndexBusy when another process has it, else IndexNotWritable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock", timeout=0)
        lock.acquire()
    except Timeout as exc:
        raise IndexBusy(
            "Une autre indexation est en cours.", "Attendez qu'elle finisse, puis relancez la commande."
        ) from exc
    except OSError as exc:
        raise IndexNotWritable(
            f"Écriture impossible dans {folder} ({exc.strerror or exc}).",
            "Donnez un dossier accessible en écriture dans CCT_HOME.",
        ) from exc
    try:
        yield
    finally:
        lock.release()


def copy_of_live(folder: Path, index_format: str, embedding: str) -> Path:
    """A new generation with what the live one holds and can be used again: all of it, its vectors, or nothing.

    Vectors depend on the embedding alone; what was read from the documents, on the index's format too.
    """
    aside = _new(folder)
    live = live_generation(folder)
    stamp = _stamp_of_whole(live) if live is not None else {}
    try:
        aside.mkdir(parents=True)
        if live is not None and stamp.get("embedding") == embedding:
            shutil.copytree(live / "chroma", aside / "chroma")
            if (live / "mirror").is_dir():
                shutil.copytree(live / "mirror", aside / "mirror")
            if stamp.get("format") == index_format:
                shutil.copy2(live / "registry.sqlite", aside)
    except OSError as exc:
        shutil.rmtree(aside, ignore_errors=True)
        raise IndexNotWritable(
            f"Écriture impossible dans {folder} ({exc.strerror or exc}).",
            "Libérez de la place ou donnez un dossier accessible en écriture dans CCT_HOME.",
        ) from exc
    return aside


def empty_generation(folder: Path) -> Path:
    """A new generation that holds nothing."""
    aside = _new(folder)
    aside.mkdir(parents=True)
    return aside


def _new(folder: Path) -> Path:
    return folder / f"generation-{time.time_ns()}-{os.getpid()}"


def _stamp_of_whole(live: Path) -> dict[str, str]:
    """What a generation was made with; empty when one of its files is damaged."""
    databases = (live / "registry.sqlite", live / "chroma" / "chroma.sqlite3")
    if not all(_whole(path) for path in databases):
        return {}
    try:
        with closing(Registry(databases[0])) as registry:
            return registry.stamp()
    except IndexMismatch:
        return {}


def _whole(path: Path) -> bool:
    """True when SQLite finds its file undamaged (about 10 ms a megabyte, nothing is written)."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            return bool(database.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)])
    except sqlite3.Error:
        return False


def put_live(folder: Path, generation: Path) -> None:
    """Makes a generation the live one, in one step."""
    pointer = folder / f".{_LIVE}.{os.getpid()}"
    pointer.write_text(generation.name, encoding="utf-8")
    with pointer.open("rb") as handle:
        os.fsync(handle.fileno())
    pointer.replace(folder / _LIVE)


def sweep(folder: Path, former: Path | None = None) -> None:
    """Removes generations that are neither the live one nor the one before it (a server may still read that).

    Without `former`, the one before is the newest that is older than the live one: what is younger was being
    built when its process was killed.
    """
    live = live_generation(folder)
    others = sorted(p for p in folder.glob("generation-*") if p != live)
    if former is None:
        older = [p for p in others if live is not None and p.name < live.name]
        former = older[-1] if older else None
    for old in others:
        if old != former:
            shutil.rmtree(old, ignore_errors=True)
