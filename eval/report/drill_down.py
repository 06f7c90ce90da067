"""Each failure, opened: what was asked and expected, what was retrieved and answered, what is wrong with it."""

from __future__ import annotations

import difflib
from html import escape

from eval.report.data import ReportData, failures
from eval.report.markup import Cell, Safe, folded, items, paragraph, section, table
from eval.scoring.case import Case, UnreadableAnswer
from eval.scoring.catalogue import BY_NAME
from eval.scoring.quotation import FAITHFUL, JudgedQuote, judged_quotes
from eval.scoring.score_run import RowScores
from ingest.reading.quote_form import fold

_MOST = 150
_SHOWN_RETRIEVED = 5
_LONGEST = 420


def failures_section(data: ReportData) -> str:
    """One folded block a failure, the gravest first; then what could not be judged."""
    wrong = failures(data.scores.rows)
    words = f"{len(wrong)} question(s)" + (f", les {_MOST} plus graves montrées." if len(wrong) > _MOST else ".")
    blocks = [_block(data, row) for row in wrong[:_MOST]]
    unjudged = [f"{row} : {s.metric}, {s.reason}" for row, s in data.scores.unscored] + list(data.scores.failed)
    missing = [paragraph(f"{len(unjudged)} réponse(s) non jugée(s) :"), items(unjudged)] if unjudged else []
    return section("echecs", "Échecs, un par un", paragraph(words), *blocks, *missing)


def _block(data: ReportData, row: RowScores) -> str:
    case = data.case(row.id)
    if case is None:
        return ""
    bad = [s for s in row.scores if s.value is not None and s.value < 1 and s.metric in BY_NAME]
    named = [BY_NAME[s.metric].label for s in bad if BY_NAME[s.metric].invariant]
    summary = (
        f"<strong>{escape(row.id)}</strong> {escape(case.row.asked)} <span class='tag'>{escape(row.family)}</span>"
    )
    summary += "".join(f" <span class='tag'>{escape(n)}</span>" for n in named)
    try:
        return folded(
            Safe(summary),
            paragraph(_expected(case, row)),
            _retrieved(case),
            "<h3>Réponse</h3>",
            _answer(case),
            items([f"{BY_NAME[s.metric].label} : {s.value:.2f}{f' — {s.reason}' if s.reason else ''}" for s in bad]),
        )
    except UnreadableAnswer as exc:
        return folded(Safe(summary), paragraph(f"Réponse illisible : {exc}"))


def _expected(case: Case, row: RowScores) -> str:
    if row.expects == "abstain":
        return f"Attendu : ne pas répondre. Obtenu : {case.status}."
    wanted = " ; ".join(ref.passage for ref in case.question.evidence)
    return f"Attendu : {wanted or 'une liste'}. Obtenu : {case.status}. Confiance : {row.confidence}."


def _retrieved(case: Case) -> str:
    rows: list[list[Cell]] = []
    for rank, unit in enumerate(case.retrieved[:_SHOWN_RETRIEVED], 1):
        name = sorted(unit)[0]
        source, document, line = name.split("|")
        passage = case.texts.at(name)
        right = "attendu" if unit & frozenset().union(*case.needed) else ("admis" if unit & case.right else "")
        text = fold(passage.passage.text)[:_LONGEST] if passage else ""
        key = passage.key if passage and passage.passage.kind != "section" else f"{source}, {document}, ligne {line}"
        rows.append([str(rank), Safe(f"<span class='{'gold' if right else ''}'>{escape(key)}</span>"), right, text])
    return table("Passages retrouvés", ("rang", "passage", "", "texte"), rows, 9)


def _answer(case: Case) -> str:
    """The answer's text, each quotation marked with its class, in words as well as in colour."""
    html = escape(case.text)
    quotes = judged_quotes(case)
    for quote in sorted(quotes, key=lambda q: -len(q.text)):
        kind = "good" if quote.verdict in FAITHFUL else "bad"
        plain = escape(quote.text)
        shown = f'<mark class="{kind}">{plain} <span class="class">({quote.verdict})</span></mark>'
        html = html.replace(plain, shown, 1)
    changed = [_difference(case, quote) for quote in quotes if quote.verdict == "altérée"]
    return f"<blockquote>{html}</blockquote>{''.join(changed)}"


def _difference(case: Case, quote: JudgedQuote) -> str:
    place = next((c.place for c in case.citations if c.n == quote.n), None)
    lines = case.texts.lines(place) if place is not None else None
    if lines is None:
        return ""
    a, b = fold(lines).split(), fold(quote.text).split()
    parts = []
    for tag, a1, a2, b1, b2 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        gone, come = escape(" ".join(a[a1:a2])), escape(" ".join(b[b1:b2]))
        if tag == "equal":
            parts.append(gone)
        else:
            parts += [f"<del>{gone}</del>"] if gone and b1 != b2 else []
            parts += [f"<ins>{come}</ins>"] if come else []
    return f"<p>Document, puis citation : {' '.join(parts)}</p>"
