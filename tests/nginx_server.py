"""A real nginx on a loopback port, with the very configuration that the documentation gives."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PREFIX = "/assistant-cct"
_DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "deploiement.md"
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_AROUND = """
daemon off; master_process off; pid {folder}/pid; error_log stderr;
events {{ worker_connections 256; }}
http {{
    access_log off;
    {temporary}
    server {{
        listen 127.0.0.1:{port};
        {location}
    }}
}}
"""


def documented() -> str:
    """The block of docs/deploiement.md."""
    (block,) = re.findall(r"```nginx\n(.*?)```", _DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    return str(block)


@contextmanager
def running_nginx(folder: Path, port: int, upstream: int) -> Iterator[str]:
    """The address of the application behind it, "http://127.0.0.1:PORT/assistant-cct"; skips where nginx is not."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/local/bin:/usr/bin")
    if program is None:
        pytest.skip("nginx absent de cette machine (apt-get install nginx)")
    location = documented().replace("127.0.0.1:7860", f"127.0.0.1:{upstream}")
    temporary = " ".join(f"{name}_temp_path {folder}/{name};" for name in _TEMPORARY)
    written = folder / "nginx.conf"
    text = _AROUND.format(folder=folder, port=port, temporary=temporary, location=location)
    written.write_text(text, encoding="utf-8")
    process = subprocess.Popen([program, "-e", "stderr", "-p", str(folder), "-c", str(written)])
    try:
        _wait(process, port)
        yield f"http://127.0.0.1:{port}{PREFIX}"
    finally:
        process.terminate()
        process.wait(20)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert process.poll() is None, "nginx s'est arrêté"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("nginx ne répond pas")
