"""One requirement through the revisions, for a terminal and as JSON."""

from __future__ import annotations

from typing import Any

from ingest.passage import Located
from ingest.revisions.lineage import Change, Kind
from ingest.revisions.requirement_history import Holder, Lineage, Step
from ingest.sources.corpus import CorpusRevision
from ingest.sources.manifest import Source
from ui.commands.diff_view import LABELS, extract, short
from ui.pages.word_differences import marked, shortened, word_differences
from ui.wording import french_date, percentage


def history_json(source: Source, identifier: str, holders: list[Holder]) -> dict[str, Any]:
    """Every requirement that bore the id, the wanted one first, each with its steps, oldest first."""
    return {
        "source": source.id,
        "id": identifier,
        "lineages": [
            {
                "occurrence": holder.occurrence,
                "since": _revision_json(holder.since),
                "until": _revision_json(holder.until) if holder.until else None,
                "steps": [_step_json(source, step) for step in holder.lineage.steps],
            }
            for holder in holders
        ],
    }


def print_history(source: Source, identifier: str, chosen: list[Holder], others: list[Holder]) -> None:
    """The chosen requirements step by step; of the others that bore the id, one line each."""
    for n, holder in enumerate(chosen):
        occurrence = f", occurrence {holder.occurrence}" if holder.occurrence > 1 else ""
        print(("\n" if n else "") + f"{identifier}{occurrence} — {source.title}, {stay_words(holder)}")
        _print_steps(source, holder.lineage)
    if not others:
        return
    print(f"\n{identifier} a aussi désigné :")
    for holder in others:
        last = holder.lineage.steps[-1]
        now = (
            f"aujourd'hui {record_name(last.bearer)}"
            if last.bearer
            else f"retirée le {french_date(last.revision.date)}"
        )
        print(f"  {stay_words(holder)} : {path(holder.lineage)} ({now})")
    since = others[0].since
    follow = f"cct history {identifier} --source {source.id} --revision {since.commit[:7]}"
    print(f"Pour suivre l'une d'elles, donnez une révision où elle portait cet identifiant : {follow}")


def path(lineage: Lineage) -> str:
    """ "EX42 → EXI-ARCH-14 → EXI-ARCH-18 → EXI-ARCH-17": the ids it has borne, in order."""
    names = [record_name(step.bearer) for step in lineage.steps if step.bearer is not None]
    return " → ".join(name for n, name in enumerate(names) if n == 0 or name != names[n - 1])


def _print_steps(source: Source, lineage: Lineage) -> None:
    before: Located | None = None
    for step in lineage.steps:
        print(f"\n  {french_date(step.revision.date)}  {step.revision.commit[:7]}  {step_words(step, before)}")
        for other in step.related:
            print(f"      {relation_words(other, step)}")
        after = step.bearer
        if after is None:
            continue
        link = source.link(after.commit or "", after.document, after.passage.lines)
        print(
            f"      {_type(after)}, {after.document}, ligne {after.passage.lines.start}"
            + (f" — {link}" if link else "")
        )
        if before is None:
            print(f"      {extract(after.passage.text)}")
        elif "reworded" in step.changes:
            print(f"      {marked(shortened(word_differences(before.passage.text, after.passage.text)))}")
        before = after


def step_words(step: Step, before: Located | None) -> str:
    """ "EXI-ARCH-6 devient EXI-ARCH-10 ; type I → P": what a step changed since `before`."""
    after = step.bearer
    if after is None:
        return "retirée"
    if before is None:
        return f"{record_name(after)} apparaît"
    parts = [f"{record_name(after)} revient"] if "added" in step.changes else []
    old, new = before.passage, after.passage
    if old.id != new.id:
        parts.append(f"{record_name(before)} devient {record_name(after)}")
    if "retyped" in step.changes:
        parts.append(f"type {old.priority or 'absent'} → {new.priority or 'absent'}")
    if "recategorised" in step.changes:
        parts.append(f"catégorie « {old.category or 'aucune'} » → « {new.category or 'aucune'} »")
    if "reworded" in step.changes:
        kept = percentage(step.similarity)
        check = ", rapprochement à vérifier" if "recast" in step.changes else ""
        parts.append(f"reformulée (texte conservé à {kept}{check})")
    return (
        " ; ".join(parts)
        if old.id != new.id or "added" in step.changes
        else f"{record_name(after)} : {' ; '.join(parts)}"
    )


def relation_words(other: Change, step: Step) -> str:
    """Who took its id, where a part of its text went."""
    before, after = other.before, other.after
    assert before is not None and after is not None
    if "reused" in other.kinds:
        here = after is step.bearer
        told = "désignait jusque-là une autre exigence" if here else "désigne désormais une autre exigence"
        return f"{record_name(after)} {told}"
    kind: Kind = "merged" if "merged" in other.kinds else "split"
    return f"{LABELS[kind][0]} : une partie du texte de {record_name(before)} est passée dans {record_name(after)}"


def _type(located: Located) -> str:
    return f"type {located.passage.priority}" if located.passage.priority else "sans type"


def record_name(located: Located | None) -> str:
    """ "EXI-ORG-16 (occurrence 2)"; empty for none."""
    if located is None:
        return ""
    p = located.passage
    return f"{p.id}" + (f" (occurrence {p.occurrence})" if p.occurrence > 1 else "")


def stay_words(holder: Holder) -> str:
    """ "depuis 6ba0bbd (21/04/2024) jusqu'à c869910 (12/05/2024)"."""
    end = f" jusqu'à {short(holder.until)}" if holder.until else ""
    return f"depuis {short(holder.since)}{end}"


def _revision_json(revision: CorpusRevision) -> dict[str, str]:
    return {"commit": revision.commit, "date": revision.date, "subject": revision.subject}


def _step_json(source: Source, step: Step) -> dict[str, Any]:
    found: dict[str, Any] = {**_revision_json(step.revision), "changes": list(step.changes)}
    found["similarity"] = round(step.similarity, 3) if step.similarity else None
    if step.bearer is not None:
        p = step.bearer.passage
        found |= {"id": p.id, "occurrence": p.occurrence, "type": p.priority, "category": p.category or None}
        found |= {"text": p.text, "document": step.bearer.document, "line": p.lines.start, "line_end": p.lines.end}
        found["url"] = source.link(step.revision.commit, step.bearer.document, p.lines)
    found["related"] = [
        {"changes": list(c.kinds), "id_a": c.before.passage.id, "id_b": c.after.passage.id}
        for c in step.related
        if c.before is not None and c.after is not None
    ]
    return found
