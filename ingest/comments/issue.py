"""A link that opens the forge's page for a new issue, already filled with a comment."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from ingest.comments.comment import Comment, CommentError, shortened
from ingest.comments.form import place_of
from ingest.passage import Lines
from ingest.sources.manifest import Source

LONGEST_ADDRESS = 6000
"""Characters: browsers and GitHub take about 8,000, and a proxy may take less."""
_FIELDS = {
    "github": ("issues/new", "title", "body"),
    "gitlab": ("-/issues/new", "issue[title]", "issue[description]"),
}


def issue_address(source: Source, comment: Comment, commit: str | None = None) -> str:
    """The address, at most 6,000 characters: a long extract, then a long proposal, is cut and says so.

    Raises CommentError when the source's repository is on neither GitHub nor GitLab.
    """
    parts = urlsplit(source.url)
    forge = next((f for name, f in _FIELDS.items() if name in parts.netloc), None)
    if forge is None or parts.scheme not in {"https", "http"}:
        raise CommentError(
            f"{source.url} n'est ni sur GitHub ni sur GitLab : pas de lien d'issue.", "Envoyez la feuille ODS."
        )
    page, title, body = forge
    repository = f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix('/').removesuffix('.git')}"
    for extract_size, proposal_size in ((4000, 4000), (400, 4000), (200, 1500), (80, 500), (0, 200)):
        fields = {
            title: shortened(f"{place_of(comment)} : {comment.proposal}", 120),
            body: _body(source, comment, commit, extract_size, proposal_size),
        }
        address = f"{repository}/{page}?{urlencode(fields)}"
        if len(address) <= LONGEST_ADDRESS:
            return address
    raise CommentError("Le commentaire ne tient pas dans un lien.", "Envoyez la feuille ODS.")


def _body(source: Source, comment: Comment, commit: str | None, extract_size: int, proposal_size: int) -> str:
    lines = [f"**Document** : {comment.document}" + (f", ligne {comment.line}" if comment.line else "")]
    if commit and comment.line:
        link = source.link(commit, comment.document, Lines(comment.line, comment.line))
        lines.append(link or f"révision {commit[:7]}")
    if comment.extract and extract_size:
        lines += ["", f"> {shortened(comment.extract, extract_size)}"]
    lines += ["", f"**Proposition** : {shortened(comment.proposal, proposal_size)}", ""]
    lines.append(f"**Importance** : {comment.importance}")
    return "\n".join(lines)
