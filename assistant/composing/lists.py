"""Lists that the documents cut into passages: what introduces an item, and the items that a passage introduces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.composing.code_lines import is_code
from assistant.search.french_text import without_accents
from ingest.passage import Lines, Located, Passage

_TAIL = 60
"""Characters at the end of an introduction by which it is recognised."""
_SHORTEST_LEAD = 20
"""Characters from which the words before a colon announce a list rather than name a thing."""
_NEAR = 2
"""Lines between an introduction and what follows it without being one of its items."""
_LONGEST_MEASURES = 700
"""Characters up to which a fact and the measures that follow it are quoted together: a passage quoted whole."""
_PRESCRIBES = re.compile(
    r"\b(?:doi\w+|devra\w*|faut|met(?:tre)? en (?:place|oeuvre)|necessaire|essentiel\w*|imperati\w+|"
    r"recommand\w+|preconis\w+|passe par|consiste a|veill\w+|assure\w*|permet\w*|s['’]appui\w+|obligatoire\w*)\b"
)
_LONGEST_NAME = 180
"""Characters up to which an item names one of several things; longer ones are notes, each read alone."""
_MARKED = re.compile(r"\s*\\?[-*•–]\s")
_ENDS = re.compile(r"[.!?…]\W*$")


def introduces(text: str) -> bool:
    """True when the text announces what follows it."""
    return text.rstrip(" *_").endswith(":")


def introductions(passage: Passage, before: Iterable[Located] = ()) -> tuple[str, ...]:
    """What introduces the list in which the passage stands, from whoever it speaks of down; empty outside of a list.

    An item without a subject of its own stands under the label above it; one of an inner list, under the item that
    introduces it as well. `before`: the passages above it in its document, the nearest first, for the items that the
    document wrote as paragraphs.
    """
    if passage.kind != "section":
        return ()
    lead = passage.context.split(" › ")[-1].split(" — ")[-1]
    leads = [lead] if introduces(lead) else _above(passage, before)
    chain = [re.split(r"(?<=[.!?]) ", _flat(text))[-1].strip(" *_") for text in leads]
    chain = [text for text in chain if text and text not in _flat(passage.text)]
    if _has_no_subject(chain[0] if chain else passage.text):
        chain = [*_label(passage), *chain]
    return tuple(chain)


def _above(passage: Passage, before: Iterable[Located]) -> list[str]:
    """The texts above that introduce, the outermost first, when only items stand between them and the passage."""
    item, found, over = passage, list[str](), False
    for place in before:
        above = place.passage
        if not _is_item(item) or above.kind != "section" or item.lines.start - above.lines.end > _NEAR:
            break
        lead = _announcement(above.text)
        inner = _has_no_subject(above.text)
        if lead and not (inner and over):
            found.insert(0, lead)
        if lead and not inner:
            break
        over = bool(lead) or above.text.rstrip().endswith(".") or over
        item = above
    return found


def _announcement(text: str) -> str:
    """The text when it announces what follows it, or its beginning when it has begun the list: « X fixe : a ; »."""
    if introduces(text):
        return text
    begun = re.match(rf"(.{{{_SHORTEST_LEAD},}}? ?:) .*;\W*$", text, re.DOTALL)
    return begun[1] if begun and not _has_no_subject(text) else ""


def _label(passage: Passage) -> list[str]:
    """The label above the passage that is no heading."""
    label = passage.context.split(" › ")[-1].split(" — ")[0]
    return [label] if label and label != passage.title and not introduces(label) else []


def _has_no_subject(text: str) -> bool:
    return text[:1].islower()


def _is_item(passage: Passage) -> bool:
    return passage.text[:1].islower() or passage.text.rstrip().endswith((";", ","))


def with_its_items(place: Located, following: Iterable[Located]) -> list[Located]:
    """The place, then what it introduces among the passages that follow it in its document."""
    last, text = place.passage, _flat(place.passage.text)
    kept = [place]
    waiting = introduces(place.passage.text)
    for item in following:
        passage = item.passage
        if passage.kind not in {"section", "norm"}:
            break
        lead = _flat(passage.context.split(" › ")[-1].split(" — ")[-1])
        own = introduces(lead) and lead[-_TAIL:] in text
        goes_on = waiting and passage.lines.start - last.lines.end <= _NEAR and not (introduces(lead) and not own)
        if not own and not goes_on:
            break
        kept.append(item)
        last = passage
        waiting = not own and (introduces(passage.text) or not _ENDS.search(passage.text))
    return kept


def with_its_measures(place: Located, following: Iterable[Located]) -> list[Located]:
    """A paragraph that states a fact, then those under the same heading down to the last that says what to do.

    The place alone when it says so itself, or when none of the paragraphs that follow it closely does.
    """
    text = place.passage.text
    if place.passage.kind != "section" or _is_item(place.passage) or _PRESCRIBES.search(without_accents(text)):
        return [place]
    kept, last = [place], 1
    for item in following:
        passage, above = item.passage, kept[-1].passage
        apart = passage.lines.start - above.lines.end > _NEAR or passage.context != place.passage.context
        size = sum(len(p.passage.text) + 1 for p in kept) + len(passage.text)
        if (
            apart
            or passage.kind != "section"
            or size > _LONGEST_MEASURES
            or introduces(passage.text)
            or _is_item(passage)
        ):
            break
        kept.append(item)
        last = len(kept) if _PRESCRIBES.search(without_accents(passage.text)) else last
    return kept[:last]


def joined(places: Sequence[Located]) -> Located:
    """Passages that follow each other as one, which stands from the first line to the last."""
    first, last = places[0], places[-1]
    if len(places) == 1:
        return first
    passage = replace(
        first.passage,
        text="\n".join(p.passage.text for p in places),
        sentences=tuple(s for p in places for s in p.passage.sentences),
        lines=Lines(first.passage.lines.start, last.passage.lines.end),
    )
    return replace(first, passage=passage)


def introduced(sentences: Sequence[str], chosen: Iterable[int]) -> list[int]:
    """The chosen sentences, those that introduce with what follows, and the items with what introduces them."""
    kept = set(chosen)
    for n in sorted(kept):
        before = n - 1
        while before >= 0 and _is_item_sentence(sentences[before]):
            before -= 1
        if before >= 0 and introduces(sentences[before]) and not is_code(sentences[before]):
            kept.add(before)
    for n in range(len(sentences) - 1):
        if n in kept and introduces(sentences[n]):
            at = n + 1
            if not any(m in kept for m in _items(sentences, at)):
                kept.add(at)
    return sorted(kept)


def enumerations(sentences: Sequence[str]) -> list[range]:
    """Positions of the short items that follow one another under a mark, and of what introduces them."""
    runs, start = list[range](), 0
    for n in range(len(sentences) + 1):
        if n == len(sentences) or not _MARKED.match(sentences[n]) or is_code(sentences[n]):
            runs.append(range(start, n))
            start = n + 1
    short = [r for r in runs if len(r) > 1 and all(len(sentences[n]) <= _LONGEST_NAME for n in r)]
    return [range(r.start - 1, r.stop) if r.start and introduces(sentences[r.start - 1]) else r for r in short]


def _items(sentences: Sequence[str], start: int) -> range:
    """Positions of the items that begin at `start`: up to the first sentence that ends as a sentence does."""
    end = start
    while end < len(sentences) - 1 and not _ENDS.search(sentences[end]) and not introduces(sentences[end]):
        end += 1
    return range(start, end + 1)


def _is_item_sentence(sentence: str) -> bool:
    return not introduces(sentence) and not is_code(sentence) and not _ENDS.search(sentence)


def _flat(text: str) -> str:
    return " ".join(text.split())
