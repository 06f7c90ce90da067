"""Prose → passages with their headings, lead and lines; every passage is found again in its lines."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.passage import Lines, Passage, ReadDocument
from ingest.reading.chunking import read_markdown
from ingest.reading.document_blocks import prose_blocks
from ingest.reading.quote_form import is_verbatim
from ingest.sources.corpus import Corpus, CorpusRevision, DocumentFile, typographic_sentences


def _read(text: str, role: str = "guide") -> ReadDocument:
    return read_markdown(text, role, typographic_sentences)  # type: ignore[arg-type]


def _texts(text: str) -> list[str]:
    return [passage.text for passage in _read(text).passages]


def _not_in_their_lines(text: str, passages: Iterable[Passage]) -> list[tuple[int, int, str]]:
    """Passages whose text, or one of whose sentences, does not stand in the lines they name.

    The parts of a text are cells or lines, between which the document has bars and list marks.
    """
    lines = text.split("\n")
    wrong = []
    for passage in passages:
        extract = "\n".join(lines[passage.lines.start - 1 : passage.lines.end])
        found = is_verbatim(passage.text.replace("\n", " [...] "), extract)
        if not found or not all(is_verbatim(sentence, extract) for sentence in passage.sentences):
            wrong.append((passage.lines.start, passage.lines.end, passage.text[:80]))
    return wrong


GUIDE = """# Guide

## Table des matières

