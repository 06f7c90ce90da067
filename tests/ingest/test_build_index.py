"""Documents → index: what is in it, what is kept from one ingestion to the next, and what is refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from ingest.errors import (
    DocumentError,
    EmbeddingError,
    IndexBusy,
    IndexMismatch,
    IndexMissing,
)
from ingest.index.build_index import build_index, open_index
from ingest.index.embedding import Purpose, Vectors
from ingest.index.generations import live_generation
from ingest.index.registry import Registry
from ingest.index.vector_store import vector_key
from ingest.question_bank import BankError
from ingest.sources.corpus import Corpus
from tests.indexed_source import (
    ROWS,
    Make,
    SmallSource,
    Table,
    edit,
    generations,
    index_folder,
    ingest,
    opened,
    served,
)


def test_the_index_holds_passages_texts_vectors_and_questions(source: SmallSource, hashing_embedder: Any) -> None:
    report = ingest(source, hashing_embedder)
    assert (report.passages, report.documents_read, report.unreadable, report.missing_documents) == (3, 1, (), ())
    # the two sentences of the first row, the two other rows, two questions
    assert report.embedded == len(hashing_embedder.embedded) == 6
    with opened(source) as (registry, store):
        (revision,) = registry.revisions()
        assert (revision.source, revision.official, revision.served, revision.subject) == (
            "essai",
            True,
            True,
            "version initiale",
        )
        located = registry.passages("essai", revision.commit)
        assert [(i.key, i.document, i.commit, i.passage.lines.start) for i in located] == [
            (f"essai:EXI-G-{n}", "exigences.md", revision.commit, n + 2) for n in (1, 2, 3)
        ]
        assert registry.text("essai", revision.commit, "exigences.md").split("\n")[4].startswith("| EXI-G-3 |")
        assert store.count() == 6
        text = "Les journaux applicatifs sont conservés douze mois"
        expected = hashing_embedder.embed([text], "passage")
        np.testing.assert_allclose(store.get([vector_key(text, "passage")]), expected, atol=1e-6)
        assert not store.missing([vector_key("qui chiffre ?", "query")])
        assert store.missing([vector_key("qui chiffre ?", "passage")])


def test_what_was_read_is_exactly_what_is_given_back(source: SmallSource, hashing_embedder: Any) -> None:
    corpus: Corpus = source.corpus()
    build_index(corpus, hashing_embedder, corpus.newest())
    expected = list(corpus.located(corpus.current("essai")))
    with opened(source) as (registry, _):
        assert registry.passages("essai", corpus.current("essai").commit) == expected


def test_prose_is_split_by_the_french_model_and_indexed(small_source: Make, hashing_embedder: Any) -> None:
    made = small_source(
        {"guide.md": "# Guide\n\nLe titulaire chiffre les données (art. 12). Il conserve les clés chez lui.\n"}
    )
    ingest(made, hashing_embedder)
    with opened(made) as (registry, _):
        (item,) = registry.passages("essai", made.git("rev-parse", "HEAD"))
        assert item.passage.sentences == (
            "Le titulaire chiffre les données (art. 12).",
            "Il conserve les clés chez lui.",
        )


def test_ingesting_again_reads_and_embeds_nothing(source: SmallSource, make_hashing_embedder: Any) -> None:
    ingest(source, make_hashing_embedder())
    before = served(source)
    second = make_hashing_embedder()
    report = ingest(source, second)
    assert (report.embedded, report.documents_read, report.passages, second.embedded) == (0, 0, 3, [])
    assert served(source) == before


def test_one_changed_row_embeds_that_row_only(
    source: SmallSource, make_hashing_embedder: Any, requirement_table: Table
) -> None:
    ingest(source, make_hashing_embedder())
    commit = edit(source, requirement_table)
    second = make_hashing_embedder()
    report = ingest(source, second)
    assert second.embedded == ["L'application utilise le SSO Agent ou FranceConnect"]
    assert (report.embedded, report.documents_read) == (1, 1)
    assert served(source)[0] == commit


def test_a_renumbered_row_embeds_nothing(
    source: SmallSource, make_hashing_embedder: Any, requirement_table: Table
) -> None:
    ingest(source, make_hashing_embedder())
    source.commit(
        {"exigences.md": requirement_table(*[(f"EXI-ARCH-{n}", *row[1:]) for n, row in enumerate(ROWS)])},
        date="2024-06-01T12:00:00+00:00",
    )
    second = make_hashing_embedder()
    assert ingest(source, second).embedded == 0
    assert second.embedded == []


def test_a_new_question_embeds_that_question_only(source: SmallSource, make_hashing_embedder: Any) -> None:
    ingest(source, make_hashing_embedder())
    (source.corpus_folder / "questions" / "ajout.jsonl").write_text(
        '{"id": "2", "questions": ["et le SSO ?"]}\n', encoding="utf-8"
    )
    second = make_hashing_embedder()
    ingest(source, second)
    assert second.embedded == ["et le SSO ?"]
    with opened(source) as (registry, _):
        assert registry.stamp()["bank"]


def test_other_revisions_are_indexed_and_do_not_answer(
    source: SmallSource, hashing_embedder: Any, requirement_table: Table
) -> None:
    oldest = source.git("rev-parse", "HEAD")
    newest = edit(source, requirement_table)
    corpus: Corpus = source.corpus()
    report = build_index(corpus, hashing_embedder, corpus.newest(), corpus.history("essai"))
    assert [r.commit for r in report.revisions] == [newest]
    assert report.documents_read == 2
    with opened(source) as (registry, _):
        assert [(r.commit, r.served) for r in registry.revisions()] == [(oldest, False), (newest, True)]
        assert registry.passages("essai", oldest)[2].passage.text == "L'application utilise le SSO Agent"


def test_a_lost_mirror_is_made_again_for_every_revision_that_is_kept(
    source: SmallSource, hashing_embedder: Any, requirement_table: Table
) -> None:
    oldest = source.git("rev-parse", "HEAD")
    ingest(source, hashing_embedder)
    edit(source, requirement_table)
    ingest(source, hashing_embedder)
    live = live_generation(index_folder(source))
    assert live is not None
    shutil.rmtree(live / "mirror")  # an index made before mirrors, or a damaged one
    ingest(source, hashing_embedder)
    with opened(source) as (registry, store):
        assert registry.passages("essai", oldest)[2].passage.text == "L'application utilise le SSO Agent"
        assert store.missing([vector_key("L'application utilise le SSO Agent", "passage")]) == []


def test_a_document_that_revisions_share_is_read_once(source: SmallSource, hashing_embedder: Any) -> None:
    for n in range(3):
        source.commit({"autre.txt": str(n)}, f"sans rapport {n}", "2024-06-01T12:00:00+00:00")
    corpus: Corpus = source.corpus()
    others = [corpus.revision("essai", source.git("rev-parse", f"HEAD~{n}")) for n in (0, 1, 2, 3)]
    report = build_index(corpus, hashing_embedder, corpus.newest(), others)
    assert report.documents_read == 1
    assert report.passages == 4 * 3


def test_unreadable_rows_and_missing_documents_are_in_the_report(
    small_source: Make, requirement_table: Table, hashing_embedder: Any
) -> None:
    made = small_source(
        {"exigences.md": requirement_table(*ROWS, ("EXI-?", "P", "x", "c")), "guide.md": "| a |\n| - |\n| b |\n"}
    )
    made.commit({"guide.md": None}, "sans guide", "2024-06-01T12:00:00+00:00")
    report = ingest(made, hashing_embedder)
    assert [(s, d, row.line, row.reason) for s, d, row in report.unreadable] == [
        ("essai", "exigences.md", 6, "identifiant non reconnu")
    ]
    assert report.missing_documents == (("essai", "guide.md"),)


def test_progress_goes_from_nothing_to_everything(source: SmallSource, hashing_embedder: Any) -> None:
    steps: list[tuple[str, int, int]] = []
    corpus: Corpus = source.corpus()
    build_index(corpus, hashing_embedder, corpus.newest(), progress=lambda *step: steps.append(step))
    assert steps[:2] == [("Lecture des documents", 0, 1), ("Lecture des documents", 1, 1)]
    assert steps[-1] == ("Calcul des vecteurs", 6, 6)


def test_the_demonstration_makes_room_for_the_official_edition(
    small_source: Make, requirement_table: Table, hashing_embedder: Any
) -> None:
    made = small_source({"exigences.md": requirement_table(*ROWS)})
    demonstration = made.corpus_folder / "demo" / "essai"
    demonstration.mkdir(parents=True)
    (demonstration / "exigences.md").write_text(
        requirement_table(("EXI-G-1", "I", "démonstration", "c")), encoding="utf-8"
    )
    manifest = made.write_manifest()
    manifest.write_text(
        manifest.read_text().replace('branch = "main"', 'branch = "main"\ndemonstration = "demo/essai"')
    )
    corpus = Corpus(made.settings())
    build_index(corpus, hashing_embedder, corpus.newest())
    with opened(made) as (registry, _):
        assert [(r.official, r.commit[:5]) for r in registry.revisions()] == [(False, "demo-")]
    corpus.repository(corpus.manifest.get("essai")).synchronise()
    build_index(corpus, hashing_embedder, corpus.newest())
    with opened(made) as (registry, _):
        assert [r.official for r in registry.revisions()] == [True]


def test_other_formats_are_indexed_with_their_place(
    small_source: Make, requirement_table: Table, hashing_embedder: Any
) -> None:
    page = b"<html><body><h1>Titre</h1><p>Le titulaire chiffre ses donn\xc3\xa9es.</p></body></html>"
    made = small_source({"exigences.md": requirement_table(*ROWS), "annexe.html": page})
    ingest(made, hashing_embedder, extra_formats=True)
    commit = made.git("rev-parse", "HEAD")
    with opened(made) as (registry, _):
        assert [d.path for d in registry.documents("essai", commit)] == ["exigences.md", "annexe.html"]
        (annex,) = [i for i in registry.passages("essai", commit) if i.document == "annexe.html"]
        line = registry.text("essai", commit, "annexe.html").split("\n")[annex.passage.lines.start - 1]
        assert "Le titulaire chiffre ses données." in line


# Refusals.


def test_without_index_the_remedy_is_to_ingest(source: SmallSource) -> None:
    with pytest.raises(IndexMissing, match="cct ingest"):
        open_index(index_folder(source), "hashing")


def test_an_index_of_another_embedder_is_refused_with_both_names(source: SmallSource, hashing_embedder: Any) -> None:
    ingest(source, hashing_embedder)
    with pytest.raises(IndexMismatch, match=r"'hashing'.*'autre'.*CCT_EMBEDDING"):
        open_index(index_folder(source), "autre")


def test_an_index_of_another_format_is_refused_and_read_again_with_its_vectors(
    source: SmallSource, hashing_embedder: Any, make_hashing_embedder: Any
) -> None:
    ingest(source, hashing_embedder)
    live = live_generation(index_folder(source))
    assert live is not None
    registry = Registry(live / "registry.sqlite")
    registry.write_stamp({**registry.stamp(), "format": "0"})
    registry.close()
    with pytest.raises(IndexMismatch, match=r"autre version.*cct ingest"):
        open_index(index_folder(source), "hashing")
    report = ingest(source, make_hashing_embedder())
    assert (report.documents_read, report.embedded) == (1, 0)
    assert len(served(source)[1]) == 3


def test_another_embedder_makes_every_vector_again(
    source: SmallSource, hashing_embedder: Any, make_hashing_embedder: Any
) -> None:
    ingest(source, hashing_embedder)
    other = make_hashing_embedder("autre", dimension=16)
    assert ingest(source, other).embedded == 6
    with opened(source, "autre") as (_, store):
        assert store.get([vector_key("qui chiffre ?", "query")]).shape == (1, 16)


class _Failing:
    """An embedder that fails, or does something, when it is called."""

    name = "hashing"

    def __init__(self, action: Callable[[], None]) -> None:
        self.action = action

    def embed(self, texts: Sequence[str], purpose: Purpose) -> Vectors:  # the interface's names
        self.action()
        return np.ones((len(texts), 64), dtype=np.float32) / 8


def _raise(error: Exception) -> None:
    raise error


def test_a_failed_embedding_leaves_the_former_index_live(
    source: SmallSource, hashing_embedder: Any, requirement_table: Table
) -> None:
    ingest(source, hashing_embedder)
    before = served(source)
    edit(source, requirement_table)
    with pytest.raises(EmbeddingError):
        ingest(source, _Failing(lambda: _raise(EmbeddingError("panne"))))
    assert served(source) == before
    assert len(generations(source)) == 1


def test_an_unreadable_document_leaves_the_former_index_live(source: SmallSource, hashing_embedder: Any) -> None:
    ingest(source, hashing_embedder)
    before = served(source)
    source.commit({"exigences.md": b"\xe8"}, "cass\xe9", "2024-06-01T12:00:00+00:00")
    with pytest.raises(DocumentError, match="ligne 1"):
        ingest(source, hashing_embedder)
    assert served(source) == before
    assert len(generations(source)) == 1


def test_a_wrong_bank_leaves_the_former_index_live(source: SmallSource, hashing_embedder: Any) -> None:
    ingest(source, hashing_embedder)
    before = served(source)
    (source.corpus_folder / "questions" / "faux.jsonl").write_text("faux\n")
    with pytest.raises(BankError, match=r"faux\.jsonl, ligne 1"):
        ingest(source, hashing_embedder)
    assert served(source) == before


def test_a_second_ingestion_at_the_same_time_is_refused(source: SmallSource, hashing_embedder: Any) -> None:
    refused: list[IndexBusy] = []

    def ingest_too() -> None:
        with pytest.raises(IndexBusy, match="en cours") as caught:
            ingest(source, hashing_embedder)
        refused.append(caught.value)

    ingest(source, _Failing(ingest_too))
    assert refused
    assert len(served(source)[1]) == 3


def test_reading_goes_on_during_an_ingestion(
    source: SmallSource, hashing_embedder: Any, requirement_table: Table
) -> None:
    ingest(source, hashing_embedder)
    before = served(source)
    after = edit(source, requirement_table)
    seen: list[tuple[str, list[str]]] = []
    ingest(source, _Failing(lambda: seen.append(served(source))))
    assert seen == [before]
    assert served(source)[0] == after


def test_two_generations_at_most_are_kept(
    source: SmallSource, hashing_embedder: Any, requirement_table: Table
) -> None:
    live = []
    for n in range(4):
        edit(source, requirement_table, f"Texte numéro {n}")
        ingest(source, hashing_embedder)
        live.append(live_generation(index_folder(source)))
    assert generations(source) == live[-2:]
    assert [p.name for p in index_folder(source).iterdir() if p.name.startswith(".live")] == []


def test_a_pointer_to_a_generation_that_is_gone_is_no_index(source: SmallSource, hashing_embedder: Any) -> None:
    ingest(source, hashing_embedder)
    for generation in generations(source):
        shutil.rmtree(generation)
    with pytest.raises(IndexMissing):
        open_index(index_folder(source), "hashing")
    assert ingest(source, hashing_embedder).embedded == 6


def test_a_registry_that_is_no_database_is_made_again(source: SmallSource, hashing_embedder: Any) -> None:
    ingest(source, hashing_embedder)
    live = live_generation(index_folder(source))
    assert live is not None
    (live / "registry.sqlite").write_bytes(b"ceci n'est pas une base" * 100)
    with pytest.raises(IndexMismatch, match="abîmé"):
        open_index(index_folder(source), "hashing")
    assert ingest(source, hashing_embedder).documents_read == 1
    assert len(served(source)[1]) == 3


def test_a_markdown_document_of_the_role_other_keeps_its_lines(small_source: Make, hashing_embedder: Any) -> None:
    text = "# Notes\n\nUn premier paragraphe.\n\nUn second paragraphe.\n"
    made = small_source({"notes.md": text}, documents=[{"path": "notes.md", "role": "other", "title": "Notes"}])
    ingest(made, hashing_embedder)
    with opened(made) as (registry, _):
        assert registry.text("essai", made.git("rev-parse", "HEAD"), "notes.md") == text


PAGE = "<html><body><p>Le titulaire chiffre ses données.</p></body></html>"


def test_a_declared_document_of_another_format_has_the_lines_of_its_passages(
    small_source: Make, hashing_embedder: Any
) -> None:
    made = small_source(
        {"guide.html": "\n\n" + PAGE}, documents=[{"path": "guide.html", "role": "guide", "title": "Guide"}]
    )
    ingest(made, hashing_embedder)
    commit = made.git("rev-parse", "HEAD")
    with opened(made) as (registry, _):
        (item,) = registry.passages("essai", commit)
        lines = registry.text("essai", commit, "guide.html").split("\n")
        assert "Le titulaire chiffre" in lines[item.passage.lines.start - 1]


def test_a_declared_document_of_another_format_is_indexed_once(small_source: Make, hashing_embedder: Any) -> None:
    made = small_source({"guide.html": PAGE}, documents=[{"path": "guide.html", "role": "guide", "title": "Guide"}])
    assert ingest(made, hashing_embedder, extra_formats=True).documents_read == 1


# What follows is wrong today.


@pytest.mark.xfail(
    strict=True, reason="occurrences are counted in a document: two documents of a source share their keys"
)
def test_the_same_identifier_in_two_documents_of_a_source_has_two_keys(
    small_source: Make, requirement_table: Table
) -> None:
    documents = [{"path": f"{name}.md", "role": "requirements", "title": name} for name in ("a", "b")]
    row = ("EXI-G-1", "P", "un texte", "c")
    made = small_source(
        {"a.md": requirement_table(row), "b.md": requirement_table((*row[:2], "un autre", "c"))}, documents=documents
    )
    corpus, revision = made.newest()
    assert len({item.key for item in corpus.located(revision)}) == 2
