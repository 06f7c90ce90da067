"""The `cct` command. Results on standard output; progress and messages, in French, on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest.errors import CctError
from ui.bank_commands import app as bank_app

if TYPE_CHECKING:
    from assistant.answering import Assistant
    from ingest.corpus import Corpus, CorpusRevision

app = typer.Typer(
    name="cct",
    help="Assistant CCT : réponses citées et vérifiées sur les Cadres de Cohérence Technique.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
export_app = typer.Typer(help="Exporte ce que contiennent les documents.", no_args_is_help=True)
app.add_typer(export_app, name="export")
app.add_typer(bank_app, name="bank")

Revisions = Annotated[
    list[str] | None, typer.Option("--revision", metavar="SOURCE=RÉV", help="Empreinte de commit ou date AAAA-MM-JJ.")
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON sur la sortie standard.")]
OneSource = Annotated[str | None, typer.Option("--source", help="mirai, pi, …")]


def main() -> None:
    """Runs the command; a CctError is a message and its exit code, never a traceback."""
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    for plugin in entry_points(group="cct.commands"):
        app.add_typer(plugin.load(), name=plugin.name)
    try:
        app()
    except CctError as exc:
        say(f"Erreur : {exc.message}")
        if exc.remedy:
            say(f"→ {exc.remedy}")
        sys.exit(exc.exit_code)
    except KeyboardInterrupt:
        say("Interrompu.")
        sys.exit(130)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123  # keeps the interpreter's last flush quiet
        sys.exit(0)


@app.command()
def sync(
    sources: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]...")] = None,
    origins: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="SOURCE=URL_OU_CHEMIN", help="Remplace l'adresse d'une source."),
    ] = None,
    optional: Annotated[
        bool, typer.Option("--optional", help="Sans réseau : le dit et réussit, l'édition de démonstration servira.")
    ] = False,
) -> None:
    """Clone ou met à jour les dépôts officiels dans le dossier de données."""
    corpus = _corpus()
    origin_of = dict(_pairs(origins, "--from"))
    wanted = list(sources or []) + [s for s in origin_of if s not in (sources or [])]
    chosen = [corpus.manifest.get(s) for s in wanted] if wanted else list(corpus.manifest.source)
    for source in chosen:
        repository = corpus.repository(source)
        try:
            revision = repository.synchronise(origin_of.get(source.id), corpus.settings.sync_timeout)
        except CctError as exc:
            if not optional:
                raise
            say(f"{source.id} : non synchronisé. {exc.message}")
            continue
        say(f"{source.id} : {revision.commit[:7]} du {revision.date} ({revision.subject})")


@app.command()
def ingest(
    revision: Revisions = None,
    all_revisions: Annotated[bool, typer.Option("--all-revisions", help="Indexe tout l'historique.")] = False,
) -> None:
    """Lit les documents et construit l'index ; la révision demandée devient celle qui répond."""
    corpus = _corpus()
    served = {r.source.id: r for r in corpus.newest()}
    for source, wanted in _pairs(revision, "--revision"):
        served[source] = corpus.revision(source, wanted)
    others: list[CorpusRevision] = []
    if all_revisions:
        for found in served.values():
            others += _readable(corpus, corpus.history(found.source.id)) if found.official else []
    _build(corpus, list(served.values()), others)


@app.command()
def ask(
    question: Annotated[list[str] | None, typer.Argument(metavar="[QUESTION]...")] = None,
    as_json: AsJson = False,
    batch: Annotated[
        str | None,
        typer.Option("--batch", metavar="FICHIER.jsonl", help="Une question par ligne ; - pour l'entrée standard."),
    ] = None,
    revision: Revisions = None,
    source: OneSource = None,
) -> None:
    """Répond à une question, avec ses citations."""
    from assistant.answer import Question
    from ui.terminal import print_answer

    if batch is None and not question:
        raise typer.BadParameter("donnez une question, ou --batch FICHIER.jsonl")
    assistant, revisions = _assistant(revision)
    sources = (source,) if source else ()
    if batch is not None:
        for number, item in _batch_lines(batch):
            text, identifier = str(item.get("question", "")), str(item.get("id", number))
            answer = assistant.answer(Question(text, id=identifier, sources=sources, revisions=revisions))
            print(json.dumps(answer.to_json(), ensure_ascii=False), flush=True)
        return
    answer = assistant.answer(Question(" ".join(question or []), sources=sources, revisions=revisions))
    if as_json:
        print(json.dumps(answer.to_json(), ensure_ascii=False))
    else:
        print_answer(answer)
    if answer.status == "error":
        raise typer.Exit(2)


@app.command()
def show(
    identifier: Annotated[str, typer.Argument(metavar="ID")],
    source: OneSource = None,
    revision: Revisions = None,
    as_json: AsJson = False,
) -> None:
    """Montre une exigence, un composant ou un terme, à chaque endroit où il est écrit."""
    from ui.records_view import find_records, print_records

    corpus = _corpus()
    records = find_records(corpus, _selected(corpus, source, revision), identifier)
    if as_json:
        print(json.dumps([r.to_json() for r in records], ensure_ascii=False))
    else:
        print_records(records)
    if not records:
        say(f"{identifier!r} n'existe dans aucune des révisions lues.")
        raise typer.Exit(3)


