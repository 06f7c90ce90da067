"""The text of a question, made fit to be read; refused when there is nothing to read."""

from __future__ import annotations

from assistant.errors import QuestionError

LONGEST_QUESTION = 8000


def clean_question(text: str) -> str:
    """The question on one line without control characters.

    Raises QuestionError when nothing is left, or when it is longer than 8,000 characters.
    """
    cleaned = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not any(c.isalnum() for c in cleaned):
        raise QuestionError("La question est vide.", "Écrivez une question, par exemple « Que dit EXI-ARCH-11 ? ».")
    if len(cleaned) > LONGEST_QUESTION:
        raise QuestionError(
            f"La question fait {len(cleaned)} caractères, la limite est de {LONGEST_QUESTION}.",
            "Résumez-la : décrivez la situation en quelques phrases.",
        )
    return cleaned.lower() if cleaned.isupper() and len(cleaned.split()) > 3 else cleaned
