"""The maintainers' page: what it shows, to whom, and that a part that fails does not hide the others."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
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
from ui.feedback.plots import HEIGHT, LABELS, WIDTH, bars, columns, rows
from ui.feedback.signed_in import Person, is_maintainer
from ui.feedback.subjects_over_time import MOST_MONTHS, OTHERS, over_time
from ui.feedback.summary import Tally
from ui.feedback.unanswered import Subject


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
        "3 avis, 2 « utile » (67\u202f%), 1 « pas utile »", "30 minutes", "pi:EXI-ARCH-12", "La réponse est fausse", "Faux.",
        "1 questions sans réponse", "Dire par qui.", "répond quand il le faut", "97,2\u202f%", "sous le plancher", "EXI-G-1",
        "Avis par passage cité", "Avis par révision", "Par sujet et par mois", "invariant rompu ou plancher non tenu",
    ):  # fmt: skip
        assert told in page.text, told
    assert page.text.count("<svg") == page.text.count('role="img" aria-label') == 4
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
    assert (found.figures[0].words, found.figures[0].interval) == ("97,2\u202f%", "95,0\u202f% à 99,0\u202f%")


def test_bars_are_to_scale() -> None:
    made = bars([("2026-10", Tally(3, 1)), ("2026-11", Tally(1, 0))])
    assert made[0].useful_height + made[0].other_height == HEIGHT
    assert made[1].useful_height == HEIGHT / 4
    assert made[0].other_y == 0
    assert made[0].x + made[0].width <= made[1].x
    assert bars([]) == bars([("2026-11", Tally())]) == ()


def test_rows_share_what_the_labels_leave() -> None:
    made = rows([("pi:EXI-A-1", Tally(1, 3)), ("pi:EXI-A-2", Tally(2, 0))])
    assert made[0].useful_width + made[0].other_width == WIDTH - LABELS
    assert made[0].other_x == LABELS + made[0].useful_width
    assert made[1].useful_width == (WIDTH - LABELS) / 2
    assert made[0].y + made[0].height <= made[1].y
    assert rows([]) == rows([("pi:EXI-A-1", Tally())]) == ()


def test_columns_stack_their_series() -> None:
    made = columns([("2026-10", (1, 3)), ("2026-11", (0, 1))])
    assert [s.height for s in made[0].segments] == [HEIGHT / 4, HEIGHT * 3 / 4]
    assert made[0].segments[1].y == 0
    assert made[1].segments[1].y + made[1].segments[1].height == HEIGHT
    assert columns([]) == columns([("2026-11", (0, 0))]) == ()


def test_what_got_no_answer_is_counted_month_by_month_the_quiet_months_too() -> None:
    when = datetime(2026, 3, 2, tzinfo=UTC)
    asked = [Subject(f"pi:{n}", 9 - n, when, (), {"2025-12": 8 - n, "2026-03": 1}) for n in range(6)]
    over = over_time(asked)
    assert over.months == ("2025-12", "2026-01", "2026-02", "2026-03")
    assert over.series[0] == ("pi:0", (8, 0, 0, 1))
    assert over.series[-1] == (OTHERS, (4 + 3, 0, 0, 2))
    assert len(over.columns) == 4
    ancient = over_time([Subject("", 2, when, (), {"2020-01": 1, "2026-03": 1})])
    assert len(ancient.months) == MOST_MONTHS and ancient.months[-1] == "2026-03"
    assert over_time([]).columns == ()
