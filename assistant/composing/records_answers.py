"""Answers from the records themselves: identifiers, whole lists, and the two CCTs side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from assistant.composing.composition import Composer, Draft, shortened
from assistant.question.reading import Reading, RecordList
from assistant.search.french_text import tokens, without_accents
from assistant.search.retrieval import Found
from assistant.selection import Selection
from assistant.wording import revision_names, shown_once, unknown_id, unknown_term
from ingest.passage import PRIORITY_NAMES, Located

_FILLERS = frozenset(
    tokens("sujet thème concernant relatif relatives porter portent parler parlent toucher touchent imposer demander "
           "applicables traiter traitent existe existent matière niveau regard about concerning cadre")
)  # fmt: skip
_LEAST_SHARE = 0.1
"""Share of the best requirement's probability from which another one belongs to a subject's list."""
_MOST_LISTED_BY_SUBJECT = 8
_LEAST_COMPARED = 0.02
"""Share of the best probability under which a source has nothing to compare."""
_RANKED_COUNTERPART = 30
"""Rank up to which the other source's requirement of the same identifier is taken for its counterpart."""
_SAME_RULE = 0.93
"""Nearness of two requirements of one identifier that say nearly the same; two others reach it once in a hundred."""
_RULE_SHARE = 0.15
"""Share of a source's best probability from which a requirement stands for it in a comparison."""


def show_ids(composer: Composer, selection: Selection, reading: Reading, sources: Sequence[str]) -> Draft:
    """The records that the question names: each place of each, conflicts said; abstains on unknown ids."""
    draft = Draft()
    unknown: list[str] = []
    several = False
    for identifier in reading.ids:
        places = [p for p in selection.by_id.get(identifier.upper(), ()) if not sources or p.source in sources]
        if not places:
            unknown.append(identifier)
            continue
        groups = _by_text(places)
        several = several or len(groups) > 1
        if len(groups) > 1:
            draft.paragraphs.append(_several(identifier, groups, composer))
        for group in groups:
            composer.record(draft, group, asked=reading.beside_ids)
    where = revision_names(selection.used, {s.source: composer.title(s.source) for s in selection.used})
    for identifier in unknown:
        elsewhere = dict.fromkeys(composer.title(p.source) for p in selection.by_id.get(identifier.upper(), ()))
        if elsewhere:
            asked = " ni ".join(composer.title(s) for s in sources)
            draft.paragraphs.append(
                f"**{identifier}** n'est pas dans {asked} ; il est dans {' et '.join(elsewhere)}."
            )
        else:
            draft.paragraphs.append(unknown_id(identifier, _neighbours(selection, identifier), where))
    if not draft.citations:
        draft.status = "abstained"
    elif several:
        draft.status = "clarify"
    _hierarchy(draft, composer, selection)
    return draft


def list_records(
    composer: Composer, selection: Selection, wanted: RecordList, sources: Sequence[str], found: Found
) -> Draft | None:
    """Every requirement of a type, family or subject, in the documents' order; None when it is no such list."""
    records = [r for r in selection.requirements if not sources or r.source in sources]
    if wanted.priority:
        records = [r for r in records if r.passage.priority == wanted.priority]
    subject = [t for t in tokens(wanted.subject) if t not in _FILLERS]
    if wanted.family:
        named = set(tokens(f"{wanted.family} architecture organisation données général exigences"))
        records = [r for r in records if str(r.passage.id).startswith(f"EXI-{wanted.family}-")]
        subject = [t for t in subject if t not in named]
    complete = not subject
    if subject:
        by_category = [r for r in records if set(subject) <= set(tokens(r.passage.category))]
        by_words = [r for r in records if set(subject) <= set(tokens(f"{r.passage.category} {r.passage.text}"))]
        complete = bool(by_category or by_words)
        nearest = [] if complete or found.verdict != "answer" else _by_subject(selection, records, found)
        records = by_category or by_words or nearest
    if not records:
        return None
    draft = Draft()
    names = PRIORITY_NAMES.get(wanted.priority or "", "")
    kind = f"{'' if complete else 'parmi les plus proches du sujet, '}exigences" + (
        f" {wanted.priority} ({names}s)" if wanted.priority else ""
    )
    texts = _twins(records)
    counts = [
        f"{composer.title(source)} : {len(list(rows))}" for source, rows in groupby(records, lambda r: r.source)
    ]
    draft.paragraphs.append(f"**{len(records)} {kind}** ({' ; '.join(counts)})")
    if len(texts) < len(records):
        draft.paragraphs.append(shown_once(len(texts)))
    if not wanted.count_only or len(records) <= _MOST_LISTED_BY_SUBJECT:
        _listed(draft, composer, records)
    else:
        _listed(draft, composer, records[:_MOST_LISTED_BY_SUBJECT])
        draft.paragraphs.append("Demandez la liste (« quelles sont… ») pour les avoir toutes.")
    return draft


