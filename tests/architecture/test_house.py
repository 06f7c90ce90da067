"""The house keeps its shape: small modules, one direction, one owner a library, nothing of a machine in a file."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = ("ingest", "assistant", "ui", "eval")
MODULES = sorted(path for package in PACKAGES for path in (PROJECT / package).rglob("*.py"))
OWNERS = {
    "unstructured": {"ingest/reading/prose.py"},
    "chromadb": {"ingest/index/vector_store.py"},
    "bm25s": {"assistant/search/sparse_search.py"},
    "sentence_transformers": {"ingest/index/embedding.py", "assistant/search/reranking.py"},
    "onnxruntime": {"ingest/index/onnx_graph.py"},
    "onnx": {
        "ingest/index/bundled_model/graph.py",
        "ingest/index/bundled_model/calibration.py",
        "assistant/search/row_products.py",
    },
    "langchain_openai": {"ingest/index/embedding.py", "assistant/model/language_model.py"},
    "ragas": {"eval/runs/ragas_record.py", "eval/scoring/ragas_metrics.py", "eval/judging/judged_metrics.py"},
    "gradio": {"ui/chat/web_chat.py", "ui/chat/web_theme.py"},
    "mcp": {"ui/doors/mcp_server.py"},
    "authlib": {"ui/doors/sign_in_provider.py"},
    "joserfc": {"ui/doors/sign_in_provider.py"},
    "odf": {"ingest/comments/form.py", "ui/checklist/ods.py"},
}
NAMED_LIBRARIES = ("langchain", "chromadb", "sentence_transformers", "gradio", "unstructured", "ragas")
LONGEST_MODULE = 300


def _name(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "-C", str(PROJECT), "ls-files", "-z"], capture_output=True, check=True, text=True)
    return [PROJECT / name for name in listed.stdout.split("\0") if name and (PROJECT / name).is_file()]


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield str(node.module)


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_stays_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


def test_imports_go_one_way() -> None:
    command = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=False, cwd=PROJECT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("library", OWNERS)
def test_a_heavy_library_has_one_owner(library: str) -> None:
    importers = {_name(path) for path in MODULES if any(i.split(".")[0] == library for i in _imported(path))}
    assert importers <= OWNERS[library]
    assert importers, f"{library} n'est plus importé : le retirer d'ici et de pyproject.toml"


@pytest.mark.parametrize("library", NAMED_LIBRARIES)
def test_the_six_named_libraries_import_without_opening_a_connection(library: str) -> None:
    script = f"""
import json, socket, sys
opened = []
def refused(*arguments, **named):
    opened.append(repr(arguments[-1:]))
    raise OSError("no network in this test")
