"""What changed between two revisions, as one HTML page that needs nothing else: no script, no image, no font."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from ingest.passage import Located
from ingest.revisions.lineage import Change, Kind
from ui.commands.diff_view import LABELS, SECTIONS, RevisionDiff, designation, passage_counts, type_words
from ui.commands.passage_diff_view import PASSAGE_LABELS, passage_kinds
from ui.pages.word_differences import word_differences

_STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #161616; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.3rem; margin-top: 2.5rem; } h3 { font-size: 1.05rem; margin: 0; }
table { border-collapse: collapse; } th, td { border: 1px solid #929292; padding: .3rem .7rem; text-align: left; }
article { border: 1px solid #cecece; border-left: 4px solid #0b5752; padding: .8rem 1rem; margin: 1rem 0; }
article p { margin: .5rem 0 0; white-space: pre-line; overflow-wrap: anywhere; }
ins { background: #b8fec9; color: #0d3718; text-decoration: underline; }
del { background: #ffe9e9; color: #8d0000; text-decoration: line-through; }
.kinds { font-size: .9rem; font-weight: bold; color: #3a3a3a; } .places { font-size: .9rem; }
a { color: #0b5752; } :focus-visible { outline: 2px solid #0d6b64; outline-offset: 2px; }
.warning { border: 1px solid #b34000; padding: .5rem 1rem; }
"""


def html_diff(diff: RevisionDiff) -> str:
    """The page, in French, without script or image, whose style it carries itself."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    start = (
        '<!DOCTYPE html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<title>{escape(diff.title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
    )
    return f"{start}<body>\n<main>\n{diff_body(diff)}\n</main>\n</body>\n</html>\n"


def diff_body(diff: RevisionDiff) -> str:
    """What stands in the page, as HTML, for a page that brings its own frame."""
    parts = [f"<h1>{escape(diff.title)}</h1>", *_summary(diff), *_requirements(diff), *_documents(diff)]
    return "\n".join(parts)


def _summary(diff: RevisionDiff) -> Iterator[str]:
    yield "<p><ins>Souligné</ins> : ajouté. <del>Barré</del> : retiré.</p>"
    yield '<table>\n<caption>Exigences</caption>\n<tr><th scope="col">Constat</th><th scope="col">Nombre</th></tr>'
    rows = [("sans changement", diff.requirements.unchanged)]
    rows += [(LABELS[kind][1], len(diff.section(kind))) for kind in SECTIONS]
    for label, count in rows:
        yield f'<tr><th scope="row">{escape(label)}</th><td>{count}</td></tr>'
    yield "</table>"
    reused = [designation(change) for change in diff.section("reused")]
    if reused:
        names = escape(", ".join(reused))
        yield f'<p class="warning">Ces identifiants désignent maintenant une autre exigence : {names}.</p>'


def _requirements(diff: RevisionDiff) -> Iterator[str]:
    changed = [change for change in diff.requirements.changes if change.kinds]
    if changed or diff.requirements.transfers:
        yield "<h2>Exigences changées</h2>"
    for change in changed:
        yield _card(diff, change)
    for change in diff.requirements.transfers:
        yield _card(diff, change, texts=False)


def _card(diff: RevisionDiff, change: Change, texts: bool = True) -> str:
    kinds = ", ".join(LABELS[kind][0] for kind in change.kinds)
    lines = [f"<h3>{escape(designation(change))} ({escape(type_words(change))})</h3>"]
    lines.append(f'<div class="kinds">{escape(kinds)}</div>')
    before, after = change.before, change.after
    if "recategorised" in change.kinds and before is not None and after is not None:
        categories = f"<del>{escape(before.passage.category)}</del> <ins>{escape(after.passage.category)}</ins>"
        lines.append(f"<div>Catégorie : {categories}</div>")
    if texts:
        lines.append(f"<p>{_text(change)}</p>")
    lines.append(f'<div class="places">{_places(diff, change)}</div>')
    return "<article>\n" + "\n".join(lines) + "\n</article>"


def _text(change: Change) -> str:
    if change.before is None or change.after is None:
        side, mark = (change.after, "ins") if change.after is not None else (change.before, "del")
        return f"<{mark}>{escape(side.passage.text)}</{mark}>" if side is not None else ""
    if "reworded" not in change.kinds:
        return escape(change.after.passage.text)
    marks = {"same": "{}", "removed": "<del>{}</del>", "added": "<ins>{}</ins>"}
    pieces = word_differences(change.before.passage.text, change.after.passage.text)
    return "".join(marks[piece.side].format(escape(piece.text)) for piece in pieces)


def _places(diff: RevisionDiff, change: Change) -> str:
    sides = (("Avant", change.before), ("Après", change.after))
    return " · ".join(_place(diff, name, side) for name, side in sides if side is not None)


def _place(diff: RevisionDiff, name: str, side: Located) -> str:
    where = f"{side.document}, ligne {side.passage.lines.start}, révision {(side.commit or '')[:7]}"
    link = diff.link(side)
    shown = f'<a href="{escape(link)}">{escape(where)}</a>' if link else escape(where)
    return f"{name} : {shown}"


def _documents(diff: RevisionDiff) -> Iterator[str]:
    shown: tuple[Kind, ...] = tuple(PASSAGE_LABELS)
    for document in diff.documents:
        yield f"<h2>{escape(document.title)}</h2>"
        yield f"<p>{escape(document.document)} : {escape(passage_counts(document))}.</p>"
        for change in document.comparison.changes:
            if not any(kind in shown for kind in change.kinds):
                continue
            side = change.after or change.before
            title = (side.passage.id or side.passage.title) if side is not None else ""
            kinds = passage_kinds(change)
            heading = f'<h3>{escape(title or "Passage")}</h3>\n<div class="kinds">{escape(kinds)}</div>'
            places = f'<div class="places">{_places(diff, change)}</div>'
            yield f"<article>\n{heading}\n<p>{_text(change)}</p>\n{places}\n</article>"