def compare_sources(
    composer: Composer, selection: Selection, question: str, found: Found, rules: bool = False
) -> Draft | None:
    """The best passage of each source, a requirement where one is near; None when one has nothing near.

    `rules`: requirements are what is compared, however near another passage is.
    """
    share = 0.0 if rules else _RULE_SHARE
    near = _rules_that_name(selection, question, found) or _nearest_of_each(selection, found, share)
    near.update(_same_id_elsewhere(selection, near, found.ranking.order[:_RANKED_COUNTERPART]))
    units = list(dict.fromkeys(near.values()))
    one_rule = rules and [selection.kinds[u] for u in units] == ["requirement"]
    if len(near) < 2 or (len(units) < 2 and not one_rule):
        return None
    if found.verdict != "answer" and not _names_its_subject(selection, question, units):
        return None
    rank = {unit: n for n, unit in enumerate(found.ranking.order)}
    draft = composer.passages(question, sorted(units, key=lambda u: rank.get(u, len(rank)))[:3], each=True)
    draft.paragraphs = [p for p in draft.paragraphs if p != "**À lire aussi**"]
    return draft


def _rules_that_name(selection: Selection, subject: str, found: Found) -> dict[str, int]:
    """The first requirement of each source that holds every word of the subject; empty when a source has none."""
    wanted = set(tokens(subject))
    rules: dict[str, int] = {}
    for unit in found.ranking.order if wanted else ():
        passage = selection.index.units[unit].passage
        if passage.kind == "requirement" and wanted <= set(tokens(f"{passage.category} {passage.text}")):
            for place in selection.index.units[unit].located:
                rules.setdefault(place.source, unit)
    return rules if len(rules) == len(selection.revisions) else {}


def _nearest_of_each(selection: Selection, found: Found, share: float) -> dict[str, int]:
    """The likeliest unit of each source, or a requirement of it that is nearly as likely."""
    chances = found.ranking.probabilities
    best: dict[str, int] = {}
    rules: dict[str, int] = {}
    for unit in found.ranking.order[:30]:
        for place in selection.index.units[unit].located:
            best.setdefault(place.source, unit)
            if place.passage.kind == "requirement":
                rules.setdefault(place.source, unit)
    near = {s: u for s, u in best.items() if float(chances[u]) >= _LEAST_COMPARED * found.ranking.best}
    for source in near:
        rule = rules.get(source)
        if rule is not None and float(chances[rule]) >= share * float(chances[near[source]]):
            near[source] = rule
    return near


def _names_its_subject(selection: Selection, subject: str, units: Sequence[int]) -> bool:
    """True when every word of the subject stands in one of the units: they are about it, whatever the verdict."""
    held = {t for u in units for p in [selection.index.units[u].passage] for t in tokens(f"{p.category} {p.text}")}
    wanted = set(tokens(subject))
    return bool(wanted) and wanted <= held


def _same_id_elsewhere(selection: Selection, chosen: dict[str, int], ranked: Sequence[int]) -> dict[str, int]:
    """Where one source is represented by a requirement, the other's of the same identifier when it ranks too, or
    says nearly the same."""
    counterparts: dict[str, int] = {}
    for unit in chosen.values():
        identifier = selection.index.units[unit].passage.id
        for place in selection.by_id.get((identifier or "").upper(), ()):
            other = selection.index.by_key[place.key]
            own = chosen.get(place.source)
            if own is not None and selection.kinds[own] == "requirement":
                continue
            ranks = own is not None and other in ranked
            if ranks or selection.index.nearness(unit, other) >= _SAME_RULE:
                counterparts.setdefault(place.source, other)
    return counterparts


def define(composer: Composer, selection: Selection, term: str, sources: Sequence[str]) -> Draft:
    """The glossary's definition of a term, each text once."""
    draft = Draft()
    _defined(draft, composer, selection.terms[term], sources)
    return draft


