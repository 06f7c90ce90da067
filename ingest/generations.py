"""Generations of the index: built aside, put live in one step, the former one kept for who still reads it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.errors import IndexBusy, IndexMismatch, IndexNotWritable
from ingest.registry import Registry

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
    """A new generation, holding what the live one holds when it can be reused."""
    aside = folder / f"generation-{time.time_ns()}-{os.getpid()}"
    live = live_generation(folder)
    reusable = False
    if live is not None:
        try:
            registry = Registry(live / "registry.sqlite")
            stamp = registry.stamp()
            registry.close()
            reusable = stamp.get("format") == index_format and stamp.get("embedding") == embedding
        except IndexMismatch:
            reusable = False
    try:
        if reusable and live is not None:
            shutil.copytree(live, aside)
        else:
            aside.mkdir(parents=True)
    except OSError as exc:
        shutil.rmtree(aside, ignore_errors=True)
        raise IndexNotWritable(
            f"Écriture impossible dans {folder} ({exc.strerror or exc}).",
            "Libérez de la place ou donnez un dossier accessible en écriture dans CCT_HOME.",
        ) from exc
    return aside


def put_live(folder: Path, generation: Path) -> None:
    """Makes a generation the live one, in one step."""
    pointer = folder / f".{_LIVE}.{os.getpid()}"
    pointer.write_text(generation.name, encoding="utf-8")
    with pointer.open("rb") as handle:
        os.fsync(handle.fileno())
    pointer.replace(folder / _LIVE)


def sweep(folder: Path) -> None:
    """Removes generations that are neither the live one nor the one before it (a server may still read that)."""
    live = live_generation(folder)
    others = sorted(p for p in folder.glob("generation-*") if p != live)
    for old in others if live is None else others[:-1]:
        shutil.rmtree(old, ignore_errors=True)
