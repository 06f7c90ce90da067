"""A judge that follows rules: deterministic, instant, and as untidy as asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from assistant.search.french_text import tokens
from eval.judging.french_prompts import input_of
from ingest.reading.sentences import split_sentences

Reply = Callable[[str, int], str | None]


class ScriptedJudge:
    """Splits at sentences, says yes when the context holds the words; `spoil` may say something else first."""

    def __init__(self, spoil: Reply = lambda prompt, call: None, name: str = "scripté") -> None:
        self.name = name
        self._spoil = spoil
        self.prompts: list[str] = []

    async def complete(self, prompt: str, seed: int) -> str:
        """See eval.judging.judge_model.Judge."""
        self.prompts.append(prompt)
        spoilt = self._spoil(prompt, len(self.prompts))
        return json.dumps(self._answer(input_of(prompt)), ensure_ascii=False) if spoilt is None else spoilt

    def _answer(self, given: dict[str, Any]) -> dict[str, Any]:
        if "statements" in given:
            held = set(tokens(given["context"]))
            return {"statements": [_verdict(s, held) for s in given["statements"]]}
        if "answer" in given:
            return {"statements": split_sentences(given["answer"].replace("\n", " "))}
        if "Écris en français la question" in self.prompts[-1]:
            return {"question": given["response"][:80], "noncommittal": 0}
        return {"claims": split_sentences(given["response"].replace("\n", " "))}


def _verdict(statement: str, held: set[str]) -> dict[str, Any]:
    wanted = set(tokens(statement))
    share = len(wanted & held) / len(wanted) if wanted else 1.0
    return {"statement": statement, "reason": f"{share:.2f} des mots", "verdict": int(share >= 0.6)}
