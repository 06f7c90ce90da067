"""What a channel receives while an answer is made: progress, checked sentences, then the answer itself."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answer import Answer, Citation


@dataclass(frozen=True, slots=True)
class Searched:
    """The search is done; a model is about to write. `question` is the stand-alone question that was searched."""

    question: str


@dataclass(frozen=True, slots=True)
class SentencePassed:
    """A sentence was checked and may be shown."""

    delta: str
    """What it adds to the text shown so far, Markdown."""
    so_far: str
    """The whole text so far."""
    citations: tuple[Citation, ...]
    """Every citation that the text so far refers to, in the order of their numbers."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer. It says everything: a channel may show nothing before it and lose only time."""

    answer: Answer
    replaces: bool = False
    """True when its text does not begin with what was shown: the channel replaces it."""


StreamEvent = Searched | SentencePassed | Finished
