"""Findings in the formats that a forge reads: SARIF 2.1.0, and GitLab's code quality JSON."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from ingest.lint.findings import Finding
from ingest.lint.rules import RULES, Rule
from ingest.sources.corpus import CorpusRevision

_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_SARIF_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_QUALITY_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def to_json(findings: Sequence[Finding]) -> str:
    """The list that `cct lint --json` prints."""
    return json.dumps([f.to_json() for f in findings], ensure_ascii=False)


def to_sarif(findings: Sequence[Finding], revisions: Sequence[CorpusRevision], version: str) -> str:
    """A SARIF 2.1.0 log of one run; each source is a base of its own, named by its id."""
    used = [rule for rule in RULES.values() if any(f.rule == rule.name for f in findings)]
    index = {rule.name: n for n, rule in enumerate(used)}
    run = {
        "tool": {"driver": {"name": "cct lint", "version": version, "rules": [_sarif_rule(rule) for rule in used]}},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            r.source.id: {"description": {"text": f"{r.source.title}, révision {r.commit[:12]} du {r.date}"}}
            for r in revisions
        },
        "versionControlProvenance": [
            {"repositoryUri": r.source.url, "revisionId": r.commit, "mappedTo": {"uriBaseId": r.source.id}}
            for r in revisions
            if r.official and "://" in r.source.url
        ],
        "results": [
            {
                "ruleId": finding.rule,
                "ruleIndex": index[finding.rule],
                "level": _SARIF_LEVELS[finding.severity],
                "message": {"text": finding.message},
                "locations": [_sarif_location(finding)],
                "partialFingerprints": {"cctLint/v1": mark},
                "properties": {"judgement": finding.judgement},
            }
            for finding, mark in _marked(findings)
        ],
    }
    log = {"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def to_code_quality(findings: Sequence[Finding]) -> str:
    """GitLab's code quality report: a list with fingerprints that survive a move of the line."""
    rows = [
        {
            "description": finding.message,
            "check_name": finding.rule,
            "fingerprint": mark,
            "severity": _QUALITY_SEVERITIES[finding.severity],
            "location": {"path": finding.document, "lines": {"begin": finding.line}},
        }
        for finding, mark in _marked(findings)
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def _sarif_rule(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.description},
        "defaultConfiguration": {"level": _SARIF_LEVELS[rule.severity]},
        "properties": {"judgement": rule.judgement},
    }


def _sarif_location(finding: Finding) -> dict[str, object]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(finding.document), "uriBaseId": finding.source},
            "region": {"startLine": finding.line},
        }
    }


def _marked(findings: Sequence[Finding]) -> Iterator[tuple[Finding, str]]:
    """Each finding with a fingerprint of its own: what it says and how many said it before, not its line."""
    seen: Counter[tuple[str, str, str, str]] = Counter()
    for finding in findings:
        said = (finding.rule, finding.source, finding.document, finding.message)
        text = "\0".join((*said, str(seen[said])))
        seen[said] += 1
        yield finding, hashlib.sha256(text.encode()).hexdigest()[:32]
