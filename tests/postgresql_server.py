"""A real PostgreSQL on a loopback port, started for the tests and thrown away."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.reserved_ports import reserved_port

_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
_UNPRIVILEGED = ("postgres", "nobody")


def _binaries() -> Path | None:
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    return next((folder for folder in reversed(_BINARIES) if (folder / "initdb").is_file()), None)


def _runner() -> list[str] | None:
    """What to put before a command: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = next((name for name in _UNPRIVILEGED if name in names), None)
    return ["runuser", "-u", user, "--"] if user and shutil.which("runuser") else None


@contextmanager
def running_postgresql() -> Iterator[str]:
    """The server's address without a database, "postgresql://essai@127.0.0.1:PORT"; skips where none can run."""
    binaries, runner = _binaries(), _runner()
    if binaries is None:
        pytest.skip("PostgreSQL absent de cette machine (initdb introuvable)")
    if runner is None:
        pytest.skip("PostgreSQL refuse root et aucun utilisateur ordinaire n'est disponible")
    folder = Path(tempfile.mkdtemp(prefix="cct-pg-"))
    try:
        if runner:
            shutil.chown(folder, runner[2])
        data = folder / "data"
        _run(
            runner,
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "essai",
            "--auth=trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--no-locale",
        )
        with reserved_port() as port:
            options = f"-F -c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder}"
            _run(
                runner,
                binaries / "pg_ctl",
                "-D",
                data,
                "-o",
                options,
                "-l",
                folder / "log",
                "-w",
                "-t",
                "120",
                "start",
            )
            try:
                _wait(port)
                yield f"postgresql://essai@127.0.0.1:{port}"
            finally:
                _run(runner, binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server: str, name: str) -> str:
    """A new, empty database of that name; its address."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
    return f"{server}/{name}"


def _run(runner: list[str], *command: object) -> None:
    done = subprocess.run(
        [*runner, *(str(part) for part in command)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, check=False, cwd="/",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def _wait(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(f"postgresql://essai@127.0.0.1:{port}/postgres").close()
            return
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, "PostgreSQL ne démarre pas"
            time.sleep(0.05)
