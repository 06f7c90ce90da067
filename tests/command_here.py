"""The `cct` command from its own entry point, in the process of the tests: what it says and how it ends."""

from __future__ import annotations

import io
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from os import environ
from pathlib import Path

import pytest

from tests.built_indexes import environment


def cct_here(
    *arguments: str,
    home: Path,
    cwd: Path,
    edition: str = "demo",
    stdin: str | None = None,
    **variables: str | None,
) -> subprocess.CompletedProcess[str]:
    """Runs `cct` as `built_indexes.cct` does, without the seconds that a new process takes to import everything.

    For what a command says and how it ends. What only a process shows (signals, a closed pipe, what is imported,
    two at once) is tested with a real one.
    """
    from ui.command_line import main

    out, err = _stream(), _stream()
    code = 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        wanted = environment(home, edition, variables)
        for name in set(environ) - set(wanted):
            patch.delenv(name)
        for name, value in wanted.items():
            patch.setenv(name, value)
        patch.chdir(cwd)
        patch.setattr("sys.argv", ["cct", *arguments])
        patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO((stdin or "").encode()), encoding="utf-8"))
        try:
            main()
        except SystemExit as exc:
            code = exc.code if isinstance(exc.code, int) else int(exc.code is not None)
    return subprocess.CompletedProcess(["cct", *arguments], code, _written(out), _written(err))


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()
