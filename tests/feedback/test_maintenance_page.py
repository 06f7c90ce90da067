"""The maintainers' page: what it shows, to whom, and that a part that fails does not hide the others."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import Request

from tests.feedback.test_requirement_comments import TEXT, Site
from tests.feedback.test_unanswered_questions import unanswered
from tests.ui.canned_assistant import XSS
from ui.feedback.feedback import Ballot
from ui.feedback.latest_evaluation import latest_evaluation
from ui.feedback.plots import HEIGHT, bars
from ui.feedback.signed_in import Person, is_maintainer
from ui.feedback.summary import Tally


@pytest.fixture
def site(small_source: Callable[..., Any], requirement_table: Callable[..., str], tmp_path: Path) -> Iterator[Site]:
    rows = [(f"EXI-G-{n}", "P", TEXT.replace("2", str(n)), "Données") for n in (1, 1)]
    made = Site(small_source({"exigences.md": requirement_table(*rows)}).corpus(), tmp_path / "home")
    yield made
    made.service.storage.close()


def evaluate(home: Path, name: str, created: str, **values: Any) -> None:
    """A scored run in the data folder."""
    folder = home / "evaluation" / "runs" / name
    folder.mkdir(parents=True)
    figure = {
        "name": "repond",
        "label": "répond quand il le faut",
        "scale": "binary",
        "value": 0.972,
        "low": 0.95,
        "high": 0.99,
        "rows": 120,
        "failures": 3,
    }
    plain = {
        "created": created,
        "complete": True,
        "ending": 1,
        "figures": [{**figure, "below_floor": True}],
        **values,
    }
    (folder / "figures.json").write_text(json.dumps(plain), encoding="utf-8")


def test_everything_is_on_one_page_without_script(site: Site, tmp_path: Path) -> None:
    desk = site.service.desk
    for number in range(3):
        answered = site.client.post("/api/v1/ask", json={"question": f"Que demande EXI-ARCH-12 ? ({number})"}).json()
        desk.vote(
            answered["receipt"],
            Ballot("useful", minutes_saved=15) if number else Ballot("not_useful", ("wrong",), f"Faux. {XSS}"),
        )
    site.service.journal.record("web", unanswered("Et les girafes ?"))
    site.service.journal.close(30)
    site.send(site.fields("source=essai&id=EXI-G-1"))
    evaluate(tmp_path / "home", "recente", "2026-11-20T10:00:00")
    page = site.client.get("/maintenance", headers={"accept": "text/html"})
    assert page.status_code == 200
    for told in (
        "3 avis, 2 « utile » (67 %), 1 « pas utile »", "30 minutes", "pi:EXI-ARCH-12", "La réponse est fausse", "Faux.",
        "1 questions sans réponse", "Dire par qui.", "répond quand il le faut", "97,2 %", "sous le plancher", "EXI-G-1",
        "<svg", "invariant rompu ou plancher non tenu",
    ):  # fmt: skip
        assert told in page.text, told
    assert "girafes" not in page.text  # words are kept only where the setting says so
    assert "<script" not in page.text
    assert "<img" not in page.text
    assert " style=" not in page.text


def test_an_empty_database_makes_a_page_too(site: Site) -> None:
    page = site.client.get("/maintenance")
    assert page.status_code == 200
    assert "Aucun avis." in page.text
    assert "Aucune exécution jugée" in page.text


def test_the_database_away_the_rest_is_shown(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from ui.errors import StorageUnreachable

    def away(self: object) -> None:
        raise StorageUnreachable("La base ne peut pas servir : éteinte.")

    monkeypatch.setattr("ui.storage.provider.StorageProvider.__call__", away)
    page = site.client.get("/maintenance")
    assert page.status_code == 200
    assert "éteinte" in page.text
    assert "Défauts des documents servis" in page.text


@pytest.mark.parametrize(("client", "base", "allowed"), [
    ("127.0.0.1", "http://localhost", True),
    ("127.0.0.1", "http://assistant.exemple.invalid", False),
    ("203.0.113.7", "http://localhost", False),
])  # fmt: skip
def test_where_nobody_signs_in_it_is_for_this_machine_alone(
    client: str, base: str, allowed: bool, site: Site
) -> None:
    other = TestClient(site.client.app, base_url=base, client=(client, 1))
    answered = other.get("/maintenance", headers={"accept": "text/html"})
    assert answered.status_code == (200 if allowed else 403)
    assert ("réservée aux mainteneurs" in answered.text) is not allowed
    assert ('href="/maintenance"' in other.get("/revisions").text) is allowed


@pytest.mark.parametrize(
    ("roles", "allowed"), [({"reader"}, False), ({"reader", "maintainer"}, True), (set(), False)]
)
def test_where_people_sign_in_the_role_decides(roles: set[Any], allowed: bool) -> None:
    app = FastAPI()

    @app.get("/")
    def probe(request: Request) -> bool:
        request.state.person = Person("oidc", "42", frozenset(roles))
        return is_maintainer(request)

    assert TestClient(app, base_url="http://localhost", client=("127.0.0.1", 1)).get("/").json() is allowed


def test_the_newest_evaluation_is_shown_and_a_damaged_one_passed_over(tmp_path: Path) -> None:
    assert latest_evaluation(tmp_path) is None
    evaluate(tmp_path, "ancienne", "2026-11-01T10:00:00")
    evaluate(tmp_path, "recente", "2026-11-20T10:00:00")
    evaluate(tmp_path, "abimee", "2026-11-25T10:00:00", figures="?")
    found = latest_evaluation(tmp_path)
    assert found is not None
    assert found.name == "recente"
    assert (found.figures[0].words, found.figures[0].interval) == ("97,2 %", "95,0 % à 99,0 %")


def test_bars_are_to_scale() -> None:
    made = bars([("2026-10", Tally(3, 1)), ("2026-11", Tally(1, 0))])
    assert made[0].useful_height + made[0].other_height == HEIGHT
    assert made[1].useful_height == HEIGHT / 4
    assert made[0].other_y == 0
    assert made[0].x + made[0].width <= made[1].x
    assert bars([]) == bars([("2026-11", Tally())]) == ()
