"""The index may be missing, foreign, damaged, replaced or older than the bank: the assistant says so or goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from assistant.answer import Answer, Question
from assistant.answering import Assistant
from assistant.assembly import make_library
from assistant.search.ranking import packaged_parameters
from assistant.selection import Library
from ingest.index.embedding import Embedder, Purpose, Vectors
from ingest.index.generations import live_generation
from ingest.index.registry import Registry
from ingest.settings import IngestSettings
from ingest.sources.manifest import load_manifest
from tests.built_indexes import bundled_embedder, settings_of
from tests.small_corpus import BANK, SmallCorpus

QUESTION = Question("Où garder la sauvegarde ?")


def assistant_over(settings: IngestSettings, embedder: Embedder | None = None) -> Assistant:
    """An assistant of its own over a data folder."""
    if embedder is None:
        return Assistant(make_library(settings), packaged_parameters())
    manifest = load_manifest(settings.corpus / "manifest.toml")
    return Assistant(Library(settings, manifest, embedder), packaged_parameters())


def small_assistant(small: SmallCorpus, embedder: Embedder | None = None) -> Assistant:
    """An assistant over the small corpus."""
    return assistant_over(settings_of(small.home, corpus=small.corpus), embedder or bundled_embedder())


def quotes(answer: Answer) -> str:
    """Everything that an answer quotes."""
    return " ".join(c.quote for c in answer.citations)


def test_without_an_index_the_answer_says_how_to_make_one(tmp_path: Path) -> None:
    assistant = assistant_over(settings_of(tmp_path, edition="demo"), bundled_embedder())
    answer = assistant.answer(QUESTION)
    assert answer.status == "error"
    assert answer.error is not None
    assert answer.error[0] == "IndexMissing"
    assert "cct ingest" in answer.text
    assert "cct ingest" in assistant.health()["index"]


def test_an_index_of_another_embedding_is_an_error(demo_home: Path, hashing_embedder: Any) -> None:
    assistant = assistant_over(settings_of(demo_home, edition="demo"), hashing_embedder)
    answer = assistant.answer(QUESTION)
    assert answer.status == "error"
    assert "'hashing'" in answer.text
    assert bundled_embedder().name in answer.text
    assert "CCT_EMBEDDING" in answer.text


def test_a_good_index_is_up(assistant: Assistant) -> None:
    assert assistant.health() == {"index": "UP"}


def test_a_new_index_answers_the_next_question(small: SmallCorpus) -> None:
    small.index(small.commits[0])
    assistant = small_assistant(small)
    assert "sauvegarde quotidienne" in quotes(assistant.answer(QUESTION))

    small.index()

    after = assistant.answer(QUESTION)
    assert "sauvegarde horaire" in quotes(after)
    assert after.revisions[0].commit == small.commits[1]
    assert after.citations[0].place.commit == small.commits[1]


def test_several_new_indexes_in_a_row_are_followed(small: SmallCorpus) -> None:
    small.index()
    assistant = small_assistant(small)
    for commit in (small.commits[0], small.commits[1], small.commits[0]):
        small.index(commit)
        assert assistant.answer(QUESTION).revisions[0].commit == commit


def test_a_named_revision_is_read_beside_the_served_one(small: SmallCorpus) -> None:
    small.index(small.commits[0])
    small.index()
    assistant = small_assistant(small)
    old = assistant.answer(Question(QUESTION.text, revisions={"essai": small.commits[0]}))
    assert "quotidienne" in quotes(old)
    assert old.revisions[0].commit == small.commits[0]
    assert "horaire" in quotes(assistant.answer(QUESTION))


class ReplacesTheIndex:
    """The bundled embedding, that makes something happen in the middle of a question."""

    def __init__(self, happens: Callable[[], None]) -> None:
        self._happens: Callable[[], None] | None = happens
        self.name = bundled_embedder().name

    def embed(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        """See Embedder.embed."""
        happens, self._happens = self._happens, None
        if happens is not None:
            happens()
        return bundled_embedder().embed(texts, purpose)


def test_a_question_under_way_ends_on_the_index_it_began_with(small: SmallCorpus) -> None:
    small.index(small.commits[0])

    def replaced() -> None:
        small.index()
        live = live_generation(small.home / "index")
        assert live is not None
        registry = Registry(live / "registry.sqlite")
        registry.forget_source("essai")  # as an ingestion does that leaves the demonstration edition
        registry.close()

    answer = small_assistant(small, ReplacesTheIndex(replaced)).answer(QUESTION)
    assert answer.status == "answered"
    assert "quotidienne" in quotes(answer)


def test_a_bank_newer_than_the_index_does_not_stop_answers(small: SmallCorpus) -> None:
    small.index()
    more = {**BANK[0], "questions": ["Où garder la sauvegarde ?", "Question ajoutée après l'indexation ?"]}
    small.write_bank(more, *BANK[1:], {"id": "neuf", "questions": ["Une entrée neuve ?"], "fingerprints": ["0" * 16]})
    answer = small_assistant(small).answer(QUESTION)
    assert answer.status == "answered"
    assert "sauvegarde horaire" in quotes(answer)


@pytest.mark.parametrize("bank", [(), BANK[:1]], ids=["no bank", "a bank without subjects"])
def test_a_corpus_without_a_question_bank_answers_from_its_text(
    small: SmallCorpus, bank: tuple[dict[str, object], ...]
) -> None:
    small.write_bank(*bank)
    small.index()
    answer = small_assistant(small).answer(Question("Que dit EXI-G-1 ?"))
    assert answer.status == "answered"


def test_two_threads_that_ask_at_once_get_the_same_answers(demo_home: Path, assistant: Assistant) -> None:
    texts = [
        "Que dit EXI-ARCH-11 ?", "EXI-G-6", "Où doivent aller les logs ?", "Quelles exigences P sur les données ?",
        "Bonjour", "Peut-on stocker la sauvegarde sur la même grappe ?", "Combien d'exigences P ?", "kubernetes",
    ]  # fmt: skip
    alone = {text: assistant.answer(Question(text)) for text in texts}
    fresh = assistant_over(settings_of(demo_home, edition="demo"), bundled_embedder())
    together = threading.Barrier(2)

    def ask_all(order: list[str]) -> dict[str, Answer]:
        together.wait()
        return {text: fresh.answer(Question(text)) for text in order}

    with ThreadPoolExecutor(2) as pool:
        results = [f.result() for f in [pool.submit(ask_all, texts), pool.submit(ask_all, texts[::-1])]]
    for result in results:
        for text in texts:
            assert result[text].text == alone[text].text
            assert result[text].citations == alone[text].citations


def test_the_whole_text_of_a_cited_passage_can_be_read(assistant: Assistant) -> None:
    place = assistant.answer(Question("Que dit EXI-ARCH-11 ?")).citations[0].place
    assert "SSO Agent" in assistant.passage_text(place)


def test_the_examples_to_begin_with_are_all_answered(assistant: Assistant) -> None:
    assert {assistant.answer(Question(text)).status for text in assistant.examples()} <= {"answered", "clarify"}
