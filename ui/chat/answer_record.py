"""What the page keeps of each answer, in the browser: what to copy, the file to save, what an opinion is about."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.answer import Answer
from assistant.search.french_text import without_accents
from ui.answer_markdown import answer_markdown_file, answer_with_sources

LONGEST_FILE_NAME = 60


def record_of(answer: Answer, titles: Mapping[str, str], receipt: str = "") -> dict[str, str]:
    """The record, as JSON for the page's script; a receipt, where there is one, lets the person vote."""
    return {
        "id": answer.id,
        "copy": answer_with_sources(answer, titles),
        "file": answer_markdown_file(answer, titles),
        "fileName": file_name(answer.question),
        "receipt": receipt,
    }


def file_name(question: str) -> str:
    """A file name made of the question's words: "que-dit-exi-arch-11.md"."""
    words = "-".join(re.findall(r"[a-z0-9]+", without_accents(question)))[:LONGEST_FILE_NAME].strip("-")
    return f"{words or 'reponse'}.md"
