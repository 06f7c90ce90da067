"""The judged path: French prompts, untidy judges, failures that are neither zero nor dropped, calibration."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from eval.judging.calibration import add_label, agreements, between_people, read_labels
from eval.judging.french_prompts import prompts_digest
from eval.judging.judge_model import HttpJudge, Judge, JudgeError, configured_judge, read_json
from eval.judging.judge_run import FORMER, Verdict, judge_cases, judged_figures, read_verdicts
from eval.judging.judged_metrics import NAMES, rescaled
from eval.judging.settings import JudgeSettings
from eval.runs.transcript import read_run
from eval.scoring.case import Case
from eval.scoring.source_texts import SourceTexts
from ingest.sources.corpus import Corpus
from tests.built_indexes import bundled_embedder, settings_of
from tests.eval.scripted_judge import ScriptedJudge

Judging = Callable[..., list[Verdict]]


@pytest.fixture(scope="module")
def cases(finished: Path, demo_home: Path) -> list[Case]:
    """Three answered rows."""
    transcript = read_run(finished)
    texts = SourceTexts(Corpus(settings_of(demo_home, edition="demo")), transcript.record.documents)
    found = [Case(row, texts) for row in transcript.rows if not row.variant]
    return [c for c in found if c.answered and c.must_answer][:3]


@pytest.fixture
def judged(cases: list[Case], tmp_path: Path) -> Judging:
    """judged(judge, repeats=1) → the verdicts on the three rows."""

    def run(judge: Judge, repeats: int = 1, folder: Path = tmp_path) -> list[Verdict]:
        return judge_cases(cases, judge, bundled_embedder(), folder, repeats, 2, prompts_digest(), lambda *_: None)

    return run


def test_each_row_gets_each_metric_at_each_repeat(judged: Judging, cases: list[Case]) -> None:
    verdicts = judged(ScriptedJudge(), 2)
    assert len(verdicts) == len(cases) * len(NAMES) * 2
    assert all(v.value is not None for v in verdicts), [v.reason for v in verdicts]
    figures = {f.metric: f for f in judged_figures(verdicts)}
    assert figures["fidelite_jugee"].mean >= 0.5
    assert figures["fidelite_jugee"].spread == 0
    assert {f.unscored for f in figures.values()} == {0}


def test_the_judge_reads_french_and_never_ragass_english(judged: Judging) -> None:
    judge = ScriptedJudge()
    judged(judge)
    assert judge.prompts
    for prompt in judge.prompts:
        assert not any(english in prompt for english in ("Please return", "Given a question", "EXAMPLES", "Einstein"))
        assert "Réponds par un objet JSON" in prompt


@pytest.mark.parametrize(
    "said",
    [
        "Voici le résultat :\n```json\n{body}\n```\nBonne lecture.",
        "<think>Je réfléchis { à }</think>{body}",
        "Sortie : {body} Voilà.",
    ],
)
def test_what_is_around_the_json_is_left_out(said: str) -> None:
    class Shape(BaseModel):
        claims: list[str]

    text = said.replace("{body}", '{"claims": ["a", "b",],}')
    assert read_json(text, Shape).claims == ["a", "b"]


def test_a_judge_that_fails_once_is_asked_again(judged: Judging) -> None:
    verdicts = judged(ScriptedJudge(lambda prompt, call: "pas du JSON" if call % 3 == 1 else None))
    assert all(v.value is not None for v in verdicts)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("je ne sais pas", "illisible"),
        ('{"statements": [], "claims": [], "question": "", "noncommittal": 0}', "rien trouvé à juger"),
        ('{"claims": ["x"], "statements": ["x"], "question": 3}', "illisible"),
    ],
)
def test_a_verdict_that_cannot_be_had_is_unscored_not_zero_and_not_lost(
    judged: Judging, cases: list[Case], reply: str, said: str
) -> None:
    verdicts = judged(ScriptedJudge(lambda prompt, call: reply))
    assert len(verdicts) == len(cases) * len(NAMES)
    assert all(v.value is None for v in verdicts)
    assert any(said in v.reason for v in verdicts)
    assert all(math.isnan(f.mean) and f.unscored == f.asked for f in judged_figures(verdicts))


def test_another_number_of_verdicts_than_of_statements_is_no_score(judged: Judging) -> None:
    def nine(prompt: str, call: int) -> str | None:
        verdicts = ", ".join(['{"statement": "x", "reason": "", "verdict": 1}'] * 9)
        return f'{{"statements": [{verdicts}]}}' if '"context"' in prompt.rsplit("Entrée à", 1)[1] else None

    by_metric = {v.metric: v for v in judged(ScriptedJudge(nine)) if v.value is None}
    assert "fidelite_jugee" in by_metric
    assert "verdict(s) pour" in by_metric["fidelite_jugee"].reason


def test_a_judge_that_raises_loses_no_row(judged: Judging, cases: list[Case]) -> None:
    class Broken:
        name = "cassé"

        async def complete(self, prompt: str, seed: int) -> str:
            raise RuntimeError("panne")

    verdicts = judged(Broken())
    assert len(verdicts) == len(cases) * len(NAMES)
    assert {v.reason for v in verdicts} == {"RuntimeError : panne"}


def test_verdicts_of_the_same_judge_are_kept_and_another_judges_are_put_aside(
    judged: Judging, tmp_path: Path
) -> None:
    first = ScriptedJudge()
    judged(first)
    again = ScriptedJudge()
    verdicts = judged(again)
    assert again.prompts == []
    other = ScriptedJudge(name="un autre")
    judged(other)
    assert len(other.prompts) == len(first.prompts)
    assert {v.judge for v in read_verdicts(tmp_path)} == {"un autre"}
    aside = [Verdict.model_validate_json(line) for line in (tmp_path / FORMER).read_text("utf-8").splitlines()]
    assert {(v.row, v.metric, v.repeat) for v in aside} == {(v.row, v.metric, v.repeat) for v in verdicts}


def test_unrelated_questions_are_worth_nothing_and_the_same_one_everything() -> None:
    assert (rescaled(0.79), rescaled(0.93), rescaled(0.97)) == (0, pytest.approx(1), 1)
    assert rescaled(0.865) == pytest.approx(0.5)


def _verdicts(values: list[float]) -> list[Verdict]:
    return [Verdict(row=f"Q-{n}", metric="fidelite_jugee", repeat=0, value=v) for n, v in enumerate(values)]


def test_agreement_with_people_decides_whether_a_metric_may_gate(tmp_path: Path) -> None:
    for n in range(60):
        add_label(tmp_path, f"Q-{n}", "fidelite_jugee", n % 2 == 0, "A")
    labels = read_labels(tmp_path)
    (same,) = agreements(labels, _verdicts([float(n % 2 == 0) for n in range(60)]))
    assert (same.kappa, same.calibrated) == (1.0, True)
    (chance,) = agreements(labels, _verdicts([float(n % 4 < 2) for n in range(60)]))
    assert chance.kappa == pytest.approx(0.0, abs=0.05)
    assert not chance.calibrated
    (few,) = agreements(labels[:20], _verdicts([float(n % 2 == 0) for n in range(60)]))
    assert not few.calibrated


def test_a_person_may_change_their_mind_and_a_tie_is_left_out(tmp_path: Path) -> None:
    add_label(tmp_path, "Q-0", "fidelite_jugee", False, "A")
    add_label(tmp_path, "Q-0", "fidelite_jugee", True, "A")
    add_label(tmp_path, "Q-1", "fidelite_jugee", True, "A")
    add_label(tmp_path, "Q-1", "fidelite_jugee", False, "B")
    labels = read_labels(tmp_path)
    assert len(labels) == 3
    (found,) = agreements(labels, _verdicts([1.0, 1.0]))
    assert found.labels == 1
    assert between_people(labels) == pytest.approx(0.0)


@pytest.fixture
def endpoint() -> Iterator[tuple[str, list[dict[str, Any]], list[str]]]:
    """A local OpenAI-compatible server: its address, the bodies it got, the replies it gives (the last for ever)."""
    bodies: list[dict[str, Any]] = []
    replies = ['{"claims": ["a"]}']

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            reply = replies.pop(0) if len(replies) > 1 else replies[0]
            status = int(reply) if reply.isdigit() else 200
            message = {
                "choices": [
                    {"message": {"content": reply}, "finish_reason": "stop" if reply.endswith("}") else "length"}
                ],
                "usage": {"prompt_tokens": 7, "completion_tokens": 3},
            }
            content = json.dumps(message).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing on the terminal."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", bodies, replies
    server.shutdown()
    server.server_close()


def _settings(url: str) -> JudgeSettings:
    return JudgeSettings(
        _env_file=None, JUDGE_BASE_URL=url, JUDGE_MODEL="petit", JUDGE_API_KEY="secret", JUDGE_TIMEOUT=5
    )  # type: ignore[call-arg]


def test_an_answer_that_the_limit_of_tokens_cut_is_counted(endpoint) -> None:
    import asyncio

    url, _, replies = endpoint
    replies[:] = ['{"claims": ["a"', '{"claims": []}']
    judge = HttpJudge(_settings(url))
    for seed in (1, 2):
        asyncio.run(judge.complete("question", seed))
    assert (judge.calls, judge.cut) == (2, 1)


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/"])
def test_the_endpoint_is_asked_with_a_seed_and_without_temperature(endpoint, suffix: str) -> None:
    import asyncio

    url, bodies, _ = endpoint
    judge = HttpJudge(_settings(url + suffix))
    assert asyncio.run(judge.complete("question", 42)) == '{"claims": ["a"]}'
    assert (bodies[0]["seed"], bodies[0]["temperature"]) == (42, 0)
    assert bodies[0]["messages"][0]["content"].startswith("Tu juges")
    assert judge.tokens == [7, 3]
    assert "secret" not in judge.name


def test_a_refusing_endpoint_is_a_french_error(endpoint) -> None:
    import asyncio

    url, _, replies = endpoint
    replies[:] = ["503"]
    with pytest.raises(JudgeError, match="503"):
        asyncio.run(HttpJudge(_settings(url)).complete("q", 1))
    with pytest.raises(JudgeError, match="pas répondu"):
        asyncio.run(HttpJudge(_settings("http://127.0.0.1:9")).complete("q", 1))


def test_without_a_judge_the_command_says_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("JUDGE_BASE_URL", "JUDGE_MODEL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(JudgeError) as caught:
        configured_judge()
    assert "JUDGE_BASE_URL" in caught.value.remedy
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("LLM_DEFAULT_MODEL", "m")
    assert configured_judge().settings.model == "m"
    assert configured_judge().settings.api_key == SecretStr("")
