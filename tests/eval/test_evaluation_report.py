"""The report: one page that needs nothing else, and the forms that programs read."""

from __future__ import annotations

import json
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from eval.commands.report import gathered
from eval.report.data import risk_coverage
from eval.report.exports import junit
from eval.report.html_report import html_report
from eval.scoring.score_run import RowScores, Score

Run = Callable[..., subprocess.CompletedProcess[str]]
_VOID = {"meta", "br"}


@pytest.fixture(scope="module")
def written(finished: Path, demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the five forms of the report of a run beside itself."""
    from tests.built_indexes import cct

    folder = tmp_path_factory.mktemp("rapport")
    forms = [f"--{name}={folder / f'r.{name}'}" for name in ("html", "json", "junit", "markdown", "openmetrics")]
    done = cct(
        "eval", "report", str(finished), "--baseline", str(finished), "--history", str(finished), *forms,
        home=demo_home, cwd=folder,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    return folder


class _Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self.unbalanced: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)


@pytest.fixture(scope="module")
def outline(written: Path) -> _Outline:
    """The page, parsed."""
    parser = _Outline()
    parser.feed((written / "r.html").read_text(encoding="utf-8"))
    return parser


def test_the_page_runs_nothing_and_loads_nothing(written: Path, outline: _Outline) -> None:
    assert not {"script", "iframe", "img", "link", "object", "form"} & set(outline.tags)
    html = (written / "r.html").read_text(encoding="utf-8")
    assert not re.search(r"(?:src|href)\s*=\s*[\"'](?!#)", html)
    assert not re.search(r"url\(|@import|\son\w+=", html)
    assert "default-src 'none'" in html


def test_the_page_is_well_formed_french_and_can_be_read_without_seeing(outline: _Outline) -> None:
    assert outline.unbalanced == []
    assert outline.open == []
    attributes = outline.attributes
    assert ("html", {"lang": "fr"}) in attributes
    drawings = [a for tag, a in attributes if tag == "svg"]
    assert drawings
    assert all(a["role"] == "img" and a["aria-labelledby"] for a in drawings)
    ids = {a["id"] for _, a in attributes if a.get("id")}
    assert all(set(str(a["aria-labelledby"]).split()) <= ids for a in drawings)
    assert outline.tags.count("figure") <= outline.tags.count("caption"), "chaque dessin a son tableau"
    assert all(a.get("scope") for tag, a in attributes if tag == "th")
    assert outline.tags.count("h1") == 1


def test_every_section_is_there_and_linked(outline: _Outline) -> None:
    sections = [a["id"] for tag, a in outline.attributes if tag == "section"]
    assert sections == [
        "mesures",
        "effets",
        "familles",
        "historique",
        "risque",
        "juge",
        "exigences",
        "echecs",
        "empreinte",
    ]
    links = [a["href"] for tag, a in outline.attributes if tag == "a"]
    assert links == [f"#{s}" for s in sections]


def test_what_a_question_or_an_answer_says_is_never_html(finished: Path, demo_home: Path, monkeypatch) -> None:
    monkeypatch.setenv("CCT_HOME", str(demo_home))
    monkeypatch.setenv("CCT_EDITION", "demo")
    data = gathered(finished, None, None, [], None)
    rows = [r.model_copy(update={"asked": "<script>alert(1)</script>"}) for r in data.scores.transcript.rows]
    object.__setattr__(data.scores.transcript, "rows", tuple(rows))
    wrong = tuple(
        RowScores(**{**{k: getattr(r, k) for k in r.__slots__}, "scores": (Score("bonne_citation", 0.0),)})
        for r in data.scores.rows
    )
    object.__setattr__(data.scores, "rows", wrong)
    html = html_report(data)
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_the_machine_forms_agree_with_each_other(written: Path, finished: Path) -> None:
    plain = json.loads((written / "r.json").read_text(encoding="utf-8"))
    root = ET.parse(written / "r.junit").getroot()
    cases = list(root.iter("testcase"))
    assert len(cases) == plain["run"]["rows"]
    assert root.find("testsuite/properties/property[@name='code']").get("value") == plain["run"]["code"]
    assert len(list(root.iter("failure"))) == len(plain["failures"])
    metrics = (written / "r.openmetrics").read_text(encoding="utf-8")
    assert metrics.endswith("# EOF\n")
    for figure in plain["figures"]:
        assert f'cct_eval{{metric="{figure["metric"]}",bound="value"}} {figure["value"]:.6f}' in metrics
    from prometheus_client.openmetrics.parser import text_string_to_metric_families

    names = {family.name for family in text_string_to_metric_families(metrics)}
    assert names == {"cct_eval", "cct_eval_failures", "cct_eval_missing"}
    assert "Toutes les mesures" in (written / "r.markdown").read_text(encoding="utf-8")


def test_junit_survives_control_characters(finished: Path, demo_home: Path, monkeypatch) -> None:
    monkeypatch.setenv("CCT_HOME", str(demo_home))
    monkeypatch.setenv("CCT_EDITION", "demo")
    data = gathered(finished, None, None, [], None)
    object.__setattr__(data.scores, "failed", ("ligne \x00\x1b perdue",))
    ET.fromstring(junit(data).encode())


def test_the_risk_curve_is_computed_by_hand() -> None:
    def row(confidence: float, right: bool) -> RowScores:
        return RowScores(
            id="", question_id="", variant="", digest="", kind="answerable", family="", cluster="", fate="intact",
            expects="answer", gating=True, status="answered", confidence=confidence, scores=(Score("trouve_1", float(right)),),
        )  # fmt: skip

    points, area = risk_coverage([row(0.9, True), row(0.8, True), row(0.5, False), row(0.1, False)], points=4)
    assert [(p.coverage, p.risk) for p in points] == [(0.25, 0), (0.5, 0), (0.75, pytest.approx(1 / 3)), (1.0, 0.5)]
    assert area == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)
