"""Choosing the revision that answers: on the page, by the API, on the command line; and knowing which one did."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.answering import Assistant
from assistant.assembly import make_library
from assistant.search.ranking import packaged_parameters
from ingest.sources.freshness import Stale
from tests.built_indexes import settings_of
from tests.command_here import cct_here
from tests.small_corpus import FIRST, SECOND, SmallCorpus, make_small_corpus
from tests.ui.canned_assistant import CannedAssistant, NoAssistant
from ui.chat.conversation_messages import user_message
from ui.chat.web_conversation import Request, WebConversation
from ui.http_api import create_app

OLDER = "4567cdef" * 5
BEHIND = Stale("pi", "CCT Pi", "aaaaaaa du 01/05/2024", "bbbbbbb du 02/06/2024", None)


def _conversation(assistant: Any) -> WebConversation:
    return WebConversation(assistant, lambda *_: None)


def test_the_page_offers_the_indexed_revisions_that_do_not_serve() -> None:
    choices = _conversation(CannedAssistant).revision_choices()
    assert choices == [("En service", ""), ("CCT Cloud Pi Native, 26/05/2024 (4567cde)", f"pi={OLDER}")]
    assert _conversation(lambda: CannedAssistant(official=False)).revision_choices()[0] == ("En service", "")
    assert _conversation(NoAssistant()).revision_choices() == [("En service", "")]


@pytest.mark.parametrize(
    ("chosen", "revisions"), [("", {}), (f"pi={OLDER}", {"pi": OLDER}), (" pi = 2024-05 ", {"pi": "2024-05"})]
)
def test_the_chosen_revision_goes_with_the_question(chosen: str, revisions: dict[str, str]) -> None:
    assistant = CannedAssistant()
    request = Request([user_message("Que demande EXI-ARCH-12 ?")], revision=chosen)
    _conversation(lambda: assistant).reply(request)
    assert assistant.asked[0].revisions == revisions


def test_the_banner_of_the_page_says_that_the_index_is_behind() -> None:
    banner, _, _ = _conversation(lambda: CannedAssistant(behind=(BEHIND,))).opening()
    assert "bbbbbbb" in banner
    assert _conversation(CannedAssistant).opening()[0] == ""


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> SmallCorpus:
    """Both revisions indexed, the first one serving: the source is ahead."""
    from tests.conftest import SmallSource

    small = make_small_corpus(lambda *_, **__: SmallSource(tmp_path_factory.mktemp("revisions")))
    small.index(small.commits[1])
    small.index(small.commits[0])
    return small


@pytest.fixture(scope="module")
def assistant(indexed: SmallCorpus) -> Assistant:
    return Assistant(make_library(settings_of(indexed.home, corpus=indexed.corpus)), packaged_parameters())


@pytest.mark.parametrize("named", ["2024-06", "2024-06-23", "short", "full"])
def test_the_api_takes_a_date_or_a_hash_and_the_answer_says_which_revision(
    assistant: Assistant, indexed: SmallCorpus, named: str
) -> None:
    second = indexed.commits[1]
    wanted = {"short": second[:8], "full": second}.get(named, named)
    client = TestClient(create_app(lambda: assistant, web_page=False))
    asked = {"question": "Que dit EXI-G-1 ?", "revisions": {"essai": wanted}}
    answer = client.post("/api/v1/ask", json=asked).json()
    assert [r["commit"] for r in answer["revisions"]] == [second]
    assert answer["citations"][0]["quote"] in SECOND[0]
    assert answer["warnings"] == []


def test_a_revision_that_does_not_exist_is_an_error_that_names_it(assistant: Assistant) -> None:
    client = TestClient(create_app(lambda: assistant, web_page=False))
    asked = {"question": "Que dit EXI-G-1 ?", "revisions": {"essai": "2019"}}
    answer = client.post("/api/v1/ask", json=asked).json()
    assert (answer["status"], "'2019' introuvable" in answer["answer"]) == ("error", True)


def test_an_answer_from_an_index_behind_its_source_warns(assistant: Assistant, indexed: SmallCorpus) -> None:
    from assistant.answer import Question

    answer = assistant.answer(Question("Que dit EXI-G-1 ?"))
    assert answer.citations[0].quote in FIRST[0]
    (warning,) = [w for w in answer.warnings if w.code == "stale_index"]
    assert indexed.commits[1][:7] in warning.message
    assert "cct ingest" in warning.message
    assert [s.source for s in assistant.stale()] == ["essai"]


def test_the_commands_say_which_revision_they_read(indexed: SmallCorpus, tmp_path: Path) -> None:
    def run(*arguments: str) -> Any:
        return cct_here(*arguments, home=indexed.home, cwd=tmp_path, edition="auto", **indexed.variables)

    first, second = (commit[:7] for commit in indexed.commits)
    shown = run("show", "EXI-G-1", "--revision", "essai=2024-05")
    assert (first in shown.stdout, f"révision {first} du 2024-05-01" in shown.stderr) == (True, True)
    exported = run("export", "records", "--source", "essai", "--revision", f"essai={second}", "--json")
    assert f"révision {second} du 2024-06-23" in exported.stderr
    asked = run("ask", "Que dit EXI-G-1 ?", "--revision", "essai=2024-06")
    assert f"Révisions lues : essai {second} du 23/06/2024" in asked.stdout
