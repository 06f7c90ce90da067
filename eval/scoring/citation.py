"""Citations against the documents: do they exist, is their type the printed one, do they carry what is said?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz import fuzz

from assistant.search.french_text import tokens
from eval.scoring.case import Case, CitedQuote
from eval.scoring.claims import claims
from eval.scoring.source_texts import QuotedPlace, SourceTexts, printed_ids
from ingest.passage import Located
from ingest.reading.quote_form import is_verbatim

_BOLD_TYPE = re.compile(r"\*\*([PI])\*\*|\(([PI])[,)]|\b(primordiale|importante)\b")
_LINK = re.compile(r"https?://[^\s)\]>»\"]+|!\[[^\]]*\]\([^)]*\)")
_CONTENT = 0.6
"""Share of a sentence's meaningful words that its citation must hold."""
_SAME_SENTENCE = 85.0
"""Token set ratio (rapidfuzz, 0 to 100) from which a sentence is a wording of one of the citation's."""


def unreal(case: Case) -> list[str]:
    """One reason for each cited place that is not in the documents as it is named."""
    return [reason for c in case.citations for place in (c.place, *c.also) if (reason := _unreal(place, case.texts))]


def _unreal(place: QuotedPlace, texts: SourceTexts) -> str:
    where = f"{place.source}, {place.document}, ligne {place.line_start}"
    if texts.lines(place) is None:
        return f"{where} : n'existe pas à cette révision"
    if place.commit != texts.commit(place.source):
        return f"{where} : révision {(place.commit or 'aucune')[:7]} au lieu de celle de l'exécution"
    passage = texts.passage(place)
    if passage is None:
        return f"{where} : aucun passage n'y commence"
    if passage.passage.kind != "section" and place.id != passage.passage.id:
        return f"{where} : {place.id} au lieu de {passage.passage.id}"
    if place.id is not None and place.occurrence != passage.passage.occurrence:
        return f"{where} : occurrence {place.occurrence} au lieu de {passage.passage.occurrence}"
    return ""


def mistyped(case: Case) -> list[str]:
    """One reason for each type P or I that is not the one printed: in a citation, or in the answer's text."""
    found = []
    types: dict[str, set[str]] = {}
    for place in (p for c in case.citations for p in (c.place, *c.also)):
        passage = case.texts.passage(place)
        if passage is None or passage.passage.kind != "requirement":
            continue
        printed = passage.passage.priority
        types.setdefault(str(passage.passage.id), set()).add(printed or "")
        if place.priority != printed:
            found.append(f"{passage.key} : type {place.priority} au lieu de {printed}")
    for line in (part for whole in case.parts.own.splitlines() for part in whole.split(" ; ")):
        ids = printed_ids(line)
        if len(ids) != 1:
            continue
        (identifier,) = ids
        allowed = types.get(identifier) or case.texts.types.get(identifier, set())
        said = {m[1] or m[2] or m[3][0].upper() for m in _BOLD_TYPE.finditer(line)}
        said = {"P" if t == "P" else "I" for t in said}
        if allowed and said - allowed:
            found.append(
                f"{identifier} : le texte dit {', '.join(sorted(said))}, le document {', '.join(sorted(allowed))}"
            )
    return found


def invented(case: Case) -> list[str]:
    """The identifiers that the answer prints and neither the documents nor the question do; and unknown links."""
    known = case.texts.identifiers | printed_ids(case.row.asked.upper())
    ids = [i for i in sorted(printed_ids(case.text)) if i not in known]
    named = {i for i in ids if not re.search(rf"{i}\*{{0,2}} n'existe pas", case.text)}
    return sorted(named) + foreign_links(case)


def foreign_links(case: Case) -> list[str]:
    """Images, and addresses that no document prints, in the answer's own words."""
    found = [m[0].rstrip(".,;") for m in _LINK.finditer(case.parts.own)]
    return [link for link in found if link.startswith("!") or not case.texts.holds_link(link)]


def unsupported(case: Case) -> tuple[list[str], int, int]:
    """What the cited sentences say that their citation does not, in how many of them, and how many there are."""
    by_number = {c.n: c for c in case.citations}
    reasons: list[str] = []
    wrong = compared = 0
    said: list[tuple[str, tuple[int, ...], bool]]
    said = [(q.text, (q.n,), False) for q in case.parts.quotations if q.n is not None]
    said += [(s.text, s.markers, True) for s in case.parts.sentences if s.markers]
    for text, markers, own_words in said:
        cited = [x for n in markers if n in by_number for x in _passages(by_number[n], case.texts)]
        compared += 1
        problems = list(_differences(text, cited, own_words)) if cited else ["citation absente"]
        wrong += bool(problems)
        reasons += [f"« {text[:60]} » : {p}" for p in problems]
    return reasons, wrong, compared


def _passages(cited: CitedQuote, texts: SourceTexts) -> list[Located]:
    return [found for p in (cited.place, *cited.also) if (found := texts.passage(p)) is not None]


def _differences(text: str, cited: list[Located], own_words: bool) -> Iterator[str]:
    if not own_words and any(is_verbatim(text, x.passage.text) for x in cited):
        return
    unit = "\n".join(f"{x.passage.text}\n{x.passage.title}\n{x.passage.context}\n{x.passage.id or ''}" for x in cited)
    said, held = claims(text), claims(unit)
    if extra := set(said.numbers) - set(held.numbers):
        yield f"nombre {', '.join(sorted(extra))}"
    if stronger := said.modalities - held.modalities:
        yield f"modalité {', '.join(sorted(stronger))}"
    if said.negations and not held.negations:
        yield "négation ajoutée"
    types = said.types - held.types - {x.passage.priority for x in cited if x.passage.priority}
    if types:
        yield f"type {', '.join(sorted(types))}"
    if own_words:
        wanted = set(tokens(text))
        if wanted and len(wanted & set(tokens(unit))) / len(wanted) < _CONTENT:
            yield "trop peu de mots communs avec la citation"
        near = [s for x in cited for s in x.passage.sentences if fuzz.token_set_ratio(text, s) >= _SAME_SENTENCE]
        if near and not said.negations and all(claims(s).negations for s in near):
            yield "négation perdue"