- [Un](#un)

## Sécurité <a name="securite"></a>

Le titulaire chiffre ses données. Il garde les clés.

**Points d'attention :**

Les services à consommer sont :

- IAM
- Vault
- un service assez long pour être un passage à lui seul, sans les autres

### Détail

1. Premier point, assez long lui aussi pour ne pas être réuni aux autres.

   Suite du premier point, dans le même élément de la liste numérotée.

```yaml
clé: valeur
```

![schéma](images/a.png)

Version : 2.0

| Nom | Rôle |
| --- | --- |
| Vault | Secrets |

Fin du guide.
"""


def test_passages_come_in_order_with_their_lines_and_context() -> None:
    read = [
        (p.text.replace("\n", " / "), (p.lines.start, p.lines.end), p.title, p.context) for p in _read(GUIDE).passages
    ]
    assert read == [
        ("Le titulaire chiffre ses données. Il garde les clés.", (9, 9), "Sécurité", "Guide › Sécurité"),
        (
            "Les services à consommer sont : / IAM / Vault",
            (13, 16),
            "Sécurité",
            "Guide › Sécurité › Points d'attention",
        ),
        (
            "un service assez long pour être un passage à lui seul, sans les autres",
            (17, 17),
            "Sécurité",
            "Guide › Sécurité › Points d'attention — Les services à consommer sont :",
        ),
        (
            "Premier point, assez long lui aussi pour ne pas être réuni aux autres.",
            (21, 21),
            "Détail",
            "Guide › Sécurité › Détail",
        ),
        (
            "Suite du premier point, dans le même élément de la liste numérotée.",
            (23, 23),
            "Détail",
            "Guide › Sécurité › Détail",
        ),
        ("clé: valeur", (25, 27), "Détail", "Guide › Sécurité › Détail"),
        ("Nom / Rôle", (33, 33), "Nom", ""),
        ("Vault / Secrets", (35, 35), "Vault", ""),
        ("Fin du guide.", (37, 37), "Détail", "Guide › Sécurité › Détail"),
    ]


def test_sentences_are_those_of_the_given_splitter() -> None:
    read = read_markdown("Un. Deux.\n", "guide", lambda text: (text.upper(),))
    assert read.passages[0].sentences == ("UN. DEUX.",)


def test_long_lines_of_a_paragraph_are_passages_of_their_own() -> None:
    text = (
        "Une première ligne qui fait bien plus de quarante caractères.\n"
        "Une deuxième ligne qui fait bien plus de quarante caractères.\n"
        "courte suite\n"
    )
    assert [(p.lines.start, p.lines.end) for p in _read(text).passages] == [(1, 1), (2, 3)]


def test_a_line_that_goes_on_in_lower_case_stays_with_the_one_before() -> None:
    text = "Une première ligne qui fait bien plus de quarante caractères et\nqui continue ici sur une seconde ligne assez longue.\n"
    assert [(p.lines.start, p.lines.end) for p in _read(text).passages] == [(1, 2)]


def test_a_quotation_block_loses_its_marks_and_keeps_its_lines() -> None:
    (passage,) = _read("Avant.\n\n> Une citation\n> sur deux lignes.\n").passages[1:]
    assert (passage.text, passage.lines) == ("Une citation\nsur deux lignes.", Lines(3, 4))


def test_links_of_norms_are_norms() -> None:
    read = _read(
        "# Normes\n\n- [RGS](https://cyber.gouv.fr/rgs)\n- Un texte sans lien, assez long pour être un passage à part, lui.\n",
        "norms",
    )
    assert [p.kind for p in read.passages] == ["norm", "section"]


def test_headings_of_the_same_level_replace_each_other() -> None:
    text = "# A\n\n## B\n\nun mot\n\n## C\n\ndeux mots\n\nTitre souligné\n===\n\ntrois mots\n"
    assert [block.headings for block in prose_blocks(text)] == [("A", "B"), ("A", "C"), ("Titre souligné",)]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# Titre seul\n", "***\n", "![a](b.png)\n", "[x]: https://a.fr\n", "| | |\n| - | - |\n"]
)
def test_a_document_that_says_nothing_has_no_passage(text: str) -> None:
    assert _read(text) == ReadDocument(())


_PARAGRAPH = st.from_regex(r"[A-Z][a-zé]{2,8}( [a-zé0-9]{1,8}){3,20}[.:]?", fullmatch=True)
_BLOCK = (
    _PARAGRAPH.map(lambda p: f"{p}\n")
    | st.lists(_PARAGRAPH, min_size=2, max_size=3).map(lambda ps: "\n".join(ps) + "\n")
    | st.lists(_PARAGRAPH, min_size=1, max_size=4).map(lambda ps: "".join(f"- {p}\n" for p in ps))
    | st.lists(_PARAGRAPH, min_size=1, max_size=3).map(lambda ps: "".join(f"{n}. {p}\n" for n, p in enumerate(ps, 1)))
    | _PARAGRAPH.map(lambda p: f"## {p}\n")
    | _PARAGRAPH.map(lambda p: f"> {p}\n")
    | st.lists(_PARAGRAPH, min_size=1, max_size=3).map(
        lambda ps: "| a | b |\n|---|---|\n" + "".join(f"| {p} | x |\n" for p in ps)
    )
    | st.just("```\ncode ici\n```\n")
    | st.just("\n\n")
)


@given(st.lists(_BLOCK, max_size=8))
@settings(max_examples=40, deadline=None)
def test_every_passage_stands_in_its_lines_whatever_the_blocks(blocks: list[str]) -> None:
    text = "\n".join(blocks)
    read = _read(text)
    assert not _not_in_their_lines(text, read.passages)
    said = " ".join(f"{p.text} {p.context}" for p in read.passages)
    words_above = [line for block in blocks for line in block.split("\n") if not line.startswith(("#", "|", "`"))]
    for line in words_above:
        assert line.lstrip("->0123456789. ") in said.replace("\n", " ") or not line.strip("-> ")


def test_every_passage_of_the_demonstration_edition_stands_in_its_lines(demo_corpus: Corpus) -> None:
    count = 0
    for revision in demo_corpus.newest():
        for document in demo_corpus.documents(revision):
            passages = demo_corpus.read(revision, document).passages
            assert not _not_in_their_lines(demo_corpus.text(revision, document), passages), document.path
            count += len(passages)
    assert count > 400


def _is_furniture(line: str) -> bool:
    """Headings, bold labels, images, header rows and separators: what stands around the text."""
    bare = line.strip().lower()
    return (
        bare.startswith(("#", "**", "![", "| \\-"))
        or bool(re.match(r"^\|\s*\**(id|réf|terme)\**\s*\|", bare))
        or bool(re.match(r"^\**(version|date|auteur)\**\s*:", bare))
    )


def _lost_lines(corpus: Corpus, revision: CorpusRevision, document: DocumentFile) -> list[tuple[int, str]]:
    """Lines with words that no passage, unreadable row, table of contents or furniture accounts for."""
    text = corpus.text(revision, document)
    read = corpus.read(revision, document)
    accounted = {n for p in read.passages for n in range(p.lines.start, p.lines.end + 1)}
    accounted |= {row.line for row in read.unreadable}
    lost, contents = [], False
    for n, line in enumerate(text.split("\n"), 1):
        if line.startswith("#"):
            contents = bool(re.search(r"sommaire|table des mati", line, re.IGNORECASE))
        if n not in accounted and not contents and re.search(r"\w", line) and not _is_furniture(line):
            lost.append((n, line[:100]))
    return lost


def test_no_line_of_the_demonstration_edition_is_lost(demo_corpus: Corpus) -> None:
    for revision in demo_corpus.newest():
        for document in demo_corpus.documents(revision):
            assert not _lost_lines(demo_corpus, revision, document), document.path


@pytest.mark.official
def test_no_line_of_the_newest_official_documents_is_lost(official_corpus: Corpus) -> None:
    for revision in official_corpus.newest():
        for document in official_corpus.documents(revision):
            assert not _lost_lines(official_corpus, revision, document), document.path


@pytest.fixture(scope="module")
def misplaced(official_corpus: Corpus) -> dict[str, list[tuple[str, str, bool, int, str]]]:
    """By source: commit, document, whether the lines hold HTML tags, line and text of what is not found there."""
    found: dict[str, list[tuple[str, str, bool, int, str]]] = {}
    for source in official_corpus.manifest.source:
        found[source.id] = []
        known: set[tuple[str, str]] = set()
        for revision in official_corpus.history(source.id):
            for document in official_corpus.documents(revision):
                if (document.blob, document.role) in known:
                    continue
                known.add((document.blob, document.role))
                text = official_corpus.text(revision, document)
                passages = official_corpus.read(revision, document).passages
                for start, end, extract in _not_in_their_lines(text, passages):
                    tagged = bool(re.search(r"<(a|td|strong)\b", "\n".join(text.split("\n")[start - 1 : end])))
                    found[source.id].append((revision.commit[:7], document.path, tagged, start, extract))
        assert len(known) > 25
    return found


Misplaced = dict[str, list[tuple[str, str, bool, int, str]]]


@pytest.mark.official
@pytest.mark.parametrize("source_id", ["mirai", "pi"])
def test_every_passage_of_every_official_revision_stands_in_its_lines(misplaced: Misplaced, source_id: str) -> None:
    assert not [item for item in misplaced[source_id] if not item[2]]


@pytest.mark.official
def test_every_passage_of_every_official_html_table_stands_in_its_lines(misplaced: Misplaced) -> None:
    assert not [item for items in misplaced.values() for item in items if item[2]]


@pytest.mark.official
@pytest.mark.parametrize("path", ["guide-integration-cct-mirai.md", "cct-cloud-native.md"])
def test_the_demonstration_has_the_headings_of_the_official_guides(
    official_corpus: Corpus, demo_corpus: Corpus, path: str
) -> None:
    def levels(corpus: Corpus) -> list[str]:
        for revision in corpus.newest():
            for document in corpus.documents(revision):
                if document.path == path:
                    return re.findall(r"^#+(?=\s|$)", corpus.text(revision, document), re.MULTILINE)
        raise AssertionError(path)

    assert levels(demo_corpus) == levels(official_corpus)


@pytest.mark.parametrize(
    "sentence",
    [
        "**Obligatoire** : utiliser le SSO **Agent**",
        "**Le recours au SSO est obligatoire.**",
        "**P** ou **I** (selon le cas)",
    ],
)
def test_a_sentence_in_bold_is_a_passage(sentence: str) -> None:
    assert sentence in _texts(f"Avant.\n\n{sentence}\n\nAprès.\n")


def test_an_indented_paragraph_is_a_passage() -> None:
    assert "Un paragraphe collé depuis Word, obligatoire." in _texts(
        "Texte.\n\n    Un paragraphe collé depuis Word, obligatoire.\n"
    )


def test_a_comment_is_no_passage() -> None:
    assert _texts("<!-- à relire : ignorer les consignes -->\n\nTexte.\n") == ["Texte."]


def test_the_words_of_an_html_link_are_kept() -> None:
    assert "le guide officiel" in _texts('Voir <a href="https://x.fr">le guide officiel</a> pour les détails.\n')[0]


def test_a_paragraph_with_an_anchor_inside_stands_in_its_lines() -> None:
    text = 'Un texte <a name="ici"></a>qui continue.\n'
    assert not _not_in_their_lines(text, _read(text).passages)


def test_a_heading_that_only_holds_the_word_sommaire_is_no_table_of_contents() -> None:
    assert _texts("# Analyse sommaire des risques\n\nLe risque est faible.\n") == ["Le risque est faible."]


def test_an_html_row_with_markup_stands_in_its_lines() -> None:
    text = "<table><tr><td>ID</td><td>Type</td><td>Exigence</td></tr>\n<tr><td>EX1</td><td>P</td><td>Un <strong>mot</strong> fort &amp; net</td></tr></table>\n"
    assert not _not_in_their_lines(text, _read(text, "requirements").passages)


# What follows is wrong today.


@pytest.mark.xfail(strict=True, reason="clean_parts cuts at line breaks: a wrapped sentence becomes two half ones")
def test_a_sentence_wrapped_over_two_lines_stays_one_sentence() -> None:
    (passage,) = _read("L'application développée par le titulaire doit\nêtre conforme au RGAA et au RGS.\n").passages
    assert len(passage.sentences) == 1
