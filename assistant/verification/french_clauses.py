"""French sentences cut into clauses, and what one clause gives to those beside it.

Rules over surface forms, not a parser: they are measured on drafts with planted faults, see docs/verification.md.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from assistant.verification import french_forms as forms
from assistant.verification.clause_reading import Clause, Modality, disadvises, plain, read_clause


@lru_cache(maxsize=20_000)
def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a sentence, in order.

    One without content ("…, n'est pas autorisé") gives what it does to those before it; one without a modality
    of its own takes that of the one before it; what is listed after "sont interdits :" is denied too.
    """
    found: list[Clause] = []
    carried: frozenset[Modality] = frozenset()
    forbids_list = listed = awaits_ne = example = disadvised = lacking = False
    before = ""
    for opened, piece, closed in _pieces(re.sub(r"[«»\"“”]", " ", plain(text))):
        bare_ne = bool(forms.NE.search(piece)) and not forms.COMPANION.search(piece)
        if forms.EXCEPTS.match(piece) or opened == "sauf":
            forbids_list = disadvised = False
        goes_on = opened == "," and forbids_list and not forms.STARTS_ANEW.search(piece)
        goes_on |= opened == "(" and bool(found) and found[-1].denied >= set(found[-1].stems)
        worse = opened == "que" and bool(forms.PREFERS.search(before))
        goes_on |= disadvised and opened == ","
        lacking = bool(forms.LACKING.search(before)) or (lacking and opened == ",")
        goes_on |= lacking and opened == "," and bool(forms.JOINED.match(piece))
        if forms.EXAMPLE.fullmatch(piece) and opened == closed == ",":
            continue  # a word between commas, which the clause goes on after
        clause = read_clause(piece, denied=listed or goes_on or worse or (awaits_ne and bare_ne))
        clause = _said_by_what_governs(
            clause, opened, before, carried or (found[-1].modalities if found else carried)
        )
        before = piece
        if example:
            clause = replace(clause, possible=frozenset(clause.stems))
        example = (example or bool(forms.EXAMPLE.fullmatch(piece))) and closed != ")"
        awaits_ne = bool(forms.NONE.search(piece) and not forms.NE.search(piece)) or (awaits_ne and not bare_ne)
        forbids_list = forbids_list or bool(forms.FORBIDS.search(piece) and not forms.NE.search(piece))
        if clause.stems:
            found.append(_inheriting(clause, found, carried))
            carried, disadvised = frozenset(), False
        elif clause.modalities or (forms.NE.search(piece) and forms.COMPANION.search(piece)):
            carried, disadvised = clause.modalities, disadvises(piece)
            same_thing = bool(forms.SAME_THING.search(piece))
            of_a_case = bool(found) and bool(forms.CASE.match(found[-1].said)) and not same_thing
            if (opened in {",", ")", ""} and not of_a_case) or (opened == ":" and same_thing):
                denied = bool(forms.NE.search(piece)) != bool(forms.DISADVISES.search(piece))
                denied = denied or Modality.FORBIDS in clause.modalities
                if same_thing and clause.modalities and found and found[-1].own_modality and found[-1].modalities:
                    found.append(replace(found[-1], modalities=clause.modalities))
                kept = found[:-1] if piece.startswith("ce qui ") else []
                found = [*kept, *_given_back(found[len(kept) :], clause, denied)]
        if closed == ":":
            listed = forbids_list
        elif closed in {".", "!", "?", "\n"}:
            forbids_list = listed = awaits_ne = example = disadvised = False
    return tuple(_condition_lifted(found))


def continued(found: tuple[Clause, ...], before: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """Clauses of a sentence that goes on with the one before ("Cela concerne…"): they take its modality."""
    if not before or any(c.modalities for c in found):
        return found
    return tuple(replace(c, modalities=before[-1].modalities, own_modality=False) for c in found)


def _condition_lifted(found: list[Clause]) -> list[Clause]:
    """ "Sans X, Y n'est pas Z": two denials that say what X is needed for, and deny nothing."""
    if len(found) < 2 or not (found[0].lacks and found[0].without and found[1].predicate):
        return found
    none: frozenset[str] = frozenset()
    lifted = [
        replace(c, denied=none, lacks=none, predicate=none, modalities=frozenset[Modality]()) for c in found[:2]
    ]
    return lifted + found[2:]


def _pieces(source: str) -> list[tuple[str, str, str]]:
    """(what opens it, the piece, what closes it): cut at the edges of clauses, and before a subordinate "que"."""
    found: list[tuple[str, str, str]] = []
    start, opened = 0, ""
    for match in [*forms.EDGE.finditer(source), None]:
        piece = source[start : match.start() if match else len(source)].strip()
        closed = match[0].strip() if match else ""
        start = match.end() if match else len(source)
        that = forms.THAT.search(piece)
        if that and not forms.NE.search(piece[: that.start()]):
            found += [(opened, piece[: that.start()].strip(), "que"), ("que", piece[that.end() :].strip(), closed)]
        else:
            found.append((opened, piece, closed))
        opened = closed
    return [f for f in found if f[1]]


def _said_by_what_governs(clause: Clause, opened: str, before: str, modalities: frozenset[Modality]) -> Clause:
    """A clause after "il est recommandé que", which says how it is meant and nothing else: that is its own value."""
    light = len(read_clause(before, denied=False).stems) <= 1 if before else False
    if opened != "que" or not light or not modalities or clause.modalities or not forms.IMPERSONAL.match(before):
        return clause
    return replace(clause, modalities=modalities, said=f"{before} que {clause.said}")


def _inheriting(clause: Clause, before: list[Clause], carried: frozenset[Modality]) -> Clause:
    inherited = carried or (before[-1].modalities if before else frozenset())
    if clause.modalities or not inherited:
        return clause
    return replace(clause, modalities=inherited, own_modality=False)


def _given_back(before: list[Clause], clause: Clause, denied: bool) -> list[Clause]:
    """The clauses before with the modality, and the denial, of one that has no content of its own."""
    return [
        c
        if c.modalities and c.own_modality
        else replace(c, modalities=clause.modalities, denied=frozenset(c.stems) if denied else c.denied)
        for c in before
    ]
