"""What forges read: SARIF 2.1.0 and GitLab's code quality."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ingest.lint.findings import Finding
from ingest.lint.reports import to_code_quality, to_json, to_sarif
from ingest.lint.rules import RULES
from ingest.lint.run import lint

_TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
# What section 3 of the standard (OASIS, SARIF 2.1.0) requires of the parts that we write.
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id"],
                                            "properties": {"shortDescription": _TEXT},
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message", "ruleId", "level", "locations"],
                            "properties": {
                                "message": _TEXT,
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
                                "locations": {
                                    "type": "array",
                                    "minItems": 1,
                                    "items": {
                                        "type": "object",
                                        "required": ["physicalLocation"],
                                        "properties": {
                                            "physicalLocation": {
                                                "type": "object",
                                                "required": ["artifactLocation", "region"],
                                                "properties": {
                                                    "artifactLocation": {
                                                        "type": "object",
                                                        "properties": {
                                                            "uri": {"type": "string", "pattern": r"^[^\s\\]+$"}
                                                        },
                                                    },
                                                    "region": {
                                                        "type": "object",
                                                        "properties": {
                                                            "startLine": {"type": "integer", "minimum": 1}
                                                        },
                                                    },
                                                },
                                            }
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


@pytest.fixture
def linted(small_source: Callable[..., Any]) -> tuple[list[Finding], list[Any]]:
    corpus, revision = small_source({"guide.md": "#\n\n##\n\n[a](absent.md)\n\n![](guide.md)\n"}).newest()
    return lint(corpus, [revision]), [revision]


def test_sarif_has_the_shape_of_the_standard(linted: tuple[list[Finding], list[Any]]) -> None:
    log = json.loads(to_sarif(*linted, "1.0"))
    Draft202012Validator(SARIF).validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[r["ruleIndex"]]["id"] for r in run["results"]] == [f.rule for f in linted[0]]
    bases = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uriBaseId"] for r in run["results"]}
    assert bases == set(run["originalUriBaseIds"]) == {"essai"}


def test_sarif_of_no_finding_is_valid_too(linted: tuple[list[Finding], list[Any]]) -> None:
    Draft202012Validator(SARIF).validate(json.loads(to_sarif([], linted[1], "1.0")))


def test_code_quality_rows_have_gitlab_s_fields_and_fingerprints_of_their_own(
    linted: tuple[list[Finding], list[Any]],
) -> None:
    rows = json.loads(to_code_quality(linted[0]))
    assert len({row["fingerprint"] for row in rows}) == len(rows) == len(linted[0])
    for row, finding in zip(rows, linted[0], strict=True):
        assert row["location"] == {"path": finding.document, "lines": {"begin": finding.line}}
        assert row["severity"] in {"info", "minor", "major", "critical", "blocker"} and row["check_name"] in RULES


def test_a_fingerprint_survives_a_move_of_its_line(small_source: Callable[..., Any]) -> None:
    source = small_source({"guide.md": "#\n\nTexte.\n"})
    corpus, before = source.newest()
    source.commit({"guide.md": "Texte ajouté.\n\n#\n\nTexte.\n"})
    corpus, after = source.newest()
    marks = [[row["fingerprint"] for row in json.loads(to_code_quality(lint(corpus, [r])))] for r in (before, after)]
    assert marks[0] == marks[1]


def test_json_rows_have_the_contract_s_fields(linted: tuple[list[Finding], list[Any]]) -> None:
    for row in json.loads(to_json(linted[0])):
        assert {"rule", "severity", "source", "document", "line", "message"} <= row.keys()
        assert row["severity"] in {"error", "warning", "info"} and isinstance(row["line"], int)
