"""The comment sheet: the CCT's own form with its columns, read back by a library and by LibreOffice."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest

from ingest.comments.comment import Comment, CommentCollection, CommentError, CommentFile, LintComments, shortened
from ingest.comments.form import filled_form, official_form
from ingest.comments.issue import LONGEST_ADDRESS, issue_address
from ingest.lint.findings import Finding
from ingest.sources.corpus import Corpus
from ingest.sources.manifest import DeclaredDocument, Source
from tests.command_here import cct_here

HEADINGS = [
    "Id", "Page N° (ou n° lignes markdown)", "Extrait paragraphe source",
    "proposition complet de paragraphe (ou commentaire)", "Importance", "Auteur(email)", "Date",
    "Etat de prise en compte", "Relecteur - commentaire",
]  # fmt: skip
FIRST = Comment("pi", "exigences.md", 24, "l'extrait <b>&", "=SOMME(A1) n'est pas\nune formule", "haute",
                "a@exemple.invalid", "2026-11-25")  # fmt: skip
SECOND = Comment("pi", "guide.md", None, "", "Relire\x00 tout le guide ✅", "basse")
FINDING = Finding("titre-vide", "warning", "pi", "guide.md", 2, "Titre sans texte.", judgement=True)


def _read(sheet: bytes) -> list[list[Any]]:
    frame = pd.read_excel(io.BytesIO(sheet), engine="odf", header=None)
    return [[None if pd.isna(cell) else cell for cell in row] for row in frame.values.tolist()]


def test_our_own_form_has_the_official_columns_and_one_row_a_comment() -> None:
    head, first, second = _read(filled_form(None, [FIRST, SECOND]))
    assert head == HEADINGS
    assert first[:2] == [1, "pi, exigences.md, ligne 24"]
    assert first[2] == "l'extrait <b>&"
    assert "SOMME(A1) n'est pas" in first[3] and "une formule" in first[3]
    assert first[4:6] == ["haute", "a@exemple.invalid"]
    assert str(first[6]).startswith("2026-11-25")
    assert first[7:] == [None, None]
    assert second[:2] == [2, "pi, guide.md"]
    assert second[3] == "Relire tout le guide ✅"


def test_another_form_keeps_its_own_order_and_loses_its_examples() -> None:
    form = filled_form(None, [FIRST])  # any form of the same columns, with an example row
    head, only = _read(filled_form(form, [SECOND]))
    assert head == HEADINGS
    assert only[1] == "pi, guide.md"


def test_a_form_without_a_column_is_refused_by_name() -> None:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document, table, row, cell = OpenDocumentSpreadsheet(), Table(name="x"), TableRow(), TableCell()
    cell.addElement(P(text="Id"))
    row.addElement(cell)
    table.addElement(row)
    document.spreadsheet.addElement(table)
    content = io.BytesIO()
    document.write(content)
    with pytest.raises(CommentError, match="place"):
        filled_form(content.getvalue(), [FIRST])
    with pytest.raises(CommentError, match="ne peut pas être lu"):
        filled_form(b"rien", [FIRST])


@pytest.mark.official
def test_the_official_form_is_filled_with_its_columns_and_styles(official_corpus: Corpus, tmp_path: Path) -> None:
    form = official_form(official_corpus)
    assert form is not None
    before, after = _read(form), _read(filled_form(form, [FIRST, SECOND]))
    assert after[0] == before[0]
    assert len(after) == 3
    assert after[1][1] == "pi, exigences.md, ligne 24"
    assert _by_libreoffice(filled_form(form, [FIRST, SECOND]), tmp_path)[1][6] != ""


def test_libreoffice_opens_what_was_written(tmp_path: Path) -> None:
    rows = _by_libreoffice(filled_form(None, [FIRST, SECOND]), tmp_path)
    assert rows[0] == HEADINGS
    assert [row[1] for row in rows[1:]] == ["pi, exigences.md, ligne 24", "pi, guide.md"]
    assert rows[1][3].startswith("=SOMME(A1) n'est pas")


def _by_libreoffice(sheet: bytes, folder: Path) -> list[list[str]]:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice n'est pas installé (Debian : libreoffice-calc) ; la feuille est relue par pandas")
    (folder / "feuille.ods").write_bytes(sheet)
    profile = f"-env:UserInstallation={(folder / 'profil').as_uri()}"
    utf8 = "csv:Text - txt - csv (StarCalc):44,34,76,1"
    command = [program, profile, "--headless", "--convert-to", utf8, "--outdir", str(folder), str(folder / "feuille.ods")]  # fmt: skip
    subprocess.run(command, capture_output=True, check=True, timeout=120)
    return list(csv.reader(io.StringIO((folder / "feuille.csv").read_text(encoding="utf-8"))))


# Where comments come from: the same contract for the linter and for a file.


@pytest.fixture(params=["lint", "fichier"])
def collection(request: pytest.FixtureRequest, tmp_path: Path) -> CommentCollection:
    if request.param == "lint":
        lines = {("pi", "guide.md"): ["# Guide", "##   |  vide |"]}
        return LintComments([FINDING, FINDING], lines, "cct lint", "2026-11-25")
    file = CommentFile(tmp_path / "dossier" / "comments.jsonl")
    file.add(FIRST)
    file.add(SECOND)
    return file


def test_a_collection_gives_its_comments_in_order_as_often_as_asked(collection: CommentCollection) -> None:
    first = list(collection.comments())
    assert len(first) == 2
    assert list(collection.comments()) == first
    assert all(
        c.source and c.document and c.proposal and c.importance in {"haute", "moyenne", "basse"} for c in first
    )


def test_a_finding_becomes_a_comment_with_its_line_as_extract() -> None:
    (comment,) = LintComments(
        [FINDING], {("pi", "guide.md"): ["# Guide", "##   |  vide |"]}, "x", "2026-11-25"
    ).comments()
    assert (comment.extract, comment.importance, comment.line) == ("## vide", "moyenne", 2)
    assert comment.proposal == "Titre sans texte. (à juger par une personne) [titre-vide]"


def test_comments_added_by_several_processes_are_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "comments.jsonl"
    context = get_context("spawn")
    writers = [context.Process(target=_write_ten, args=(str(path), n)) for n in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    kept = sorted(c.line or 0 for c in CommentFile(path).comments())
    assert kept == sorted(10 * n + k + 1 for n in range(3) for k in range(10))


def _write_ten(path: str, n: int) -> None:
    for k in range(10):
        CommentFile(Path(path)).add(Comment("pi", "guide.md", 10 * n + k + 1, "", "x"))


@pytest.mark.parametrize(
    ("line", "told"),
    [("{", "JSON"), ('{"source": "pi", "document": "a.md"}', "proposal"), ('{"source": "pi", "document": "a.md", "proposal": "x", "page": 3}', "page"),
     ('{"source": "pi", "document": "a.md", "proposal": "x", "line": 0}', "line"), ('{"source": "pi", "document": "a.md", "proposal": "x", "date": "hier"}', "date")],
)  # fmt: skip
def test_a_refused_line_is_named(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "comments.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(CommentError, match="ligne 2") as refused:
        list(CommentFile(path).comments())
    assert told in refused.value.message


def test_a_wrong_comment_is_not_written(tmp_path: Path) -> None:
    file = CommentFile(tmp_path / "comments.jsonl")
    with pytest.raises(CommentError, match="proposal"):
        file.add(Comment("pi", "guide.md", 1, "", ""))
    assert list(file.comments()) == []


# The link to a prefilled issue.


def _source(url: str) -> Source:
    document = DeclaredDocument(path="exigences.md", role="requirements", title="Exigences")
    return Source(id="pi", title="Pi", url=url, permalink="https://f.invalid/{commit}/{path}#L{start}", document=(document,))  # fmt: skip


def test_an_issue_is_prefilled_with_the_place_the_extract_and_the_proposal() -> None:
    address = issue_address(_source("https://github.com/o/r.git"), FIRST, "c" * 40)
    parts = urlsplit(address)
    fields = parse_qs(parts.query)
    assert (parts.netloc, parts.path) == ("github.com", "/o/r/issues/new")
    assert fields["title"][0].startswith("pi, exigences.md, ligne 24 : ")
    assert f"https://f.invalid/{'c' * 40}/exigences.md#L24" in fields["body"][0]
    assert "> l'extrait <b>&" in fields["body"][0]


@pytest.mark.parametrize("size", [10, 3000, 20_000])
def test_the_address_stays_short_whatever_the_comment(size: int) -> None:
    comment = Comment("pi", "exigences.md", 1, "é<&> " * size, "ù[] " * size)
    address = issue_address(_source("https://github.com/o/r"), comment)
    assert len(address) <= LONGEST_ADDRESS
    assert "issues/new?title=" in address


def test_gitlab_has_its_own_fields_and_another_forge_says_to_send_the_sheet() -> None:
    assert "/-/issues/new?issue%5Btitle%5D=" in issue_address(_source("https://gitlab.example/o/r.git"), FIRST)
    with pytest.raises(CommentError, match="ni sur GitHub ni sur GitLab"):
        issue_address(_source("/srv/depot"), FIRST)


def test_an_extract_is_one_line_cut_after_a_word() -> None:
    assert shortened("| a |\n  b  |") == "a b"
    assert shortened("mot " * 200, 20) == "mot mot mot mot mot […]"


# The command.


@pytest.fixture
def run(small_source: Callable[..., Any], tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    source = small_source({"guide.md": "# Guide\n\n##\n\nTexte du guide.\n"})
    corpus = source.corpus()

    def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
        return cct_here("comments", *arguments, home=corpus.settings.home, cwd=tmp_path, edition="auto",
                   CCT_CORPUS=str(source.corpus_folder))  # fmt: skip

    return ran


def test_the_command_writes_the_sheet_once_and_adds_what_was_collected(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    CommentFile(tmp_path / "home" / "comments.jsonl").add(Comment("essai", "guide.md", 5, "", "du bot"))
    CommentFile(tmp_path / "autres.jsonl").add(Comment("essai", "guide.md", 1, "", "du courriel"))
    done = run("-o", "feuille.ods", "--add", "autres.jsonl", "--author", "moi@exemple.invalid")
    assert (done.returncode, done.stdout) == (0, "")
    rows = _read((tmp_path / "feuille.ods").read_bytes())
    assert [row[3] for row in rows[-2:]] == ["du bot", "du courriel"]
    assert any("[titre-vide]" in row[3] and row[5] == "moi@exemple.invalid" for row in rows[1:])
    again = run("-o", "feuille.ods")
    assert (again.returncode, "--force" in again.stderr) == (2, True)
    only = run("-o", "feuille.ods", "--force", "--no-lint")
    assert only.returncode == 0
    assert [row[3] for row in _read((tmp_path / "feuille.ods").read_bytes())[1:]] == ["du bot"]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [(("--no-lint",), 3, "Aucun commentaire"), (("--add", "absent.jsonl"), 2, "--add"), (("ailleurs",), 2, "Source inconnue"),
     (("-o", "absent/feuille.ods"), 2, "--output"), (("--issues",), 2, "ni sur GitHub")],
)  # fmt: skip
def test_wrong_use_says_what_to_do(run: Callable[..., Any], arguments: tuple[str, ...], code: int, told: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr
