"""The report for machines: JSON, JUnit, OpenMetrics, and the comment of a merge request."""

from __future__ import annotations

import json
import math
import re
import xml.etree.ElementTree as ET
from collections import defaultdict
from typing import Any

from eval.report.data import ReportData, failures, succeeded
from eval.revisions.comparison_report import comparison_lines, conclusion
from eval.revisions.stale_report import stale_json, stale_lines
from eval.scoring.catalogue import BY_NAME
from eval.scoring.score_run import RowScores
from eval.scoring.summary import summary_lines

_SHOWN_FAILURES = 15
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def report_json(data: ReportData) -> str:
    """Figures, comparisons, staleness and failures; what a program compares or stores."""
    plain: dict[str, Any] = {
        "schema": 1,
        "run": data.scores.transcript.record.model_dump(mode="json"),
        "complete": data.scores.complete,
        "unscored": [{"row": row, "metric": s.metric, "reason": s.reason} for row, s in data.scores.unscored],
        "failed": list(data.scores.failed),
        "figures": [
            {"metric": f.metric.name, "value": _number(f.interval.value), "low": _number(f.interval.low),
             "high": _number(f.interval.high), "rows": f.rows, "clusters": f.interval.n, "failures": f.failures,
             "invariant": f.metric.invariant}
            for f in data.figures
        ],
        "comparisons": [
            {"effect": c.effect, "before": c.before.transcript.record.name, "after": c.after.transcript.record.name,
             "pairs": len(c.pairs), "new": list(c.new), "gone": list(c.gone),
             "differences": [
                 {"metric": d.metric.name, "before": d.before, "after": d.after, "change": d.change.value,
                  "low": d.change.low, "high": d.change.high, "p": d.p_value, "margin": d.margin,
                  "detectable": d.detectable, "lost": d.lost, "gained": d.gained, "verdict": d.verdict}
                 for d in c.differences
             ]}
            for c in data.comparisons
        ],
        "judged": _judged(data),
        "stale": stale_json(data.stale),
        "failures": [r.id for r in failures(data.scores.rows)],
    }  # fmt: skip
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


def _judged(data: ReportData) -> dict[str, Any] | None:
    if data.judged is None:
        return None
    calibrated = {a.metric for a in data.judged.agreements if a.calibrated}
    figures = [
        {"metric": f.metric, "mean": _number(f.mean), "spread": f.spread, "rows": f.rows, "unscored": f.unscored,
         "asked": f.asked, "calibrated": f.metric in calibrated}
        for f in data.judged.figures
    ]  # fmt: skip
    return {"judge": data.judged.name, "figures": figures}


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value


def junit(data: ReportData) -> str:
    """One suite a family, one case a question: failure, a reader was misled; error, not judged; skipped, stale."""
    suites: dict[str, list[RowScores]] = defaultdict(list)
    for row in data.scores.rows:
        if not row.kept_aside:
            suites[row.family].append(row)
    root = ET.Element("testsuites", name="évaluation du CCT")
    unjudged = dict(data.scores.unscored)
    for family, rows in sorted(suites.items()):
        suite = ET.SubElement(root, "testsuite", name=family, tests=str(len(rows)))
        properties = ET.SubElement(suite, "properties")
        for name, value in _properties(data).items():
            ET.SubElement(properties, "property", name=name, value=_clean(value))
        counts: dict[str, int] = defaultdict(int)
        for row in rows:
            case = ET.SubElement(suite, "testcase", classname=_clean(family), name=_clean(row.id))
            kind, message = _outcome(row, row.id in unjudged)
            if kind:
                counts[kind] += 1
                ET.SubElement(case, kind, message=_clean(message))
        for attribute, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            suite.set(attribute, str(counts[kind]))
    lost = ET.SubElement(root, "testsuite", name="lignes manquantes", tests=str(len(data.scores.failed)))
    for n, reason in enumerate(data.scores.failed, 1):
        ET.SubElement(ET.SubElement(lost, "testcase", name=f"ligne {n}"), "error", message=_clean(reason))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _outcome(row: RowScores, unjudged: bool) -> tuple[str, str]:
    if unjudged:
        return "error", "non jugée"
    broken = [s for s in row.scores if s.metric in BY_NAME and BY_NAME[s.metric].invariant and s.value != 1]
    if broken:
        return "failure", " ; ".join(f"{BY_NAME[s.metric].label} : {s.reason}" for s in broken)
    if row.expects == "nothing" or not (row.gating or row.variant):
        return "skipped", "ne vaut pas à cette révision" if row.expects == "nothing" else "candidate"
    if succeeded(row) is False:
        return (
            "failure",
            f"attendu : {'ne pas répondre' if row.expects == 'abstain' else 'un bon passage'} ; {row.status}",
        )
    return "", ""


def _properties(data: ReportData) -> dict[str, str]:
    record = data.scores.transcript.record
    found = {f"revision.{d.source}": d.commit for d in record.documents}
    names = ("code", "ranking", "bank", "index", "embedding", "model", "prompts")
    return {**found, **{name: str(getattr(record, name)) for name in names}}


def _clean(value: str) -> str:
    """XML has no place for control characters."""
    return _FORBIDDEN.sub("�", value)


def open_metrics(data: ReportData) -> str:
    """The figures as OpenMetrics text: what GitLab's metrics report compares."""
    lines = ["# TYPE cct_eval gauge", "# HELP cct_eval Mesures de l'évaluation du CCT."]
    for f in data.figures:
        for bound, value in (("value", f.interval.value), ("low", f.interval.low), ("high", f.interval.high)):
            if not math.isnan(value):
                lines.append(f'cct_eval{{metric="{f.metric.name}",bound="{bound}"}} {value:.6f}')
    lines += ["# TYPE cct_eval_failures gauge"]
    lines += [
        f'cct_eval_failures{{metric="{f.metric.name}"}} {f.failures}' for f in data.figures if f.metric.invariant
    ]
    missing = len(data.scores.failed) + len(data.scores.unscored)
    return "\n".join([*lines, "# TYPE cct_eval_missing gauge", f"cct_eval_missing {missing}", "# EOF"]) + "\n"


def merge_comment(data: ReportData) -> str:
    """Markdown for a merge request: the conclusion, what regressed or broke, the questions to read again."""
    lines = [f"## Évaluation de l'assistant CCT : {verdict_of(data)}", ""]
    for one in data.comparisons:
        lines += comparison_lines(one)
    lines += ["", *stale_lines(data.stale)] if data.stale else []
    lines += ["<details><summary>Toutes les mesures</summary>", "", *summary_lines(data.scores, data.thresholds), ""]
    lines += ["</details>", ""]
    wrong = failures(data.scores.rows)
    lines += [f"{len(wrong)} échec(s) dans le rapport, dont : {', '.join(r.id for r in wrong[:_SHOWN_FAILURES])}."]
    return "\n".join(lines) + "\n"


def verdict_of(data: ReportData) -> str:
    """One sentence on the whole."""
    if not data.scores.complete:
        return "Exécution incomplète : rien ne peut en être conclu."
    broken = [f.metric.label for f in data.figures if f.broken]
    if broken:
        return f"Invariant rompu : {', '.join(broken)}."
    if data.comparisons:
        return conclusion(data.comparisons)
    if data.low:
        return f"Sous le plancher : {', '.join(f.metric.label for f in data.low)}."
    return "Invariants et planchers tenus."