def define_each(
    composer: Composer, selection: Selection, terms: Sequence[str], question: str, sources: Sequence[str]
) -> Draft | None:
    """The glossary's definition of each term, and which terms it lacks; None when it lacks them all."""
    if not any(term in selection.terms for term in terms):
        return None
    draft = Draft()
    for term in terms:
        if term in selection.terms:
            _defined(draft, composer, selection.terms[term], sources)
        else:
            written = re.search(re.escape(term), question, re.IGNORECASE)
            draft.paragraphs.append(unknown_term(written[0] if written else term))
    return draft


def _defined(draft: Draft, composer: Composer, places: Sequence[Located], sources: Sequence[str]) -> None:
    kept = [p for p in places if p.source in sources] or list(places)
    for group in _by_text(kept):
        composer.record(draft, group, longest=420)


def _listed(draft: Draft, composer: Composer, records: Sequence[Located]) -> None:
    for group in _twins(records):
        record = group[0]
        passage = record.passage
        first = passage.sentences[0] if passage.sentences else passage.text
        quote = shortened(first, 220)
        if len(passage.sentences) > 1 and not quote.endswith("[...]"):
            quote += " [...]"
        n = composer.cite(draft, group, quote)
        names = " et ".join(composer.title(s) for s in dict.fromkeys(p.source for p in group))
        draft.paragraphs.append(
            f"- **{passage.id}** ({passage.priority or 'sans type'}, {names}) : « {quote} » [{n}]"
        )


def _by_subject(selection: Selection, records: Sequence[Located], found: Found) -> list[Located]:
    chances = found.ranking.probabilities
    units = {r.key: selection.index.by_key[r.key] for r in records}
    best = max((float(chances[u]) for u in units.values()), default=0.0)
    kept = [r for r in records if best > 0 and float(chances[units[r.key]]) >= _LEAST_SHARE * best]
    strongest = sorted(kept, key=lambda r: -float(chances[units[r.key]]))[:_MOST_LISTED_BY_SUBJECT]
    return [r for r in kept if r in strongest]


def _twins(records: Sequence[Located]) -> list[list[Located]]:
    """Records with the same identifier, type and text, at the place of the first."""
    groups: dict[tuple[str, str, str], list[Located]] = {}
    for record in records:
        p = record.passage
        groups.setdefault((str(p.id), str(p.priority), p.fingerprint), []).append(record)
    return list(groups.values())


def _by_text(places: Sequence[Located]) -> list[list[Located]]:
    groups: dict[str, list[Located]] = {}
    for place in places:
        groups.setdefault(place.passage.fingerprint, []).append(place)
    return list(groups.values())


def _several(identifier: str, groups: Sequence[Sequence[Located]], composer: Composer) -> str:
    sources = list(dict.fromkeys(p.source for group in groups for p in group))
    if len(sources) > 1:
        names = " et ".join(composer.title(s) for s in sources)
        return f"**{identifier}** désigne des textes différents dans {names} : voici chacun."
    return f"**{identifier}** est imprimé {len(groups)} fois dans {composer.title(sources[0])} : voici chaque ligne."


def _neighbours(selection: Selection, identifier: str) -> list[str]:
    family = re.sub(r"\d+$", "", identifier)
    same = [p.passage.id for p in selection.located if p.passage.id and p.passage.id.startswith(family)]
    known = list(dict.fromkeys(str(i) for i in same))
    if not known and identifier.startswith("EXI-"):
        families = {re.sub(r"-\d+$", "", str(r.passage.id)) for r in selection.requirements}
        return [f"{name}-…" for name in sorted(families)]
    wanted = int(re.sub(r"^\D*", "", identifier) or 0) if re.search(r"\d", identifier) else 0
    return sorted(known, key=lambda i: abs(int(re.sub(r"^.*?(\d+)$", r"\1", i) or 0) - wanted))[:4]


def _hierarchy(draft: Draft, composer: Composer, selection: Selection) -> None:
    """When the sources give one requirement two types, the rule on the hierarchy of documents is quoted."""
    if not any(
        w.code == "cross_source_conflict" and " et " in w.message and "(" in w.message for w in draft.warnings
    ):
        return
    cited = {c.place.id for c in draft.citations}
    rules = [r for r in selection.requirements if "hierarchie" in without_accents(r.passage.category)]
    if not rules or rules[0].passage.id in cited:
        return
    same = [r for r in rules if r.passage.fingerprint == rules[0].passage.fingerprint]
    draft.paragraphs.append("**Règle de hiérarchie**")
    composer.record(draft, same)
