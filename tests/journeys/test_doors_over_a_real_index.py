"""The doors of other programs over a real index: the MCP tools by standard input and output, and /v1 beside them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import openai
import pytest
from mcp import Client, StdioServerParameters

from ingest.reading.quote_form import is_verbatim
from ingest.sources.corpus import Corpus
from tests.built_indexes import (
    PROJECT,
    assistant_of,
    command,
    environment,
    library_of,
    settings_of,
)
from ui.doors.consultation import CorpusConsultation

QUESTION = "Que dit EXI-ARCH-11 ?"


@pytest.fixture(scope="module")
def consultation(demo_home: Path) -> CorpusConsultation:
    return CorpusConsultation(
        assistant_of(demo_home), library_of(demo_home), Corpus(settings_of(demo_home, edition="demo"))
    )


def test_a_coding_agent_asks_through_cct_mcp(demo_home: Path, tmp_path: Path) -> None:
    program = StdioServerParameters(command=str(command()), args=["mcp"], env=environment(demo_home), cwd=tmp_path)

    async def run() -> Any:
        async with Client(program) as client:
            return await client.list_tools(), await client.call_tool("poser_question", {"question": QUESTION})

    listed, result = asyncio.run(run())
    assert "lire_exigence" in [tool.name for tool in listed.tools]
    assert not result.is_error
    assert "EXI-ARCH-11" in result.content[0].text and "[1]" in result.content[0].text
    assert result.structured_content["schema"] == 1
    assert result.structured_content["citations"][0]["verified"]


def test_cct_serve_opens_v1_to_this_machine(site: str) -> None:
    with openai.OpenAI(base_url=f"{site}v1", api_key="sans-jeton", max_retries=0) as client:
        done = client.chat.completions.create(
            model="assistant-cct", messages=[{"role": "user", "content": QUESTION}], stream=True
        )
        text = "".join(chunk.choices[0].delta.content or "" for chunk in done)
    assert "EXI-ARCH-11" in text and "**Sources**" in text
    assert "démonstration" in text


def test_cct_serve_opens_mcp_to_this_machine(site: str) -> None:
    async def run() -> Any:
        async with Client(f"{site}mcp") as client:
            return await client.call_tool("lire_exigence", {"identifiant": "arch 11", "source": "pi"})

    (record,) = asyncio.run(run()).structured_content["records"]
    row = (
        (PROJECT / "corpus/demo/pi" / record["document"]).read_text(encoding="utf-8").splitlines()[record["line"] - 1]
    )
    assert is_verbatim(record["text"].splitlines()[0], row)


def test_passages_are_found_whole(consultation: CorpusConsultation) -> None:
    found = consultation.search("sauvegarde", ["pi"], 4)
    passages = found.data["passages"]
    assert len(passages) == 4
    assert {p["source"] for p in passages} == {"pi"}
    assert all(p["text"] and p["text"].splitlines()[0] in found.text for p in passages)


def test_requirements_are_listed_by_type_and_subject(consultation: CorpusConsultation) -> None:
    every = consultation.requirements(None, None, "", None).data["requirements"]
    primary = consultation.requirements("pi", "P", "", None).data["requirements"]
    assert 0 < len(primary) < len(every)
    assert {(r["source"], r["type"]) for r in primary} == {("pi", "P")}
    about = consultation.requirements(None, None, "sauvegarde", None).data
    assert about["requirements"] and not about["by_nearness"]
    assert all("auvegard" in r["text"] + (r["category"] or "") for r in about["requirements"])


def test_a_subject_that_no_requirement_names_gives_the_nearest_and_says_so(consultation: CorpusConsultation) -> None:
    near = consultation.requirements(None, None, "mots de passe oubliés par les utilisateurs", None)
    assert near.data["by_nearness"]
    assert near.text.startswith("Aucune exigence ne contient ces mots")


def test_a_checklist_is_read_with_its_reasons(consultation: CorpusConsultation) -> None:
    described = "Un portail internet pour les usagers, sans IA."
    short = consultation.checklist(described, [], [], whole=False)
    whole = consultation.checklist(described, ["pi"], [], whole=True)
    assert "## Écartées" in short.text and described in short.text
    assert len(short.data["lines"]) > len(whole.data["lines"])
    assert all(line["verdict"] and line["grounds"] and "requirement" not in line for line in short.data["lines"])
    assert all(line["requirement"] and line["references"].startswith("pi:") for line in whole.data["lines"])


def test_what_does_not_exist_is_said(consultation: CorpusConsultation) -> None:
    assert "n'existe dans aucune" in consultation.requirement("EXI-ARCH-99", None, None).text
    assert consultation.requirement("EXI-ARCH-99", None, None).data == {"records": []}


@pytest.fixture(scope="module")
def official(official_corpus: Corpus, demo_home: Path) -> CorpusConsultation:
    """Past revisions are read from the repositories: no index of them is needed."""
    return CorpusConsultation(assistant_of(demo_home), library_of(demo_home), official_corpus)


@pytest.mark.official
def test_two_official_revisions_are_compared_by_text(official: CorpusConsultation) -> None:
    found = official.compare("pi", "f558bd7", "747e9cf")
    assert len(found.data["renumbered"]) == 10
    assert "EXI-ARCH-15 → EXI-ARCH-14" in found.text
    assert all(item["url_b"].startswith("https://") for item in found.data["renumbered"])


@pytest.mark.official
def test_a_requirement_is_read_as_it_was(official: CorpusConsultation) -> None:
    (then,) = official.requirement("EXI-ARCH-14", "pi", "f558bd7").data["records"]
    (now,) = official.requirement("EXI-ARCH-14", "pi", "747e9cf").data["records"]
    assert then["text"] != now["text"]
    assert "f558bd7" in then["url"] and "747e9cf" in now["url"]
