"""Identifiers: printed twice, missing from the sequence, out of order, suffixes spelt in several ways."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

from ingest.lint.findings import Finding
from ingest.lint.reading import LintedDocument, LintedRevision
from ingest.lint.rules import found
from ingest.passage import Passage

_NUMBERED = re.compile(r"^(?P<family>.*?)(?P<number>\d+)$")
_SUFFIX = re.compile(r"^[A-Z]+(?:[\s_-]*[A-Z]+)*[\s_-]*\d+(?P<suffix>\D.*)$", re.IGNORECASE)


def check(revision: LintedRevision) -> Iterator[Finding]:
    """Every defect of numbering, document by document."""
    for document in revision.documents:
        yield from _repeated(document)
        for family in _families(document).values():
            yield from _gaps(document, family)
            yield from _disorder(document, family)
        yield from _suffixes(document)


def _repeated(document: LintedDocument) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for record in [*document.records("requirement"), *document.records("component")]:
        assert record.id is not None
        line = record.lines.start
        if record.id in first:
            message = (
                f"{record.id} est déjà imprimé ligne {first[record.id]} : un identifiant qui désigne deux lignes "
                "ne peut pas être cité. Donnez un numéro libre à l'une des deux."
            )
            yield found("id-duplique", document, line, message)
        else:
            first[record.id] = line


def _families(document: LintedDocument) -> dict[str, list[tuple[int, Passage]]]:
    """Family → its (number, record) in document order, without the rows that repeat another source's numbers."""
    families: dict[str, list[tuple[int, Passage]]] = defaultdict(list)
    for record in [*document.records("requirement"), *document.records("component")]:
        match = _NUMBERED.match(record.id or "")
        if match and record.origin is None:
            families[match["family"]].append((int(match["number"]), record))
    return families


def _gaps(document: LintedDocument, family: list[tuple[int, Passage]]) -> Iterator[Finding]:
    ordered = sorted(family, key=lambda item: (item[0], item[1].lines.start))
    for (low, before), (high, after) in pairwise(ordered):
        if high - low < 2:
            continue
        link = "et" if high - low == 3 else "à"
        missing = f"les numéros {low + 1} {link} {high - 1} manquent"
        if high - low == 2:
            missing = f"le numéro {low + 1} manque"
        message = (
            f"Entre {before.id} et {after.id}, {missing}. S'il s'agit d'un retrait, dites-le dans le tableau "
            "(« supprimée ») ; sinon, corrigez les numéros."
        )
        yield found("numero-manquant", document, after.lines.start, message)


def _disorder(document: LintedDocument, family: list[tuple[int, Passage]]) -> Iterator[Finding]:
    in_order = _longest_increasing([number for number, _ in family])
    repeated = Counter(number for number, _ in family)
    for n, (number, record) in enumerate(family):
        if n in in_order or (repeated[number] > 1 and n and family[n - 1][0] == number):
            continue
        message = (
            f"{record.id} n'est pas à sa place dans l'ordre des numéros (ligne précédente de la famille : "
            f"{family[n - 1][1].id if n else 'aucune'}). Déplacez la ligne ou corrigez son numéro."
        )
        yield found("numero-desordre", document, record.lines.start, message)


def _longest_increasing(numbers: list[int]) -> set[int]:
    """Positions of a longest strictly increasing subsequence (patience sorting)."""
    tails: list[int] = []
    positions: list[int] = []
    previous: list[int] = []
    for n, number in enumerate(numbers):
        at = bisect_left(tails, number)
        previous.append(positions[at - 1] if at else -1)
        if at == len(tails):
            tails.append(number)
            positions.append(n)
        else:
            tails[at], positions[at] = number, n
    kept: set[int] = set()
    n = positions[-1] if positions else -1
    while n >= 0:
        kept.add(n)
        n = previous[n]
    return kept


def _suffixes(document: LintedDocument) -> Iterator[Finding]:
    spellings: dict[str, list[tuple[str, Passage]]] = defaultdict(list)
    for record in document.records("requirement"):
        match = _SUFFIX.match(record.printed_id)
        if match:
            key = re.sub(r"[\W_]", "", match["suffix"]).casefold()
            spellings[key].append((match["suffix"], record))
    for group in spellings.values():
        counts = Counter(suffix for suffix, _ in group)
        usual = counts.most_common(1)[0][0]
        example = next(record for suffix, record in group if suffix == usual)
        for suffix, record in group:
            if suffix != usual:
                message = (
                    f"« {record.printed_id} » : ce suffixe s'écrit ailleurs comme dans « {example.printed_id} » "
                    f"({counts[usual]} lignes). Écrivez-le partout de la même façon, espaces comprises."
                )
                yield found("suffixe-variable", document, record.lines.start, message)
