"""What the journeys share: the demonstration edition, indexed, and a real server over it."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.built_indexes import command, demonstration_home, environment
from tests.reserved_ports import reserved_port


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder where the demonstration edition is indexed; copy it before a change."""
    return demonstration_home(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def site(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `cct serve`, in a process of its own, on a free port."""
    with reserved_port() as port:
        yield from _served(port, demo_home, tmp_path_factory.mktemp("service"))


def _served(port: int, home: Path, folder: Path) -> Iterator[str]:
    process = subprocess.Popen(
        [str(command()), "serve", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=environment(home, variables={"GRADIO_ANALYTICS_ENABLED": "False"}),
    )
    try:
        assert process.stderr is not None
        said = [process.stderr.readline()]
        while said[-1] and "Ctrl+C" not in said[-1]:
            said.append(process.stderr.readline())
        assert said[-1], f"le serveur s'est arrêté : {''.join(said)}"
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stderr is not None:
            process.stderr.close()
