"""An answer as a file to save: the same one as the conversation gives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from assistant.answer import Answer
from ui.answer_markdown import answer_markdown_file

CONTENT_TYPE = "text/markdown; charset=utf-8"


def answer_file(answer: Answer, titles: Mapping[str, str], at: datetime | None = None) -> str:
    """The file; `at` is when the answer was given, now when left out."""
    return answer_markdown_file(answer, titles, at)
