"""The staleness of a question set, for a terminal, a merge request, or a program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from eval.revisions.following import SEVERITY, Fate, Followed
from eval.revisions.staleness import QuestionState, Staleness
from ingest.passage import Located

FATES: dict[Fate, str] = {
    "intact": "intacte",
    "renumbered": "suit son exigence renumérotée",
    "kept": "texte retouché, réponse conservée",
    "reread": "texte retouché, à relire",
    "retyped": "type P ↔ I, à relire",
    "removed": "texte retiré, doit s'abstenir",
    "reused": "identifiant réutilisé, bloquant",
    "absent": "hors de la révision",
}


def stale_lines(states: Sequence[Staleness], all_questions: bool = False) -> list[str]:
    """Markdown: the counts of each source, then what happened, most serious first, with the questions it touches."""
    lines: list[str] = []
    for state in states:
        lines += [f"## {state.source} : {state.a.commit[:7]} → {state.b.commit[:7]}", ""]
        lines += ["| état | questions |", "| --- | --- |"]
        lines += [f"| {FATES[fate]} | {state.counts[fate]} |" for fate in SEVERITY if state.counts[fate]]
        lines += [f"| à vérifier (réponse élargie ou apparue) | {len(state.advised)} |", ""]
        if state.naive_wrong:
            lines += [
                f"{state.naive_wrong} question(s) suivent un texte qui a changé d'identifiant : "
                "un jeu lié aux identifiants imprimés les aurait comptées comme des erreurs.",
                "",
            ]
        shown = [s for s in state.questions if all_questions or s.fate != "intact"]
        shown.sort(key=lambda s: -SEVERITY.index(s.fate))
        lines += _grouped((_what(s), s.question.id) for s in shown)
        lines += _grouped((f"à vérifier : {' ; '.join(s.advice)}", s.question.id) for s in state.advised)
        lines.append("")
    return lines


def _grouped(said: Iterable[tuple[str, str]]) -> list[str]:
    """One line a thing said, in the order in which each is said first, with the ids it is said of."""
    ids: dict[str, list[str]] = {}
    for what, question in said:
        ids.setdefault(what, []).append(question)
    return [f"- {what} — {len(names)} question(s) : {', '.join(names)}" for what, names in ids.items()]


def _what(state: QuestionState) -> str:
    moves = [_move(f) for f in state.evidence if f.fate != "intact"]
    why = " ; ".join([*(m for m in moves if m), *state.reasons])
    return f"{FATES[state.fate]}{f' : {why}' if why else ''}"


def _move(followed: Followed) -> str:
    before, after = followed.before, followed.after
    if before is None:
        return ""
    if after is None:
        return f"{_name(before)} retiré"
    if _name(before) != _name(after):
        return f"{_name(before)} → {_name(after)}"
    return ""


def _name(located: Located) -> str:
    passage = located.passage
    if passage.id is not None and passage.kind != "section":
        return f"{passage.id}{f' (n° {passage.occurrence})' if passage.occurrence > 1 else ''}"
    return f"{located.document}, ligne {passage.lines.start}"


def stale_json(states: Sequence[Staleness]) -> list[dict[str, Any]]:
    """One object a source, with every question and the fate of each piece of evidence."""
    return [
        {
            "source": state.source,
            "from": state.a.commit,
            "to": state.b.commit,
            "counts": {fate: state.counts[fate] for fate in SEVERITY if state.counts[fate]},
            "blocking": len(state.blocking),
            "naive_wrong": state.naive_wrong,
            "questions": [_question_json(s) for s in state.questions],
        }
        for state in states
    ]


def _question_json(state: QuestionState) -> dict[str, Any]:
    return {
        "id": state.question.id,
        "status": state.fate,
        "blocking": state.blocking,
        "reasons": list(state.reasons),
        "advice": list(state.advice),
        "evidence": [
            {
                "passage": f.ref.passage,
                "status": f.fate,
                "before": f.before.key if f.before else None,
                "after": f.after.key if f.after else None,
                "similarity": round(f.similarity, 4),
            }
            for f in state.evidence
        ],
    }
