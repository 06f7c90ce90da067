"""No secret in the logs, whoever writes there."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence

HIDDEN = "•••"


class HidesSecrets(logging.Filter):
    """Put on a handler, replaces each secret in messages and tracebacks."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__()
        self._secrets = tuple(sorted(filter(None, secrets), key=len, reverse=True))

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record through, without the secrets."""
        message = record.getMessage()
        hidden = self._without(message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        if record.exc_info and record.exc_info[0] is not None:
            told = "".join(traceback.format_exception(*record.exc_info)).rstrip()
            record.exc_text, record.exc_info = self._without(told), None
        if record.exc_text:
            record.exc_text = self._without(record.exc_text)
        return True

    def _without(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text


def hide_secrets(secrets: Sequence[str]) -> None:
    """From now on no handler of the root logger writes them; one is made when there is none."""
    root = logging.getLogger()
    if not root.handlers:
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    hides = HidesSecrets(secrets)
    for handler in root.handlers:
        handler.addFilter(hides)
    for chatty in ("httpx", "httpcore", "websockets", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
