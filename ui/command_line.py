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
from ui.commands.bank import app as bank_app
from ui.commands.checklist import app as checklist_app
from ui.commands.comments import comments
from ui.commands.feedback import app as feedback_app
from ui.commands.lint import lint
from ui.commands.mattermost import app as mattermost_app
from ui.commands.revisions import register as register_revision_commands
from ui.commands.storage import app as storage_app
from ui.commands.watch import watch
from ui.startup import (
    build,
    once,
    open_corpus,
    pairs,
    readable,
    ready_assistant,
    ready_consultation,
    say,
    say_revisions,
    selected,
)

if TYPE_CHECKING:
    from ingest.sources.corpus import CorpusRevision

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
app.add_typer(checklist_app, name="checklist")
app.add_typer(feedback_app, name="feedback")
app.add_typer(mattermost_app, name="mattermost")
app.add_typer(storage_app, name="storage")
register_revision_commands(app)
app.command()(lint)
app.command()(watch)
app.command()(comments)

Revisions = Annotated[
    list[str] | None, typer.Option("--revision", metavar="SOURCE=RÉV", help="Empreinte de commit ou date AAAA-MM-JJ.")
]
_BATCH_LINE = 'Une ligne est {"id": …, "question": …}.'
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
        typer.Option("--from", metavar="SOURCE=ADRESSE", help="Remplace l'adresse d'une source."),
    ] = None,
    optional: Annotated[
        bool, typer.Option("--optional", help="Sans réseau : le dit et réussit, l'édition de démonstration servira.")
    ] = False,
) -> None:
    """Clone ou met à jour les dépôts officiels dans le dossier de données."""
    corpus = open_corpus()
    origin_of = dict(pairs(origins, "--from"))
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
    corpus = open_corpus()
    served = {r.source.id: r for r in corpus.newest()}
    for source, wanted in pairs(revision, "--revision"):
        served[source] = corpus.revision(source, wanted)
    others: list[CorpusRevision] = []
    if all_revisions:
        for found in served.values():
            others += readable(corpus, corpus.history(found.source.id)) if found.official else []
    build(corpus, list(served.values()), others)


@app.command()
def ask(
    question: Annotated[list[str] | None, typer.Argument(metavar="[QUESTION]...")] = None,
    as_json: AsJson = False,
    batch: Annotated[
        str | None,
        typer.Option("--batch", metavar="FICHIER", help="JSONL, une question par ligne ; - : entrée standard."),
    ] = None,
    revision: Revisions = None,
    source: OneSource = None,
) -> None:
    """Répond à une question, avec ses citations."""
    from assistant.answer import Question
    from ui.commands.terminal import print_answer

    if batch is None and not question:
        raise typer.BadParameter("donnez une question, ou --batch FICHIER.jsonl")
    assistant, revisions = ready_assistant(revision)
    sources = (source,) if source else ()
    for name in sources:
        assistant.check_source(name)
    if batch is not None:
        for number, item in _batch_lines(batch):
            text, identifier = item["question"], str(item.get("id", number))
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
    from ui.commands.records_view import find_records, print_records

    corpus = open_corpus()
    revisions = selected(corpus, source, revision)
    records = find_records(corpus, revisions, identifier)
    if as_json:
        print(json.dumps([r.to_json() for r in records], ensure_ascii=False))
    else:
        print_records(records)
    say_revisions(revisions)
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
    from ui.commands.records_view import print_records, requirement_records

    corpus = open_corpus()
    revisions = selected(corpus, source, revision)
    records = [r for found in revisions for r in requirement_records(corpus, found)]
    say_revisions(revisions)
    if as_json:
        keys = ("id", "occurrence", "type", "text", "category", "document", "line")
        rows = [{key: record.to_json()[key] for key in keys} for record in records]
        print(json.dumps(rows, ensure_ascii=False))
    else:
        print_records(records)


@app.command()
def enrich(
    limit: Annotated[int, typer.Option("--limit", min=1, help="Nombre de passages au plus.")] = 20,
) -> None:
    """Fait proposer des questions, par le modèle configuré, pour les passages qui n'en ont pas."""
    from assistant.errors import ModelError
    from assistant.model.enrichment import passages_without_questions, propose
    from assistant.model.language_model import OpenAIModel
    from assistant.settings import AssistantSettings
    from ingest.question_bank import load_bank
    from ui.commands.proposals import Proposals

    model = OpenAIModel(AssistantSettings())
    corpus = open_corpus()
    located = [item for revision in corpus.newest() for item in corpus.located(revision)]
    proposals = Proposals(corpus.settings.home)
    waiting = {fingerprint for entry in proposals.waiting() for fingerprint in entry.fingerprints}
    fresh = passages_without_questions(load_bank(corpus.settings.corpus / "questions"), located)
    wanted = [item for item in fresh if item.passage.fingerprint not in waiting]
    done = 0
    for item in wanted[:limit]:
        try:
            proposals.add(propose(model, item))
            done += 1
        except ModelError as exc:
            say(f"{item.key} : {exc.message}")
    say(f"{done} proposition(s), {len(wanted) - done} passage(s) sans question. Relisez-les : « cct bank accept ».")


@app.command()
def serve(
    host: Annotated[str, typer.Option("--host")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 7860,
) -> None:
    """Sert la conversation web, l'API HTTP, et les portes des autres outils (/v1, /mcp)."""
    from ui.doors.door_settings import load_door_settings
    from ui.doors.sign_in_settings import load_sign_in_settings
    from ui.feedback.assembly import make_feedback
    from ui.pages.page_settings import load_page_settings
    from ui.server import serve as serve_web
    from ui.server import service_facts

    corpus, skin, (provider, site) = open_corpus(), load_page_settings().skin_dir, load_sign_in_settings()
    feedback = make_feedback(corpus.settings.home)
    facts = service_facts(provider, site, corpus)
    serve_web(ready_consultation, host, port, load_door_settings(), corpus, feedback, skin, (provider, site), facts)


@app.command()
def mcp() -> None:
    """Sert les outils MCP, en lecture seule, au programme qui lance cette commande (entrée et sortie standard)."""
    import anyio

    from ui.doors.mcp_server import serve_stdio
    from ui.http_api import program_version

    anyio.run(serve_stdio, once(ready_consultation), program_version())


def _batch_lines(path: str) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        content = sys.stdin.buffer if path == "-" else Path(path).open("rb")  # noqa: SIM115  # read to its end below
    except OSError as exc:
        raise CctError(f"Fichier illisible : {path} ({exc.strerror}).", "Vérifiez --batch.") from exc
    for number, raw in enumerate(content, 1):
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as exc:
            raise CctError(f"{path}, ligne {number} : ce n'est pas de l'UTF-8.", "Réenregistrez en UTF-8.") from exc
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except json.JSONDecodeError as exc:
            raise CctError(f"{path}, ligne {number} : JSON invalide ({exc.msg}).", _BATCH_LINE) from exc
        if not isinstance(item, dict) or not isinstance(item.get("question"), str):
            raise CctError(f"{path}, ligne {number} : pas de « question » en texte.", _BATCH_LINE)
        yield number, item
