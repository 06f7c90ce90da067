"""A quotation is the document's own words; what is not found again in the document is withdrawn."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answer import Citation, Place, Question
from assistant.answering import Assistant
from assistant.assembly import make_library
from assistant.composing.citations import checked, lines_at, quote_of
from assistant.composing.composition import shortened
from assistant.composing.sentence_choice import decisive
from assistant.search.ranking import packaged_parameters
from ingest.index.generations import live_generation
from ingest.reading.quote_form import is_verbatim
from tests.built_indexes import copy_of, settings_of

SENTENCES = ("Une règle s'applique.", "Elle vaut partout.", "Sauf la nuit.", "Fin.")
PARAGRAPH = " ".join(SENTENCES)
LIST = "\n".join(f"- {sentence}" for sentence in SENTENCES)


def test_sentences_that_follow_each_other_are_joined_by_a_space() -> None:
    assert quote_of(SENTENCES, [0, 1, 2, 3], PARAGRAPH) == PARAGRAPH


def test_what_is_left_out_between_or_after_is_marked() -> None:
    assert quote_of(SENTENCES, [0, 2], PARAGRAPH) == "Une règle s'applique. [...] Sauf la nuit. [...]"
    assert quote_of(SENTENCES, [0, 3], PARAGRAPH) == "Une règle s'applique. [...] Fin."


def test_a_list_marker_between_two_sentences_is_a_cut() -> None:
    assert quote_of(SENTENCES, [0, 1], LIST) == "Une règle s'applique. [...] Elle vaut partout. [...]"


def test_a_border_of_cells_between_two_sentences_is_a_cut() -> None:
    assert quote_of(("Un.", "Deux."), [0, 1], "| Un. | Deux. |") == "Un. [...] Deux."


def test_a_line_break_in_a_cell_is_no_cut() -> None:
    assert quote_of(("Un.", "Deux."), [0, 1], "| Un.<br>Deux. |") == "Un. Deux."


def test_chosen_sentences_are_quoted_in_the_documents_order_and_once() -> None:
    assert quote_of(SENTENCES, [1, 0, 1], PARAGRAPH) == "Une règle s'applique. Elle vaut partout. [...]"


def test_emphasis_that_opens_outside_of_a_sentence_is_not_quoted() -> None:
    quote = quote_of(("**Attention : une règle.", "Une autre.**"), [0], "**Attention : une règle. Une autre.**")
    assert quote == "Attention : une règle. [...]"
    assert is_verbatim(quote, "**Attention : une règle. Une autre.**")


@settings(max_examples=200, deadline=None)
@given(
    st.sets(st.integers(0, 3), min_size=1), st.sampled_from([PARAGRAPH, LIST, "| " + "<br>".join(SENTENCES) + " |"])
)
def test_any_choice_of_sentences_is_verbatim(chosen: set[int], lines: str) -> None:
    assert is_verbatim(quote_of(SENTENCES, sorted(chosen), lines), lines)


def test_a_short_passage_is_quoted_whole() -> None:
    assert decisive([("Un.", 0.1), ("Deux.", 0.9)]) == [0, 1]


def test_of_a_long_passage_the_nearest_sentences_are_quoted() -> None:
    scored = [("a" * 200, 0.1), ("b" * 200, 0.9), ("c" * 200, 0.2), ("d" * 200, 0.88)]
    assert decisive(scored, longest=420) == [1, 3]


def test_a_sentence_that_introduces_brings_the_next() -> None:
    scored = [("x" * 300, 0.1), ("Deux cas :", 0.9), ("y" * 100, 0.0), ("z" * 300, 0.2)]
    assert {1, 2} <= set(decisive(scored, longest=420))


def test_one_sentence_is_quoted_even_when_it_is_too_long() -> None:
    assert decisive([("a" * 900, 0.9), ("b" * 900, 0.1)]) == [0]


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ab ,;:.()é", min_size=1, max_size=400), st.integers(40, 200))
def test_a_shortened_text_is_its_beginning(text: str, longest: int) -> None:
    short = shortened(text, longest)
    assert short == text or (short.endswith("[...]") and text.startswith(short.removesuffix("[...]").rstrip()))


def _place(start: int, end: int) -> Place:
    return Place("essai", "guide.md", "section", None, 1, None, start, end, None, None)


@pytest.mark.parametrize(
    ("quote", "start", "end", "verified"),
    [
        ("Deux mots.", 2, 2, True),
        ("Un mot. [...] Trois mots.", 1, 3, True),
        ("Trois mots. [...] Un mot.", 1, 3, False),
        ("Deux mots.", 3, 3, False),
        ("Deux gros mots.", 1, 3, False),
        ("Ne pas deux mots.", 1, 3, False),
        ("[...]", 1, 3, False),
        ("", 1, 3, False),
        ("Deux mots.", 40, 41, False),
    ],
)
def test_a_citation_is_verified_only_when_its_lines_hold_it(quote: str, start: int, end: int, verified: bool) -> None:
    citation = Citation(1, _place(start, end), "", quote, verified=not verified)
    assert checked(citation, lambda *_: "Un mot.\nDeux mots.\nTrois mots.\n").verified is verified


def test_the_lines_of_a_place_are_one_based_and_include_both_ends() -> None:
    assert lines_at(_place(2, 3), lambda *_: "un\ndeux\ntrois\nquatre") == "deux\ntrois"


@pytest.mark.parametrize(
    "question", ["Que dit EXI-ARCH-11 ?", "Comment s'authentifient les agents dans mon application ?"]
)
def test_a_tampered_document_withdraws_the_answer(question: str, demo_home: Path, tmp_path: Path) -> None:
    home = copy_of(demo_home, tmp_path / "home")
    generation = live_generation(home / "index")
    assert generation is not None
    with sqlite3.connect(generation / "registry.sqlite") as db:
        db.execute("UPDATE content SET text = replace(text, 'SSO', 'SAML')")
    db.close()
    tampered = Assistant(make_library(settings_of(home, edition="demo")), packaged_parameters())

    answer = tampered.answer(Question(question))

    assert answer.status == "error"
    assert answer.citations == ()
    assert "SSO" not in answer.text
    assert "retirée" in answer.text
    assert [w.code for w in answer.warnings if w.code == "unverified_sentence_removed"]
    shutil.rmtree(home)
