"""A filled checklist at a later revision: what to look at again, and nothing lost of what was written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import RepositoryError
from ingest.sources.corpus import Corpus
from ui.checklist.revisit import NEW, Revisit, Revisitor
from ui.checklist.rows import REMOVED, Row, reference_of

OLD = (
    ("EXI-G-1", "P", "Le titulaire chiffre les données personnelles au repos et garde seul les clés.", "Données"),
    ("EXI-G-2", "I", "Les journaux applicatifs sont conservés douze mois dans un espace séparé.", "Exploitation"),
    ("EXI-G-3", "P", "Chaque module expose une sonde de santé sur une adresse documentée.", "Architecture"),
    ("EXI-G-4", "I", "Le code est relu par une seconde personne avant la mise en production.", "Organisation"),
)
NEWER = (
    (
        "EXI-G-1",
        "P",
        "Le titulaire chiffre toutes les données personnelles au repos et garde seul les clés.",
        "Données",
    ),
    ("EXI-G-2", "I", "Chaque secret est rangé dans le coffre de la plateforme, jamais dans le code.", "Sécurité"),
    ("EXI-G-3", "I", "Chaque module expose une sonde de santé sur une adresse documentée.", "Architecture"),
    ("EXI-G-9", "I", "Les journaux applicatifs sont conservés douze mois dans un espace séparé.", "Exploitation"),
)


class Filled:
    """A checklist made at the first revision of a small source and filled, and what stands for the later one."""

    def __init__(self, source: Any, table: Callable[..., str]) -> None:
        self.first = source.commit({"exigences.md": table(*OLD)}, "première", "2024-05-01T12:00:00+00:00")
        self.second = source.commit({"exigences.md": table(*NEWER)}, "seconde", "2024-06-01T12:00:00+00:00")
        source.documents = [{"path": "exigences.md", "role": "requirements", "title": "Exigences"}]
        self.corpus: Corpus = source.corpus()
        at_first = self.corpus.revision("essai", self.first)
        self.rows = tuple(
            Row(
                documents="Essai",
                identifier=str(located.passage.id),
                priority=located.passage.priority or "",
                requirement=located.passage.text,
                category=located.passage.category,
                verdict="s'applique",
                status="conforme",
                evidence=f"preuve de {located.passage.id}",
                waiver="accord du comité",
                references=str(reference_of(located, self.first)),
            )
            for located in self.corpus.located(at_first)
            if located.passage.kind == "requirement"
        )

    def revisit(self, rows: tuple[Row, ...] | None = None, **wanted: str) -> Revisit:
        """The rows at the wanted revision."""
        return Revisitor(self.corpus, {"essai": "CCT d'essai"}, lambda located: None).revisit(
            rows or self.rows, wanted
        )


@pytest.fixture
def filled(small_source: Callable[..., Any], requirement_table: Callable[..., str]) -> Filled:
    return Filled(small_source(), requirement_table)


def by_evidence(found: Revisit, identifier: str) -> Row:
    (row,) = [r for r in found.rows if r.evidence == f"preuve de {identifier}"]
    return row


def test_what_changed_is_said_and_what_was_written_stays(filled: Filled) -> None:
    found = filled.revisit()
    assert {r.evidence for r in found.rows if r.evidence} == {f"preuve de EXI-G-{n}" for n in range(1, 5)}
    assert all(r.status == "conforme" and r.waiver == "accord du comité" for r in found.rows if r.evidence)
    assert "Texte modifié dans CCT d'essai" in by_evidence(found, "EXI-G-1").review
    assert "toutes les données" in by_evidence(found, "EXI-G-1").requirement
    moved = by_evidence(found, "EXI-G-2")
    assert moved.identifier == "EXI-G-9"
    assert "EXI-G-2 devient EXI-G-9" in moved.review
    assert "EXI-G-2 y désigne désormais une autre exigence" in moved.review
    retyped = by_evidence(found, "EXI-G-3")
    assert (retyped.priority, retyped.review) == ("I", "Le type passe de P à I dans CCT d'essai.")


def test_what_was_removed_and_what_is_new_are_told(filled: Filled) -> None:
    found = filled.revisit()
    removed = by_evidence(found, "EXI-G-4")
    assert removed.verdict == REMOVED
    assert removed.review.startswith("Retirée de CCT d'essai.")
    (new,) = [r for r in found.rows if r.review == NEW]
    assert new.identifier == "EXI-G-2" and new.verdict == "à confirmer" and not new.status


def test_the_same_revision_asks_for_nothing(filled: Filled) -> None:
    found = filled.revisit(essai=filled.first)
    assert found.to_review == ()
    assert sorted(r.evidence for r in found.rows) == sorted(r.evidence for r in filled.rows)


def test_a_second_revisit_goes_on_from_the_first(filled: Filled) -> None:
    again = filled.revisit(filled.revisit().rows)
    assert {r.identifier for r in again.rows if r.evidence == "preuve de EXI-G-2"} == {"EXI-G-9"}
    assert not [r for r in again.to_review if r.kept]


def test_a_revision_that_is_gone_is_replaced_by_the_rows_own_texts(filled: Filled) -> None:
    lost = tuple(replace(r, references=r.references.replace(filled.first, "0" * 40)) for r in filled.rows)
    found = filled.revisit(lost)
    assert found.sources[0].from_rows
    assert by_evidence(found, "EXI-G-2").identifier == "EXI-G-9"
    assert by_evidence(found, "EXI-G-4").verdict == REMOVED


def test_a_line_that_somebody_added_stays(filled: Filled) -> None:
    own = Row(identifier="Règle maison", comment="à garder", extra=(("Responsable", "Léa"),))
    assert own in filled.revisit((*filled.rows, own)).rows


def test_a_requirement_set_aside_stays_aside(filled: Filled) -> None:
    aside = tuple(replace(r, verdict="écartée") for r in filled.rows)
    assert by_evidence(filled.revisit(aside), "EXI-G-1").verdict == "écartée"


def test_an_unknown_revision_is_refused(filled: Filled) -> None:
    with pytest.raises(RepositoryError, match="introuvable"):
        filled.revisit(essai="1999")


@pytest.mark.official
def test_a_list_of_may_2024_is_revisited_at_the_next_revision(official_corpus: Corpus, tmp_path: Path) -> None:
    at_first = official_corpus.revision("pi", "f558bd7")
    rows = tuple(
        Row(
            verdict="s'applique",
            evidence=located.key,
            requirement=located.passage.text,
            references=str(reference_of(located, at_first.commit)),
        )
        for located in official_corpus.located(at_first)
        if located.passage.kind == "requirement"
    )
    found = Revisitor(official_corpus, {}, lambda located: None).revisit(rows, {"pi": "747e9cf"})
    renumbered = [r for r in found.rows if " devient " in r.review and "très réécrit" not in r.review]
    assert len(renumbered) == 10
    assert {r.evidence for r in found.rows if r.evidence} == {r.evidence for r in rows}
    assert (
        len([r for r in found.rows if r.verdict == REMOVED]) == len([r for r in found.rows if r.review == NEW]) == 1
    )
