"""What every test gets: no network beyond loopback, a clean environment, small sources made on the spot."""

from __future__ import annotations

import hashlib
import os
import re
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.index.embedding import Purpose, Vectors
from ingest.settings import IngestSettings
from ingest.sources.corpus import Corpus, CorpusRevision
from ingest.sources.manifest import DeclaredDocument, Manifest, Source

PROJECT = Path(__file__).resolve().parent.parent
# Read when the file is loaded: the environment is wiped before each test.
_BUNDLES = (PROJECT / os.environ.get("CCT_TEST_BUNDLES", "../shared/corpus")).resolve()
_BUNDLE_NAMES = {"mirai": "cct-ia-socle-mirai.bundle", "pi": "cct-cloud-native.bundle"}
_WIPED = (
    "CCT_",
    "MATTERMOST_",
    "DATABASE_URL",
    "OIDC_",
    "OPENAI_",
    "LLM_",
    "RERANKER_",
    "BASE_URL",
    "API_KEY",
    "MODEL",
)
_LOOPBACK = re.compile(r"^(127(\.\d{1,3}){3}|::1|localhost|0\.0\.0\.0|::|)$")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Gives one more try to the tests that drive a real browser or a real server; the others get one (DECISIONS.md)."""
    for item in items:
        if _drives_a_server(item):
            item.add_marker(pytest.mark.flaky(reruns=1))


_TIME_LIMIT = pytest.StashKey[Any]()


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> Iterator[None]:
    """Remembers the limit of a test, for another try."""
    item.stash[_TIME_LIMIT] = settings
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Another try gets its own time limit: pytest-timeout's rings once for all, and a second try could hang for ever."""
    if getattr(item, "execution_count", 1) > 1 and _TIME_LIMIT in item.stash:
        item.config.hook.pytest_timeout_cancel_timer(item=item)
        item.config.hook.pytest_timeout_set_timer(item=item, settings=item.stash[_TIME_LIMIT])


def _drives_a_server(item: pytest.Item) -> bool:
    given = getattr(item, "callspec", None)
    return (
        item.get_closest_marker("browser") is not None
        or item.path.parent == PROJECT / "tests" / "journeys"
        or "make_fake_mattermost" in getattr(item, "fixturenames", ())
        or (given is not None and any(isinstance(v, str) and v == "postgresql" for v in given.params.values()))
    )


class NetworkForbidden(RuntimeError):
    """A test tried to leave the machine."""


def _check_host(host: object, attempts: list[str]) -> None:
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    if not _LOOPBACK.match(name):
        attempts.append(name)
        raise NetworkForbidden(f"Les tests ne sortent pas de la machine : connexion à {name!r} refusée.")


@pytest.fixture(scope="session")
def network_attempts() -> list[str]:
    """The hosts that were refused; a test that means to be refused clears it."""
    return []


@pytest.fixture(scope="session", autouse=True)
def _no_network(network_attempts: list[str]) -> Iterator[None]:
    """Connections and name look-ups stay on the loopback interface, whatever library makes them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(
                socket.socket, name, _guarded(getattr(socket.socket, name), network_attempts), raising=False
            )
        for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
            original = getattr(socket, name)

            def looked_up(host: object, *rest: object, _original=original, **named: object) -> object:
                _check_host(host, network_attempts)
                return _original(host, *rest, **named)

            patch.setattr(socket, name, looked_up)
        yield


def _guarded(original: Callable[..., object], attempts: list[str]) -> Callable[..., object]:
    def method(self: socket.socket, *arguments: object) -> object:
        address = arguments[-1]
        if isinstance(address, tuple):  # a Unix socket's address is a path
            _check_host(address[0], attempts)
        return original(self, *arguments)

    return method


@pytest.fixture(autouse=True)
def _stays_on_the_machine(network_attempts: list[str]) -> Iterator[None]:
    """A refused connection fails the test even when a library swallowed the error."""
    network_attempts.clear()
    yield
    assert not network_attempts, f"connexions refusées : {network_attempts}"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine reaches a test."""
    for name in list(os.environ):
        if name.startswith(_WIPED):
            monkeypatch.delenv(name)


