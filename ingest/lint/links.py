"""Links: files and anchors that do not exist, labels that do not fit their address."""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import unquote, urlsplit

from ingest.lint.addresses import label_defect
from ingest.lint.anchors import anchors
from ingest.lint.findings import Finding
from ingest.lint.reading import LintedDocument, LintedRevision
from ingest.lint.rules import found
from ingest.reading.quote_form import words

_LINK = re.compile(
    r"(?P<image>!)?\[(?P<label>(?:[^\[\]]|\[[^\[\]]*\])*)\]"
    r"\(\s*(?P<target><[^<>]*>|(?:[^()\s<>]|\([^()\s]*\))+)(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
)
_HREF = re.compile(r"""<(?:a|img)\s[^>]*?(?:href|src)\s*=\s*["']([^"']+)["']""", re.IGNORECASE)
_CODE = re.compile(r"`[^`]*`")
_ESCAPED = re.compile(r"https?(?:\\:|&#x3A;|&#58;)//\S", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s|<>()\[\]]+", re.IGNORECASE)
_FORGE = re.compile(
    r"^https?://(?:www\.)?(?P<repository>[^/]+/[^/]+/[^/]+)/(?:blob|tree|raw)/(?P<branch>[^/]+)/(?P<path>.+)$"
)


@dataclass(frozen=True, slots=True)
class Link:
    """A Markdown link or image, and what follows it on its line."""

    label: str
    target: str
    line: int
    image: bool
    after: str


def check(revision: LintedRevision, others: Sequence[LintedRevision]) -> Iterator[Finding]:
    """Every defect of a link; links to another declared source are checked against its revision."""
    for document in revision.documents:
        for link in links_of(document):
            yield from _target(document, link, revision, others)
        yield from _labels(document)
        yield from _norms(document)
        yield from _escaped(document)


def links_of(document: LintedDocument) -> Iterator[Link]:
    """The inline links and images of a document, code left out, in order."""
    for number, line in enumerate(document.prose_lines, 1):
        plain = _CODE.sub(lambda m: " " * len(m[0]), line)
        for match in _LINK.finditer(plain):
            target = match["target"].strip("<>").strip()
            yield Link(match["label"], target, number, bool(match["image"]), plain[match.end() :])
        for match in _HREF.finditer(plain):
            yield Link("", match[1], number, False, "")


def _target(
    document: LintedDocument, link: Link, revision: LintedRevision, others: Sequence[LintedRevision]
) -> Iterator[Finding]:
    path, _, anchor = unquote(link.target).partition("#")
    if re.match(r"^[a-z][a-z0-9+.-]*:", path, re.IGNORECASE) or path.startswith("//"):
        yield from _forge_target(document, link, path, [revision, *others])
        return
    if path:
        base = "" if path.startswith("/") else posixpath.dirname(document.path)
        path = posixpath.normpath(posixpath.join(base, path.lstrip("/").split("?")[0]))
        if not _exists(path, revision.files):
            yield found("lien-fichier-absent", document, link.line, _missing(path, revision.files))
            return
    aimed = next((d for d in revision.documents if d.path == (path or document.path)), None)
    if anchor and aimed is not None and anchor.casefold() not in anchors(aimed):
        message = (
            f"L'ancre « #{anchor[:60]} » n'existe pas dans {aimed.path}. "
            "Corrigez l'ancre, ou ajoutez-la devant le titre visé."
        )
        yield found("ancre-absente", document, link.line, message)


def _forge_target(
    document: LintedDocument, link: Link, address: str, revisions: Sequence[LintedRevision]
) -> Iterator[Finding]:
    """A link to a file of a declared source on its own branch."""
    match = _FORGE.match(address)
    for aimed in (r for r in revisions if match and r.revision.official):
        source = aimed.revision.source
        home = urlsplit(source.url)
        repository = f"{home.netloc}{home.path}".removesuffix(".git").casefold()
        if match and match["repository"].casefold() == repository and match["branch"] == source.branch:
            path = match["path"].split("?")[0].rstrip("/")
            if not _exists(path, aimed.files):
                message = f"Source {source.id} : {_missing(path, aimed.files)}"
                yield found("lien-fichier-absent", document, link.line, message)


def _exists(path: str, paths: frozenset[str]) -> bool:
    return path in paths or path == "." or any(name.startswith(f"{path}/") for name in paths)


def _missing(path: str, paths: frozenset[str]) -> str:
    name = posixpath.basename(path).casefold()
    near = sorted(p for p in paths if posixpath.basename(p).casefold() == name)
    advice = f"Peut-être {near[0]} ?" if near else "Corrigez le chemin ou ajoutez le fichier."
    return f"Le fichier « {path[:80]} » n'existe pas à cette révision. {advice}"


def _labels(document: LintedDocument) -> Iterator[Finding]:
    """One finding a line and rule: a cell often repeats the same accident."""
    found_on: dict[tuple[int, str], list[str]] = {}
    for link in links_of(document):
        defect = None if link.image else label_defect(link.label, link.target, link.after)
        if defect is not None:
            found_on.setdefault((link.line, defect.rule), []).append(defect.message)
    for (line, rule), messages in found_on.items():
        yield found(rule, document, line, " ".join(dict.fromkeys(messages)))


@cache
def _known_norms() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    """(name, how a label names it, how an address does) of norms.toml."""
    content = tomllib.loads((files("ingest.lint") / "norms.toml").read_text(encoding="utf-8"))
    return tuple(
        (norm["name"], re.compile(norm["label"]), re.compile(norm["address"], re.IGNORECASE))
        for norm in content["norm"]
    )


def _norms(document: LintedDocument) -> Iterator[Finding]:
    """A row or a line whose words name norms and whose address leads to a norm that they do not name."""
    for number, line in enumerate(document.prose_lines, 1):
        if "://" not in line:
            continue
        named = " ".join(words(_ADDRESS.sub(" ", line)))
        labels = {name for name, label, _ in _known_norms() if label.search(named)}
        for address in dict.fromkeys(_ADDRESS.findall(line)):
            led = {name for name, _, pattern in _known_norms() if pattern.search(address)}
            if labels and led and not labels & led:
                message = (
                    f"L'intitulé nomme {', '.join(sorted(labels))}, mais l'adresse mène à {', '.join(sorted(led))}. "
                    "Corrigez l'intitulé ou l'adresse."
                )
                yield found("libelle-norme", document, number, message)


def _escaped(document: LintedDocument) -> Iterator[Finding]:
    """One finding a document: the accident comes from a converter and touches many lines at once."""
    numbers = [n for n, line in enumerate(document.prose_lines, 1) if _ESCAPED.search(line)]
    if numbers:
        shown = ", ".join(map(str, numbers))
        message = (
            f"Adresses écrites avec un échappement (\\: ou &#x3A;), donc pas cliquables : lignes {shown}. "
            "Écrivez-les entre chevrons : <https://…>."
        )
        yield found("adresse-echappee", document, numbers[0], message)
