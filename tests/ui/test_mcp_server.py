"""The MCP server, driven by the official MCP client: over HTTP from a real server, and over standard input and output."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.ui.canned_assistant import CannedAssistant
from tests.ui.canned_consultation import CannedConsultation
from tests.ui.served_app import served
from ui.doors.access_guard import AccessPolicy
from ui.doors.consultation import Consultation, CorpusConsultation
from ui.doors.door_settings import DoorSettings
from ui.doors.mcp_server import make_server
from ui.http_api import create_app
from ui.metrics import Metrics

TOKEN = "jeton-d-essai-0123456789"
TOOLS = ["poser_question", "chercher", "lire_exigence", "comparer_revisions", "lister_exigences", "liste_conformite"]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    settings = DoorSettings(_env_file=None, tokens=TOKEN, rate=0)  # type: ignore[call-arg]  # pydantic-settings's own
    access = AccessPolicy.of(settings, "0.0.0.0")
    app = create_app(CannedAssistant, web_page=False, access=access, consultation=CannedConsultation)
    with served(app) as address:
        yield address


def over_http(site: str, work: Callable[[Client], Awaitable[Any]], token: str = TOKEN, mode: str = "auto") -> Any:
    async def run() -> Any:
        headers = {"authorization": f"Bearer {token}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=60) as http,
            Client(streamable_http_client(f"{site}/mcp", http_client=http), mode=mode) as client,  # type: ignore[arg-type]
        ):
            return await work(client)

    return asyncio.run(run())


def call(name: str, **arguments: Any) -> Any:
    async def run() -> Any:
        async with Client(make_server(CannedConsultation, "1")) as client:
            return await client.call_tool(name, arguments)

    return asyncio.run(run())


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_official_client_lists_and_calls_over_http(site: str, mode: str) -> None:
    async def work(client: Client) -> Any:
        listed = await client.list_tools()
        return listed.tools, await client.call_tool("poser_question", {"question": "Que dit EXI-G-4 ?"})

    tools, result = over_http(site, work, mode=mode)
    assert [t.name for t in tools] == TOOLS
    assert not result.is_error
    assert result.content[0].text == "ask Que dit EXI-G-4 ? [] []"
    assert result.structured_content == {"asked": ["ask", "Que dit EXI-G-4 ?", [], []]}


def test_every_tool_says_in_french_what_it_does_and_that_it_only_reads(site: str) -> None:
    async def work(client: Client) -> Any:
        return (await client.list_tools()).tools

    for tool in over_http(site, work):
        assert tool.annotations.read_only_hint
        assert tool.description.endswith(".")
        described = [p for p in tool.input_schema["properties"].values() if p.get("description")]
        assert len(described) == len(tool.input_schema["properties"])


def test_a_wrong_token_does_not_enter(site: str) -> None:
    async def work(client: Client) -> Any:
        return await client.list_tools()

    with pytest.raises(BaseException) as refused:
        over_http(site, work, token="autre-jeton-0123456789")
    assert "401" in repr(_leaves(refused.value)) or "Jeton" in repr(_leaves(refused.value))


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in _leaves(inner)]
    return [error]


def test_several_clients_are_served_at_once(site: str) -> None:
    async def one(n: int) -> str:
        headers = {"authorization": f"Bearer {TOKEN}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=60) as http,
            Client(streamable_http_client(f"{site}/mcp", http_client=http)) as client,
        ):
            result = await client.call_tool("chercher", {"texte": f"sujet {n}", "nombre": 2})
            return str(result.content[0].text)

    async def run() -> list[str]:
        return await asyncio.gather(*(one(n) for n in range(8)))

    assert asyncio.run(run()) == [f"search sujet {n} [] 2" for n in range(8)]


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        (
            "poser_question",
            {"question": "Et là ?", "sources": ["pi"], "questions_precedentes": ["Avant ?"]},
            "ask Et là ? ['pi'] ['Avant ?']",
        ),
        ("lire_exigence", {"identifiant": "arch 11"}, "requirement arch 11 None None"),
        (
            "lire_exigence",
            {"identifiant": "EXI-G-4", "source": "pi", "revision": "2024-05"},
            "requirement EXI-G-4 pi 2024-05",
        ),
        ("comparer_revisions", {"source": "pi", "ancienne": "2024-04"}, "compare pi 2024-04 HEAD"),
        ("lister_exigences", {"type": "P", "sujet": "sauvegarde"}, "requirements None P sauvegarde None"),
        (
            "liste_conformite",
            {"description": "Un site.", "reprendre": ["EXI-G-7"]},
            "checklist Un site. [] ['EXI-G-7'] False",
        ),
    ],
)
def test_arguments_reach_the_reading(name: str, arguments: dict[str, Any], said: str) -> None:
    assert call(name, **arguments).content[0].text == said


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("poser_question", {}, "question : champ obligatoire absent"),
        ("poser_question", {"question": " "}, "question : ne doit pas être vide"),
        ("poser_question", {"question": "x", "source": "pi"}, "source : champ inconnu"),
        ("chercher", {"texte": "x", "nombre": 50}, "nombre : au plus 12"),
        ("lister_exigences", {"type": "Q"}, "type : valeurs possibles : 'P' ou 'I'"),
        ("lire_exigence", {"identifiant": "EXI-G-4", "revision": "2024"}, "donnez aussi une source"),
        ("effacer_tout", {}, "n'existe pas. Outils : poser_question"),
        ("poser_question", {"question": "un index ?"}, "Aucun index n'est prêt. Lancez : cct ingest."),
    ],
)
def test_what_is_wrong_is_told_in_french(name: str, arguments: dict[str, Any], words: str) -> None:
    result = call(name, **arguments)
    assert result.is_error
    assert words in result.content[0].text


def test_a_failure_tells_no_detail() -> None:
    result = call("poser_question", question="une panne")
    assert result.is_error
    assert "incident n°" in result.content[0].text and "secret" not in result.content[0].text


def test_calls_are_counted() -> None:
    metrics = Metrics()

    async def run() -> None:
        async with Client(make_server(CannedConsultation, "1", metrics)) as client:
            await client.call_tool("chercher", {"texte": "x"})
            await client.call_tool("chercher", {})

    asyncio.run(run())
    text = metrics.text(()).decode()
    assert 'cct_outils_total{issue="fait",outil="chercher"} 1.0' in text
    assert 'cct_outils_total{issue="echec",outil="chercher"} 1.0' in text


def test_the_double_reads_with_the_same_arguments_as_the_real_one() -> None:
    methods = [name for name, value in vars(Consultation).items() if inspect.isfunction(value) and name[0] != "_"]
    assert len(methods) == len(TOOLS)
    for name in methods:
        wanted = inspect.signature(getattr(Consultation, name))
        assert inspect.signature(getattr(CannedConsultation, name)) == wanted
        assert inspect.signature(getattr(CorpusConsultation, name)) == wanted
