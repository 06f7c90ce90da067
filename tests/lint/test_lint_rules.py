"""Each rule finds its defect where it stands, and says nothing of a document without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import pytest

from ingest.lint.findings import Finding
from ingest.lint.rules import RULES

Lint = Callable[[Mapping[str, str | bytes]], list[Finding]]

HEADER = "| ID | Type | Exigence | Catégorisation |\n| --- | --- | --- | --- |\n"
TERMS = "| Terme | Définition |\n| --- | --- |\n"
PARTS = "| Réf | Désignation | Fonction | État de maturité |\n| --- | --- | --- | --- |\n"
NORMS = "| Norme | Adresse |\n| --- | --- |\n"


class Case(NamedTuple):
    """A rule, a document with the defect at these lines, and the same document mended."""

    rule: str
    document: str
    wrong: str
    lines: list[int]
    right: str


def _req(*rows: str) -> str:
    return HEADER + "".join(f"| {row} |\n" for row in rows)


CASES = [
    Case(
        "id-duplique",
        "exigences.md",
        _req("EXI-G-1 | P | Chiffrer | Sécurité", "EXI-G-1 | I | Mesurer | Suivi"),
        [4],
        _req("EXI-G-1 | P | Chiffrer | Sécurité", "EXI-G-2 | I | Mesurer | Suivi"),
    ),
    Case(
        "id-duplique",
        "guide.md",
        PARTS + "| COMP001 | Pont | Relier | En place |\n| COMP001 | Bac | Passer | En place |\n",
        [4],
        PARTS + "| COMP001 | Pont | Relier | En place |\n| COMP002 | Bac | Passer | En place |\n",
    ),
    Case(
        "numero-manquant",
        "exigences.md",
        _req("EXI-G-1 | P | Chiffrer | S", "EXI-G-4 | I | Mesurer | S"),
        [4],
        _req("EXI-G-1 | P | Chiffrer | S", "EXI-G-2 | I | Mesurer | S"),
    ),
    Case(
        "numero-manquant",
        "exigences.md",
        _req("EX1 | P | Chiffrer | S", "EX3 | I | Mesurer | S"),
        [4],
        _req("EXI-G-1 | P | Chiffrer | S", "EXI-G-7 (Pi-native) | I | Mesurer | S"),
    ),
    Case(
        "numero-desordre",
        "exigences.md",
        _req("EXI-G-1 | P | A | S", "EXI-G-4 | P | B | S", "EXI-G-2 | P | C | S", "EXI-G-3 | P | D | S"),
        [4],
        _req("EXI-G-1 | P | A | S", "EXI-G-2 | P | B | S", "EXI-A-1 | P | C | S", "EXI-G-3 | P | D | S"),
    ),
    Case(
        "suffixe-variable",
        "exigences.md",
        _req("EXI-G-1 (Pi-native) | P | A | S", "EXI-G-2 (Pi-native) | P | B | S", "EXI-G-3(Pi-Native) | P | C | S"),
        [5],
        _req("EXI-G-1 (Pi-native) | P | A | S", "EXI-G-2 (Pi-native) | P | B | S", "EXI-G-3 | P | C | S"),
    ),
    Case(
        "type-absent", "exigences.md", _req("EXI-G-1 | | Chiffrer | S"), [3], _req("EXI-G-1 | **P** | Chiffrer | S")
    ),
    Case("texte-absent", "exigences.md", _req("EXI-G-1 | P | | S"), [3], _req("EXI-G-1 | P | Chiffrer | S")),
    Case(
        "categorie-absente",
        "exigences.md",
        _req("EXI-G-1 | P | Chiffrer | S", "EXI-G-2 | P | Mesurer |"),
        [4],
        _req("EXI-G-1 | P | Chiffrer | S", "EXI-G-2 | P | Mesurer | S"),
    ),
    Case(
        "definition-absente",
        "glossaire.md",
        TERMS + "| Bac | |\n| Pont | Ouvrage |\n",
        [3],
        TERMS + "| Bac | Bateau plat |\n| Pont | Ouvrage |\n",
    ),
    Case(
        "maturite-absente",
        "guide.md",
        PARTS + "| COMP001 | Pont | Relier | |\n",
        [3],
        PARTS + "| COMP001 | Pont | Relier | En place |\n",
    ),
    Case(
        "verbe-recommandation",
        "exigences.md",
        _req("EXI-G-1 | P | Il est recommandé de chiffrer | S"),
        [3],
        _req("EXI-G-1 | P | Le service doit chiffrer ; il est recommandé de mesurer | S"),
    ),
    Case(
        "verbe-obligation",
        "exigences.md",
        _req("EXI-G-1 | I | Le service doit chiffrer | S"),
        [3],
        _req("EXI-G-1 | I | Il est conseillé de chiffrer, ce qui doit rester simple | S"),
    ),
    Case(
        "entete-vide",
        "glossaire.md",
        "| | |\n| --- | --- |\n| Terme | Définition |\n| Bac | Bateau plat |\n",
        [1],
        TERMS + "| Bac | Bateau plat |\n",
    ),
    Case(
        "entete-fausse",
        "normes.md",
        "| RGAA | <https://exemple.invalid/rgaa> |\n| --- | --- |\n| DSFR | charte |\n",
        [1],
        NORMS + "| RGAA | <https://exemple.invalid/rgaa> |\n",
    ),
    Case(
        "entete-absente",
        "normes.md",
        "| RGAA | charte |\n| DSFR | autre |\n",
        [1],
        NORMS + "| RGAA | charte |\n| DSFR | autre |\n",
    ),
    Case(
        "ligne-vide",
        "exigences.md",
        _req("EXI-G-1 | P | A | S", " | | | ", " | | | ", "EXI-G-2 | P | B | S"),
        [4],
        _req("EXI-G-1 | P | A | S", "EXI-G-2 | P | B | S"),
    ),
    Case(
        "ligne-separatrice",
        "exigences.md",
        HEADER + "| EXI-G-1 | P | A | S |\n| \\--- reprises -- |\n| EXI-G-2 | P | B | S |\n",
        [4],
        _req("EXI-G-1 | P | A | S", "EXI-G-2 | P | B - C | S"),
    ),
    Case(
        "ligne-hors-exigence",
        "exigences.md",
        _req("Version | | P : primordiale | -", "EXI-G-1 | P | A | S"),
        [3],
        "P : primordiale\n\n" + _req("EXI-G-1 | P | A | S"),
    ),
    Case(
        "colonnes",
        "exigences.md",
        HEADER + "| EXI-G-1 | P | A | B | S |\n",
        [3],
        HEADER + "| EXI-G-1 | P | A \\| B | S |\n",
    ),
    Case(
        "ligne-coupee",
        "exigences.md",
        HEADER + "| EXI-G-1 | P | Chiffrer\nles échanges | S |\n",
        [3],
        HEADER + "| EXI-G-1 | P | Chiffrer<br>les échanges | S |\n",
    ),
    Case(
        "ligne-illisible",
        "exigences.md",
        _req("Exigence à venir | P | A | S", "EXI-G-1 | P | A | S"),
        [3],
        _req("EXI-G-1 | P | A | S"),
    ),
    Case(
        "intitule-duplique",
        "normes.md",
        NORMS + "| Archives | a |\n| Archives | b |\n",
        [4],
        NORMS + "| Archives | a |\n| Musées | b |\n",
    ),
    Case(
        "lien-fichier-absent",
        "guide.md",
        "Voir [les exigences](./exigence.md) et ![plan](images/plan.png).\n",
        [1, 1],
        "Voir [le guide](./guide.md?plain=1#L3), [le dossier](.) et [ailleurs](https://exemple.invalid/a.md).\n\n```\n[code](absent.md)\n```\n",
    ),
    Case(
        "ancre-absente",
        "guide.md",
        "# Le cadre d’été\n\nVoir [plus bas](#le-cadre-dhiver).\n",
        [3],
        '# Le cadre d’été\n\nVoir [ici](#le-cadre-dété), [là](guide.md#libre) et <a id="libre"></a>.\n',
    ),
    Case(
        "lien-coupe",
        "normes.md",
        "Guide : [guides.exemple.f](https://guides.exemple.fr/accueil)r\n\n[https://](https://code.exemple.fr)[code.exemple.fr](https://code.exemple.fr)\n",
        [1, 3],
        "Guide : [guides.exemple.fr](https://guides.exemple.fr/accueil)\n",
    ),
    Case(
        "libelle-adresse",
        "guide.md",
        "[https://a.exemple.fr](https://b.exemple.fr)\n\n[https://a.exemple.fr https://c.exemple.fr](https://a.exemple.fr)\n\n[a@exemple.fr](mailto:b@exemple.fr)\n",
        [1, 3, 5],
        "[ www.a.exemple.fr](http://a.exemple.fr/) [le site a.b](https://b.exemple.fr) [a@exemple.fr](mailto:a@exemple.fr?subject=CCT)\n",
    ),
    Case(
        "libelle-norme",
        "normes.md",
        NORMS + "| Référentiel Général de Gestion des Archives | <https://exemple.invalid/le-reglement-eidas/> |\n",
        [3],
        NORMS
        + "| Référentiel Général de Sécurité et eIDAS | <https://exemple.invalid/le-reglement-eidas/> |\n| Divers | <https://exemple.invalid/rgaa> |\n",
    ),
    Case(
        "adresse-echappee",
        "glossaire.md",
        TERMS + "| Bac | Bateau (https&#x3A;//exemple.invalid/bac) |\n| Pont | https\\://exemple.invalid |\n",
        [3],
        TERMS + "| Bac | Bateau (<https://exemple.invalid/bac>) |\n",
    ),
    Case("titre-vide", "guide.md", "# Cadre\n\n##\n\nTexte.\n", [3], "# Cadre\n\n## Suite\n\n```\n#\n```\n"),
    Case("note-orpheline", "guide.md", "Un mot[^1].\n\n[^2]: Sa note.\n", [1, 3], "Un mot[^1].\n\n[^1]: Sa note.\n"),
    Case(
        "image-sans-description",
        "guide.md",
        "![alt_text](guide.md) ![](guide.md)\n\n![Enter image alt description](guide.md)\n",
        [1, 3],
        "![schéma des flux](guide.md)\n",
    ),
    Case(
        "version-perimee",
        "guide.md",
        "Voir <https://docs.openshift.com/container-platform/4.8/images.html> et `FROM python:3.8-slim`.\n",
        [1, 1],
        "Voir <https://docs.openshift.com/> et `FROM python:3.13-slim`, kubernetes 1 et 2.\n",
    ),
    Case("document-illisible", "guide.md", "", [1], "Un texte en UTF-8.\n"),
]


def _files(case: Case, content: str) -> dict[str, str | bytes]:
    if case.rule == "document-illisible" and not content:
        return {case.document: "déjà".encode("latin-1")}
    return {case.document: content}


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule}-{n}" for n, case in enumerate(CASES)])
def test_a_rule_finds_its_defect_at_its_line(case: Case, lint_files: Lint) -> None:
    found = [f for f in lint_files(_files(case, case.wrong)) if f.rule == case.rule]
    assert [f.line for f in found] == case.lines
    assert all(f.document == case.document and f.source == "essai" for f in found)
    assert all(f.severity == RULES[case.rule].severity and f.message.endswith((".", "?")) for f in found)


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule}-{n}" for n, case in enumerate(CASES)])
def test_a_rule_says_nothing_of_a_document_without_its_defect(case: Case, lint_files: Lint) -> None:
    assert [f for f in lint_files(_files(case, case.right)) if f.rule == case.rule] == []


def test_every_rule_has_its_example() -> None:
    elsewhere = {
        "date-perimee",
        "sigle-absent",
        "sigle-deux-sens",
        "meme-id-autre-type",
        "meme-id-autre-texte",
        "meme-id-autre-categorie",
        "copie-divergente",
    }
    assert {case.rule for case in CASES} | elsewhere == set(RULES)


def test_findings_come_in_the_order_of_documents_and_lines(lint_files: Lint) -> None:
    found = lint_files({"guide.md": "#\n\n##\n", "exigences.md": _req("EXI-G-1 | | A | S")})
    places = [(f.document, f.line) for f in found]
    assert places == sorted(places, key=lambda p: (["guide.md", "exigences.md"].index(p[0]), p[1]))


@pytest.mark.parametrize(
    "text", ["", "\n", "|", "| |\n| --- |", "|\n|\n|", "```\n|", "[](", "[a](<", "| EXI-G-1", "# ", "[^"]
)
def test_a_document_of_scraps_lints_without_an_exception(text: str, lint_files: Lint) -> None:
    lint_files({"exigences.md": text, "glossaire.md": text, "normes.md": text, "guide.md": text + "."})
