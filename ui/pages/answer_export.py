"""An answer as a Markdown file of its own: front matter in YAML, then the question, the answer and its sources."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from assistant.answer import Answer
from ui import wording
from ui.answer_markdown import answer_markdown, place_words, sources_list_markdown, warnings_markdown

CONTENT_TYPE = "text/markdown; charset=utf-8"


def answer_file(answer: Answer, titles: Mapping[str, str], at: datetime | None = None) -> str:
    """The file; `at` is when the answer was given, now when left out."""
    head = {
        "question": answer.question,
        "date": (at or datetime.now(UTC)).isoformat(timespec="seconds"),
        "statut": answer.status,
        "genere_par_ia": True,
        "outil": wording.TITLE,
        "redaction": "modèle de langue, vérifiée" if answer.mode == "llm" else "extraits des documents",
        "revisions": [
            {"source": r.source, "commit": r.commit, "date": r.date, "officielle": r.official}
            for r in answer.revisions
        ],
        "sources": [
            {"n": c.n, "reference": place_words(c.place, titles), "url": c.place.url, "verifiee": c.verified}
            for c in answer.citations
        ],
    }
    # each value is written as JSON, which YAML reads: no text of a document can break out of its field
    front = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items()]
    parts = [
        "\n".join(["---", *front, "---"]),
        f"# {' '.join(answer.question.split())}",
        answer_markdown(answer, anchor=None),
        warnings_markdown(answer),
        wording.SOURCES_HEADING if answer.citations else "",
        sources_list_markdown(answer, titles),
        wording.WATERMARK,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"
