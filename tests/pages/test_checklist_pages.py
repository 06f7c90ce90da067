"""The checklist in the browser: made, filled, saved, brought back; and files that are no checklist, or hostile."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.checklist.description import QUESTIONS, read_description
from assistant.selection import Library
from ui.checklist.files import file_of, rows_of_file
from ui.checklist.making import ChecklistMaker
from ui.checklist.revisit import NEW
from ui.checklist.rows import Row, Sheet
from ui.checklist.travelling import described, filled, packed, unpacked
from ui.errors import UnreadableChecklist

DESCRIPTION = (
    "Portail web pour les agents, exposé sur internet. Il conserve des données personnelles et appelle une IA."
)
PATH = "/liste-de-conformite"
XSS = "<script>window.hacked=1</script><img src=x onerror=alert(1)>"
Make = Callable[..., FastAPI]


@pytest.fixture
def client(make_app: Make) -> TestClient:
    return TestClient(make_app(), raise_server_exceptions=False)


def made(client: TestClient, **fields: str) -> str:
    answer = client.post(PATH, files={"nothing": ""}, data={"description": DESCRIPTION, **fields})
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def carried(html: str) -> str:
    match = re.search(r'name="liste" value="([^"]+)"', html)
    assert match
    return match[1]


def fill(client: TestClient, html: str, format_name: str = "", **fields: str) -> Any:
    query = f"?format={format_name}" if format_name else ""
    data = {"liste": carried(html), **fields}
    return client.post(f"{PATH}/remplir{query}", data=data, files={"nothing": ""})


def bring_back(client: TestClient, content: bytes, name: str = "liste.ods") -> Any:
    return client.post(f"{PATH}/reprise", files={"fichier": (name, content)})


def test_a_description_gives_the_list_p_first_each_with_its_reason_and_its_text(client: TestClient) -> None:
    html = made(client)
    text = unescape(html)
    assert text.index("Primordiales (P)") < text.index("Importantes (I)")
    cards = html.split('<article class="card"')[1:]
    assert len(cards) > 20
    assert all('class="why"' in card and 'class="verbatim"' in card and "<select" in card for card in cards)
    assert "« Portail web pour les agents, exposé sur internet. » (ligne 1)" in text
    assert "--keep" not in text, "the command's options mean nothing here"
    assert "<script" not in html


def test_answers_to_the_questions_give_it_too_and_only_one_way_at_a_time(client: TestClient) -> None:
    html = made(client, description="", objet="Un portail pour les agents", ia="non", exposition="internet")
    assert "Un portail pour les agents" in html
    refused = client.post(PATH, data={"description": DESCRIPTION, "ia": "non"}, files={"nothing": ""})
    assert refused.status_code == 422
    assert "Gardez l&#39;une des deux" in refused.text and DESCRIPTION in unescape(refused.text), "nothing is lost"


def test_one_cct_alone_may_be_asked(client: TestClient) -> None:
    both, one = made(client), made(client, source="pi")
    assert "CCT MirAI" in both and 0 < one.count('<article class="card"') < both.count('<article class="card"')
    unknown = client.post(PATH, data={"description": DESCRIPTION, "source": "lune"}, files={"nothing": ""})
    assert unknown.status_code == 422 and "lune" in unknown.text


@pytest.mark.parametrize("text", ["", "   ", "!!!", "x" * 200_001], ids=["empty", "blank", "signs", "endless"])
def test_nothing_to_read_is_said_on_the_same_page(client: TestClient, text: str) -> None:
    refused = client.post(PATH, data={"description": text}, files={"nothing": ""})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text and "<textarea" in refused.text


def test_what_is_filled_stays_on_the_page_and_goes_into_each_file(client: TestClient) -> None:
    html = made(client)
    again = fill(
        client, html, **{"0-status": "conforme", "0-evidence": "dossier\r\nannexe 3", "1-waiver": "=cmd|calc"}
    )
    text = unescape(again.text)
    assert '<option value="conforme" selected>' in text and "dossier\nannexe 3</textarea>" in text
    for name in ("ods", "csv", "markdown"):
        saved = fill(client, again.text, name)
        assert saved.headers["content-disposition"].startswith('attachment; filename="liste-de-conformite.')
        if name == "markdown":
            assert "- Statut : conforme" in saved.text
            continue
        rows, description = rows_of_file(saved.content, f"liste.{name}")
        assert (rows[0].status, rows[0].evidence, rows[1].waiver) == ("conforme", "dossier\nannexe 3", "=cmd|calc")
        assert description == (DESCRIPTION if name == "ods" else "")
    assert b"'=cmd|calc" in fill(client, again.text, "csv").content, "a spreadsheet must not run it"


def test_a_line_that_was_set_aside_is_taken_back(client: TestClient) -> None:
    sheet = unpacked(carried(made(client, description="Un script interne sans utilisateur.")))
    number = next(n for n, row in enumerate(sheet.rows) if not row.kept)
    kept = filled(sheet, {f"{number}-keep": "1"}).rows[number]
    assert kept.kept and kept.grounds.startswith("Reprise à votre demande.")
    assert filled(sheet, {"0-keep": "1"}).rows[0] == sheet.rows[0], "only what was set aside is taken back"


def test_a_saved_list_comes_back_as_it_was(client: TestClient) -> None:
    html = fill(client, made(client), **{"0-status": "conforme", "2-comment": "vu"}).text
    for name in ("ods", "csv"):
        back = bring_back(client, fill(client, html, name).content, f"liste.{name}")
        assert back.status_code == 200
        assert "Rien n&#39;a changé" in back.text
        sheet = unpacked(carried(back.text))
        assert sorted(row.status for row in sheet.rows)[-1] == "conforme"
        assert [row.comment for row in sheet.rows if row.comment] == ["vu"]


def older(sheet: Sheet, dropped: int) -> bytes:
    """The list as if it had been made at an earlier revision, which lacked one requirement."""
    rows = [replace(r, references=re.sub(r"@demo-\w+", "@demo-avant", r.references)) for r in sheet.rows]
    return file_of(replace(sheet, rows=tuple(rows[:dropped] + rows[dropped + 1 :])), "ods")


def test_a_requirement_that_is_new_comes_first_with_the_reason_that_the_description_gives(client: TestClient) -> None:
    sheet = unpacked(carried(made(client)))
    number = next(n for n, row in enumerate(sheet.rows) if row.quotes and ";" not in row.references)
    back = bring_back(client, older(sheet, number))
    assert "à revoir" in back.text
    again = unpacked(carried(back.text))
    new = [row for row in again.rows if row.review == NEW]
    assert [row.identifier for row in new] == [sheet.rows[number].identifier]
    assert new[0].verdict == sheet.rows[number].verdict
    assert sheet.rows[number].grounds in new[0].grounds and new[0].quotes == sheet.rows[number].quotes
    assert again.description == DESCRIPTION


def test_without_a_description_a_new_requirement_says_why_it_is_to_confirm(client: TestClient) -> None:
    sheet = unpacked(carried(made(client)))
    number = next(n for n, row in enumerate(sheet.rows) if row.quotes and ";" not in row.references)
    back = bring_back(client, older(replace(sheet, description=""), number))
    new = next(row for row in unpacked(carried(back.text)).rows if row.review == NEW)
    assert new.verdict == "à confirmer" and "ne porte pas de description" in new.grounds


def test_the_answers_of_a_saved_list_are_recognised() -> None:
    lines = f"{QUESTIONS[0].label} Un portail.\n{QUESTIONS[3].label} non"
    assert any(statement.denies for statement in described(lines).statements)
    assert described("Un portail.\nSans IA.") == read_description("Un portail.\nSans IA.")


def test_html_in_a_file_or_a_description_is_inert(client: TestClient) -> None:
    html = made(client, description=f"Portail {XSS} exposé sur internet.")
    assert "<script>window" not in html and "<img src=x" not in html
    row = Row(
        *([XSS] * 14), links=f"javascript:alert(1) {XSS} https://exemple.invalid/a", references="pi:EXI-ARCH-12:P@abc"
    )
    sheet = Sheet("Liste", "", (replace(row, verdict="s'applique", extra=((XSS, XSS),)),), XSS)
    back = fill(client, f'name="liste" value="{packed(sheet)}"')
    assert back.status_code == 200
    assert "<script>window" not in back.text and "<img src=x" not in back.text and 'href="javascript' not in back.text
    assert 'href="https://exemple.invalid/a"' in back.text


def archive(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in members.items():
            written.writestr(name.replace("_", "."), content)
    return stream.getvalue()


BOMB = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><a>&b;</a>"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "est vide"),
        (b"%PDF-1.7 \x00", "ni un classeur ODS ni un CSV"),
        (b"\x00\x01\x02", "ni un classeur ODS ni un CSV"),
        (b"a;b\n1;2\n", "n'a pas de colonne"),
        (b"PK\x03\x04 coupe", "n'est pas un classeur"),
        (archive(content_xml=b"<a>"), "n'est pas un classeur"),
        (archive(mimetype=b"x"), "n'est pas un classeur"),
        (archive(content_xml=b"0" * 31_000_000), "30 Mo une fois décompressé"),
        (archive(content_xml=BOMB), "entités XML"),
        (("Références;Preuve\n" + "pi:EXI-G-1:P@a;x\n" * 2_001).encode(), "2000 lignes"),
        (f"Références;Preuve\npi:EXI-G-1:P@a;{'x' * 20_001}\n".encode(), "20000 signes"),
        (b"x" * 3_000_001, "3 Mo"),
    ],
    ids=["empty", "pdf", "binary", "other table", "cut", "no xml", "no content", "bomb", "entities", "rows", "cell", "size"],
)  # fmt: skip
def test_a_file_that_is_no_checklist_is_refused_in_french(client: TestClient, content: bytes, words: str) -> None:
    refused = bring_back(client, content, "fichier.bin")
    assert refused.status_code == 422
    assert words in unescape(refused.text) and 'role="alert"' in refused.text


def test_no_file_at_all_is_said(client: TestClient) -> None:
    refused = client.post(f"{PATH}/reprise", files={"autre": ("a.ods", b"x")})
    assert refused.status_code == 422 and "Aucun fichier" in refused.text


def wrapped(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content)).decode()


@pytest.mark.parametrize(
    "text",
    ["", "!!!", "QUJD", wrapped(b"[]"), wrapped(b"{}"), wrapped(b"\xff"), wrapped(b"[" * 5_000), wrapped(b" " * 20_000_001),
     wrapped(json.dumps({"title": "", "revisions": "", "description": "", "notice": "", "rows": [{"cells": ["a"], "extra": []}]}).encode()),
     wrapped(json.dumps({"title": "", "revisions": "", "description": "", "notice": "", "rows": [{"cells": "a" * 16, "extra": []}]}).encode())],
    ids=["empty", "signs", "not packed", "list", "object", "bytes", "deep", "bomb", "short row", "text row"],
)  # fmt: skip
def test_a_list_that_the_page_did_not_write_is_refused(client: TestClient, text: str) -> None:
    with pytest.raises(UnreadableChecklist):
        unpacked(text)
    refused = client.post(f"{PATH}/remplir", data={"liste": text}, files={"nothing": ""})
    assert refused.status_code == 422 and "illisible" in refused.text


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(client: TestClient) -> None:
    assert bring_back(client, b"x" * 8_100_000).status_code == 413


def test_the_address_of_a_posted_page_opens_the_start(client: TestClient) -> None:
    for path in (PATH, f"{PATH}/remplir", f"{PATH}/reprise"):
        assert "Reprendre une liste enregistrée" in client.get(path).text


def test_the_list_travels_unchanged(demo_maker: ChecklistMaker, demo_library: Library) -> None:
    _, sheet = demo_maker.checklist(read_description(DESCRIPTION), by_command=False)
    assert unpacked(packed(sheet)) == sheet
    assert len(packed(sheet)) < 100_000
