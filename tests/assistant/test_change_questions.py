"""Which questions are about change, and what they ask: an ordinary question is never taken for one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from assistant.changes.moments import Moment, read_period
from assistant.changes.periods import bounds
from assistant.changes.questions import read_change_question
from ingest.sources.corpus import CorpusRevision
from ingest.sources.manifest import DeclaredDocument, Source

PROJECT = Path(__file__).resolve().parents[2]
SOURCE = Source(
    id="essai", title="Essai", url="x", document=(DeclaredDocument(path="a.md", role="guide", title="A"),)
)
LINE = [
    CorpusRevision(SOURCE, name * 8, date, "", True)
    for name, date in (("aaaa1", "2023-03-26"), ("bbbb2", "2024-04-21"), ("cccc3", "2024-05-12"), ("dddd4", "2024-06-23"))
]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "asks", "span", "moments"),
    [
        ("qu'est-ce qui a changé entre mars et juin 2024 ?", "changes", "between", ("2024-03", "2024-06")),
        ("Qu’est-ce qui a changé entre décembre 2023 et le 12 mai 2024 ?", "changes", "between", ("2023-12", "2024-05-12")),
        ("changements mars-juin 2024", "changes", "between", ("2024-03", "2024-06")),
        ("Quelles différences entre 6ba0bbd et c869910 ?", "changes", "between", ("6ba0bbd", "c869910")),
        ("qu'est-ce qui a changé dans la dernière révision de MirAI ?", "changes", "latest", ()),
        ("Quels sont les derniers changements du CCT MirAI ?", "changes", "latest", ()),
        ("De quand date la dernière révision de MirAI ?", "changes", "latest", ()),
        ("quelles exigences ont été ajoutées en mai 2024 ?", "changes", "during", ("2024-05",)),
        ("Quelles exigences ont été renumérotées le 12/05/2024 ?", "changes", "during", ("2024-05-12",)),
        ("Quoi de neuf dans le CCT Pi depuis janvier 2024 ?", "changes", "since", ("2024-01",)),
        ("que valait EXI-ARCH-14 en mai 2024 ?", "value", "during", ("2024-05",)),
        ("Que disait EXI-ARCH-14 à la révision 6ba0bbd ?", "value", "during", ("6ba0bbd",)),
        ("exi arch 14 en 2024", "value", "during", ("2024",)),
        ("quand EXI-ARCH-7 est-elle passée de I à P ?", "when", "ever", ()),
        ("Quand l'exigence ARCH 7 est-elle devenue primordiale ?", "when", "ever", ()),
        ("Dans quelle révision EXI-DATA-1 a-t-elle été ajoutée ?", "when", "ever", ()),
        ("Comment a évolué EXI-ARCH-14 ?", "story", "ever", ()),
        ("Historique d'EXI-ORG-13", "story", "ever", ()),
        ("L'exigence EXI-DATA-2 a-t-elle changé depuis avril 2024 ?", "story", "since", ("2024-04",)),
    ],
)  # fmt: skip
def test_a_question_about_change_says_what_and_when(
    question: str, asks: str, span: str, moments: tuple[str, ...]
) -> None:
    read = read_change_question(question)
    assert read is not None
    assert (read.asks, read.period.span) == (asks, span)
    assert tuple(m.value for m in read.period.moments) == moments


def test_the_kind_the_types_the_source_and_the_subject_are_read() -> None:
    added = read_change_question("Quelles exigences P ajoutées sur les conteneurs en mai 2024 dans le CCT Pi ?")
    assert added is not None
    assert (added.kinds, added.priority, added.sources, added.subject) == (("added",), "P", ("pi",), ("conteneur",))
    retyped = read_change_question("Quelles exigences sont passées de I à P en 2024 ?")
    assert retyped is not None
    assert (retyped.kinds, retyped.types, retyped.priority) == (("retyped",), ("I", "P"), None)
    guide = read_change_question("Le guide MirAI a-t-il été modifié en février 2026 ?")
    assert guide is not None
    assert (guide.roles, guide.sources) == (("guide",), ("mirai",))


@pytest.mark.parametrize(
    "question",
    [
        "Que dit EXI-ARCH-14 ?",
        "Qu'est-ce qui a changé dans le RGPD en 2018 ?",
        "Notre application a été mise en production en mai 2024, que doit-on changer ?",
        "Nous avons signé en mai 2024, quelles exigences s'appliquent ?",
        "Quelles nouveautés de Kubernetes en 2024 ?",
        "Quelle est la dernière version de Kubernetes ?",
        "quelles sont les exigences de la dernière version ?",
        "Quelles modifications faut-il apporter à mon application en 2025 ?",
        "La sauvegarde quotidienne a-t-elle changé en 2024 ?",
        "EXI-ARCH-12 : depuis quand l'audit externe est-il devenu obligatoire ?",
        "Peux-tu modifier EXI-ARCH-11 ?",
        "Modifie EXI-ARCH-11 pour qu'elle passe de P à I",
        "Quand faut-il changer les clés d'API ?",
        "Faut-il modifier EXI-ARCH-9 pour une application livrée en 2024 ?",
        "Quelles sont les différences entre MirAI et Pi ?",
        "Quelle différence entre les deux CCT pour EXI-G-6 ?",
        "EXI-ARCH-9 : quel écart entre le CCT MirAI et le CCT Cloud Pi Native ?",
        "EXI-G-6 est-elle différente d'un CCT à l'autre, quelles différences ?",
        "mai 2024",
        "",
        "changé " * 40 + "en mai 2024",
    ],
)
def test_an_ordinary_question_is_left_to_the_search(question: str) -> None:
    assert read_change_question(question) is None


def test_no_evaluation_question_is_taken_for_one() -> None:
    sets = sorted((PROJECT / "eval" / "questions").glob("*.yaml"))
    asked = [item["question"] for path in sets for item in yaml.safe_load(path.read_text(encoding="utf-8"))]
    assert len(asked) > 800
    assert [q for q in asked if read_change_question(q)] == []


def test_of_the_bank_only_true_questions_about_change_are() -> None:
    lines = [
        line
        for path in sorted((PROJECT / "corpus" / "questions").rglob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    asked = [question for line in lines for question in json.loads(line).get("questions", ())]
    assert len(asked) > 5000
    caught = [q for q in asked if read_change_question(q)]
    assert all(any(word in q for word in ("chang", "nouveauté", "retouch")) for q in caught)
    assert len(caught) <= 5


@pytest.mark.parametrize(
    ("words", "before", "after", "within"),
    [
        ("entre mars et mai 2024", "aaaa1", "cccc3", "aaaa1 bbbb2 cccc3"),
        ("en mai 2024", "bbbb2", "cccc3", "bbbb2 cccc3"),
        ("en 2024", "aaaa1", "dddd4", "aaaa1 bbbb2 cccc3 dddd4"),
        ("en juillet 2024", "dddd4", "dddd4", "dddd4"),
        ("en janvier 2020", None, None, ""),
        ("en 2023", None, "aaaa1", "aaaa1"),
        ("depuis mai 2024", "bbbb2", "dddd4", "bbbb2 cccc3 dddd4"),
        ("depuis le 12 mai 2024", "cccc3", "dddd4", "cccc3 dddd4"),
        ("avant mai 2024", "aaaa1", "bbbb2", "aaaa1 bbbb2"),
        ("a la derniere revision", "cccc3", "dddd4", "cccc3 dddd4"),
        ("a la revision cccc3cccc3", "bbbb2", "cccc3", "bbbb2 cccc3"),
    ],
)
def test_a_period_gives_what_stood_at_its_ends(
    words: str, before: str | None, after: str | None, within: str
) -> None:
    found = bounds(
        read_period(words), LINE, lambda value: next((r for r in LINE if r.commit.startswith(value)), None)
    )
    assert found is not None
    assert (found.before and found.before.commit[:5], found.after and found.after.commit[:5]) == (before, after)
    assert " ".join(r.commit[:5] for r in found.within) == within


def test_a_commit_of_another_source_has_no_bounds_here() -> None:
    assert bounds(read_period("a la revision fff1234"), LINE, lambda _: None) is None


def test_impossible_dates_are_no_moment() -> None:
    assert read_period("le 45/13/2024 et le 2024-19").moments == ()
    assert (Moment("2024-05").first_day, Moment("2024").last_day) == ("2024-05-01", "2024-12-31")
