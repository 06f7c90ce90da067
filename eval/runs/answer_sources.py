"""Where the answers of a run come from: the assistant itself, a service, or answers recorded earlier."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx

from assistant.answer import Question
from assistant.answering import Assistant
from ingest.errors import CctError


class AnswerError(CctError):
    """A question got no answer that can be recorded."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The object of answer.schema.json as JSON, how sure the assistant is, and the time it took."""

    answer: str
    confidence: float | None
    milliseconds: float


class Answers(Protocol):
    """Gives one answer a question."""

    name: str

    def answer(self, row_id: str, question: str, sources: tuple[str, ...]) -> Answered:
        """Raises AnswerError when there is none."""


class LocalAnswers:
    """The assistant of this program, over the live index."""

    def __init__(self, assistant: Assistant, revisions: Mapping[str, str]) -> None:
        self.name = "local"
        self._assistant = assistant
        self._revisions = dict(revisions)
        first = assistant.answer(Question("Que dit le CCT de la sauvegarde ?", revisions=self._revisions))
        if first.status == "error":  # each question would end like this one
            raise AnswerError(
                f"L'assistant ne peut pas répondre à ces révisions : {first.text}",
                "Lancez « cct ingest », puis reprenez.",
            )

    def answer(self, row_id: str, question: str, sources: tuple[str, ...]) -> Answered:
        """See Answers."""
        start = time.perf_counter()
        answer = self._assistant.answer(Question(question, id=row_id, sources=sources, revisions=self._revisions))
        elapsed = (time.perf_counter() - start) * 1000
        confidence = round(answer.confidence, 4) if answer.confidence is not None else None
        return Answered(json.dumps(answer.to_json(), ensure_ascii=False), confidence, elapsed)


class RecordedAnswers:
    """Answers of an earlier `cct ask --batch --json`, by the id of their question."""

    def __init__(self, path: Path) -> None:
        self.name = f"enregistrées : {path.name}"
        self._answers: dict[str, str] = {}
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as exc:
            raise AnswerError(
                f"Réponses illisibles : {path}.", "Donnez une sortie de « cct ask --batch --json »."
            ) from exc
        for number, line in enumerate(lines, 1):
            try:
                item = json.loads(line)
                self._answers[str(item["id"])] = line
            except (json.JSONDecodeError, KeyError, TypeError) as exc:
                raise AnswerError(
                    f"{path.name}, ligne {number} : ce n'est pas une réponse avec son « id ».",
                    "Donnez une sortie de « cct ask --batch --json ».",
                ) from exc

    def answer(self, row_id: str, question: str, sources: tuple[str, ...]) -> Answered:
        """See Answers."""
        recorded = self._answers.get(row_id)
        if recorded is None:
            raise AnswerError(
                f"Pas de réponse enregistrée pour {row_id} ({question[:60]}, {len(sources)} source(s))."
            )
        took = json.loads(recorded).get("timings_ms", {}).get("total", 0.0)
        return Answered(recorded, None, float(took))


class ServiceAnswers:
    """An assistant served elsewhere, by its POST /api/v1/ask."""

    def __init__(self, url: str, timeout: float = 60.0) -> None:
        self.name = url
        self._url = f"{url.rstrip('/')}/api/v1/ask"
        self._client = httpx.Client(timeout=timeout)

    def answer(self, row_id: str, question: str, sources: tuple[str, ...]) -> Answered:
        """See Answers."""
        start = time.perf_counter()
        body: dict[str, object] = {"question": question, **({"sources": list(sources)} if sources else {})}
        try:
            response = self._client.post(self._url, json=body)
            response.raise_for_status()
            item = response.json()
        except (httpx.HTTPError, ValueError) as exc:
            raise AnswerError(f"{self._url} ne répond pas à {row_id} : {exc}.", "Vérifiez l'adresse.") from exc
        return Answered(json.dumps(item, ensure_ascii=False), None, (time.perf_counter() - start) * 1000)


def failure_said(answer: str) -> str:
    """What an answer of status "error" says of its failure; empty for any other one, even one that cannot be read."""
    try:
        item = json.loads(answer)
    except json.JSONDecodeError:
        return ""
    if not isinstance(item, dict) or item.get("status") != "error":
        return ""
    return str(item.get("answer") or "l'assistant a répondu par une erreur")


def open_answers(wanted: str) -> Answers | None:
    """The source that an option names: an http(s) address or a file; None for "local"."""
    if wanted == "local":
        return None
    return ServiceAnswers(wanted) if wanted.startswith(("http://", "https://")) else RecordedAnswers(Path(wanted))
