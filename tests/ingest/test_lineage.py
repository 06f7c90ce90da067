"""Lineage: what became of each requirement, whatever number it bears."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.passage import Lines, Located, Passage
from ingest.revisions.lineage import Change, Comparison, compare_passages, compare_requirements
from ingest.revisions.requirement_history import RevisionReader, compare_documents, compare_revisions, history
from ingest.sources.corpus import Corpus

BACKUP = "La sauvegarde quotidienne des bases de données est chiffrée puis conservée hors du site principal."
LOGS = "Les journaux techniques sortent sur la sortie standard et sont collectés par la plateforme."
SECRETS = "Chaque secret est rangé dans le coffre de la plateforme, jamais dans le dépôt de code."
PROBE = "Une sonde de vie répond en moins d'une seconde, même quand l'application est très chargée."
NETWORK = "Les flux entre zones passent par une passerelle déclarée et sont refusés par défaut."


def _row(identifier: str, text: str, priority: Any = "P", category: str = "Données", occurrence: int = 1) -> Located:
    passage = Passage(
        "requirement",
        text,
        Lines(1, 1),
        (),
        id=identifier,
        priority=priority,
        category=category,
        occurrence=occurrence,
    )
    return Located("essai", "exigences.md", None, passage)


def _prose(text: str, title: str = "", identifier: str | None = None) -> Located:
    return Located("essai", "guide.md", None, Passage("section", text, Lines(1, 1), (), title=title, id=identifier))


def _ids(changes: tuple[Change, ...]) -> list[tuple[str | None, str | None]]:
    return [(c.before and c.before.passage.id, c.after and c.after.passage.id) for c in changes]


# What one comparison says


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        (_row("EXI-G-1", BACKUP), _row("EXI-G-1", BACKUP), ()),
        (_row("EXI-G-1", BACKUP), _row("EXI-G-1", BACKUP.replace(" ", "\n", 3).upper()), ()),
        (_row("EXI-G-1", BACKUP), _row("EXI-G-1", BACKUP.replace("quotidienne", "horaire")), ("reworded",)),
        (_row("EXI-G-1", BACKUP), _row("EXI-G-1", BACKUP, "I"), ("retyped",)),
        (_row("EXI-G-1", BACKUP), _row("EXI-G-1", BACKUP, "P", "Sécurité"), ("recategorised",)),
        (_row("EX4", BACKUP), _row("EXI-G-1", BACKUP), ("renumbered",)),
        (_row("EX4", BACKUP), _row("EXI-G-1", BACKUP.replace("quotidienne", "horaire"), "I"), ("reworded", "retyped", "renumbered")),
        (_row("EX4", BACKUP), _row("EXI-G-1", f"{BACKUP} {LOGS}"), ("reworded", "renumbered")),
        (_row("EX4", f"{BACKUP} {LOGS}"), _row("EXI-G-1", f"{BACKUP} {SECRETS}"), ("reworded", "recast")),
    ],
)  # fmt: skip
def test_a_requirement_on_both_sides_says_what_is_different(
    before: Located, after: Located, kinds: tuple[str, ...]
) -> None:
    (change,) = compare_requirements([before], [after]).changes
    assert change.kinds == kinds
    assert (change.similarity == 1) == ("reworded" not in kinds)


def test_an_inserted_requirement_shifts_the_numbers_and_no_meaning() -> None:
    before = [_row("EXI-A-1", BACKUP), _row("EXI-A-2", LOGS, "I"), _row("EXI-A-3", SECRETS)]
    after = [
        _row("EXI-A-1", NETWORK, "I"),
        _row("EXI-A-2", BACKUP),
        _row("EXI-A-3", LOGS, "I"),
        _row("EXI-A-4", SECRETS),
    ]
    compared = compare_requirements(before, after)
    assert _ids(compared.of("renumbered")) == [("EXI-A-1", "EXI-A-2"), ("EXI-A-2", "EXI-A-3"), ("EXI-A-3", "EXI-A-4")]
    assert _ids(compared.of("added")) == [(None, "EXI-A-1")]
    assert [c.after and c.after.passage.id for c in compared.of("reused")] == ["EXI-A-1", "EXI-A-2", "EXI-A-3"]
    assert compared.retyped == compared.of("removed") == compared.of("replaced") == ()


def test_a_number_given_to_another_text_in_place_is_no_rewording() -> None:
    compared = compare_requirements(
        [_row("EXI-A-7", BACKUP, "I"), _row("EXI-A-8", LOGS)], [_row("EXI-A-7", NETWORK, "P"), _row("EXI-A-8", LOGS)]
    )
    assert _ids(compared.of("added")) == [(None, "EXI-A-7")]
    assert _ids(compared.of("removed")) == [("EXI-A-7", None)]
    assert [c.types for c in compared.retyped] == [("I", "P")]
    assert compared.retyped == compared.of("replaced")
    assert compared.of("reworded") == ()


def test_a_number_that_an_inserted_block_takes_is_reused_and_not_retyped() -> None:
    """EXI-A-5 goes, two new requirements take its place and shift the next: nobody changed a type."""
    before = [_row("EXI-A-4", BACKUP), _row("EXI-A-5", LOGS, "I"), _row("EXI-A-6", SECRETS)]
    after = [
        _row("EXI-A-4", BACKUP),
        _row("EXI-A-5", NETWORK, "P"),
        _row("EXI-A-6", PROBE, "P"),
        _row("EXI-A-7", SECRETS),
    ]
    compared = compare_requirements(before, after)
    assert compared.retyped == compared.of("replaced") == ()
    assert [c.after and c.after.passage.id for c in compared.of("reused")] == ["EXI-A-5", "EXI-A-6"]
    assert _ids(compared.of("removed")) == [("EXI-A-5", None)]
    assert _ids(compared.of("added")) == [(None, "EXI-A-5"), (None, "EXI-A-6")]


def test_a_row_rewritten_in_place_with_its_type_is_said_at_either_end_of_the_table() -> None:
    rows = [_row("EXI-A-1", BACKUP, "I"), _row("EXI-A-2", LOGS), _row("EXI-A-3", SECRETS, "I")]
    after = [_row("EXI-A-1", NETWORK, "P"), rows[1], _row("EXI-A-3", PROBE, "P")]
    retyped = compare_requirements(rows, after).retyped
    assert [(_ids((c,)), c.types) for c in retyped] == [
        ([("EXI-A-1", "EXI-A-1")], ("I", "P")),
        ([("EXI-A-3", "EXI-A-3")], ("I", "P")),
    ]


def test_the_same_text_wins_over_an_almost_identical_one_of_the_same_number() -> None:
    almost = BACKUP.replace("quotidienne", "horaire")
    compared = compare_requirements(
        [_row("EXI-A-1", BACKUP), _row("EXI-A-2", almost)], [_row("EXI-A-1", almost), _row("EXI-A-2", BACKUP)]
    )
    assert [c.kinds for c in compared.changes] == [("renumbered",), ("renumbered",)]


def test_of_two_equal_texts_each_keeps_its_number() -> None:
    rows = [_row("EXI-A-1", BACKUP), _row("EXI-A-2", BACKUP)]
    assert compare_requirements(rows, list(reversed(rows))).unchanged == 2


def test_a_number_printed_twice_is_followed_by_its_text() -> None:
    before = [_row("EXI-O-16", LOGS), _row("EXI-O-16", SECRETS, occurrence=2)]
    after = [_row("EXI-O-16", SECRETS)]
    compared = compare_requirements(before, after)
    assert [(c.before and c.before.passage.occurrence, c.kinds) for c in compared.changes] == [
        (2, ()),
        (1, ("removed",)),
    ]
    assert compared.of("reused") == ()


def test_a_requirement_cut_in_two_and_one_taken_into_another_are_told() -> None:
    whole, cut = [_row("EX1", f"{BACKUP} {LOGS}")], [_row("EXI-A-1", BACKUP), _row("EXI-A-2", LOGS)]
    assert [c.kinds for c in compare_requirements(whole, cut).transfers] == [("split",)]
    assert [c.kinds for c in compare_requirements(cut, whole).transfers] == [("merged",)]


def test_two_requirements_that_share_a_formula_exchange_nothing() -> None:
    formula = "Conformément au modèle de responsabilité partagée de la plateforme, "
    rows = [_row("EXI-A-1", formula + LOGS), _row("EXI-A-2", formula + SECRETS)]
    assert compare_requirements(rows, [rows[0], _row("EXI-A-2", formula + NETWORK)]).transfers == ()


def test_nothing_compares_with_nothing() -> None:
    assert compare_requirements([], []) == Comparison(())
    assert _ids(compare_requirements([], [_row("EXI-A-1", LOGS)]).of("added")) == [(None, "EXI-A-1")]
    assert compare_passages([], []).identical


def test_passages_say_what_moved_what_changed_and_what_came_or_went() -> None:
    before = [_prose(BACKUP), _prose(LOGS), _prose(SECRETS)]
    after = [_prose(SECRETS), _prose(BACKUP), _prose(LOGS.replace("techniques", "applicatifs")), _prose(NETWORK)]
    compared = compare_passages(before, after)
    assert [c.kinds for c in compared.changes] == [("moved",), (), ("reworded",), ("added",)]
    assert [c.kinds for c in compare_passages(after, before).changes] == [(), ("reworded",), ("moved",), ("removed",)]


def test_a_term_whose_name_changes_is_renamed() -> None:
    compared = compare_passages([_prose(BACKUP, identifier="SAUV")], [_prose(BACKUP, identifier="Sauvegarde")])
    assert [c.kinds for c in compared.changes] == [("renamed",)]


# What must always hold

_VOCABULARY = "la le un service données réseau journal doit est peut stocké jamais"
_WORD = st.sampled_from(_VOCABULARY.split())
_TEXT = st.lists(_WORD, min_size=3, max_size=14).map(" ".join)


@st.composite
def _tables(draw: st.DrawFn) -> list[Located]:
    numbers = draw(st.lists(st.integers(1, 12), unique=True, max_size=8))
    return [_row(f"EXI-A-{n}", draw(_TEXT), draw(st.sampled_from("PI"))) for n in numbers]


@given(_tables())
def test_a_table_compared_with_itself_is_unchanged(table: list[Located]) -> None:
    compared = compare_requirements(table, table)
    assert compared.identical
    assert compared.unchanged == len(table)
    assert compared.reused == compared.transfers == ()


@given(st.lists(_TEXT, unique_by=lambda text: text.replace(" ", ""), min_size=2, max_size=8), st.integers(1, 7))
def test_a_permutation_of_the_numbers_is_all_renumbering(texts: list[str], turn: int) -> None:
    turn = turn % len(texts) or 1
    before = [_row(f"EXI-A-{n}", text) for n, text in enumerate(texts)]
    after = [_row(f"EXI-A-{(n + turn) % len(texts)}", text) for n, text in enumerate(texts)]
    compared = compare_requirements(before, after)
    assert all(change.kinds == ("renumbered",) for change in compared.changes)
    assert len(compared.changes) == len(compared.of("reused")) == len(texts)


@given(_tables(), _tables())
def test_the_other_direction_says_the_same_backwards(a: list[Located], b: list[Located]) -> None:
    forward, backward = compare_requirements(a, b), compare_requirements(b, a)

    def seen(changes: tuple[Change, ...], swap: bool) -> list[tuple[str, str, tuple[str, ...]]]:
        swapped = {"added": "removed", "removed": "added", "split": "merged", "merged": "split"} if swap else {}
        pairs = [(c.after, c.before) if swap else (c.before, c.after) for c in changes]
        kinds = [tuple(sorted(swapped.get(k, k) for k in c.kinds)) for c in changes]
        names = [(x.key if x else "", y.key if y else "") for x, y in pairs]
        return sorted((x, y, k) for (x, y), k in zip(names, kinds, strict=True))

    assert seen(forward.changes, False) == seen(backward.changes, True)
    assert seen(forward.transfers, False) == seen(backward.transfers, True)
    assert {c.after.passage.id for c in forward.reused if c.after} == {
        c.after.passage.id for c in backward.reused if c.after
    }


@given(_tables(), _tables())
def test_each_requirement_is_in_exactly_one_change(a: list[Located], b: list[Located]) -> None:
    changes = compare_requirements(a, b).changes
    assert sorted(c.before.key for c in changes if c.before) == sorted(x.key for x in a)
    assert [c.after.key for c in changes if c.after] == [x.key for x in b]


# Through the revisions


@pytest.fixture
def table(requirement_table: Callable[..., str]) -> Callable[..., str]:
    def made(*rows: tuple[str, str]) -> str:
        return requirement_table(*[(identifier, "P", text, "Données") for identifier, text in rows])

    return made


def test_a_requirement_is_followed_through_numbers_an_absence_and_a_rewording(
    small_source: Callable[..., Any], table: Callable[..., str]
) -> None:
    source = small_source({"exigences.md": table(("EX1", BACKUP), ("EX2", LOGS))})
    source.commit({"exigences.md": table(("EXI-A-1", LOGS), ("EXI-A-2", BACKUP))}, date="2024-06-01T12:00:00+00:00")
    source.commit({"exigences.md": table(("EXI-A-1", LOGS), ("EXI-A-2", SECRETS))}, date="2024-07-01T12:00:00+00:00")
    source.commit({"lisez-moi.md": "sans rapport"}, date="2024-07-02T12:00:00+00:00")
    changed = BACKUP.replace("quotidienne", "horaire")
    source.commit({"exigences.md": table(("EXI-A-1", LOGS), ("EXI-A-3", changed))}, date="2024-08-01T12:00:00+00:00")
    states = RevisionReader(source.corpus()).states("essai")
    assert [s.revision.date for s in states] == ["2024-05-01", "2024-06-01", "2024-07-01", "2024-08-01"]

    (holder,) = history(states, "EXI-A-3")
    steps = [(s.bearer and s.bearer.passage.id, s.changes) for s in holder.lineage.steps]
    assert steps == [
        ("EX1", ("added",)),
        ("EXI-A-2", ("renumbered",)),
        (None, ("removed",)),
        ("EXI-A-3", ("added", "reworded", "renumbered")),
    ]
    assert holder.until is None

    replaced, first = history(states, "EXI-A-2")
    assert (replaced.since.date, replaced.until and replaced.until.date) == ("2024-07-01", "2024-08-01")
    assert (first.since.date, first.until and first.until.date) == ("2024-06-01", "2024-07-01")
    assert first.lineage == holder.lineage
    assert history(states, "EXI-A-9") == []


def test_a_branch_that_lives_beside_the_main_line_changes_nothing_until_its_merge(
    small_source: Callable[..., Any], table: Callable[..., str]
) -> None:
    source = small_source({"exigences.md": table(("EX1", BACKUP)), "guide.md": "# Guide\n"})
    source.git("checkout", "--quiet", "-b", "correction")
    source.commit(
        {"exigences.md": table(("EX1", BACKUP.replace("quotidienne", "journalière")))},
        date="2024-05-02T12:00:00+00:00",
    )
    source.git("checkout", "--quiet", "main")
    source.commit({"guide.md": "# Guide\n\nUn paragraphe.\n"}, date="2024-05-03T12:00:00+00:00")
    source.git("merge", "--quiet", "--no-ff", "-m", "fusion", "correction", date="2024-05-04T12:00:00+00:00")
    (holder,) = history(RevisionReader(source.corpus()).states("essai"), "EX1")
    assert [(s.revision.date, s.revision.subject) for s in holder.lineage.steps] == [
        ("2024-05-01", "version initiale"),
        ("2024-05-04", "fusion"),
    ]


def test_an_occurrence_is_followed_apart(small_source: Callable[..., Any], table: Callable[..., str]) -> None:
    source = small_source({"exigences.md": table(("EXI-A-1", BACKUP), ("EXI-A-1", LOGS))})
    states = RevisionReader(source.corpus()).states("essai")
    assert [h.occurrence for h in history(states, "EXI-A-1")] == [1, 2]
    (second,) = history(states, "EXI-A-1", 2)
    assert second.lineage.steps[0].bearer is not None
    assert second.lineage.steps[0].bearer.passage.text == LOGS


def test_one_content_is_read_once(
    small_source: Callable[..., Any], table: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = small_source({"exigences.md": table(("EX1", BACKUP)), "guide.md": "# Guide\n\nUn.\n"})
    source.commit({"guide.md": "# Guide\n\nDeux.\n"})
    corpus = source.corpus()
    read: list[str] = []
    original = corpus.read
    monkeypatch.setattr(
        corpus, "read", lambda revision, document: read.append(document.path) or original(revision, document)
    )
    reader = RevisionReader(corpus)
    older, newer = corpus.history("essai")
    compare_revisions(reader, older, newer)
    assert [d.document for d in compare_documents(reader, older, newer)] == ["guide.md"]
    assert sorted(read) == ["exigences.md", "guide.md", "guide.md"]


# The real history. What is expected was read in the texts, not computed.


@pytest.fixture(scope="module")
def reader(official_corpus: Corpus) -> RevisionReader:
    return RevisionReader(official_corpus)


def _compared(reader: RevisionReader, a: str, b: str) -> Comparison:
    return compare_revisions(reader, reader.corpus.revision("pi", a), reader.corpus.revision("pi", b))


def _moved(start: int, stop: int, by: int) -> list[tuple[str, str]]:
    return [(f"EXI-ARCH-{n}", f"EXI-ARCH-{n + by}") for n in range(start, stop + 1)]


@pytest.mark.official
def test_the_first_renumbering_moves_sixteen_requirements_and_changes_the_type_of_none(
    reader: RevisionReader,
) -> None:
    compared = _compared(reader, "6ba0bbd", "c869910")
    assert _ids(compared.of("renumbered")) == _moved(6, 21, 4)
    assert [c for c in compared.of("renumbered") if c.types[0] != c.types[1]] == []
    assert compared.of("recast") == ()
    assert _ids(compared.of("reworded")) == [("EXI-ARCH-15", "EXI-ARCH-19")]
    assert _ids(compared.of("removed")) == [
        (f"EXI-{n}", None) for n in ("ARCH-5", "DATA-1", "DATA-2", "DATA-3", "DATA-4")
    ]
    assert _ids(compared.of("added")) == [(None, f"EXI-ARCH-{n}") for n in range(5, 10)]
    assert [c.after and c.after.passage.id for c in compared.of("reused")] == [f"EXI-ARCH-{n}" for n in range(5, 22)]
    assert compared.retyped == compared.of("replaced") == ()


@pytest.mark.official
def test_the_second_renumbering_moves_ten_and_rewrites_one_more(reader: RevisionReader) -> None:
    compared = _compared(reader, "f558bd7", "747e9cf")
    assert _ids(compared.of("renumbered")) == [pair for pair in _moved(15, 25, -1) if pair[0] != "EXI-ARCH-23"]
    assert _ids(compared.of("recast")) == [("EXI-ARCH-23", "EXI-ARCH-22")]
    assert compared.retyped == compared.of("replaced") == ()
    assert _ids(compared.of("removed")) == [("EXI-ARCH-14", None)]
    assert _ids(compared.of("added")) == [(None, "EXI-ARCH-25")]


@pytest.mark.official
def test_the_type_of_arch_7_changes_with_its_whole_text(reader: RevisionReader) -> None:
    compared = _compared(reader, "747e9cf", "3450e8c")
    (change,) = compared.retyped
    assert (_ids((change,)), change.types) == ([("EXI-ARCH-7", "EXI-ARCH-7")], ("I", "P"))
    assert change.kinds == ("reused", "replaced")
    assert _ids(compared.of("merged")) == [("EXI-ARCH-7", "EXI-ARCH-6")]
    assert _ids(compared.of("reworded")) == [
        ("EXI-ORG-13", "EXI-ORG-13"),
        ("EXI-ARCH-5", "EXI-ARCH-5"),
        ("EXI-ARCH-6", "EXI-ARCH-6"),
    ]


@pytest.mark.official
def test_the_new_scheme_of_2024_is_crossed_by_the_texts(reader: RevisionReader) -> None:
    compared = _compared(reader, "332dd2f", "6ba0bbd")
    followed = dict(_ids(compared.changes))
    read = {
        "EX1": "G-3", "EX3": "G-1", "EX4": "ORG-1", "EX5": "G-2", "EX6": "ORG-3", "EX7": "ORG-17", "EX8": "ORG-18", "EX9": "ORG-11",
        "EX11": "ORG-2", "EX16": "ORG-6", "EX17": "ORG-9", "EX25": "ARCH-8", "EX26": "G-4", "EX27": "ORG-12", "EX28": "ARCH-16",
        "EX29": "ARCH-10", "EX30": "ARCH-5", "EX31": "ARCH-3", "EX33": "ARCH-4", "EX35": "G-5", "EX36": "ARCH-9", "EX37": "DATA-3",
        "EX38": "DATA-4", "EX42": "ARCH-14", "EX43": "ARCH-11", "EX45": "DATA-1", "EX47": "ARCH-19", "EX49": "ARCH-17",
        "EX50": "ARCH-13", "EX52": "ARCH-18", "EX53": "ARCH-20", "EX55": "ARCH-21", "EX56": "ARCH-7", "EX57": "DATA-2", "EX58": "ORG-14",
    }  # fmt: skip
    assert {old: followed[old] for old in read} == {old: f"EXI-{new}" for old, new in read.items()}
    assert {old for old, new in followed.items() if old and new} - read.keys() == {"EX10"}
    assert _ids(compared.of("split")) == [("EX27", "EXI-ORG-10")]


@pytest.mark.official
def test_arch_14_is_three_requirements_and_each_crosses_the_old_scheme(reader: RevisionReader) -> None:
    holders = history(reader.states("pi"), "EXI-ARCH-14")
    paths = [
        [
            s.bearer.passage.id if s.bearer else None
            for s in h.lineage.steps
            if "reworded" not in s.changes or "EXI" in str(s.bearer)
        ]
        for h in holders
    ]
    assert [p[0] for p in paths] == ["EX43", "EX29", "EX42"]
    assert [p[-1] for p in paths] == ["EXI-ARCH-14", None, "EXI-ARCH-17"]
    assert [(h.since.commit[:7], h.until and h.until.commit[:7]) for h in holders] == [
        ("747e9cf", None),
        ("c869910", "747e9cf"),
        ("6ba0bbd", "c869910"),
    ]


@pytest.mark.official
def test_the_requirements_that_vanished_for_one_revision_come_back_as_themselves(reader: RevisionReader) -> None:
    (holder,) = history(reader.states("pi"), "EXI-DATA-2")
    ids = [(s.revision.commit[:7], s.bearer and s.bearer.passage.id) for s in holder.lineage.steps]
    assert ids[-3:] == [("6ba0bbd", "EXI-DATA-2"), ("c869910", None), ("f558bd7", "EXI-DATA-2")]


@pytest.mark.official
@pytest.mark.parametrize("source", ["mirai", "pi"])
def test_every_adjacent_pair_of_the_history_compares(reader: RevisionReader, source: str) -> None:
    revisions = reader.corpus.history(source)
    assert len(revisions) > 20
    for older, newer in pairwise(revisions):
        before, after = reader.requirements(older), reader.requirements(newer)
        compared = compare_requirements(before, after)
        assert sum(c.before is not None for c in compared.changes) == len(before)
        assert sum(c.after is not None for c in compared.changes) == len(after)
        for document in compare_documents(reader, older, newer):
            assert not document.comparison.identical


@pytest.mark.official
def test_the_table_of_mirai_has_never_changed(reader: RevisionReader) -> None:
    states = reader.states("mirai")
    assert all(compare_requirements(a.requirements, b.requirements).unchanged == 18 for a, b in pairwise(states))


def test_a_change_of_occurrence_alone_is_no_change() -> None:
    before = _row("EXI-A-1", BACKUP, occurrence=2)
    after = replace(before, passage=replace(before.passage, occurrence=1))
    assert compare_requirements([before], [after]).identical


@pytest.mark.parametrize(
    "written", ["Source : https&#x3A;//exemple.invalid", "<em>Source</em> : https://exemple.invalid"]
)
def test_what_a_converter_writes_otherwise_is_no_rewording(written: str) -> None:
    before, after = _prose("Source : https://exemple.invalid"), _prose(written)
    assert compare_passages([before], [after]).identical
