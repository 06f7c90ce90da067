"""A model's draft → the sentences that passed the check, as they come; or the reason why there are too few."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace

from assistant.answer_stream import SentencePassed
from assistant.errors import ModelError
from assistant.model import wording as said
from assistant.model.draft_page import Cite, DraftPage
from assistant.model.language_model import Piece, Usage, VisibleText, whole_text
from assistant.model.patience import PatientModel
from assistant.model.personal_data import Mask
from assistant.model.prompting import answer_request, instructions, new_guard, repair_request
from assistant.verification.checking import SentenceChecker
from assistant.verification.draft_sentences import DraftSentence, DraftSplitter
from assistant.verification.evidence import GivenPassage
from assistant.verification.missing_subjects import says_what_is_missing
from assistant.verification.printed_facts import Fault, FaultCode

_LEAST_SHARE = 1 / 3
"""Share of the assertive sentences that must stand; below it what is left may mislead by what it leaves out."""
_REPEATED = 3
_LONGEST_WAITING = 3000
"""Characters without the end of a sentence from which a model is taken to be in a loop."""
_WORTH_REPAIRING: frozenset[FaultCode] = frozenset(
    {"no_marker", "unknown_marker", "identifier", "type", "source", "quotation", "number", "name", "modality",
     "negation", "opposite", "support", "wrong_passage"}
)  # fmt: skip
_MOST_REPAIRED = 8
_REFUSES = re.compile(
    r"\b(?:je suis désolée?|je ne peux pas|je ne suis pas en mesure|en tant qu[e'’]|je n[e'’] ?ai pas accès|"
    r"i'?m sorry|i can(?:no|')t|as an ai)\b",
    re.IGNORECASE,
)
_REWRITTEN = re.compile(r"^\W*(\d{1,2})\s*[.):]\s*(.+)$")


@dataclass(frozen=True, slots=True)
class Failed:
    """A sentence that is not shown as verified."""

    position: int
    sentence: DraftSentence
    fault: Fault


@dataclass
class Drafted:
    """What became of a draft; `reason` says in French why it is not used, None when it is."""

    page: DraftPage
    failed: list[Failed] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Sentences that say what the passages do not cover; they assert nothing of the documents."""
    reason: str | None = None
    usage: Usage | None = None
    first_token: float | None = None
    """Seconds to the model's first visible word, to its own first sentence, and to the first checked one."""
    first_sentence: float | None = None
    first_passed: float | None = None
    checking: float = 0.0
    """Seconds spent in checking."""


