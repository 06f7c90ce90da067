"""The list of sources: what it accepts, what it refuses, and how an operator extends it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import ManifestError
from ingest.passage import Lines
from ingest.settings import packaged_corpus
from ingest.sources.corpus import Corpus
from ingest.sources.manifest import Source, load_manifest

GOOD = """
[[source]]
id = "essai"
title = "Essai"
url = "https://forge.invalid/essai.git"
[[source.document]]
path = "exigences.md"
role = "requirements"
title = "Exigences"
"""


def _written(tmp_path: Path, text: str, name: str = "manifest.toml") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_packaged_manifest_declares_both_official_sources() -> None:
    manifest = load_manifest(packaged_corpus() / "manifest.toml")
    assert [s.id for s in manifest.source] == ["mirai", "pi"]
    for source in manifest.source:
        assert {d.role for d in source.document} == {"readme", "guide", "requirements", "norms", "glossary"}
        assert source.url.startswith("https://github.com/")


def test_every_document_of_the_demonstration_edition_is_declared_and_present() -> None:
    corpus = packaged_corpus()
    for source in load_manifest(corpus / "manifest.toml").source:
        folder = corpus / str(source.demonstration)
        assert {p.name for p in folder.iterdir()} == {d.path for d in source.document}


def test_defaults_are_those_of_a_small_source(tmp_path: Path) -> None:
    source = load_manifest(_written(tmp_path, GOOD)).get("essai")
    assert (source.branch, source.permalink, source.demonstration, source.document[0].previous) == (
        "main",
        "",
        None,
        (),
    )
    assert source.link("abc", "exigences.md", Lines(1, 2)) is None


def test_a_link_names_commit_path_and_lines(tmp_path: Path) -> None:
    text = GOOD.replace('title = "Essai"', 'title = "Essai"\npermalink = "https://f/{commit}/{path}#L{start}-L{end}"')
    source = load_manifest(_written(tmp_path, text)).get("essai")
    assert source.link("abc", "un dossier/é.md", Lines(3, 5)) == "https://f/abc/un%20dossier/%C3%A9.md#L3-L5"


def test_a_document_is_known_by_its_former_names(tmp_path: Path) -> None:
    text = GOOD.replace('path = "exigences.md"', 'path = "exigences.md"\nprevious = ["exigence.md", "vieux.md"]')
    source = load_manifest(_written(tmp_path, text)).get("essai")
    assert source.document[0].names == ("exigences.md", "exigence.md", "vieux.md")
    assert source.declared("vieux.md") is source.document[0]
    assert source.declared("autre.md") is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("id =", "idd ="), "source.0.id"),
        (('id = "essai"', 'id = "Essai"'), "source.0.id"),
        (('id = "essai"', 'id = "../x"'), "source.0.id"),
        (('role = "requirements"', 'role = "exigences"'), "source.0.document.0.role"),
        (('title = "Essai"', 'title = "Essai"\ncouleur = "bleu"'), "source.0.couleur"),
        (('title = "Essai"', 'title = "Essai"\npermalink = "https://f/{commit}/{ligne}"'), "ligne"),
        (('title = "Essai"', 'title = "Essai"\npermalink = "https://f/{}"'), "permalink"),
        (('title = "Essai"', 'title = "Essai"\ndemonstration_date = "demain"'), "demonstration_date"),
        (("[[source.document]]", "[source.autre]"), "source.0"),
        (("[[source]]", "[[sources]]"), "source"),
        (("[[source]]", "[[source"), "TOML"),
    ],
)
def test_an_impossible_manifest_says_which_file_and_which_field(
    tmp_path: Path, change: tuple[str, str], says: str
) -> None:
    path = _written(tmp_path, GOOD.replace(*change, 1))
    with pytest.raises(ManifestError, match=re.escape(says)) as caught:
        load_manifest(path)
    assert str(path) in caught.value.message
    assert caught.value.remedy
    assert caught.value.exit_code == 2


def test_a_missing_manifest_names_the_settings_to_check(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="CCT_MANIFEST"):
        load_manifest(tmp_path / "absent.toml")


def test_a_manifest_that_is_no_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "manifest.toml"
    path.write_bytes(GOOD.replace("Essai", "Éssai").encode("latin-1"))
    with pytest.raises(ManifestError, match="TOML"):
        load_manifest(path)


def test_a_source_declared_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="deux fois : essai"):
        load_manifest(_written(tmp_path, GOOD + GOOD))


def test_an_unknown_source_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"'autre'.*essai"):
        load_manifest(_written(tmp_path, GOOD)).get("autre")


def test_a_second_manifest_adds_and_replaces_sources(tmp_path: Path) -> None:
    second = GOOD.replace('"essai"', '"ajout"') + GOOD.replace("forge.invalid", "miroir.invalid")
    manifest = load_manifest(_written(tmp_path, GOOD), _written(tmp_path, second, "operateur.toml"))
    assert [(s.id, s.url.split("/")[2]) for s in manifest.source] == [
        ("ajout", "forge.invalid"),
        ("essai", "miroir.invalid"),
    ]


def test_a_wrong_second_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"operateur\.toml"):
        load_manifest(_written(tmp_path, GOOD), tmp_path / "operateur.toml")


def test_an_operator_adds_a_source_without_code(
    small_source: Callable[..., Any], requirement_table: Callable[..., str], tmp_path: Path
) -> None:
    first = small_source({"exigences.md": requirement_table(("EXI-G-1", "P", "un", "c"))})
    other = small_source({"exigences.md": requirement_table(("EXI-G-1", "I", "autre", "c"))}, source_id="ajout")
    operator: Path = other.write_manifest(tmp_path / "operateur.toml")
    corpus: Corpus = first.corpus(manifest=operator)
    found = [(item.key, item.passage.priority) for revision in corpus.newest() for item in corpus.located(revision)]
    assert found == [("essai:EXI-G-1", "P"), ("ajout:EXI-G-1", "I")]


@pytest.mark.parametrize(
    "pattern", ["https://f/{commit", "https://f/commit}", "https://f/{path.nom}", "https://f/{path!z}"]
)
def test_a_permalink_that_cannot_be_filled_is_refused(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(ManifestError):
        load_manifest(
            _written(tmp_path, GOOD.replace('title = "Essai"', f'title = "Essai"\npermalink = "{pattern}"'))
        )


def test_a_document_declared_twice_is_refused(tmp_path: Path) -> None:
    document = GOOD[GOOD.index("[[source.document]]") :]
    with pytest.raises(ManifestError):
        load_manifest(_written(tmp_path, GOOD + document))


def test_a_source_is_frozen() -> None:
    source = Source.model_validate(
        {"id": "a", "title": "A", "url": "u", "document": [{"path": "p", "role": "guide", "title": "t"}]}
    )
    with pytest.raises(ValueError, match="frozen"):
        source.title = "B"  # type: ignore[misc]  # what the test is about