@export_app.command("records")
def export_records(
    source: Annotated[str, typer.Option("--source", help="mirai, pi, …")],
    revision: Revisions = None,
    as_json: AsJson = False,
) -> None:
    """Toutes les exigences d'une source, dans l'ordre du document."""
    from ui.records_view import print_records, requirement_records

    corpus = _corpus()
    records = [r for found in _selected(corpus, source, revision) for r in requirement_records(corpus, found)]
    if as_json:
        keys = ("id", "occurrence", "type", "text", "category", "document", "line")
        rows = [{key: record.to_json()[key] for key in keys} for record in records]
        print(json.dumps(rows, ensure_ascii=False))
    else:
        print_records(records)


@app.command()
def serve(
    host: Annotated[str, typer.Option("--host")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 7860,
) -> None:
    """Sert la conversation web et l'API HTTP."""
    from ui.server import serve as serve_web

    assistant, _ = _assistant(None)
    serve_web(lambda: assistant, host, port)


def say(message: str) -> None:
    """A message for the person at the terminal, on standard error."""
    print(message, file=sys.stderr, flush=True)


def _corpus() -> Corpus:
    from pydantic import ValidationError

    from ingest.corpus import Corpus
    from ingest.settings import IngestSettings

    try:
        settings = IngestSettings()
    except ValidationError as exc:
        first = exc.errors()[0]
        name = "CCT_" + "_".join(str(part).upper() for part in first["loc"])
        raise CctError(
            f"Réglage {name} refusé : {first['msg']}.", "Les réglages sont décrits dans .env.example."
        ) from exc
    return Corpus(settings)


def _assistant(revision: list[str] | None) -> tuple[Assistant, dict[str, str]]:
    """The assistant over a live index, built first when there is none or a named revision is not in it."""
    from assistant.answering import Assistant
    from assistant.assembly import make_library
    from assistant.ranking import packaged_parameters
    from ingest.build_index import live_generation

    corpus = _corpus()
    if live_generation(corpus.settings.index_folder) is None:
        say("Aucun index : construction en cours (une seule fois).")
        _build(corpus, corpus.newest(), [])
    library = make_library(corpus.settings)
    chosen = {source: corpus.revision(source, wanted) for source, wanted in _pairs(revision, "--revision")}
    if chosen:
        indexed = library.indexed()
        known = {(r.source, r.commit) for r in indexed}
        missing = [r for r in chosen.values() if (r.source.id, r.commit) not in known]
        if missing:
            served = [corpus.revision(r.source, r.commit) for r in indexed if r.served and r.official]
            _build(corpus, served or corpus.newest(), missing)
    revisions = {source: found.commit for source, found in chosen.items()}
    return Assistant(library, packaged_parameters()), revisions


def _build(corpus: Corpus, served: list[CorpusRevision], others: list[CorpusRevision]) -> None:
    from assistant.assembly import make_configured_embedder
    from assistant.settings import AssistantSettings
    from ingest.build_index import build_index
    from ui.terminal import progress_bar

    embedder = make_configured_embedder(corpus.settings, AssistantSettings())
    with progress_bar() as progress:
        report = build_index(corpus, embedder, served, others, progress)
    for source, path in report.missing_documents:
        say(f"Attention : {source} n'a pas de {path} à cette révision.")
    for source, path, row in report.unreadable:
        say(f"Attention : {source}, {path}, ligne {row.line} : {row.reason} ({row.extract}).")
    for found in report.revisions:
        name = (
            f"révision {found.commit[:7]} du {found.date}"
            if found.official
            else "édition de démonstration, non officielle"
        )
        say(f"{found.source} : {name}")
    say(
        f"{report.passages} passages, {report.embedded} vecteurs calculés en {report.seconds:.1f} s. L'index est en service."
    )


def _readable(corpus: Corpus, history: list[CorpusRevision]) -> list[CorpusRevision]:
    """The revisions that have at least one declared document that can be read."""
    kept = []
    for revision in history:
        try:
            corpus.documents(revision)
        except CctError as exc:
            say(f"Révision {revision.commit[:7]} laissée de côté : {exc.message}")
            continue
        kept.append(revision)
    return kept


def _selected(corpus: Corpus, source: str | None, revision: list[str] | None) -> list[CorpusRevision]:
    wanted = dict(_pairs(revision, "--revision"))
    if source is not None:
        if source in wanted:
            return [corpus.revision(source, wanted[source])]
        return [corpus.current(source)]
    current = {r.source.id: r for r in corpus.newest()}
    current.update({s: corpus.revision(s, rev) for s, rev in wanted.items()})
    return list(current.values())


def _pairs(values: list[str] | None, option: str) -> Iterator[tuple[str, str]]:
    for value in values or []:
        name, sign, rest = value.partition("=")
        if not (name and sign and rest):
            raise CctError(
                f"{option} {value!r} n'est pas compris.",
                f"Écrivez {option} SOURCE=VALEUR, par exemple mirai=2026-02-27.",
            )
        yield name, rest


def _batch_lines(path: str) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        stream = sys.stdin if path == "-" else Path(path).open(encoding="utf-8")  # noqa: SIM115  # read to its end below
    except OSError as exc:
        raise CctError(
            f"Fichier illisible : {path} ({exc.strerror}).", "Vérifiez le chemin donné à --batch."
        ) from exc
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except json.JSONDecodeError as exc:
            raise CctError(
                f"{path}, ligne {number} : JSON invalide ({exc.msg}).", 'Une ligne est {"id": …, "question": …}.'
            ) from exc
        if not isinstance(item, dict) or "question" not in item:
            raise CctError(
                f"{path}, ligne {number} : pas de « question ».", 'Une ligne est {"id": …, "question": …}.'
            )
        yield number, item
