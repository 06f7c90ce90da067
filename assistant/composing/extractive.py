"""Reading and search → the draft in the documents' own words: which kind of answer the question gets."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.composing.composition import Composer, Draft
from assistant.composing.records_answers import compare_sources, define, define_each, list_records, show_ids
from assistant.question.reading import Reading
from assistant.question.small_talk import greets
from assistant.search.retrieval import Found
from assistant.selection import Selection
from assistant.wording import asks_what_about, not_sure, refusal


def extractive_draft(
    composer: Composer, selection: Selection, text: str, reading: Reading, found: Found, wanted: Sequence[str]
) -> Draft:
    """The answer without a model: records, lists and definitions first, then what the search found."""
    if found.refused:
        return Draft(status="refused", paragraphs=[refusal(found.verdict, greets(text))])
    if reading.says_nothing_alone and reading.defines not in selection.terms:
        return Draft(status="abstained", paragraphs=[asks_what_about()])
    draft = (
        _from_records(composer, selection, text, reading, found, wanted)
        or _compared(composer, selection, text, reading, found)
        or _searched(composer, text, found)
    )
    composer.legend(draft)
    return draft


def _from_records(
    composer: Composer, selection: Selection, text: str, reading: Reading, found: Found, wanted: Sequence[str]
) -> Draft | None:
    if reading.ids:
        return show_ids(composer, selection, reading, wanted)
    if reading.record_list is not None:
        listed = list_records(composer, selection, reading.record_list, wanted, found)
        if listed is not None:
            return listed
    if reading.defines in selection.terms:
        return define(composer, selection, reading.defines, wanted)
    if reading.defines_each and not reading.compares:
        return define_each(composer, selection, reading.defines_each, text, wanted)
    return None


def _compared(composer: Composer, selection: Selection, text: str, reading: Reading, found: Found) -> Draft | None:
    if not reading.compares:
        return None
    return compare_sources(composer, selection, reading.subject or text, found, rules=reading.asks_status)


def _searched(composer: Composer, text: str, found: Found) -> Draft:
    if found.verdict == "unanswered" or not found.cited:
        return composer.abstained(found.nearest, found.suggestions)
    draft = composer.passages(text, found.cited)
    if found.unsure:
        draft.paragraphs.insert(0, not_sure())
        draft.warn("unsure_answer", not_sure())
    return draft