for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, refused)
socket.getaddrinfo = socket.gethostbyname = refused
import {library}
print(json.dumps({{"file": {library}.__file__, "opened": opened}}))
"""
    done = _python(script)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1])["opened"] == []


def _python(script: str) -> subprocess.CompletedProcess[str]:
    quiet = {"RAGAS_DO_NOT_TRACK": "true", "ANONYMIZED_TELEMETRY": "False", "GRADIO_ANALYTICS_ENABLED": "False"}
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        env={
            "PATH": "/usr/bin:/bin",
            "HF_HUB_OFFLINE": "1",
            "DO_NOT_TRACK": "1",
            "SCARF_NO_ANALYTICS": "true",
            **quiet,
        },
    )


def test_importing_the_packages_loads_no_heavy_library() -> None:
    names = [_name(p).removesuffix(".py").replace("/", ".").removesuffix(".__init__") for p in MODULES]
    light = [
        n
        for n in names
        if n
        not in {"ui.chat.web_chat", "ui.chat.web_theme", "ingest.reading.prose", "assistant.search.sparse_search"}
    ]
    done = _python(f"import importlib, sys\nfor n in {light!r}: importlib.import_module(n)\nprint(*sys.modules)")
    assert done.returncode == 0, done.stderr[-2000:]
    loaded = set(done.stdout.split())
    assert not loaded & {"torch", "sentence_transformers", "gradio", "chromadb", "ragas", "onnxruntime"}


MACHINE_PATH = re.compile(r"(?<![\w.:/])/(?:home|root|Users|work|mnt|workspace)/[\w.-]+")
REGISTRY_HOST = re.compile(
    r"https?://[^\s\"')]*(?:pypi\.org/simple|artifactory|nexus|devpi|files\.pythonhosted)|--(?:extra-)?index-url|"
    r"\b(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2,3}\b"
)


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    found = []
    for path in _tracked():
        if path == Path(__file__).resolve() or path.suffix in {".npz", ".png", ".ico", ".woff2"}:
            continue
        for n, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            match = MACHINE_PATH.search(line) or REGISTRY_HOST.search(line)
            if match:
                found.append(f"{_name(path)}:{n} {match[0]}")
    assert found == []


def _undocumented(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if tree.body and ast.get_docstring(tree) is None:
        yield f"{_name(path)}:1 module"
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for owner in (tree, *(n for n in tree.body if isinstance(n, ast.ClassDef) and not n.name.startswith("_"))):
        for node in owner.body:
            if isinstance(node, definitions) and not node.name.startswith("_") and ast.get_docstring(node) is None:
                yield f"{_name(path)}:{node.lineno} {node.name}"


def test_every_public_module_class_and_function_has_a_docstring() -> None:
    assert [place for path in MODULES for place in _undocumented(path)] == []


def test_every_setting_is_listed_in_the_example_of_the_environment() -> None:
    from assistant.settings import AssistantSettings
    from ingest.settings import IngestSettings
    from ui.doors.door_settings import DoorSettings
    from ui.doors.sign_in_settings import ProviderSettings, SiteSettings
    from ui.feedback.settings import FeedbackSettings
    from ui.mattermost.settings import MattermostSettings
    from ui.pages.legal_settings import LegalSettings
    from ui.pages.page_settings import PageSettings
    from ui.storage.settings import StorageSettings

    listed = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (PROJECT / ".env.example").read_text(encoding="utf-8"), re.M))
    read = {f"CCT_{name.upper()}" for name in IngestSettings.model_fields}
    read |= {f"CCT_{name.upper()}" for name in PageSettings.model_fields}
    read |= {f"CCT_{name.upper()}" for name in LegalSettings.model_fields}
    read |= {f"CCT_API_{name.upper()}" for name in DoorSettings.model_fields}
    read |= {f"CCT_{name.upper()}" for name in SiteSettings.model_fields}
    read |= {f"OIDC_{name.upper()}" for name in ProviderSettings.model_fields}
    read |= {f"MATTERMOST_{name.upper()}" for name in MattermostSettings.model_fields}
    aliased = (AssistantSettings, FeedbackSettings, StorageSettings)
    for field in (f for settings in aliased for f in settings.model_fields.values()):
        alias = field.validation_alias
        read.add(str(alias if isinstance(alias, str) else alias.choices[0] if hasattr(alias, "choices") else alias))
    for path in MODULES:
        read |= set(
            re.findall(
                r"(?:environ(?:\.get|\.setdefault)?[(\[]\s*|envvar=)[\"'](CCT_\w+)", path.read_text(encoding="utf-8")
            )
        )
    assert read <= listed, sorted(read - listed)
    assert {name for name in listed if name.startswith("CCT_")} <= read, "réglage décrit mais jamais lu"


def test_there_are_no_packages_of_tests_and_no_two_test_files_of_one_name() -> None:
    tests = [path for path in (PROJECT / "tests").rglob("*.py") if "__pycache__" not in path.parts]
    assert [path for path in tests if path.name == "__init__.py"] == []
    names = [path.name for path in tests if path.name.startswith("test_")]
    assert len(names) == len(set(names))
