"""HTML and scripts in a question, in an indexed document and in a model's answer: shown as text, never run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from assistant.answering import Assistant
from assistant.assembly import make_library
from assistant.model.answer_writer import AnswerWriter
from assistant.model.patience import PatientModel
from assistant.search.ranking import packaged_parameters
from ingest.index.build_index import build_index
from tests.built_indexes import bundled_embedder
from tests.conftest import SmallSource
from tests.scripted_model import ScriptedModel, passage_number
from tests.small_corpus import SmallCorpus, table
from tests.ui.chat_browser import Server, a_chromium, a_page, answers, ask, asked, browser_marks, expect, open_page
from tests.ui.streaming_assistant import StreamingAssistant

pytestmark = browser_marks

IMAGE = '<img src=x onerror="window.hacked=1">'
SCRIPT = "<script>window.hacked=1</script>"
PAYLOADS = f"{IMAGE} {SCRIPT} <svg/onload=window.hacked=1> <a href='javascript:window.hacked=1'>lien</a>"
MARKDOWN = (
    "![x](https://mechant.invalid/x.png) [piège](javascript:window.hacked=1) <details open ontoggle=window.hacked=1>"
)
ROWS = (
    f"EXI-G-1 | P | La sauvegarde quotidienne est conservée hors du site principal {PAYLOADS} {MARKDOWN}. | Données",
    f"EXI-G-2 | I | Les journaux techniques {SCRIPT} sortent sur la sortie standard. | Archi {IMAGE}",
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> SmallCorpus:
    source = SmallSource(tmp_path_factory.mktemp("hostile"), "essai")
    source.documents = [{"path": "exigences.md", "role": "requirements", "title": f"Exigences {IMAGE}"}]
    commit = source.commit({"exigences.md": table(ROWS)}, "première version")
    source.write_manifest()
    corpus = source.corpus()
    build_index(corpus, bundled_embedder(), corpus.newest())
    return SmallCorpus(source.repository, source.corpus_folder, source.folder / "home", (commit, commit))


@pytest.fixture(scope="module")
def model() -> ScriptedModel:
    def reply(request: str) -> str:
        n = passage_number(request, "EXI-G-1")
        return f"La sauvegarde quotidienne est conservée hors du site principal [{n}]. {PAYLOADS} [{n}]. {MARKDOWN}"

    return ScriptedModel([reply])


@pytest.fixture(scope="module")
def site(corpus: SmallCorpus, model: ScriptedModel) -> Iterator[str]:
    library = make_library(corpus.opened().settings)
    writer = AnswerWriter(PatientModel(model, 20, 10), library)
    always = packaged_parameters().model_copy(update={"answer_threshold": 0.0, "refuse_threshold": 1.0})
    assistant = Assistant(library, always, writer)  # how text is shown is tried here, not whether one answers
    with Server(lambda: assistant) as server:
        yield server.url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with a_chromium() as browser:
        yield browser


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    outside: list[str] = []
    with a_page(chromium) as opened:
        opened.on("request", lambda request: outside.append(request.url) if "mechant" in request.url else None)
        yield opened
        assert opened.evaluate("window.hacked") is None
        assert opened.locator("#chat img, #colonne-sources img, #chat svg[onload]").count() == 0
        assert opened.locator("[href^='javascript:'], [onerror], [ontoggle], [onload]").count() == 0
        assert outside == []


def test_a_question_is_shown_as_it_was_typed(page: Any, site: str) -> None:
    open_page(page, site, "Source essai")
    ask(page, f"Que dit EXI-G-2 ? {PAYLOADS} {MARKDOWN}")
    expect(asked(page)).to_contain_text(IMAGE)
    expect(asked(page)).to_contain_text("[piège](javascript:window.hacked=1)")
    expect(answers(page)).to_have_count(1)


def test_a_question_of_the_address_is_only_text(page: Any, site: str) -> None:
    open_page(page, f"{site}?q=%3Cimg%20src%3Dx%20onerror%3Dwindow.hacked%3D1%3E", "Source essai")
    expect(page.locator("#question textarea")).to_have_value("<img src=x onerror=window.hacked=1>")


@pytest.mark.parametrize("identifier", ["EXI-G-1", "EXI-G-2"])
def test_a_document_is_shown_as_it_is_written(page: Any, site: str, identifier: str) -> None:
    open_page(page, site, "Source essai")
    ask(page, f"Que dit {identifier} ?")
    expect(page.locator("#src-1 mark").first).to_contain_text(SCRIPT)
    expect(answers(page)).to_contain_text(SCRIPT)
    page.locator("#src-1").get_by_role("button", name="Copier la référence").click()
    expect(page.locator("#etat")).to_contain_text("opi")


def test_a_model_answer_that_holds_html_runs_nothing(page: Any, site: str, model: ScriptedModel) -> None:
    open_page(page, site, "Source essai")
    ask(page, "Où est conservée la sauvegarde quotidienne hors du site principal ?")
    expect(answers(page)).to_have_count(1)
    expect(answers(page)).to_contain_text("sauvegarde")


def test_what_a_model_writes_is_text_while_it_comes_and_once_it_stands(page: Any) -> None:
    hostile = StreamingAssistant((f"{PAYLOADS} [1].", f" {MARKDOWN} [1]."))
    with Server(lambda: hostile) as server:
        open_page(page, server.url)
        ask(page, "Une sonde ?")
        expect(page.locator("#redaction")).to_contain_text(IMAGE)
        assert page.evaluate("window.hacked") is None
        assert page.locator("#redaction img, #redaction script, #redaction a").count() == 0
        hostile.go_on.set()
        expect(answers(page)).to_contain_text(IMAGE)
