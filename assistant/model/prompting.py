"""What is sent to the model: instructions, and numbered passages and questions as data between guards."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping, Sequence
from importlib.resources import files

from assistant.answer import Turn
from assistant.verification.evidence import GivenPassage
from ingest.passage import PRIORITY_NAMES

LONGEST_PASSAGE = 1800
"""Characters of a passage that are given; it is cut at a sentence."""
CHARACTERS_A_TOKEN = 3.5
"""French text with the usual tokenizers; for budgets only."""


def new_guard() -> str:
    """A word that no document and no question can know; letters only: no gateway takes it for a number."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(16))


def instructions(name: str, guard: str) -> str:
    """The instructions of a file of assistant/prompts, with the guard of this request."""
    return files("assistant").joinpath(f"prompts/{name}.md").read_text(encoding="utf-8").replace("{garde}", guard)


def between_guards(kind: str, guard: str, text: str) -> str:
    """Data that no text inside can close: the closing mark holds the guard too."""
    return f"<{kind} {guard}>\n{text.replace(guard, '')}\n</{kind} {guard}>"


def answer_request(question: str, given: Mapping[int, GivenPassage], titles: Mapping[str, str], guard: str) -> str:
    """The passages and the question of one answer."""
    passages = "\n\n".join(numbered(p, titles) for p in given.values())
    return f"{between_guards('passages', guard, passages)}\n\n{between_guards('question', guard, question)}"


def repair_request(
    failed: Sequence[tuple[str, str]], given: Mapping[int, GivenPassage], titles: Mapping[str, str], guard: str
) -> str:
    """The passages, and the sentences that failed with what is wrong with each."""
    passages = "\n\n".join(numbered(p, titles) for p in given.values())
    lines = "\n".join(f"{n}. {text}\n   À corriger : {reason}." for n, (text, reason) in enumerate(failed, 1))
    return f"{between_guards('passages', guard, passages)}\n\n{between_guards('phrases', guard, lines)}"


def rephrasing_request(question: str, history: Sequence[Turn], budget: int, guard: str) -> str:
    """The last turns that fit in a number of tokens, and the question that leans on them."""
    turns: list[str] = []
    left = budget * CHARACTERS_A_TOKEN
    for turn in reversed(history):
        cited = ", ".join(key.split(":", 1)[-1] for key in turn.cited if "~" not in key)
        line = f"- {turn.question}" + (f" (réponse : {cited})" if cited else "")
        left -= len(line)
        if left < 0:
            break
        turns.insert(0, line)
    conversation = between_guards("conversation", guard, "\n".join(turns))
    return f"{conversation}\n\n{between_guards('question', guard, question)}"


def numbered(passage: GivenPassage, titles: Mapping[str, str]) -> str:
    """A passage as the model sees it: number, where it stands, identifier, type, then its own words."""
    own = passage.located.passage
    where = " et ".join(titles.get(s, s) for s in dict.fromkeys(p.source for p in passage.places))
    words = [where, own.id if own.kind != "section" else "", _type(passage, titles), own.title or own.category]
    head = " — ".join(w for w in words if w)
    lead = f"{own.context}\n" if own.context.rstrip().endswith(":") else ""
    return f"[{passage.n}] {head}\n{lead}{_cut(passage.sentences)}"


def _type(passage: GivenPassage, titles: Mapping[str, str]) -> str:
    every = {t for types in passage.types.values() for t in types}
    if len(every) == 1:
        letter = next(iter(every))
        return f"exigence {letter} ({PRIORITY_NAMES[letter]})"
    parts = [f"{'/'.join(sorted(types))} dans {titles.get(s, s)}" for s, types in passage.types.items()]
    return f"exigence {', '.join(parts)}" if parts else ""


def _cut(sentences: Sequence[str]) -> str:
    kept: list[str] = []
    size = 0
    for sentence in sentences:
        if kept and size + len(sentence) > LONGEST_PASSAGE:
            break
        kept.append(sentence)
        size += len(sentence)
    return "\n".join(kept)[: 2 * LONGEST_PASSAGE]
