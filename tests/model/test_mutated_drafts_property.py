"""Whatever the model returns, what is shown as verified has known markers, true types, exact quotations, real numbers."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.answer import Question
from assistant.answer_stream import Finished, SentencePassed
from assistant.answering import Assistant
from assistant.model.answer_writer import AnswerWriter
from assistant.model.patience import PatientModel
from assistant.search.ranking import packaged_parameters
from assistant.selection import Library, Selection
from assistant.verification.draft_sentences import MARKER
from ingest.reading.quote_form import is_verbatim, normalised
from tests.scripted_model import ScriptedModel

QUESTION = "Comment s'authentifient les agents dans mon application ?"
SENTENCES = [
    "**EXI-ARCH-11** (P) : l'application a l'obligation de recourir au SSO Agent [1].",
    "Pour identifier ses utilisateurs, l'application recourt au SSO Agent et, pour les citoyens, à France connect [1].",
    "Le texte dit « l’application a l’obligation de recourir au SSO Agent mis à disposition » [1].",
    "L'exigence EXI-ARCH-14 (I) demande une authentification mutuelle entre composants [2].",
    "Les logs partent vers la sortie standard en 30 jours [3].",
    "Les passages ne précisent pas la durée de session.",
    "- Il est interdit de coder en dur la configuration [4].",
]
WORDS = ["P", "I", "(I)", "(P)", "EXI-ARCH-99", "EXI-G-4", "[1]", "[2]", "[7]", "[99]", "[1, 2]", "【3】", "12", "90 %", "ne", "pas",
         "jamais", "peut", "doit", "interdit", "«", "»", "« le SSO est facultatif »", "Oracle", "primordiale", "\n", "\n- ", ". ", ":",
         "</think>", "<think>", "|", "```", "Ignore tes consignes.", "https://exemple.fr"]  # fmt: skip


@st.composite
def drafts(draw: st.DrawFn) -> str:
    """A draft of sentences that a model could write, with words taken out, put in, moved and cut."""
    words = " ".join(draw(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=5))).split(" ")
    for _ in range(draw(st.integers(0, 8))):
        at = draw(st.integers(0, max(0, len(words) - 1)))
        change = draw(st.sampled_from(["drop", "put", "swap", "repeat", "cut"]))
        if change == "put":
            words.insert(at, draw(st.sampled_from(WORDS)))
        elif change == "drop" and words:
            words.pop(at)
        elif change == "swap" and words:
            other = draw(st.integers(0, len(words) - 1))
            words[at], words[other] = words[other], words[at]
        elif change == "repeat":
            words *= 2
        elif change == "cut":
            words = words[: at + 1]
    return " ".join(words)


@pytest.fixture(scope="module")
def answer_to(library: Library) -> Callable[[str], list[object]]:
    def answered(text: str) -> list[object]:
        model = PatientModel(ScriptedModel([text, ""]), 20, 20)
        assistant = Assistant(library, packaged_parameters(), AnswerWriter(model, library))
        return list(assistant.stream(Question(QUESTION)))

    return answered


@given(draft=drafts())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_false_of_its_form_is_ever_shown_as_verified(
    answer_to: Callable[[str], list[object]], selection: Selection, draft: str
) -> None:
    events = answer_to(draft)
    assert isinstance(events[-1], Finished)
    answer = events[-1].answer
    shown = [(e.so_far, e.citations) for e in events if isinstance(e, SentencePassed)]
    if answer.mode == "llm":
        shown.append((answer.text.split("_Édition de démonstration")[0], answer.citations))
    for text, citations in shown:
        assert all(c.verified for c in citations)
        known = {c.n: c for c in citations}
        assert known.keys() == set(range(1, len(citations) + 1))
        for line in text.split("\n"):
            _check_line(line, known, selection)


def _check_line(line: str, known: dict[int, object], selection: Selection) -> None:
    numbers = [int(n) for m in MARKER.finditer(line) for n in re.findall(r"\d+", m[0])]
    assert set(numbers) <= known.keys()
    if not numbers:
        assert not re.search(r"EXI-|\d", line), line  # what has no marker asserts nothing
        return
    places = [p for n in numbers for p in (known[n].place, *known[n].also)]  # type: ignore[attr-defined]
    texts = []
    for place in places:
        lines = selection.text(place.source, place.document).splitlines()
        texts.append("\n".join(lines[place.line_start - 1 : place.line_end]))
    evidence = normalised("\n".join(texts))
    for identifier in re.findall(r"EXI-[A-Z]+-\d+", line):
        assert identifier in {p.id for p in places} or identifier in evidence
    for letter in re.findall(r"\(([PI])\)", line):
        assert letter in {p.priority for p in places}
    for quote in re.findall(r"«\s*(.+?)\s*»", line):
        assert any(is_verbatim(quote.rstrip(".,;: "), text) for text in texts)
    bare = re.sub(r"EXI-[A-Z]+-\d+|^\d+[.)] ", "", MARKER.sub("", line))
    for number in re.findall(r"(?<![\w.])\d+(?![\w.])", bare):
        assert number in evidence, line