class HashingEmbedder:
    """Words hashed to dimensions: deterministic, instant, alike for texts that share words."""

    def __init__(self, name: str = "hashing", dimension: int = 64) -> None:
        self.name = name
        self.dimension = dimension
        self.embedded: list[str] = []
        """Every text it was asked for, in order."""

    def embed(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        """See ingest.index.embedding.Embedder."""
        self.embedded += texts
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in [purpose, *re.findall(r"\w+", text.casefold())]:
                row[int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big") % self.dimension] += 1
            row /= np.linalg.norm(row)
        return rows


@pytest.fixture
def hashing_embedder() -> HashingEmbedder:
    """An embedder that counts what it embeds."""
    return HashingEmbedder()


@pytest.fixture
def make_hashing_embedder() -> type[HashingEmbedder]:
    """For tests that need several, or another name."""
    return HashingEmbedder


def _settings(home: Path, **values: object) -> IngestSettings:
    return IngestSettings(_env_file=None, home=home, **values)  # type: ignore[call-arg]  # pydantic-settings's own argument


@pytest.fixture
def demo_corpus(tmp_path: Path) -> Corpus:
    """The demonstration edition, with an empty data folder."""
    return Corpus(_settings(tmp_path / "home", edition="demo"))


@pytest.fixture(scope="session")
def official_bundles() -> dict[str, Path]:
    """Source → bundle of its real repository."""
    found = {source: _BUNDLES / name for source, name in _BUNDLE_NAMES.items()}
    absent = [str(path) for path in found.values() if not path.is_file()]
    if absent:
        pytest.skip(f"dépôts officiels absents : {', '.join(absent)} (dossier donné par CCT_TEST_BUNDLES)")
    return found


@pytest.fixture(scope="session")
def official_home(official_bundles: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder where both official repositories are synchronised. Read only: copy it before an ingestion."""
    home = tmp_path_factory.mktemp("officiel")
    corpus = Corpus(_settings(home))
    for source in corpus.manifest.source:
        corpus.repository(source).synchronise(str(official_bundles[source.id]))
    return home


@pytest.fixture(scope="session")
def official_corpus(official_home: Path) -> Corpus:
    """Both official sources, synchronised."""
    return Corpus(_settings(official_home, edition="official"))


Files = Mapping[str, str | bytes | None]


@dataclass
class SmallSource:
    """A git repository of a few files, the corpus folder that declares it, and a data folder."""

    folder: Path
    id: str = "essai"
    documents: list[dict[str, object]] = field(default_factory=list)

    @property
    def repository(self) -> Path:
        """The working copy that stands for the remote."""
        return self.folder / f"depot-{self.id}"

    @property
    def corpus_folder(self) -> Path:
        """The folder of manifest.toml and the question bank."""
        return self.folder / "corpus"

    @property
    def source(self) -> Source:
        """The source as the manifest declares it."""
        return Source(
            id=self.id,
            title=f"Source {self.id}",
            url=str(self.repository),
            permalink="https://forge.invalid/{commit}/{path}#L{start}-L{end}",
            document=tuple(DeclaredDocument.model_validate(d) for d in self.documents),
        )

    def git(self, *arguments: str, date: str = "2024-05-01T12:00:00+00:00") -> str:
        """Runs git in the repository, both dates of a commit set to `date`."""
        environment = {
            **os.environ,
            "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_DATE": date,
            "GIT_CONFIG_GLOBAL": os.devnull,
        }
        identity = ("-c", "user.name=Essai", "-c", "user.email=essai@exemple.invalid", "-c", "commit.gpgsign=false")
        done = subprocess.run(
            ["git", *identity, "-C", str(self.repository), *arguments],
            capture_output=True,
            check=True,
            text=True,
            env=environment,
        )
        return done.stdout.strip()

    def commit(self, files: Files, subject: str = "modification", date: str = "2024-05-01T12:00:00+00:00") -> str:
        """Writes the files (None removes one), commits, and returns the full hash."""
        if not (self.repository / ".git").is_dir():
            self.repository.mkdir(parents=True, exist_ok=True)
            self.git("init", "--quiet", "--initial-branch=main")
        for name, content in files.items():
            path = self.repository / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", subject, date=date)
        return self.git("rev-parse", "HEAD")

    def write_manifest(self, path: Path | None = None) -> Path:
        """Writes the manifest that declares this source, and returns its path."""
        path = path or self.corpus_folder / "manifest.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(manifest_text(self.source), encoding="utf-8")
        return path

    def settings(self, **values: object) -> IngestSettings:
        """Settings whose corpus is this source's and whose data folder is its own."""
        return _settings(self.folder / "home", corpus=self.corpus_folder, **values)

    def corpus(self, synchronise: bool = True, **values: object) -> Corpus:
        """The corpus of this source, its newest commits synchronised."""
        self.write_manifest()
        corpus = Corpus(self.settings(**values))
        if synchronise:
            for source in corpus.manifest.source:
                corpus.repository(source).synchronise()
        return corpus

    def newest(self, **values: object) -> tuple[Corpus, CorpusRevision]:
        """The corpus, synchronised, and this source's newest revision."""
        corpus = self.corpus(**values)
        return corpus, corpus.current(self.id)


def manifest_text(*sources: Source) -> str:
    """Sources as a manifest file writes them; JSON strings and arrays are TOML ones too."""
    import json

    lines: list[str] = []
    for source in Manifest(source=sources).source:
        plain = source.model_dump(exclude={"document"}, exclude_none=True)
        lines += ["[[source]]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in plain.items())]
        for document in source.document:
            values = document.model_dump().items()
            lines += ["[[source.document]]", *(f"{key} = {json.dumps(v, ensure_ascii=False)}" for key, v in values)]
    return "\n".join(lines) + "\n"


_ROLES = {"exigences.md": "requirements", "guide.md": "guide", "glossaire.md": "glossary", "normes.md": "norms"}


@pytest.fixture
def small_source(tmp_path: Path) -> Callable[..., SmallSource]:
    """Makes a source: small_source({"exigences.md": "…"}, source_id="essai"); roles follow the usual file names."""

    def make(
        files: Files | None = None, source_id: str = "essai", documents: list[dict[str, object]] | None = None
    ) -> SmallSource:
        declared = documents or [
            {"path": name, "role": _ROLES[name], "title": name.removesuffix(".md").title()}
            for name in (files or {"exigences.md": ""})
            if name in _ROLES
        ]
        made = SmallSource(tmp_path, source_id, declared)
        if files:
            made.commit(files, "version initiale")
        return made

    return make


def requirement_table(*rows: Sequence[str]) -> str:
    """A requirement table of four columns as the documents print it."""
    lines = ["| ID | Type | Exigence | Catégorisation |", "| --- | --- | --- | --- |"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


@pytest.fixture(name="requirement_table")
def _requirement_table() -> Callable[..., str]:
    """requirement_table(("EXI-G-1", "P", "texte", "catégorie"), …) → Markdown, first requirement at line 3."""
    return requirement_table
