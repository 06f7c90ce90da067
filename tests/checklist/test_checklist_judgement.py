"""Which requirements apply to an application: never one left out, each with its reason and the words that show it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.checklist.description import read_answers, read_description
from assistant.checklist.judgement import Checklist, Judge, Verdict
from assistant.checklist.rules import packaged_rules, rule_from_text, rules_by_unit
from assistant.checklist.traits import traits
from assistant.selection import Library
from ingest.question_bank import load_bank
from tests.built_indexes import PROJECT

APPLICATIONS = sorted((Path(__file__).parent / "applications").glob("*.md"))
SENTENCES = [s.text for path in APPLICATIONS for s in read_description(path.read_text(encoding="utf-8")).statements]


def verdicts(checklist: Checklist) -> dict[str, Verdict]:
    found: dict[str, Verdict] = {}
    for line in (*checklist.kept, *checklist.aside):
        found.update({place.key: line.verdict for place in line.places})
        found.update({place.key: "aside" for place in line.elsewhere})
    return found


@pytest.mark.official
@pytest.mark.parametrize("path", APPLICATIONS, ids=lambda p: p.stem)
def test_applications_get_what_an_architect_expects(path: Path, official_judge: Judge) -> None:
    checklist = official_judge.checklist(read_description(path.read_text(encoding="utf-8")))
    expected = tomllib.loads(path.with_suffix(".toml").read_text(encoding="utf-8"))
    found = verdicts(checklist)
    assert [key for key in expected["applies"] if found[key] == "aside"] == [], "écartées à tort"
    assert [key for key in expected["aside"] if found[key] == "applies"] == [], "retenues à tort"
    doubtful = [key for key in (*expected["applies"], *expected["aside"]) if found[key] == "confirm"]
    assert len(doubtful) <= expected.get("may_confirm", 0), (
        f"à confirmer alors que la description tranche : {doubtful}"
    )


@pytest.mark.official
def test_every_official_requirement_has_a_rule(official_library: Library) -> None:
    selection = official_library.selection()
    rules = rules_by_unit(selection.index, selection.located, load_bank(PROJECT / "corpus" / "questions"))
    keys = {p.key for unit in rules for p in selection.index.units[unit].located}
    assert {r.key for r in selection.requirements} == keys
    assert len(selection.requirements) == 73


def test_rules_name_entries_and_traits_that_exist() -> None:
    known = {entry.id for entry in load_bank(PROJECT / "corpus" / "questions").entries}
    entries = [entry for rule in packaged_rules().rule for entry in rule.entries]
    assert set(entries) <= known and len(entries) == len(set(entries))
    named = {t for rule in packaged_rules().rule for t in (*rule.needs, *rule.told_by)}
    assert named <= set(traits())


@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=5))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_requirement_is_ever_left_out_and_every_quote_is_the_description_s(
    demo_judge: Judge, demo_library: Library, sentences: list[str]
) -> None:
    text = "\n\n".join(sentences)
    checklist = demo_judge.checklist(read_description(text))
    assert sorted(verdicts(checklist)) == sorted({r.key for r in demo_library.selection().requirements})
    spoken = {s.text for s in read_description(text).statements}
    for line in (*checklist.kept, *checklist.aside):
        assert line.grounds, "une raison à chaque ligne"
        assert {s.text for s in line.statements} <= spoken
    types = [line.priority for line in checklist.kept]
    assert types == sorted(types, key=lambda t: t != "P"), "P d'abord"


def test_one_text_of_both_documents_is_one_line_and_a_conflict_of_type_is_said(demo_judge: Judge) -> None:
    checklist = demo_judge.checklist(read_description("Un assistant d'IA qui interroge les modèles de MirAI."))
    twins = [line for line in checklist.kept if len({p.source for p in line.places}) == 2]
    assert twins
    conflicting = [line for line in twins if len({p.passage.priority for p in line.places}) == 2]
    for line in conflicting:
        assert line.priority == "P"
        assert "Conflit de type" in line.conflicts[0]
    assert conflicting, "l'édition de démonstration en a un"


def test_without_ai_the_mirai_requirements_are_set_aside_with_the_way_back(demo_judge: Judge) -> None:
    checklist = demo_judge.checklist(read_description("Un site d'information pour les agents, sans IA."))
    aside = [line for line in checklist.aside if {p.source for p in line.places} == {"mirai"}]
    assert aside
    ground = aside[0].grounds[0]
    assert "intelligence artificielle" in ground.text
    assert ground.statements[0].text == "Un site d'information pour les agents, sans IA."
    key = aside[0].places[0].key
    again = demo_judge.checklist(read_description("Un site d'information, sans IA."), kept=[key.lower()])
    assert verdicts(again)[key] == "applies"
    assert "Reprise à votre demande." in [g.text for line in again.kept for g in line.grounds]


def test_silence_is_confirmed_or_set_aside_but_said(demo_judge: Judge) -> None:
    checklist = demo_judge.checklist(read_description("Un outil pour calculer des moyennes."))
    doubtful = [line for line in checklist.kept if line.verdict == "confirm"]
    assert any("La description ne dit pas si" in ground.text for line in doubtful for ground in line.grounds)
    assert any("Rien dans la description" in ground.text for line in checklist.aside for ground in line.grounds)


def test_one_source_alone_may_be_asked_for(demo_judge: Judge) -> None:
    checklist = demo_judge.checklist(read_answers({"objet": "Un portail."}), sources=["pi"])
    assert {p.source for line in (*checklist.kept, *checklist.aside) for p in line.places} == {"pi"}


def test_a_requirement_without_a_rule_depends_on_its_own_words() -> None:
    assert "internet" in rule_from_text("Toute application exposée sur Internet est protégée.").needs
    assert rule_from_text("Le code est relu.").needs == ()
