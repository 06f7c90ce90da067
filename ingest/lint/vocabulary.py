"""Acronyms: used and explained nowhere, or spelt out in two ways."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.lint.findings import Finding
from ingest.lint.reading import LintedDocument, LintedRevision
from ingest.lint.rules import found
from ingest.reading.quote_form import normalised, words

_ACRONYM = re.compile(r"(?<![\w/.@#:-])(?!EX\d)[A-Z][A-Z0-9]{2,5}(?![\w/@-]|\.\w)")
_IN_PARENTHESES = re.compile(r"\(\s*([A-Z][A-Z0-9]{1,6})\s*\)")
_CLAUSE_END = re.compile(r"[().;:|]")
_EXPLAINS = re.compile(r"(?<!\w)(?P<acronym>[A-Z][A-Z0-9]{1,6})\s*(?:\(\s*[^\W\d_]{3,}|:\s*[^\W\d_]{3,})")
_ADDRESS = re.compile(r"https?\S+|<[^>]*>|\]\([^)]*\)|`[^`]*`")
_MIN_USES = 3
"""Uses in one source from which an acronym deserves an entry."""
_KNOWN = frozenset(
    re.findall(
        r"\w+",
        "HTTP HTTPS HTML XML JSON YAML CSV PDF URL URI USB SSH SSL TLS DNS CPU GPU RAM SQL CSS PHP RUST LTS RFC FAQ "
        "ODS EXI TODO NOTE FROM COPY WORKDIR VOLUME CMD ENV RUN EDF",
    )
)
"""Acronyms that any reader of these documents knows, and capitals that are no acronym."""
_EMPTY_WORDS = frozenset(re.findall(r"\w+", "de du des d la le les l et en au aux a un une sur pour par the of and"))


@dataclass(frozen=True, slots=True)
class _Expansion:
    document: LintedDocument
    line: int
    written: str
    key: tuple[str, ...]


def check(revision: LintedRevision) -> Iterator[Finding]:
    """Every acronym without explanation or with two, over the documents of one revision."""
    expansions = _expansions(revision)
    yield from _contradictions(expansions)
    if any(document.role == "glossary" for document in revision.documents):
        yield from _unexplained(revision, set(expansions))


def _unexplained(revision: LintedRevision, expanded: set[str]) -> Iterator[Finding]:
    known = _KNOWN | expanded | _glossary_words(revision)
    uses: dict[str, list[tuple[LintedDocument, int]]] = defaultdict(list)
    explained: set[str] = set()
    for document in revision.documents:
        if document.role == "glossary":
            continue
        for number, raw in enumerate(document.prose_lines, 1):
            text = _ADDRESS.sub(" ", normalised(raw))
            explained |= {acronym for before, acronym in _explained(text) if re.search(r"[a-zà-ÿ]{3}", before)}
            explained |= {m["acronym"] for m in _EXPLAINS.finditer(text)}
            if not _shouts(text):
                for match in _ACRONYM.finditer(text):
                    uses[match[0]].append((document, number))
    names = _names(revision)
    for acronym, places in uses.items():
        if acronym in names or acronym in known or acronym in explained or len(places) < _MIN_USES:
            continue
        document, line = places[0]
        message = (
            f"Le sigle {acronym}, employé {len(places)} fois, n'est ni au glossaire ni développé dans le texte. "
            "Ajoutez-le au glossaire, ou développez-le ici."
        )
        yield found("sigle-absent", document, line, message)


def _names(revision: LintedRevision) -> set[str]:
    """Words also written with small letters ("MirAI", "en cours"): no acronyms."""
    return {
        word.upper()
        for document in revision.documents
        for word in re.findall(r"(?<!\w)[a-zA-Z]{3,6}(?!\w)", normalised(document.text))
        if not word.isupper()
    }


def _shouts(text: str) -> bool:
    """A line in capitals holds no acronym that can be told from its words."""
    letters = [c for c in text if c.isalpha()]
    return len(letters) > 12 and sum(c.isupper() for c in letters) > 0.7 * len(letters)


def _glossary_words(revision: LintedRevision) -> set[str]:
    """Every capital word of the glossary: an acronym explained inside a definition is explained."""
    glossary = [d for d in revision.documents if d.role == "glossary"]
    return {word for d in glossary for word in re.findall(r"\b[A-Z][A-Z0-9]{1,6}\b", normalised(d.text))}


def _expansions(revision: LintedRevision) -> dict[str, list[_Expansion]]:
    """Acronym → each place that spells it out with words of these very initials."""
    expansions: dict[str, list[_Expansion]] = defaultdict(list)
    for document in revision.documents:
        for term in document.records("term"):
            acronym = (term.id or "").strip()
            written = _initials(term.text.split("\n")[0], acronym, from_start=True)
            if written:
                expansions[acronym].append(_expansion(document, term.lines.start, written))
        if document.role == "glossary":
            continue
        for number, line in enumerate(document.prose_lines, 1):
            for before, acronym in _explained(_ADDRESS.sub(" ", normalised(line))) if "(" in line else ():
                written = _initials(before, acronym, from_start=False)
                if written:
                    expansions[acronym].append(_expansion(document, number, written))
    return expansions


def _explained(text: str) -> Iterator[tuple[str, str]]:
    """Each acronym in parentheses, after what precedes it in its clause."""
    for match in _IN_PARENTHESES.finditer(text):
        before = text[max(0, match.start() - 120) : match.start()]
        yield _CLAUSE_END.split(before)[-1], match[1]


def _expansion(document: LintedDocument, line: int, written: str) -> _Expansion:
    key = tuple(word.rstrip("sx") for word in words(written) if word not in _EMPTY_WORDS)
    return _Expansion(document, line, written, key)


def _initials(text: str, acronym: str, from_start: bool) -> str | None:
    """The words of the text whose initials spell the acronym, at its start or at its end."""
    if not re.fullmatch(r"[A-Z]{2,7}", acronym):
        return None
    tokens = re.findall(r"[^\W_]+", normalised(text))
    full = [n for n, token in enumerate(tokens) if words(token)[0] not in _EMPTY_WORDS]
    chosen = full[: len(acronym)] if from_start else full[-len(acronym) :]
    if len(chosen) < len(acronym):
        return None
    spelt = "".join(words(tokens[n])[0][0] for n in chosen).upper()
    if spelt != acronym or max(map(len, (tokens[n] for n in chosen))) < 3:
        return None
    return " ".join(tokens[chosen[0] : chosen[-1] + 1])


def _contradictions(expansions: dict[str, list[_Expansion]]) -> Iterator[Finding]:
    for acronym, places in expansions.items():
        reference = next((p for p in places if p.document.role == "glossary"), places[0])
        told = {reference.key}
        for place in places:
            if place.key not in told:
                told.add(place.key)
                message = (
                    f"{acronym} est développé ici « {place.written} » et « {reference.written} » dans "
                    f"{reference.document.path}, ligne {reference.line}. Gardez une seule forme."
                )
                yield found("sigle-deux-sens", place.document, place.line, message)