class Drafting:
    """One draft: asks, splits, checks, has the failures rewritten once. Used by one thread."""

    def __init__(
        self,
        model: PatientModel,
        given: Mapping[int, GivenPassage],
        titles: Mapping[str, str],
        checker: Callable[[str], SentenceChecker],
        cite: Cite,
    ) -> None:
        self._model = model
        self._given = given
        self._titles = titles
        self._guard = new_guard()
        self._checker = checker(self._guard)
        self._mask = Mask()
        self.result = Drafted(DraftPage(given, cite))
        self._shown = ""
        self._position = 0
        self._seen: Counter[str] = Counter()
        self._text: list[str] = []
        self._finish: str | None = None
        self._question = ""
        self._looping = False

    def run(self, question: str) -> Generator[SentencePassed, None, Drafted]:
        """Yields each sentence that passes; returns what became of the whole."""
        deadline = self._model.deadline
        self._question = question
        request = self._mask.hide(answer_request(question, self._given, self._titles, self._guard))
        try:
            yield from self._read(request)
            if self._text and not self._looping:
                yield from self._repair(deadline)
        except ModelError as exc:
            self.result.reason = said.reason(exc)
        if self.result.reason is None:
            self.result.reason = self._judged()
        return self.result

    def _read(self, request: str) -> Iterator[SentencePassed]:
        start = time.perf_counter()
        splitter, visible = DraftSplitter(), VisibleText()
        pieces = self._model.pieces(instructions("reponse", self._guard), request)
        restarted = False
        for piece in pieces:
            self._count(piece)
            text = visible.feed(piece.text)
            if visible.restarted and not restarted:  # all before was reasoning: forget what was not shown
                restarted, splitter = True, DraftSplitter()
                self.result.failed.clear()
            if text.strip() and self.result.first_token is None:
                self.result.first_token = time.perf_counter() - start
            self._text.append(text)
            yield from self._taken(splitter.feed(text), start)
            if self._looping or len(splitter.waiting) > _LONGEST_WAITING:
                self._looping = True
                pieces.close()  # type: ignore[attr-defined]  # a generator: closing it cancels the request
                return
        rest = splitter.feed(visible.finish()) + splitter.finish(complete=self._finish != "length")
        yield from self._taken(rest, start)

    def _count(self, piece: Piece) -> None:
        if piece.usage is not None:
            self.result.usage = piece.usage.plus(self.result.usage)
        self._finish = piece.finish or self._finish

    def _taken(self, sentences: list[DraftSentence], start: float) -> Iterator[SentencePassed]:
        for sentence in sentences:
            if self.result.first_sentence is None:
                self.result.first_sentence = time.perf_counter() - start
            self._position += 1
            event = self._take(self._position, replace(sentence, text=self._mask.restore(sentence.text)))
            if event is not None:
                if self.result.first_passed is None:
                    self.result.first_passed = time.perf_counter() - start
                yield event

    def _take(self, position: int, sentence: DraftSentence) -> SentencePassed | None:
        self.result.page.note(sentence)
        if sentence.kind == "heading":
            return None  # it asserts without a marker
        key = " ".join(re.findall(r"\w+", sentence.bare.casefold()))
        self._seen[key] += 1
        if self._seen[key] > 1:
            self._looping = self._looping or (self._seen[key] >= _REPEATED and len(key) > 15)
            return None
        begun = time.perf_counter()
        try:
            if sentence.kind == "lead" and not self._checker.carries_markers(sentence):
                return None
            if self._checker.says_nothing(sentence):
                return None
            if says_what_is_missing(sentence.bare, self._given.values(), self._question):
                self.result.missing.append(sentence.bare)
                return None
            fault = self._checker.fault(sentence)
        finally:
            self.result.checking += time.perf_counter() - begun
        if fault is not None:
            self.result.failed.append(Failed(position, sentence, fault))
            return None
        return self._passed(position, sentence)

    def _passed(self, position: int, sentence: DraftSentence) -> SentencePassed:
        self.result.page.keep(position, sentence)
        text, before = self.result.page.text(), self._shown
        self._shown = text
        delta = text[len(before) :] if text.startswith(before) else ""
        return SentencePassed(delta, text, self.result.page.citations())

    def _repair(self, deadline: float) -> Iterator[SentencePassed]:
        """Has the failed sentences rewritten, once, all in one request; what fails again stays failed."""
        chosen = [f for f in self.result.failed if f.fault.code in _WORTH_REPAIRING][:_MOST_REPAIRED]
        if not chosen or self._finish == "length" or _REFUSES.search("".join(self._text)[:300]):
            return
        asked = [(f.sentence.text, f.fault.explanation) for f in chosen]
        request = self._mask.hide(repair_request(asked, self._given, self._titles, self._guard))
        try:
            answer = whole_text(
                self._counted(self._model.pieces(instructions("reprise", self._guard), request, deadline))
            )
        except ModelError:
            return
        for number, text in _rewritten(answer).items():
            if 1 <= number <= len(chosen):
                yield from self._retried(chosen[number - 1], self._mask.restore(text))

    def _counted(self, pieces: Iterator[Piece]) -> Iterator[Piece]:
        for piece in pieces:
            if piece.usage is not None:
                self.result.usage = piece.usage.plus(self.result.usage)
            yield piece

    def _retried(self, failed: Failed, text: str) -> Iterator[SentencePassed]:
        splitter = DraftSplitter()
        found = [s for s in [*splitter.feed(text), *splitter.finish()] if s.kind == "sentence"]
        old = failed.sentence
        again = [replace(s, line=old.line, layout=old.layout, lead=old.lead) for s in found]
        begun = time.perf_counter()
        stands = bool(again) and all(self._checker.fault(s) is None for s in again)
        self.result.checking += time.perf_counter() - begun
        if not stands:
            return
        self.result.failed.remove(failed)
        for sentence in again:
            yield self._passed(failed.position, sentence)

    def _judged(self) -> str | None:
        kept, failed = len(self.result.page), self.result.failed
        text = "".join(self._text)
        if self._looping:
            return said.LOOPING
        if self._finish in {"length", "content_filter"}:
            return said.CUT_OFF if self._finish == "length" else said.REFUSED
        if kept and kept / (kept + len(failed)) >= _LEAST_SHARE:
            return None
        if not text.strip():
            return said.EMPTY
        if sum(f.fault.code == "language" for f in failed) * 2 > kept + len(failed):
            return said.NOT_FRENCH
        if _REFUSES.search(text):
            return said.REFUSED
        if not kept and self.result.missing:
            return said.NOT_FOUND
        return said.TOO_LITTLE.format(kept=kept, total=kept + len(failed)) if kept else said.NOTHING_VERIFIED


def _rewritten(answer: str) -> dict[int, str]:
    """Number → rewritten sentence; what the model says to delete is left out."""
    found: dict[int, str] = {}
    for line in answer.splitlines():
        match = _REWRITTEN.match(line.strip())
        if match and not re.match(r"^\W*supprimer\b", match[2], re.IGNORECASE):
            found.setdefault(int(match[1]), match[2].strip())
    return found
