"""Two sources side by side: one identifier with two contents, passages copied and then changed on one side."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from ingest.lint.findings import Finding
from ingest.lint.reading import LintedDocument, LintedRevision
from ingest.lint.rules import found
from ingest.passage import PRIORITY_NAMES, Passage
from ingest.reading.quote_form import SKETCH_SIZE, sketch, words

_Placed = tuple[LintedDocument, Passage]
_COPY_WORDS = 15
"""Words from which a passage that stands in two documents is a copy and no coincidence."""
_COPY_SHARE = 0.6
"""Share of common word pairs from which two passages are one text; see ingest.reading.quote_form.sketch."""
_REWRITTEN_SHARE = 0.1
"""Share of changed words above which the copy was rewritten on purpose."""
_SHOWN_WORDS = 8
_NAMES = frozenset(
    ("mirai", "socle", "ia", "cloud", "pi", "native", "cct", "cadre", "offre", "coherence", "technique", "ministere")
)
"""Words that an adaptation of one CCT to the other has to change."""


def check(revision: LintedRevision, others: Sequence[LintedRevision]) -> Iterator[Finding]:
    """What contradicts another source, told on the side of `revision` only."""
    for other in others:
        if other.source != revision.source:
            yield from _identifiers(revision, other)
            yield from _copies(revision, other)


def _identifiers(revision: LintedRevision, other: LintedRevision) -> Iterator[Finding]:
    theirs: dict[str, list[_Placed]] = defaultdict(list)
    for document, requirement in _requirements(other):
        theirs[requirement.id or ""].append((document, requirement))
    for document, requirement in _requirements(revision):
        same = theirs.get(requirement.id or "", [])
        if requirement.origin not in {None, other.source} or not same:
            continue
        yield from _compared(document, requirement, other.source, same)


def _requirements(revision: LintedRevision) -> Iterator[_Placed]:
    for document in revision.documents:
        for requirement in document.records("requirement"):
            yield document, requirement


def _compared(document: LintedDocument, ours: Passage, source: str, same: list[_Placed]) -> Iterator[Finding]:
    where, theirs = max(same, key=lambda placed: placed[1].fingerprint == ours.fingerprint)
    line = ours.lines.start
    place = f"{where.path} ({source}), ligne {theirs.lines.start}"
    taken = ", que cette ligne dit reprendre" if ours.origin else ""
    if ours.priority and theirs.priority and ours.priority != theirs.priority:
        message = (
            f"{ours.id} est {ours.priority} ({PRIORITY_NAMES[ours.priority]}) ici et {theirs.priority} "
            f"({PRIORITY_NAMES[theirs.priority]}) dans {place}{taken}. "
            "Alignez les types, ou donnez un autre identifiant."
        )
        yield found("meme-id-autre-type", document, line, message)
    if ours.fingerprint != theirs.fingerprint:
        message = f"{ours.id} n'a pas le même texte que dans {place}{taken}. " + (
            "Reprenez le texte d'origine, ou dites ce qui change."
            if ours.origin
            else "Donnez un autre identifiant, ou dites quelle source l'emporte."
        )
        yield found("meme-id-autre-texte", document, line, message)
    if ours.category and theirs.category and words(ours.category) != words(theirs.category):
        message = f"{ours.id} n'a pas la même catégorie que dans {place}. Alignez les catégories."
        yield found("meme-id-autre-categorie", document, line, message)


def _copies(revision: LintedRevision, other: LintedRevision) -> Iterator[Finding]:
    ours, theirs = _prose(revision), _prose(other)
    copied = {passage.fingerprint for _, passage in theirs}
    index: dict[tuple[int, int], list[int]] = defaultdict(list)
    for n, (_, passage) in enumerate(theirs):
        for mark in enumerate(sketch(passage.text)):
            index[mark].append(n)
    for document, passage in ours:
        if passage.fingerprint in copied:
            continue
        shared = Counter(n for mark in enumerate(sketch(passage.text)) for n in index[mark])
        best = shared.most_common(1)
        if not best or best[0][1] < _COPY_SHARE * SKETCH_SIZE:
            continue
        where, twin = theirs[best[0][0]]
        differences = _differences(passage.text, twin.text)
        if differences:
            message = (
                f"Ce passage est celui de {where.path} ({other.source}), ligne {twin.lines.start}, à ceci près : "
                f"{differences}. Alignez les deux textes, ou renvoyez au document d'origine."
            )
            yield found("copie-divergente", document, passage.lines.start, message)


def _prose(revision: LintedRevision) -> list[_Placed]:
    """Paragraphs and list items; what ingestion joined from several lines is cut differently on each side."""
    return [
        (document, passage)
        for document in revision.documents
        if document.role in {"guide", "readme"}
        for passage in document.records("section")
        if "\n" not in passage.text and len(words(passage.text)) >= _COPY_WORDS
    ]


def _differences(ours: str, theirs: str) -> str:
    """The first differences, word by word; empty when only names differ, or so much that one is a rewriting."""
    a, b = words(ours), words(theirs)
    shown = []
    changed = 0
    for tag, a1, a2, b1, b2 in SequenceMatcher(a=a, b=b, autojunk=False).get_opcodes():
        if tag == "equal" or {*a[a1:a2], *b[b1:b2]} <= _NAMES:
            continue
        changed += max(a2 - a1, b2 - b1)
        shown.append(_difference(a[a1:a2], b[b1:b2]))
    if changed > _REWRITTEN_SHARE * len(b):
        return ""
    more = f" et {len(shown) - 3} autre(s)" if len(shown) > 3 else ""
    return ", ".join(shown[:3]) + more


def _difference(ours: list[str], theirs: list[str]) -> str:
    if not theirs:
        return f"« {_shown(ours)} » en plus"
    if not ours:
        return f"« {_shown(theirs)} » en moins"
    return f"« {_shown(ours)} » au lieu de « {_shown(theirs)} »"


def _shown(tokens: list[str]) -> str:
    return " ".join(tokens[:_SHOWN_WORDS]) + ("…" if len(tokens) > _SHOWN_WORDS else "")
