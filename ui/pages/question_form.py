"""What a person sent with the form of /question, read and checked: every problem is French and names its field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import Request

from assistant.answer import Question, Turn
from assistant.question.text import LONGEST_QUESTION
from ui.errors import RefusedRequest

BODY_LIMIT = 400_000
"""Bytes: an answer that is sent back to be saved as a file."""
_MOST_FIELDS = 60
REMEMBERED = 6
"""Earlier questions that follow the conversation."""
EMPTY = "Écrivez d'abord une question, par exemple « Que dit EXI-ARCH-11 ? »."
TOO_LONG = "La question fait {length} caractères, la limite est de {most}. Décrivez la situation en quelques phrases."
UNKNOWN_SOURCE = "Source inconnue : « {source} ». Choisissez parmi {known}."
UNKNOWN_REVISION = "Révision mal écrite : « {revision} ». Choisissez-la dans la liste."
TOO_LARGE = (
    "Le formulaire envoyé dépasse {limit} ko : raccourcissez la question, ou recommencez sans les précédentes."
)
UNREADABLE = "Le formulaire envoyé n'a pas pu être lu : revenez à la page et envoyez-le de nouveau."


@dataclass(frozen=True, slots=True)
class AskedForm:
    """The fields as they came; `turns` are the earlier questions of the conversation, the oldest first."""

    question: str = ""
    source: str = ""
    revision: str = ""
    """ "pi=c869910", or empty for the served revisions."""
    turns: tuple[Turn, ...] = ()

    def problems(self, titles: Mapping[str, str]) -> dict[str, str]:
        """Field → what is wrong with it; empty when the question can be asked."""
        found = {}
        text = " ".join(self.question.split())
        if not any(c.isalnum() for c in text):
            found["question"] = EMPTY
        elif len(text) > LONGEST_QUESTION:
            found["question"] = TOO_LONG.format(length=len(text), most=LONGEST_QUESTION)
        if self.source and self.source not in titles:
            found["source"] = UNKNOWN_SOURCE.format(source=self.source, known=", ".join(titles))
        name, sign, commit = self.revision.partition("=")
        if self.revision and not (sign and commit and name in titles):
            found["revision"] = UNKNOWN_REVISION.format(revision=self.revision)
        return found

    def as_question(self, identifier: str) -> Question:
        """The question that the assistant understands."""
        name, _, commit = self.revision.partition("=")
        sources = (self.source,) if self.source else ()
        return Question(self.question, identifier, sources, {name: commit} if commit else {}, self.turns)


async def read_form(request: Request) -> list[tuple[str, str]]:
    """The fields of the body, in order. Raises RefusedRequest when it is too large or no form."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise RefusedRequest(TOO_LARGE.format(limit=BODY_LIMIT // 1000), status=413)
    try:
        return parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError as exc:  # UnicodeDecodeError is one
        raise RefusedRequest(UNREADABLE) from exc


def asked_form(fields: list[tuple[str, str]]) -> AskedForm:
    """The form of those fields; of a field given twice, the last one counts."""
    single = dict(fields)
    questions = [value for name, value in fields if name == "precedente"]
    cited = [value for name, value in fields if name == "citees"]
    padded = [*cited, *[""] * len(questions)]
    turns = [Turn(q[:LONGEST_QUESTION], tuple(keys.split()[:20])) for q, keys in zip(questions, padded, strict=False)]
    return AskedForm(
        question=single.get("q", ""),
        source=single.get("source", "").strip(),
        revision=single.get("revision", "").strip(),
        turns=tuple(t for t in turns if t.question.strip())[-REMEMBERED:],
    )
