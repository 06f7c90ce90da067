"""What stands around a requirement, and the questions to begin with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.answer import Question
from assistant.answering import Assistant
from assistant.assembly import make_library
from assistant.composing.surroundings import Surroundings
from assistant.question.first_questions import FIRST_QUESTIONS
from assistant.search.ranking import packaged_parameters
from ingest.question_bank import load_bank
from ingest.settings import packaged_corpus
from tests.built_indexes import settings_of
from tests.small_corpus import SmallCorpus, make_small_corpus


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    from tests.conftest import SmallSource

    small: SmallCorpus = make_small_corpus(lambda *_, **__: SmallSource(tmp_path_factory.mktemp("autour")))
    small.index()
    return Assistant(make_library(settings_of(small.home, corpus=small.corpus)), packaged_parameters())


def test_a_requirement_stands_between_two_others_and_knows_its_namesake(assistant: Assistant) -> None:
    answer = assistant.answer(Question("Que dit EXI-G-2 ?"))
    first, second = (c.place for c in answer.citations[:2])
    around = assistant.surroundings(first)
    assert around.before is not None and around.after is not None
    assert (around.before.id, around.after.id) == ("EXI-G-1", "EXI-G-3")
    assert [(n.place.line_start, n.same_text) for n in around.namesakes] == [(second.line_start, False)]


def test_the_first_and_the_last_have_one_neighbour(assistant: Assistant) -> None:
    place = assistant.answer(Question("Que dit EXI-G-1 ?")).citations[0].place
    assert assistant.surroundings(place).before is None
    last = max(
        (c.place for c in assistant.answer(Question("Que dit EXI-G-2 ?")).citations), key=lambda p: p.line_start
    )
    assert assistant.surroundings(last).after is None


def test_prose_and_another_revision_have_nothing_around_them(assistant: Assistant) -> None:
    place = assistant.answer(Question("Que dit EXI-G-1 ?")).citations[0].place
    assert assistant.surroundings(replace(place, kind="section", id=None)) == Surroundings()
    assert assistant.surroundings(replace(place, commit="0" * 40)) == Surroundings()


def test_most_of_the_first_questions_stand_in_the_bank() -> None:
    known = set(load_bank(packaged_corpus() / "questions").questions())
    assert len([q for q in FIRST_QUESTIONS if q in known]) >= len(FIRST_QUESTIONS) - 4
