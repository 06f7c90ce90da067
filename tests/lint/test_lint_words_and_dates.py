"""Acronyms, printed dates and what two sources say of one identifier or one passage."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from ingest.lint.findings import Finding
from ingest.lint.links import check as check_links
from ingest.lint.reading import LintedDocument, LintedRevision
from ingest.lint.run import lint
from ingest.passage import ReadDocument
from ingest.sources.corpus import CorpusRevision
from ingest.sources.manifest import DeclaredDocument, Source

Lint = Callable[..., list[Finding]]

GLOSSARY = "| Terme | Définition |\n| --- | --- |\n| PCA | Plan de continuité d'activité |\n"


def _of(findings: list[Finding], rule: str) -> list[tuple[str, str, int]]:
    return [(f.source, f.document, f.line) for f in findings if f.rule == rule]


def test_an_acronym_used_three_times_and_explained_nowhere_is_told_once(lint_files: Lint) -> None:
    guide = "Le ZTNA est là.\n\nLe ZTNA et le PCA.\n\nLe ZTNA encore.\n"
    found = lint_files({"guide.md": guide, "glossaire.md": GLOSSARY})
    assert _of(found, "sigle-absent") == [("essai", "guide.md", 1)]
    assert "ZTNA" in found[0].message and found[0].judgement


def test_explained_known_rare_and_shouted_words_are_no_missing_acronyms(lint_files: Lint) -> None:
    guide = (
        "L'accès à confiance nulle (ZTNA) puis ZTNA et ZTNA.\n\nLe SGBD (système de gestion) puis SGBD, SGBD.\n\n"
        "RARE une fois, HTTP HTTP HTTP.\n\nVERSION COURTE ENCORE\n\nVERSION COURTE ENCORE\n\nVERSION COURTE ENCORE\n\n"
        "ADRI ADRI ADRI et Adri, <https://exemple.invalid/WXYZ/WXYZ/WXYZ>.\n"
    )
    assert _of(lint_files({"guide.md": guide, "glossaire.md": GLOSSARY}), "sigle-absent") == []


def test_a_source_without_glossary_misses_no_acronym(lint_files: Lint) -> None:
    assert _of(lint_files({"guide.md": "ZTNA ZTNA ZTNA ZTNA\n"}), "sigle-absent") == []


def test_an_acronym_spelt_out_in_two_ways_is_told_where_it_leaves_the_glossary(lint_files: Lint) -> None:
    found = lint_files({"guide.md": "Le projet de continuité d'activité (PCA).\n", "glossaire.md": GLOSSARY})
    assert _of(found, "sigle-deux-sens") == [("essai", "guide.md", 1)]


def test_plurals_articles_and_capitals_are_the_same_spelling(lint_files: Lint) -> None:
    guide = "Les Plans de la Continuité de l'Activité (PCA) et le service central (PCA).\n"
    assert _of(lint_files({"guide.md": guide, "glossaire.md": GLOSSARY}), "sigle-deux-sens") == []


def test_a_date_older_than_the_last_change_of_words_is_stale(small_source: Callable[..., Any]) -> None:
    source = small_source({"guide.md": "**Date :** 01/05/2024\n\nPremier texte.\n"})
    source.commit({"guide.md": "**Date :** 01/05/2024\n\nAutre texte.\n"}, date="2024-09-01T12:00:00+00:00")
    source.commit({"guide.md": "**Date :**  01/05/2024\n\nAutre   texte.\n"}, date="2025-09-01T12:00:00+00:00")
    corpus, revision = source.newest()
    (stale,) = [f for f in lint(corpus, [revision]) if f.rule == "date-perimee"]
    assert stale.line == 1 and "01/09/2024" in stale.message and "123 jours plus tard" in stale.message


def test_a_date_to_come_is_stale_too_and_a_near_one_is_not(small_source: Callable[..., Any]) -> None:
    source = small_source({"guide.md": "Date : 30/06/2024\n\nTexte.\n", "exigences.md": "mise à jour au 27.4.2024\n"})
    corpus, revision = source.newest()
    found = [(f.document, f.message) for f in lint(corpus, [revision]) if f.rule == "date-perimee"]
    assert [document for document, _ in found] == ["guide.md"] and "plus tôt" in found[0][1]


def test_a_version_is_past_its_end_only_from_that_day(small_source: Callable[..., Any]) -> None:
    corpus, revision = small_source({"guide.md": "Python 3.8\n"}).newest()
    by_day = {
        on: _of(lint(corpus, [revision], on), "version-perimee") for on in (date(2024, 10, 7), date(2024, 10, 8))
    }
    assert [len(found) for found in by_day.values()] == [0, 1]


def _table(*rows: str) -> dict[str, str]:
    header = "| ID | Type | Exigence | Catégorisation |\n| --- | --- | --- | --- |\n"
    return {"exigences.md": header + "".join(f"| {row} |\n" for row in rows)}


def test_one_identifier_with_another_type_text_or_category_is_told_on_the_first_source(lint_pair: Lint) -> None:
    ours = _table(
        "EXI-G-1 | P | Chiffrer | S", "EXI-G-2 | P | Mesurer | S", "EXI-G-3 (Pi-native) | P | Noter | Suivi"
    )
    theirs = _table(
        "EXI-G-1 | P | **Chiffrer** | s", "EXI-G-2 | I | Mesurer souvent | S", "EXI-G-3 | P | Noter | Notes"
    )
    found = lint_pair(ours, theirs)
    told = {
        rule: _of(found, rule) for rule in ("meme-id-autre-type", "meme-id-autre-texte", "meme-id-autre-categorie")
    }
    assert told == {
        "meme-id-autre-type": [("essai", "exigences.md", 4)],
        "meme-id-autre-texte": [("essai", "exigences.md", 4)],
        "meme-id-autre-categorie": [("essai", "exigences.md", 5)],
    }


def test_a_source_linted_alone_is_still_compared_with_its_neighbour(lint_pair: Lint) -> None:
    ours, theirs = _table("EXI-G-1 | P | Chiffrer | S"), _table("EXI-G-1 | I | Chiffrer | S")
    found = lint_pair(ours, theirs, both=False, which="pi")
    assert _of(found, "meme-id-autre-type") == [("pi", "exigences.md", 3)]
    assert {f.source for f in found} == {"pi"}


_COPY = (
    "L'équipe qui construit le service en garde la charge une fois en production, surveille ses erreurs, répond "
    "aux usagers et corrige chaque défaut avant d'ajouter la moindre fonction nouvelle au produit."
)


def test_a_copied_passage_that_drifted_is_told_with_its_difference(lint_pair: Lint) -> None:
    found = lint_pair({"guide.md": f"{_COPY.replace('corrige', 'signale')}\n"}, {"guide.md": f"# A\n\n{_COPY}\n"})
    (drift,) = [f for f in found if f.rule == "copie-divergente"]
    assert (drift.source, drift.line, drift.judgement) == ("essai", 1, True)
    assert "« signale » au lieu de « corrige »" in drift.message and "ligne 3" in drift.message


def test_equal_copies_adaptations_of_the_name_and_other_passages_are_no_drift(lint_pair: Lint) -> None:
    other = "Les images de base viennent du magasin commun et se mettent à jour chaque semaine sans intervention de l'équipe."
    equal = "Un journal lisible par une machine part vers la sortie standard, sans fichier local, et se relit depuis la console commune."
    ours = f"{equal}\n\n{_COPY.replace('le service', 'MirAI')}\n\n{other}\n"
    theirs = f"{_COPY.replace('le service', 'Cloud Pi Native')}\n\n**{equal}**\n"
    assert _of(lint_pair({"guide.md": ours}, {"guide.md": theirs}), "copie-divergente") == []


def _revision(source_id: str, text: str, files: frozenset[str], official: bool = True) -> LintedRevision:
    declared = DeclaredDocument(path="guide.md", role="guide", title="Guide")
    source = Source(
        id=source_id, title=source_id, url=f"https://forge.invalid/Equipe/{source_id}.git", document=(declared,)
    )
    document = LintedDocument(source_id, "guide.md", "guide", text, ReadDocument(()))
    return LintedRevision(CorpusRevision(source, "c" * 40, "2024-05-01", "", official), (document,), (), files)


@pytest.mark.parametrize(
    ("address", "official", "expected"),
    [
        ("https://forge.invalid/equipe/PI/blob/main/absent.ods", True, 1),
        ("https://forge.invalid/Equipe/pi/blob/main/absent.ods", False, 0),
        ("https://forge.invalid/Equipe/pi/blob/main/present.ods?plain=1", True, 0),
        ("https://forge.invalid/Equipe/pi/blob/autre-branche/absent.ods", True, 0),
        ("https://forge.invalid/Equipe/inconnu/blob/main/absent.ods", True, 0),
        ("https://forge.invalid/Equipe/pi", True, 0),
    ],
)
def test_a_link_to_a_file_of_another_declared_source_is_checked_there(
    address: str, official: bool, expected: int
) -> None:
    ours = _revision("mirai", f"[a]({address})\n", frozenset({"guide.md"}), official)
    theirs = _revision("pi", "", frozenset({"guide.md", "present.ods"}), official)
    assert len(_of(list(check_links(ours, [theirs])), "lien-fichier-absent")) == expected
