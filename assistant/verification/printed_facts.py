"""Facts of a sentence that are looked up in its passages: identifiers, types, documents, quotations, addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.verification import agreement, statements
from assistant.verification.evidence import GivenPassage
from ingest.passage import Priority
from ingest.reading.quote_form import is_verbatim

FaultCode = Literal[
    "form", "incomplete", "language", "hostile", "no_marker", "unknown_marker", "identifier", "type", "source",
    "quotation", "number", "name", "modality", "negation", "opposite", "support", "wrong_passage",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a sentence is not shown as verified; `explanation` is French and tells the model what to mend."""

    code: FaultCode
    explanation: str


def wrong_place(text: str, passages: tuple[GivenPassage, ...], own: str = "") -> Fault | None:
    """Identifiers, types and documents; `own` is the text without what introduces it, which may name both types."""
    for identifier in statements.identifiers(text):
        if not any(identifier in p.ids for p in passages):
            return Fault("identifier", f"{identifier} n'est pas l'exigence du passage cité")
    stated = statements.stated_types(text)
    if len({priority for priority, _ in stated}) > 1 and statements.stated_types(own):
        stated, typed = statements.stated_types(own), own
    else:
        typed = text
    spoken = stated and not any(p.types for p in passages) and _speaks_of_types(stated, typed, passages)
    if stated and not spoken and not statements.supports_types(stated, [p.types for p in passages]):
        return Fault("type", "le type P ou I n'est pas celui du passage cité")
    if stated and statements.denies_a_type(text):
        return Fault("type", "la phrase nie le type du passage cité")
    sources = {source for _, source in statements.named_sources(text)}
    held = {source for p in passages for source in p.sources}
    spoken_of = (
        {source for p in passages for _, source in statements.named_sources(p.text)} if sources & held else set()
    )
    if sources - held - spoken_of:
        return Fault("source", "le passage cité n'est pas dans ce document")
    return None


def _speaks_of_types(
    stated: Sequence[tuple[Priority, str | None]], text: str, passages: Sequence[GivenPassage]
) -> bool:
    """True when the passage has no type of its own and its nearest sentence speaks of those types."""
    nearest = agreement.nearest_sentences(text, passages)
    spoken = [{p for p, _ in statements.stated_types(sentence)} for sentence in nearest]
    return bool(spoken) and all({p for p, _ in stated} <= found for found in spoken)


def wrong_quotations(text: str, passages: tuple[GivenPassage, ...]) -> Fault | None:
    """Quotations and addresses."""
    for quote in statements.quotations(text):
        if not any(_quoted_from(quote, p) for p in passages):
            return Fault("quotation", f"« {quote[:60]} » n'est pas mot pour mot dans le passage cité")
    everything = "\n".join(p.text for p in passages).casefold()
    for address in statements.addresses(text):
        if address.casefold().rstrip("/") not in everything:
            return Fault("name", f"l'adresse {address} n'est pas dans le passage cité")
    return None


def states_what_is_printed(text: str) -> bool:
    """True for a sentence about an identifier, a type or a quotation: those are looked up."""
    return bool(statements.identifiers(text) or statements.stated_types(text) or statements.quotations(text))


def _quoted_from(quote: str, passage: GivenPassage) -> bool:
    lines = passage.lines or (passage.located.passage.text,)
    return any(is_verbatim(quote, text) for text in lines)
