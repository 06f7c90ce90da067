"""The question bank: entries follow their text, turn suspect when it is edited, and let go when it is replaced."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.passage import Kind, Lines, Located, Passage
from ingest.question_bank import BankError, Entry, QuestionBank, dump_entry, load_bank, sketch_text
from ingest.reading.quote_form import fingerprint, sketch
from ingest.sources.corpus import Corpus

TEXT = (
    "Les journaux applicatifs sont conservés douze mois sur un stockage distinct de la production, "
    "chiffrés au repos, et leur lecture est tracée nominativement par l'exploitant."
)
EDITED = TEXT.replace("douze mois", "dix-huit mois").replace("nominativement ", "")
OTHER = "Le parcours de l'usager tient compte du RGAA dès les premières maquettes et jusqu'à la recette finale."


def _located(
    text: str, record: str | None = "EXI-ARCH-6", source: str = "pi", occurrence: int = 1, kind: Kind = "requirement"
) -> Located:
    passage = Passage(kind=kind, text=text, lines=Lines(1, 1), sentences=(text,), id=record, occurrence=occurrence)
    return Located(source, "exigences.md", "c0ffee", passage)


def _entry(name: str = "e1", records: tuple[str, ...] = ("pi:EXI-ARCH-6",), text: str = TEXT) -> Entry:
    return Entry(
        id=name,
        records=records,
        fingerprints=(fingerprint(text),),
        sketch=sketch_text(sketch(text)),
        questions=(f"question {name} ?",),
    )


def _bound(entry: Entry, *located: Located) -> tuple[str, tuple[int, ...]]:
    (binding,) = QuestionBank([entry], "d").bind(located)
    return binding.state, binding.positions


def test_an_entry_is_sound_on_the_text_it_was_written_for() -> None:
    assert _bound(_entry(), _located(OTHER, "EXI-G-1"), _located(TEXT)) == ("sound", (1,))


def test_typography_does_not_unsettle_an_entry() -> None:
    assert _bound(_entry(), _located(TEXT.replace("'", "’").replace(" ", "\u00a0", 1) + "**")) == ("sound", (0,))


def test_an_entry_follows_a_text_that_moved_and_was_renumbered() -> None:
    assert _bound(_entry(), _located(OTHER, "EXI-ARCH-6"), _located(TEXT, "EXI-ARCH-10")) == ("sound", (1,))


def test_an_entry_is_suspect_on_an_edited_text_of_the_same_identity() -> None:
    (binding,) = QuestionBank([_entry()], "d").bind([_located(EDITED)])
    assert (binding.state, binding.positions) == ("suspect", (0,))
    assert 0.3 <= binding.similarity < 1


def test_an_entry_lets_go_when_its_identifier_came_to_mean_something_else() -> None:
    assert _bound(_entry(), _located(OTHER, "EXI-ARCH-6")) == ("unbound", ())


def test_an_entry_lets_go_when_its_passage_is_gone() -> None:
    assert _bound(_entry(), _located(OTHER, "EXI-G-1")) == ("unbound", ())
    assert _bound(_entry()) == ("unbound", ())


def test_a_second_occurrence_has_an_identity_of_its_own() -> None:
    entry = _entry(records=("pi:EXI-ARCH-6#2",))
    assert _bound(entry, _located(OTHER), _located(EDITED, occurrence=2)) == ("suspect", (1,))


def test_the_same_identifier_of_another_source_is_not_taken() -> None:
    assert _bound(_entry(), _located(EDITED, source="mirai")) == ("unbound", ())


def test_an_entry_leads_to_the_same_text_in_both_sources() -> None:
    assert _bound(_entry(), _located(TEXT), _located(TEXT, source="mirai")) == ("sound", (0, 1))


def test_prose_is_found_by_its_text_even_edited() -> None:
    entry = _entry(records=())
    prose = _located(EDITED, record=None, kind="section")
    assert _bound(entry, _located(OTHER, record=None, kind="section"), prose)[1] in {(1,), ()}
    slightly = _located(TEXT.replace("douze", "treize"), record=None, kind="section")
    assert _bound(entry, _located(OTHER, record=None, kind="section"), slightly) == ("suspect", (1,))
    assert _bound(entry, _located(TEXT.replace("douze", "treize"))) == ("unbound", ())


def test_a_subject_takes_its_state_from_its_passages() -> None:
    parts = [_entry("a"), _entry("b", ("pi:EXI-G-1",), OTHER)]
    subject = Entry(id="s", passages=("b", "a"), questions=("sujet ?",))
    bank = QuestionBank([subject, *parts], "d")

    def state(*located: Located) -> tuple[str, tuple[int, ...]]:
        binding = bank.bind(located)[0]
        assert binding.entry.id == "s"
        return binding.state, binding.positions

    assert state(_located(TEXT), _located(OTHER, "EXI-G-1")) == ("sound", (1, 0))
    assert state(_located(EDITED), _located(OTHER, "EXI-G-1")) == ("suspect", (1, 0))
    assert state(_located(TEXT)) == ("suspect", (0,))
    assert state() == ("unbound", ())


def test_questions_come_each_once_in_order_boundaries_included(tmp_path: Path) -> None:
    (tmp_path / "limites").mkdir()
    (tmp_path / "a.jsonl").write_text(
        '{"id": "1", "questions": ["x ?", "y ?"]}\n\n{"id": "2", "questions": ["y ?"]}\n', encoding="utf-8"
    )
    (tmp_path / "limites" / "b.jsonl").write_text(
        '{"id": "3", "kind": "hostile", "questions": ["z ?"]}\n', encoding="utf-8"
    )
    bank = load_bank(tmp_path)
    assert bank.questions() == ["x ?", "y ?", "z ?"]
    assert [b.kind for b in bank.boundaries] == ["hostile"]


def test_no_folder_is_an_empty_bank(tmp_path: Path) -> None:
    bank = load_bank(tmp_path / "absent")
    assert (bank.entries, bank.questions(), bank.bind([])) == ((), [], [])


def test_the_digest_changes_with_any_file(tmp_path: Path) -> None:
    digests = set()
    for content in ("", '{"id": "1", "questions": ["x"]}\n', '{"id": "1", "questions": ["y"]}\n'):
        (tmp_path / "a.jsonl").write_text(content, encoding="utf-8")
        digests.add(load_bank(tmp_path).digest)
    assert len(digests) == 3


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("pas du JSON", "JSON"),
        ('{"id": "2"}', "questions"),
        ('{"id": "2", "questions": ["x"], "couleur": "bleu"}', "couleur"),
        ('{"id": "2", "questions": "x"}', "questions"),
        ('{"id": "1", "questions": ["x"]}', "existe déjà"),
    ],
)
def test_a_bad_entry_is_reported_with_its_file_and_line(tmp_path: Path, line: str, says: str) -> None:
    (tmp_path / "essai.jsonl").write_text('{"id": "1", "questions": ["x"]}\n\n' + line + "\n", encoding="utf-8")
    with pytest.raises(BankError, match=r"essai\.jsonl, ligne 3") as caught:
        load_bank(tmp_path)
    assert says in caught.value.message


def test_an_entry_written_is_an_entry_read(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(dump_entry(_entry()) + "\n", encoding="utf-8")
    assert load_bank(tmp_path).entries == (_entry(),)


def test_every_entry_of_the_project_binds_soundly_to_the_demonstration(demo_corpus: Corpus) -> None:
    bank = load_bank(demo_corpus.settings.corpus / "questions")
    located = [item for revision in demo_corpus.newest() for item in demo_corpus.located(revision)]
    states = [binding.state for binding in bank.bind(located)]
    assert len(states) > 500
    assert states.count("sound") / len(states) > 0.97


@pytest.mark.official
def test_every_entry_of_the_project_binds_soundly_to_the_official_documents(official_corpus: Corpus) -> None:
    bank = load_bank(official_corpus.settings.corpus / "questions")
    located = [item for revision in official_corpus.newest() for item in official_corpus.located(revision)]
    wrong = [(b.entry.id, b.state) for b in bank.bind(located) if b.state != "sound"]
    assert not wrong


@pytest.mark.official
def test_entries_follow_the_requirements_that_were_renumbered(official_corpus: Corpus) -> None:
    """In May 2024 sixteen requirements changed number: no entry may stay with a number that means something else."""
    bank = load_bank(official_corpus.settings.corpus / "questions")
    located = list(official_corpus.located(official_corpus.revision("pi", "2024-04-21")))
    followed = 0
    for binding in bank.bind(located):
        for n in binding.positions:
            item = located[n]
            if item.passage.kind == "requirement" and binding.entry.records:
                known_text = item.passage.fingerprint in binding.entry.fingerprints
                assert known_text or binding.state == "suspect" or binding.entry.passages
                followed += known_text and item.key not in binding.entry.records
    assert followed >= 5


Write = Callable[[bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: bytes) -> Path:
        (tmp_path / "essai.jsonl").write_bytes(content)
        return tmp_path

    return written


def test_a_bank_file_that_is_no_utf8_is_reported(write: Write) -> None:
    with pytest.raises(BankError, match=r"essai\.jsonl, ligne 1"):
        load_bank(write('{"id": "1", "questions": ["à ?"]}\n'.encode("latin-1")))


def test_an_entry_may_hold_a_line_separator(write: Write) -> None:
    entry = Entry(id="1", questions=("un\u2028deux ?",))
    assert load_bank(write(dump_entry(entry).encode() + b"\n")).entries == (entry,)


@pytest.mark.parametrize("wrong", ["zz" * 128, "abc"])
def test_a_sketch_that_cannot_be_read_is_reported(write: Write, wrong: str) -> None:
    line = json.dumps({"id": "1", "records": ["pi:EXI-G-1"], "sketch": wrong, "questions": ["x"]})
    with pytest.raises(BankError, match=r"essai\.jsonl, ligne 1"):
        load_bank(write(line.encode() + b"\n"))


def test_a_subject_of_unknown_entries_is_reported(write: Write) -> None:
    with pytest.raises(BankError, match="absente"):
        load_bank(write(b'{"id": "s", "passages": ["absente"], "questions": ["x"]}\n'))
