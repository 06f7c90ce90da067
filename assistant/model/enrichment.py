"""Questions proposed by a language model for passages that the bank does not know; a person accepts them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files

from assistant.errors import ModelError
from assistant.model.language_model import LanguageModel
from ingest.passage import Located
from ingest.question_bank import Entry, QuestionBank, sketch_text
from ingest.reading.quote_form import sketch, words

_MOST = 8
_COPIED_RUN = 8
"""Words in a row that a question may not share with its passage: it would be a copy, not a question."""
_MARKER = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s*|^\s*\"|\"\s*$")


def passages_without_questions(bank: QuestionBank, located: Sequence[Located]) -> list[Located]:
    """The passages that no sound or suspect entry leads to, each text once."""
    known = {n for binding in bank.bind(located) for n in binding.positions}
    texts = {located[n].passage.fingerprint for n in known}
    fresh: dict[str, Located] = {}
    for item in located:
        if item.passage.fingerprint not in texts and len(words(item.passage.text)) >= 5:
            fresh.setdefault(item.passage.fingerprint, item)
    return list(fresh.values())


def propose(model: LanguageModel, item: Located) -> Entry:
    """A proposed entry for a passage. Raises ModelError when the model gives no usable question."""
    instructions = files("assistant").joinpath("prompts/questions.md").read_text(encoding="utf-8")
    p = item.passage
    heading = f"{p.id or ''} {p.context or p.title}".strip()
    answer = model.complete(instructions, f"<passage>\n{heading}\n{p.text}\n</passage>")
    questions = usable_questions(answer, p.text)
    if not questions:
        raise ModelError(f"Aucune question utilisable pour {item.key}.", "Réessayez, ou changez de modèle.")
    record = p.kind in {"requirement", "component", "term"}
    return Entry(
        id=f"proposee-{p.fingerprint}",
        records=(item.key,) if record else (),
        fingerprints=(p.fingerprint,),
        sketch=sketch_text(sketch(p.text)),
        questions=questions,
    )


def usable_questions(answer: str, passage: str) -> tuple[str, ...]:
    """The questions of a model's answer: one a line, each once, none too short, too long or copied."""
    own = words(passage)
    runs = {tuple(own[i : i + _COPIED_RUN]) for i in range(len(own) - _COPIED_RUN + 1)}
    kept: dict[str, str] = {}
    for line in re.sub(r"<think>.*?</think>", "", answer, flags=re.DOTALL).splitlines():
        question = _MARKER.sub("", line).strip().strip('"«» ')
        asked = words(question)
        copied = any(tuple(asked[i : i + _COPIED_RUN]) in runs for i in range(len(asked) - _COPIED_RUN + 1))
        if 2 <= len(asked) <= 40 and not copied and not question.endswith(":"):
            kept.setdefault(" ".join(asked), question)
    return tuple(kept.values())[:_MOST]
