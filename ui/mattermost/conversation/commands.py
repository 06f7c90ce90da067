"""Commands in words, by mention, direct message or slash: aide, sources, exi ARCH-12, diff, oublie."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Verb = Literal["ask", "help", "sources", "diff", "forget"]

_HELP = re.compile(r"^(?:aide|help|\?|bonjour|salut|hello|coucou)?\s*[!.?]*$", re.I)
_SOURCES = re.compile(r"^sources?\s*[?.]?$", re.I)
_FORGET = re.compile(r"^oublie(?:r|z)?(?: (?:tout|ce fil|la conversation))?\s*[!.]?$", re.I)
_EXI = re.compile(r"^(?:exi(?:gence)?[\s:-]*)?([a-z]{1,8})[\s-]?(\d{1,3})\s*[?.]?$", re.I)
_DIFF = re.compile(r"^diff(?:\s+(?P<source>[\w-]+))?(?:\s+(?P<a>[\w-]+)(?:\s+|\.\.)(?P<b>[\w-]+))?\s*$", re.I)


@dataclass(frozen=True, slots=True)
class Command:
    """What is asked of the bot; `text` is the question of "ask"."""

    verb: Verb
    text: str = ""
    source: str = ""
    revisions: tuple[str, str] | None = None
    """The two revisions of "diff", when they are named."""


def read_command(text: str) -> Command:
    """The command that words are; a question when they are none."""
    words = " ".join(text.split()).removeprefix("/").strip()
    if _HELP.match(words):
        return Command("help")
    if _SOURCES.match(words):
        return Command("sources")
    if _FORGET.match(words):
        return Command("forget")
    if found := _DIFF.match(words):
        pair = (found["a"], found["b"]) if found["a"] and found["b"] else None
        return Command("diff", source=found["source"] or "", revisions=pair)
    if (found := _EXI.match(words)) and words.lower().startswith("exi"):
        return Command("ask", f"Que dit EXI-{found[1].upper()}-{found[2]} ?")
    return Command("ask", text.strip())
