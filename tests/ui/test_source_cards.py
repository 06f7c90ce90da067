"""What the page shows of a source, offers to ask next, and lets a person take away."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import yaml

from assistant.answer import Answer, Question
from ingest.errors import IndexMissing
from tests.ui.canned_assistant import GREEN, HEALTH, HOSTILE, CannedAssistant, place
from ui.answer_markdown import answer_markdown_file, answer_with_sources
from ui.chat.answer_record import file_name
from ui.chat.conversation_messages import (
    answer_message,
    as_question,
    before_last_question,
    earlier_sources,
    user_message,
)
from ui.chat.source_cards import follow_ups, requirement_address, source_cards
from ui.chat.web_conversation import Request, WebConversation

ASSISTANT = CannedAssistant()
TITLES = ASSISTANT.source_titles()
ANSWER = ASSISTANT.answer(Question("Que demande EXI-ARCH-12 ?"))
AT = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


def test_a_requirement_leads_to_its_page_its_neighbours_and_its_history() -> None:
    cards = source_cards(ANSWER, ASSISTANT, "src")
    assert '<a href="/exigences/pi/EXI-ARCH-12" target="_blank">' in cards
    assert "Que+dit+EXI-ARCH-11+dans+CCT+Cloud+Pi+Native" in cards
    assert "Comment+EXI-ARCH-12+a-t-elle+%C3%A9volu%C3%A9" in cards
    assert "/commenter" not in cards
    assert "/commenter?source=pi&#38;id=EXI-ARCH-12&#38;occurrence=1" in source_cards(ANSWER, ASSISTANT, "src", True)


def test_an_identifier_that_means_something_else_elsewhere_is_a_conflict_on_the_card() -> None:
    cards = source_cards(ANSWER, ASSISTANT, "src")
    assert "EXI-G-4 désigne un autre texte dans CCT Cloud Pi Native, I — importante." in cards


def test_the_demonstration_edition_has_no_history_to_ask_for() -> None:
    answer = Answer("q", "answered", "t [1]", citations=(replace(HEALTH, place=place(commit=None)),))
    assert "Son histoire" not in source_cards(answer, ASSISTANT, "src")
    assert not [q for q in follow_ups(answer, ASSISTANT) if "évolué" in q]


def test_an_index_that_went_away_leaves_the_source_itself() -> None:
    class Gone(CannedAssistant):
        def surroundings(self, place: object) -> None:  # type: ignore[override]  # it never returns
            raise IndexMissing("Aucun index n'est prêt.", "Lancez : cct ingest.")

    assert "EXI-ARCH-12" in source_cards(ANSWER, Gone(), "src")
    assert follow_ups(ANSWER, Gone())[: len(ANSWER.suggestions)] == ANSWER.suggestions


def test_the_second_printing_of_an_identifier_has_its_own_address() -> None:
    assert requirement_address(replace(place("pi", "EXI-ORG-16"), occurrence=2)) == "/exigences/pi/EXI-ORG-16/2"


def test_a_requirement_of_another_revision_is_read_at_its_own_and_not_commented() -> None:
    old = replace(place(), commit="4567cdef" * 5)
    answer = Answer("q", "answered", "t [1]", citations=(replace(HEALTH, place=old),))
    cards = source_cards(answer, ASSISTANT, "src", comments=True)
    assert '"/exigences/pi/EXI-ARCH-12?revision=4567cdef45"' in cards
    assert "/commenter" not in cards


def test_a_long_list_offers_only_what_the_assistant_suggests() -> None:
    listed = tuple(replace(HEALTH, n=n) for n in range(1, 7))
    assert follow_ups(Answer("q", "answered", "t", citations=listed, suggestions=("Et ?",)), ASSISTANT) == ("Et ?",)


def test_what_follows_begins_with_the_assistant_s_own_suggestions_and_never_repeats_the_question() -> None:
    asked = follow_ups(ANSWER, ASSISTANT)
    assert asked[:2] == ANSWER.suggestions
    assert "Comment EXI-ARCH-12 a-t-elle évolué dans CCT Cloud Pi Native ?" in asked
    again = Answer(asked[2].upper(), "answered", "t", citations=ANSWER.citations)
    assert asked[2] not in follow_ups(again, ASSISTANT)


def test_an_ambiguous_identifier_is_asked_again_in_each_source() -> None:
    answer = Answer("Que dit EXI-G-4 ?", "clarify", "t [1]", citations=(replace(GREEN, n=1),))
    assert follow_ups(answer, ASSISTANT)[:2] == (
        "Que dit EXI-G-4 dans CCT MirAI ?",
        "Que dit EXI-G-4 dans CCT Cloud Pi Native ?",
    )


def test_the_file_holds_the_question_the_sources_and_what_made_it() -> None:
    text = answer_markdown_file(ANSWER, TITLES, AT)
    _, head, body = text.split("---\n", 2)
    front = yaml.safe_load(head)
    assert front["date"] == "2026-11-26T10:00:00+00:00"
    assert (front["statut"], front["genere_par_ia"], front["modele"]) == ("answered", True, None)
    assert front["sources"][0]["url"].endswith("#L50")
    assert [s["verifiee"] for s in front["sources"]] == [True, False]
    assert "Composé automatiquement" in body
    written = Answer("q", "answered", "t", mode="llm", model="modele-x")
    assert "modèle modele-x" in answer_markdown_file(written, TITLES, AT)


@pytest.mark.parametrize(
    "question", ['--- \nmodele: "faux"\n---', "a: b\n# titre", '"guillemets" \\ et {accolades}', ""]
)
def test_no_question_breaks_out_of_the_front_matter(question: str) -> None:
    text = answer_markdown_file(Answer(question, "answered", "t"), TITLES, AT)
    head = text.removeprefix("---\n").split("\n---\n", 1)[0]
    assert yaml.safe_load(head)["question"] == question
    assert yaml.safe_load(head)["modele"] is None


def test_what_is_copied_is_inert_where_it_is_pasted() -> None:
    hostile = Answer("q", "answered", f"{HOSTILE.title} ![x](https://mechant.invalid/x) [1]", citations=(HOSTILE,))
    text = answer_with_sources(hostile, TITLES)
    assert "<script" not in text
    assert "![" not in text
    assert "](javascript" not in text


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Que dit « EXI-ARCH-11 » ?", "que-dit-exi-arch-11.md"),
        ("../../etc/passwd", "etc-passwd.md"),
        ("日本語 ?", "reponse.md"),
        ("é" * 200, "e" * 60 + ".md"),
    ],
)
def test_a_file_is_named_after_the_question(question: str, name: str) -> None:
    assert file_name(question) == name


def test_a_question_asked_again_takes_the_place_of_its_sources() -> None:
    messages = [user_message("Une"), answer_message(ANSWER, "x"), user_message("Deux")]
    first, second = source_cards(ANSWER, ASSISTANT, "src"), source_cards(ANSWER, ASSISTANT, "src-2")
    assert "Une" in earlier_sources(first, "", messages, "src-2")
    assert earlier_sources(second, "avant", messages, "src-2") == "avant"
    assert earlier_sources("Cette réponse ne cite aucun passage.", "avant", messages, "src-2") == "avant"


def test_the_conversation_before_its_last_question() -> None:
    messages = [user_message("Une"), answer_message(ANSWER, "x"), user_message("Deux"), answer_message(ANSWER, "y")]
    assert before_last_question(messages) == messages[:2]
    assert before_last_question(messages[:1]) == []
    assert before_last_question([]) == []


def test_the_extracts_wanted_are_said_to_the_assistant() -> None:
    assert as_question([user_message("Une")], "", "", extractive=True).extractive
    assert not as_question([user_message("Une")], "", "", extractive=False).extractive


def test_suggestions_turn_when_there_are_more_than_buttons() -> None:
    class Curious(CannedAssistant):
        def examples(self) -> tuple[str, ...]:
            return tuple(f"Question {n} ?" for n in range(10))

    shown = set()
    for twenty_minutes in range(5):
        now = 1200.0 * twenty_minutes
        examples = WebConversation(Curious, lambda *_: None, clock=lambda now=now: now).opening()[2]
        assert len(examples) == 4
        shown |= set(examples)
    assert len(shown) == 10


def test_a_reply_carries_json_that_the_page_can_read() -> None:
    reply = WebConversation(CannedAssistant, lambda *_: None).reply(Request([user_message("Une sonde ?")]))
    assert reply is not None
    json.dumps(answer_message(reply.answer, reply.body))
    assert reply.suggestions[0] == "Et pour CCT MirAI ?"
    assert WebConversation(CannedAssistant, lambda *_: None).reply(Request([])) is None
