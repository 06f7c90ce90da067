"""`cct ask` with an OpenAI-compatible endpoint in its environment: the written answer, and the extractive one without it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.built_indexes import PROJECT, cct, demonstration_home
from tests.fake_openai_server import FakeOpenAI, fake_openai

QUESTION = "Peut-on stocker la sauvegarde sur la même grappe ?"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demonstration_home(tmp_path_factory.getbasetemp())


def asked(home: Path, cwd: Path, server: FakeOpenAI, **variables: str) -> dict[str, Any]:
    named = {"OPENAI_BASE_URL": server.url, "LLM_DEFAULT_MODEL": "essai", **variables}
    done = cct("ask", QUESTION, "--json", home=home, cwd=cwd, **named)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    schema = json.loads((PROJECT / "tests/assistant/answer.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(answer, schema)
    return answer


def test_the_model_writes_the_answer_and_its_absence_is_said(home: Path, tmp_path: Path) -> None:
    with fake_openai() as server:
        server.text = "La sauvegarde est hébergée par un service S3 résilient, indépendant de la production [1]."
        answer = asked(home, tmp_path, server)
        (request,) = [m["content"] for m in server.received[0]["messages"] if m["role"] == "user"]
        first = re.search(r"^\[1\] .*(EXI-[A-Z]+-\d+)", request, re.MULTILINE)
        assert first is not None
        assert first[1] == "EXI-ARCH-4"
        assert (answer["mode"], answer["degraded"]) == ("llm", None)
        assert answer["answer"].startswith(server.text)
        assert answer["tokens"] == {"prompt": 321, "completion": 45}
        server.always = (400, {"error": "pii detected: email"}, {})
        answer = asked(home, tmp_path, server)
        assert answer["mode"] == "extractive"
        assert "email" in answer["degraded"]
        count = len(server.received)
        assert asked(home, tmp_path, server, CCT_ANSWERS="extractive")["degraded"] is None
        assert len(server.received) == count
