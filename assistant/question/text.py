"""The text of a question, made fit to be read; refused when there is nothing to read."""

from __future__ import annotations

import re

from assistant.errors import QuestionError
from assistant.search.french_text import tokens

LONGEST_QUESTION = 8000
_MOST_THANKS = 3
_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_PLEASE = re.compile(
    r"[\s,(]{0,4}(?<!\w)(?:svp|stp|s\s?['’]?\s?(?:il|te|vous) (?:(?:vous|te) )?pla[iî]t)(?!\w)\)?,?", re.IGNORECASE
)
_GREETING = re.compile(
    r"^(?:(?:re-?)?(?:bonjour|bonsoir|salut|coucou|bjr|slt)(?:\s+(?:à|a)\s+(?:tous|toutes|vous|toi)\b)?"
    r"(?:\s+(?:et\s+(?:à\s+)?(?:tous|toutes)|madame|monsieur|messieurs|mesdames)\b)*(?:\s*[,.!;:–-]+\s*|\s+)"
    r"|(?:hello|hi|hey)\s*[,.!;:–-]+\s*)",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"[\s,;.!–(-]{0,6}(?<!\w)(?:merci(?:\s+(?:d['’]avance|par avance|beaucoup|bien|infiniment|"
    r"(?:à|a) (?:vous|toi|tous)|(?:pour|de) (?:votre|ta|vos|tes) (?:aide|r[ée]ponses?|retours?)))*|"
    r"thanks|thank you|please|cordialement|"
    r"bonne (?:journ[ée]e|soir[ée]e)|bien (?:à|a) vous)\)?(?P<end>\s*[?!.…]*)$",
    re.IGNORECASE,
)


def clean_question(text: str) -> str:
    """The question on one line without control characters, HTML comments and the politeness around it.

    Raises QuestionError when nothing is left, or when it is longer than 8,000 characters.
    """
    cleaned = " ".join(_COMMENT.sub(" ", "".join(c if c.isprintable() else " " for c in text)).split())
    if not any(c.isalnum() for c in cleaned):
        raise QuestionError("La question est vide.", "Écrivez une question, par exemple « Que dit EXI-ARCH-11 ? ».")
    if len(cleaned) > LONGEST_QUESTION:
        raise QuestionError(
            f"La question fait {len(cleaned)} caractères, la limite est de {LONGEST_QUESTION}.",
            "Résumez-la : décrivez la situation en quelques phrases.",
        )
    asked = _without_politeness(cleaned)
    return asked.lower() if asked.isupper() and len(asked.split()) > 3 else asked


def _without_politeness(text: str) -> str:
    """The question without greeting, please and thanks; itself when it is nothing else."""
    rest = _GREETING.sub("", _PLEASE.sub("", text).strip(), count=1).strip()
    for _ in range(_MOST_THANKS):
        thanks = _THANKS.search(rest)
        if thanks is None:
            break
        before = rest[: thanks.start()].rstrip()
        rest = f"{before}{thanks['end']}" if "?" in thanks["end"] and not before.endswith("?") else before
        rest = rest or text
        if rest == text:
            return text
    return rest if tokens(rest) else text
