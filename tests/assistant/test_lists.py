"""A list that the documents cut into passages is quoted with what introduces it, and an introduction with its items."""

from __future__ import annotations

import pytest

from assistant.answer import Question
from assistant.answering import Assistant
from assistant.composing.lists import introduced, introductions, joined, with_its_items, with_its_measures
from assistant.composing.sentence_choice import decisive
from ingest.passage import Lines, Located, Passage


def place(line: int, text: str, context: str = "Guide") -> Located:
    passage = Passage("section", text, Lines(line, line), (text,), title="Guide", context=context)
    return Located("essai", "guide.md", None, passage)


INTRO = place(3, "L'équipe met en place :")
ITEMS = [
    place(5, "une revue de code ;", f"Guide › {INTRO.passage.text}"),
    place(6, "un banc d'essai.", f"Guide › {INTRO.passage.text}"),
]
NEXT = place(8, "Un autre sujet.")
PARAGRAPHS = [place(5, "une revue de code ;"), place(7, "un banc d'essai.")]


def test_an_introduction_brings_its_items_and_nothing_after() -> None:
    assert with_its_items(INTRO, [*ITEMS, NEXT]) == [INTRO, *ITEMS]


def test_items_written_as_paragraphs_follow_too_up_to_the_end_of_the_sentence() -> None:
    assert with_its_items(INTRO, [*PARAGRAPHS, place(9, "Un autre sujet.")]) == [INTRO, *PARAGRAPHS]


def test_what_introduces_nothing_stays_alone() -> None:
    assert with_its_items(NEXT, [*ITEMS]) == [NEXT]


def test_a_table_or_a_distant_paragraph_is_no_continuation() -> None:
    row = Located("essai", "guide.md", None, Passage("term", "Pod", Lines(4, 4), ("Pod",), id="Pod"))
    assert with_its_items(INTRO, [row]) == [INTRO]
    assert with_its_items(INTRO, [place(9, "plus loin.")]) == [INTRO]


def test_an_introduction_of_its_own_ends_the_list() -> None:
    other = place(5, "un deuxième point.", "Guide › On vérifie ensuite :")
    assert with_its_items(INTRO, [other]) == [INTRO]


def test_joined_passages_stand_from_the_first_line_to_the_last() -> None:
    whole = joined([INTRO, *ITEMS]).passage
    assert (whole.lines, len(whole.sentences)) == (Lines(3, 6), 3)
    assert joined([INTRO]) == INTRO


def test_an_item_is_named_by_what_introduces_it() -> None:
    assert introductions(ITEMS[0].passage) == ("L'équipe met en place :",)
    assert introductions(PARAGRAPHS[1].passage, [PARAGRAPHS[0], INTRO]) == ("L'équipe met en place :",)
    assert introductions(PARAGRAPHS[0].passage, [INTRO]) == ("L'équipe met en place :",)
    assert introductions(NEXT.passage, [ITEMS[1], ITEMS[0], INTRO]) == ()


LABEL = "Guide › L'atelier"
LABELLED = [
    place(3, "répond du four.", LABEL),
    place(5, "tient un cahier avec les rubriques suivantes :", LABEL),
    place(7, "la température ;", LABEL),
    place(9, "la durée.", LABEL),
    place(11, "surveille les cuissons.", LABEL),
]


def test_an_item_of_an_outer_list_is_not_named_by_the_inner_list_before_it() -> None:
    assert introductions(LABELLED[4].passage, LABELLED[3::-1]) == ("L'atelier",)
    assert introductions(LABELLED[0].passage) == ("L'atelier",)


def test_an_item_of_an_inner_list_is_named_by_the_label_and_by_the_item() -> None:
    inner = ("L'atelier", "tient un cahier avec les rubriques suivantes :")
    assert introductions(LABELLED[3].passage, LABELLED[2::-1]) == inner
    assert introductions(LABELLED[2].passage, LABELLED[1::-1]) == inner


def test_an_introduction_that_has_begun_its_list_is_one() -> None:
    begun = place(3, "Le conseil des ateliers fixe le reste, par exemple : la liste des fours ;")
    items = [place(5, "la ville où l'on cuit ;"), place(7, "le nombre de fours ;")]
    lead = ("Le conseil des ateliers fixe le reste, par exemple :",)
    assert introductions(items[1].passage, [items[0], begun]) == lead
    assert introductions(items[0].passage, [place(3, "Note : la suite ;")]) == ()


FACT = place(3, "La fumée noircit parfois les murs.")
MEASURES = [place(5, "Elle gêne aussi les voisins."), place(7, "Il faut donc ramoner chaque année."), NEXT]


def test_a_fact_is_quoted_with_the_measures_that_follow_it() -> None:
    near = [*MEASURES[:2], place(9, "Le four est ancien.")]
    assert with_its_measures(FACT, near) == [FACT, *MEASURES[:2]]
    assert with_its_measures(FACT, MEASURES[:1]) == [FACT]


def test_a_measure_is_quoted_alone_and_so_is_a_fact_under_another_heading() -> None:
    assert with_its_measures(MEASURES[1], [place(9, "Il faut aussi aérer.")]) == [MEASURES[1]]
    assert with_its_measures(FACT, [place(5, "Il faut ramoner.", "Guide › Ailleurs")]) == [FACT]
    assert with_its_measures(PARAGRAPHS[0], [place(7, "Il faut ramoner.")]) == PARAGRAPHS[:1]


SENTENCES = ["Préambule.", "Les remarques passent par :", "une issue,", "un fichier ;", "un courriel.", "Fin."]


@pytest.mark.parametrize(
    ("chosen", "quoted"),
    [([1], [1, 2]), ([3], [1, 3]), ([4], [1, 4]), ([0], [0]), ([5], [5]), ([1, 4], [1, 4])],
)
def test_an_item_comes_with_its_introduction_and_an_introduction_with_an_item(
    chosen: list[int], quoted: list[int]
) -> None:
    assert introduced(SENTENCES, chosen) == quoted


def test_no_quotation_ends_on_an_introduction() -> None:
    scored = [("Deux cas :", 0.9), ("y" * 500, 0.0), ("z" * 300, 0.2)]
    assert decisive(scored, longest=420) == [0, 1]


def test_no_official_quotation_ends_on_an_introduction_that_has_a_continuation(assistant: Assistant) -> None:
    for question in (
        "Quels sont les objectifs du CCT ?",
        "Quels documents composent le CCT ?",
        "Comment envoyer des remarques ?",
    ):
        answer = assistant.answer(Question(question))
        assert all(c.verified for c in answer.citations)
        assert not [c.quote for c in answer.citations if c.quote.rstrip().endswith(":")]
