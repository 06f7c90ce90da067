"""A cold start loads what the answer needs and no more, and looks nobody up on the network."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.built_indexes import environment

HEAVY = {
    "torch",
    "transformers",
    "sentence_transformers",
    "gradio",
    "unstructured",
    "spacy",
    "langchain_openai",
    "ragas",
}
WATCHED = """
import atexit, json, socket, sys
opened = []

def told(name, original):
    def method(*arguments, **named):
        opened.append([name, repr(arguments[-1])])
        return original(*arguments, **named)
    return method

for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, told(name, getattr(socket.socket, name)))
for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
    setattr(socket, name, told(name, getattr(socket, name)))
atexit.register(lambda: print(json.dumps({"opened": opened, "loaded": sorted(sys.modules)}), file=sys.stderr))
"""


def watched(script: str, home: Path, cwd: Path) -> tuple[list[list[str]], set[str]]:
    """The connections that a script opened and the libraries that it loaded."""
    done = subprocess.run(
        [sys.executable, "-c", WATCHED + script],
        capture_output=True, text=True, check=False, cwd=cwd, env=environment(home), timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stderr.splitlines()[-1])
    return seen["opened"], {name.split(".")[0] for name in seen["loaded"]}


@pytest.mark.parametrize(
    ("arguments", "more"),
    [
        (["ask", "Comment s'authentifient les agents dans mon application ?"], set()),
        (["show", "EXI-G-6"], {"chromadb", "onnxruntime", "bm25s"}),
    ],
    ids=["ask", "show"],
)
def test_a_command_loads_no_heavy_library_and_stays_on_the_machine(
    demo_home: Path, tmp_path: Path, arguments: list[str], more: set[str]
) -> None:
    script = f"sys.argv = ['cct', *{arguments!r}]\nfrom ui.command_line import main\nmain()"
    opened, loaded = watched(script, demo_home, tmp_path)
    assert opened == []
    assert loaded & (HEAVY | more) == set()


def test_the_api_loads_no_heavy_library_and_stays_on_the_machine(demo_home: Path, tmp_path: Path) -> None:
    script = """
from assistant.answer import Question
from assistant.assembly import make_assistant
from ui.http_api import create_app
assistant = make_assistant()
assistant.warm()
create_app(lambda: assistant, web_page=False)
"""
    opened, loaded = watched(script, demo_home, tmp_path)
    assert opened == []
    assert loaded & HEAVY == set()


def test_the_web_page_loads_gradio_but_neither_torch_nor_unstructured(demo_home: Path, tmp_path: Path) -> None:
    script = """
from assistant.assembly import make_assistant
from ui.http_api import create_app
assistant = make_assistant()
create_app(lambda: assistant)
"""
    opened, loaded = watched(script, demo_home, tmp_path)
    assert opened == []
    assert loaded & HEAVY == {"gradio"}
