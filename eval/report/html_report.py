"""The report as one HTML file."""

from __future__ import annotations

from html import escape

from eval.report.data import ReportData
from eval.report.drill_down import failures_section
from eval.report.exports import verdict_of
from eval.report.judged_section import TITLE, judged_section
from eval.report.markup import paragraph, section
from eval.report.page import page
from eval.report.sections import (
    changes_section,
    current_section,
    effects_section,
    families_section,
    history_section,
    risk_section,
)

_CONTENTS = (
    ("mesures", "Mesures"),
    ("effets", "Effet des documents, effet du code"),
    ("familles", "Par famille de questions"),
    ("historique", "Question par révision"),
    ("risque", "Risque et couverture"),
    ("juge", TITLE),
    ("exigences", "Exigences modifiées"),
    ("echecs", "Échecs, un par un"),
    ("empreinte", "Empreinte de l'exécution"),
)


def html_report(data: ReportData) -> str:
    """The whole page."""
    sentence = verdict_of(data)
    bad = not data.scores.complete or any(f.broken for f in data.figures) or sentence.startswith("Régression")
    tone = "bad" if bad else ("good" if sentence.startswith(("Aucune", "Invariants et")) else "")
    record = data.scores.transcript.record
    revisions = " ; ".join(
        f"{d.source} {d.commit.removeprefix('demo-')[:7]} du {d.date}{'' if d.official else ' (démonstration)'}"
        for d in record.documents
    )
    answered = len([r for r in data.scores.rows if not r.variant])
    lead = f'<p class="verdict {tone}">{escape(sentence)}</p>' + paragraph(
        f"{revisions}. {answered} questions, {len(data.scores.rows)} réponses jugées, exécution du {record.created}."
    )
    sections = [
        current_section(data),
        effects_section(data),
        families_section(data),
        history_section(data),
        risk_section(data),
        judged_section(data),
        changes_section(data),
        failures_section(data),
        _fingerprint(data),
    ]
    return page("Évaluation de l'assistant CCT", lead, _CONTENTS, sections)


def _fingerprint(data: ReportData) -> str:
    record = data.scores.transcript.record
    parts = [(f"documents {d.source}", f"{d.commit} — {len(d.files)} fichiers") for d in record.documents]
    parts += [(f"jeu {s.name}", s.digest) for s in record.sets]
    names = {
        "answers": "réponses", "model": "modèle de langue", "embedding": "embedding", "index": "index",
        "bank": "banque de questions", "ranking": "poids et seuils", "prompts": "consignes", "code": "code",
        "judge": "juge",
    }  # fmt: skip
    parts += [(label, str(getattr(record, name)) or "aucun") for name, label in names.items()]
    parts += [(name, version) for name, version in record.versions.items()]
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in parts)
    return section("empreinte", "Empreinte de l'exécution", f"<dl>{listed}</dl>")
