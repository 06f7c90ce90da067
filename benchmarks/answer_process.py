"""One system that answers, in a process of its own: `python -m benchmarks.answer_process SYSTEM FILE`.

SYSTEM is ours, tutorial or tutorial-words; FILE holds a JSON list of questions. Prints one JSON object:
memory, and for each question its time and the places that were found, best first.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.machine import memory
from ingest.settings import IngestSettings

Places = list[list[tuple[str, str, int, int]]]
"""For each rank, every (source, document, first line, last line) where that text stands."""
Ask = Callable[[str], tuple[float, float, Places]]
"""Question → milliseconds in all, milliseconds of retrieval alone, places."""


def main() -> None:
    """Answers every question, then prints what was seen."""
    questions: list[str] = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    start = time.perf_counter()
    ask = {"ours": _ours, "tutorial": _tutorial, "tutorial-words": _tutorial_words}[sys.argv[1]]()
    ask("Que dit le cadre de la sauvegarde ?")
    ready = time.perf_counter() - start
    warm, _ = memory()
    answers = [ask(question) for question in questions]
    now, highest = memory()
    report = {"ready_seconds": ready, "warm": warm, "after": now, "highest": highest, "answers": answers}
    print(json.dumps(report))


def _ours() -> Ask:
    from assistant.answer import Question
    from assistant.assembly import make_assistant

    assistant = make_assistant()

    def ask(question: str) -> tuple[float, float, Places]:
        start = time.perf_counter()
        answer = assistant.answer(Question(question))
        elapsed = (time.perf_counter() - start) * 1000
        places = [
            [(p.source, p.document, p.line_start, p.line_end) for p in (r.place, *r.also)] for r in answer.retrieved
        ]
        return elapsed, answer.timings_ms.get("retrieval", elapsed), places

    return ask


def _tutorial() -> Ask:
    from benchmarks.tutorial_pipeline import TutorialIndex
    from ingest.index.embedding import BundledE5

    index = TutorialIndex(IngestSettings().home / "tutorial", BundledE5())

    def ask(question: str) -> tuple[float, float, Places]:
        start = time.perf_counter()
        index.nearest(question)
        elapsed = (time.perf_counter() - start) * 1000
        found = index.nearest(question, 10)  # not timed: a tutorial shows five, ten are judged
        return elapsed, elapsed, [[(c.source, c.document, c.lines.start, c.lines.end)] for c in found]

    return ask


def _tutorial_words() -> Ask:
    """The tutorial's pieces by BM25 over their French words: a second point of comparison, without embedding."""
    import numpy as np

    from assistant.search.french_text import tokens
    from assistant.search.sparse_search import SparseIndex
    from benchmarks.tutorial_pipeline import read_chunks
    from ingest.sources.corpus import Corpus

    chunks = read_chunks(Corpus(IngestSettings()))
    index = SparseIndex([tokens(chunk.text) for chunk in chunks])

    def ask(question: str) -> tuple[float, float, Places]:
        start = time.perf_counter()
        nearest = np.argsort(-index.scores(tokens(question)), kind="stable")[:10]
        elapsed = (time.perf_counter() - start) * 1000
        found = [chunks[n] for n in nearest]
        return elapsed, elapsed, [[(c.source, c.document, c.lines.start, c.lines.end)] for c in found]

    return ask


if __name__ == "__main__":
    main()
