"""Cloning, fetching and reading repositories, and what is said when that fails."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import DocumentError, IngestError, RepositoryError, RevisionNotFound
from ingest.sources.corpus import Corpus
from ingest.sources.manifest import Source
from ingest.sources.repositories import Repository
from tests.reserved_ports import reserved_port

SmallSource = Any  # made by the small_source fixture
Make = Callable[..., SmallSource]
FILES = {"exigences.md": "| EXI-G-1 | P | un | c |\n"}


@pytest.fixture
def history(small_source: Make) -> SmallSource:
    """Three commits, one of which changes no declared document."""
    source = small_source(FILES)
    source.commit({"image.txt": "x"}, "une image", "2024-05-10T12:00:00+00:00")
    source.commit({"exigences.md": "| EXI-G-1 | P | deux | c |\n"}, "réécriture", "2024-06-23T12:00:00+00:00")
    return source


def _repository(source: SmallSource, folder: Path) -> Repository:
    return Repository(source.source, folder / "sources")


def test_a_first_synchronisation_clones(history: SmallSource, tmp_path: Path) -> None:
    repository = _repository(history, tmp_path)
    assert not repository.exists
    revision = repository.synchronise()
    assert repository.exists
    assert (revision.source, revision.date, revision.subject) == ("essai", "2024-06-23", "réécriture")
    assert revision.commit == history.git("rev-parse", "HEAD")
    assert not list((tmp_path / "sources").glob(".*"))


def test_a_bundle_stands_for_a_repository(history: SmallSource, tmp_path: Path) -> None:
    bundle = tmp_path / "essai.bundle"
    history.git("bundle", "create", str(bundle), "main")
    assert _repository(history, tmp_path).synchronise(str(bundle)).subject == "réécriture"


def test_a_relative_path_stands_for_a_repository(
    history: SmallSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(history.folder)
    repository = _repository(history, tmp_path)
    assert repository.synchronise("depot-essai").subject == "réécriture"
    assert repository.synchronise("./depot-essai").subject == "réécriture"


def test_a_later_synchronisation_fetches_new_commits(history: SmallSource, tmp_path: Path) -> None:
    repository = _repository(history, tmp_path)
    before = repository.synchronise()
    assert repository.synchronise() == before
    commit = history.commit({"exigences.md": "trois\n"}, "ajout", "2024-07-01T12:00:00+00:00")
    assert repository.synchronise().commit == commit


def test_a_rewritten_history_is_followed(history: SmallSource, tmp_path: Path) -> None:
    repository = _repository(history, tmp_path)
    repository.synchronise()
    history.git("reset", "--quiet", "--hard", "HEAD~2")
    commit = history.commit({"exigences.md": "autre\n"}, "réécrit")
    assert repository.synchronise().commit == commit


def test_a_failed_fetch_leaves_the_former_state(history: SmallSource, tmp_path: Path) -> None:
    repository = _repository(history, tmp_path)
    revision = repository.synchronise()
    with pytest.raises(RepositoryError):
        repository.synchronise(str(tmp_path / "absent"))
    assert repository.resolve("main") == revision


@pytest.mark.parametrize("known", [False, True], ids=["clone", "fetch"])
def test_a_path_that_leads_nowhere_is_named(history: SmallSource, tmp_path: Path, known: bool) -> None:
    repository = _repository(history, tmp_path)
    if known:
        repository.synchronise()
    with pytest.raises(RepositoryError, match=r"rien à l'emplacement .*absent") as caught:
        repository.synchronise(str(tmp_path / "absent"))
    assert "bundle" in caught.value.remedy


def test_a_fetch_that_fails_names_the_address_that_was_given_and_gits_reason(
    history: SmallSource, tmp_path: Path
) -> None:
    repository = _repository(history, tmp_path)
    repository.synchronise()
    other = tmp_path / "dossier-sans-git"
    other.mkdir()
    with pytest.raises(RepositoryError, match=r"dossier-sans-git : fatal: .*[^.]\.$"):
        repository.synchronise(str(other))


def test_an_empty_repository_is_refused_and_leaves_nothing(small_source: Make, tmp_path: Path) -> None:
    source = small_source()
    source.repository.mkdir()
    source.git("init", "--quiet")
    repository = _repository(source, tmp_path)
    with pytest.raises(RepositoryError, match="vide"):
        repository.synchronise()
    assert not list((tmp_path / "sources").iterdir())


def test_a_branch_that_does_not_exist_is_refused(history: SmallSource, tmp_path: Path) -> None:
    history.git("branch", "-m", "principale")
    with pytest.raises(RepositoryError, match="'main'"):
        _repository(history, tmp_path).synchronise()


def test_an_address_that_refuses_is_an_error_with_its_remedy(history: SmallSource, tmp_path: Path) -> None:
    with reserved_port() as port, pytest.raises(RepositoryError, match=f"127.0.0.1:{port}") as caught:
        _repository(history, tmp_path).synchronise(f"http://127.0.0.1:{port}/cct.git", timeout=120)
    assert "--from" in caught.value.remedy


@pytest.fixture
def silent_server() -> Iterator[str]:
    """A server that accepts connections and never says a word."""
    kept: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    kept.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/cct.git"
        for connection in kept:
            connection.close()
        server.shutdown(socket.SHUT_RDWR)


def test_a_server_that_never_answers_is_given_up(history: SmallSource, tmp_path: Path, silent_server: str) -> None:
    began = time.monotonic()
    with pytest.raises(RepositoryError, match=r"Pas de réponse de .* en 0\.5 s"):
        _repository(history, tmp_path).synchronise(silent_server, timeout=0.5)
    assert time.monotonic() - began < 120
    assert not list((tmp_path / "sources").iterdir())


def test_missing_git_is_said(history: SmallSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RepositoryError, match="git est introuvable"):
        _repository(history, tmp_path).synchronise()


def test_a_folder_that_cannot_be_written_is_said(history: SmallSource, tmp_path: Path) -> None:
    (tmp_path / "sources").write_text("un fichier à la place du dossier")
    with pytest.raises(RepositoryError, match="Écriture impossible"):
        _repository(history, tmp_path).synchronise()


def test_git_settings_of_the_environment_do_not_matter(
    history: SmallSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "ailleurs"))
    assert _repository(history, tmp_path).synchronise().subject == "réécriture"


def test_a_source_that_was_never_synchronised_says_how_to(history: SmallSource, tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match=r"cct sync --from essai=CHEMIN"):
        _repository(history, tmp_path).resolve("main")


def test_a_revision_is_found_by_hash_branch_and_date(history: SmallSource, tmp_path: Path) -> None:
    repository = _repository(history, tmp_path)
    newest = repository.synchronise()
    oldest = repository.revisions()[0]
    for wanted in (
        newest.commit,
        newest.commit[:7],
        newest.commit[:7].upper(),
        "main",
        "2024-06-23",
        "2025-01-01",
        "2024-06",
    ):
        assert repository.resolve(wanted) == newest, wanted
    for wanted in (oldest.commit, "2024-05-01", "2024-05-09"):
        assert repository.resolve(wanted) == oldest, wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        " ",
        "0" * 40,
        "deadbeef",
        "inconnue",
        "2020-01-01",
        "2020-01",
        "2024-13-01",
        "--all",
        "-1",
        "main..main",
        "main; ls",
        "HEAD^{tree}",
        "a b",
    ],
)
def test_an_unknown_revision_is_not_found(history: SmallSource, tmp_path: Path, wanted: str) -> None:
    repository = _repository(history, tmp_path)
    repository.synchronise()
    with pytest.raises(RevisionNotFound, match="introuvable") as caught:
        repository.resolve(wanted)
    assert caught.value.exit_code == 3


def test_the_history_holds_the_commits_that_change_a_declared_document(history: SmallSource, tmp_path: Path) -> None:
    repository = _repository(history, tmp_path)
    repository.synchronise()
    assert [r.subject for r in repository.revisions()] == ["version initiale", "réécriture"]


def test_files_and_contents_are_those_of_the_commit(history: SmallSource, tmp_path: Path) -> None:
    repository = _repository(history, tmp_path)
    repository.synchronise()
    first = repository.revisions()[0].commit
    assert set(repository.files(first)) == {"exigences.md"}
    assert set(repository.files("main")) == {"exigences.md", "image.txt"}
    assert repository.read(repository.files(first)["exigences.md"]).decode() == FILES["exigences.md"]


def test_names_with_spaces_and_accents_are_whole(small_source: Make, tmp_path: Path) -> None:
    source = small_source({**FILES, "un dossier/Éléments (béta).pdf": b"%PDF"})
    repository = _repository(source, tmp_path)
    repository.synchronise()
    assert repository.read(repository.files("main")["un dossier/Éléments (béta).pdf"]) == b"%PDF"


def test_a_document_is_followed_through_its_former_names(small_source: Make) -> None:
    declared = [{"path": "exigences.md", "previous": ["exigence.md"], "role": "requirements", "title": "E"}]
    source = small_source({"exigence.md": "| EXI-G-1 | P | un | c |\n"}, documents=declared)
    source.commit(
        {"exigence.md": None, "exigences.md": "| EXI-G-1 | P | deux | c |\n"},
        "renommage",
        "2024-06-01T00:00:00+00:00",
    )
    corpus: Corpus = source.corpus()
    history = corpus.history("essai")
    assert [corpus.documents(r)[0].path for r in history] == ["exigence.md", "exigences.md"]
    assert [item.passage.text for r in history for item in corpus.located(r)] == ["un", "deux"]


def test_a_missing_document_is_listed_and_the_others_are_read(small_source: Make) -> None:
    source = small_source({**FILES, "guide.md": "Un guide.\n"})
    source.commit({"guide.md": None}, "sans guide", "2024-06-01T00:00:00+00:00")
    corpus, revision = source.newest()
    assert [d.path for d in corpus.documents(revision)] == ["exigences.md"]
    assert corpus.missing_documents(revision) == ["guide.md"]


def test_a_revision_without_any_declared_document_is_an_error(small_source: Make) -> None:
    source = small_source(FILES)
    commit = source.commit({"exigences.md": None, "autre.md": "x"}, "tout déplacé", "2024-06-01T00:00:00+00:00")
    corpus, revision = source.newest()
    with pytest.raises(DocumentError, match=r"exigences\.md") as caught:
        corpus.documents(revision)
    assert commit[:7] in caught.value.message


def test_broken_utf8_is_reported_with_its_line(small_source: Make) -> None:
    source = small_source({"exigences.md": "première\nsecond\n".encode() + b"troisi\xe8me ligne\n"})
    corpus, revision = source.newest()
    with pytest.raises(DocumentError, match=r"exigences\.md .*ligne 3, octet 0xe8"):
        list(corpus.located(revision))


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(small_source: Make) -> None:
    text = "# Titre\n\nUn paragraphe.\n"
    source = small_source({"guide.md": b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()})
    corpus, revision = source.newest()
    (document,) = corpus.documents(revision)
    assert corpus.text(revision, document) == text
    assert [(i.passage.text, i.passage.lines.start, i.passage.title) for i in corpus.located(revision)] == [
        ("Un paragraphe.", 3, "Titre")
    ]


def test_located_passages_name_source_document_and_commit(small_source: Make) -> None:
    source = small_source({**FILES, "guide.md": "Un guide.\n"})
    corpus, revision = source.newest()
    located = list(corpus.located(revision))
    assert [(i.source, i.document, i.commit, i.key.split(":")[1][:1]) for i in located] == [
        ("essai", "exigences.md", revision.commit, "E"),
        ("essai", "guide.md", revision.commit, "~"),
    ]


def test_the_demonstration_edition_answers_until_a_source_is_synchronised(demo_corpus: Corpus) -> None:
    revisions = demo_corpus.newest()
    assert [(r.source.id, r.official, r.commit[:5]) for r in revisions] == [
        ("mirai", False, "demo-"),
        ("pi", False, "demo-"),
    ]
    assert demo_corpus.current("pi") == revisions[1]
    assert all(item.commit is None for item in demo_corpus.located(revisions[0]))


def test_the_official_edition_is_not_replaced_by_the_demonstration(small_source: Make) -> None:
    corpus = small_source(FILES).corpus(synchronise=False, edition="official")
    with pytest.raises(RepositoryError, match="pas synchronisée"):
        corpus.newest()


def test_a_source_neither_synchronised_nor_demonstrated_says_what_to_do(small_source: Make) -> None:
    corpus = small_source(FILES).corpus(synchronise=False)
    with pytest.raises(IngestError, match="cct sync"):
        corpus.newest()


def test_only_synchronised_sources_answer_once_one_is(small_source: Make, tmp_path: Path) -> None:
    first, other = small_source(FILES), small_source(FILES, source_id="ajout")
    corpus: Corpus = first.corpus(synchronise=False, manifest=other.write_manifest(tmp_path / "op.toml"))
    corpus.repository(corpus.manifest.get("ajout")).synchronise()
    assert [r.source.id for r in corpus.newest()] == ["ajout"]
    with pytest.raises(IngestError, match="cct sync essai"):
        corpus.current("essai")


def test_other_formats_are_listed_when_they_are_asked_for(small_source: Make) -> None:
    source = small_source({**FILES, "b.ods": b"x", "a.PDF": b"x", "archives/c.pdf": b"x", "d.png": b"x"})
    corpus, revision = source.newest(extra_formats=True)
    assert [(d.path, d.role) for d in corpus.documents(revision)] == [
        ("exigences.md", "requirements"),
        ("a.PDF", "other"),
        ("b.ods", "other"),
    ]
    plain, same = source.newest()
    assert [d.path for d in plain.documents(same)] == ["exigences.md"]


@pytest.mark.official
def test_the_official_bundles_are_whole(official_corpus: Corpus) -> None:
    revisions = {r.source.id: r for r in official_corpus.newest()}
    assert revisions["mirai"].commit.startswith("ded3bf3")
    assert revisions["pi"].commit.startswith("bb6bc70")
    for revision in revisions.values():
        assert not official_corpus.missing_documents(revision)
    assert official_corpus.revision("pi", "2024-05-26").date == "2024-05-26"


def test_missing_git_is_said_when_a_revision_is_looked_for(
    history: SmallSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = _repository(history, tmp_path)
    repository.synchronise()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RepositoryError, match="git est introuvable"):
        repository.resolve("main")


def test_a_month_ends_on_its_last_day(small_source: Make, tmp_path: Path) -> None:
    source = small_source()
    source.commit(FILES, "février", "2024-02-10T12:00:00+00:00")
    source.commit({"exigences.md": "x\n"}, "mars", "2024-03-01T12:00:00+00:00")
    repository = _repository(source, tmp_path)
    repository.synchronise()
    assert repository.resolve("2024-02").subject == "février"


@pytest.mark.parametrize("wanted", ["2024-06-45", "2024-99"])
def test_an_impossible_date_is_not_found(history: SmallSource, tmp_path: Path, wanted: str) -> None:
    repository = _repository(history, tmp_path)
    repository.synchronise()
    with pytest.raises(RevisionNotFound):
        repository.resolve(wanted)


def test_a_revision_is_found_by_the_date_that_is_shown_for_it(small_source: Make, tmp_path: Path) -> None:
    source = small_source()
    source.commit(FILES, "la veille", "2024-05-26T12:00:00+02:00")
    source.commit({"exigences.md": "x\n"}, "après minuit à Paris", "2024-05-27T00:30:00+02:00")
    repository = _repository(source, tmp_path)
    assert repository.synchronise().date == "2024-05-27"
    assert repository.resolve("2024-05-26").subject == "la veille"


def test_any_subject_is_read_whole(small_source: Make, tmp_path: Path) -> None:
    source = small_source()
    source.commit(FILES, "maj\u2028exigences")
    repository = _repository(source, tmp_path)
    repository.synchronise()
    assert [len(r.commit) for r in repository.revisions()] == [40]


def test_the_source_of_a_repository_is_the_manifests(history: SmallSource, tmp_path: Path) -> None:
    source: Source = history.source
    assert Repository(source, tmp_path).path == tmp_path / "essai.git"
