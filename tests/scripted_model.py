"""The double of the language model: it answers what it was told to, piece by piece, and remembers what it was asked."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from assistant.errors import ModelError
from assistant.model.language_model import Piece, Usage, whole_text

Reply = str | ModelError | Callable[[str], str]


@dataclass
class ScriptedModel:
    """Replies in order, the last one again and again; a text, an error to raise, or a function of the request."""

    replies: Sequence[Reply] = ("",)
    finish: str = "stop"
    usage: Usage | None = field(default_factory=lambda: Usage(100, 20))
    pause: float = 0.0
    """Seconds before each piece."""
    held: threading.Event | None = None
    """Nothing comes before it is set."""
    width: int = 7
    """Characters of a piece."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    given: int = 0
    """Pieces given so far."""
    closed: int = 0
    """Streams that were closed before their end."""
    ended: threading.Event = field(default_factory=threading.Event)
    """Set when a stream has ended, in whatever way."""

    def complete(self, instructions: str, request: str) -> str:
        """See LanguageModel.complete."""
        return whole_text(self.stream(instructions, request))

    def stream(self, instructions: str, request: str) -> Iterator[Piece]:
        """See LanguageModel.stream."""
        reply = self.replies[min(len(self.asked), len(self.replies) - 1)]
        self.asked.append((instructions, request))
        if isinstance(reply, ModelError):
            raise reply
        text = reply if isinstance(reply, str) else reply(request)
        try:
            if self.held is not None:
                assert self.held.wait(60)
            for at in range(0, len(text), self.width):
                if self.pause:
                    time.sleep(self.pause)
                self.given += 1
                yield Piece(text[at : at + self.width])
            yield Piece("", self.finish, self.usage)
        except GeneratorExit:
            self.closed += 1
            raise
        finally:
            self.ended.set()

    @property
    def requests(self) -> list[str]:
        """What was sent, without the instructions."""
        return [request for _, request in self.asked]


def passage_number(request: str, identifier: str) -> int:
    """The number that a passage has in a request; fails when it was not given."""
    match = re.search(rf"^\[(\d+)\] .*{re.escape(identifier)}\b", request, re.MULTILINE)
    assert match is not None, f"{identifier} n'a pas été donné"
    return int(match[1])
