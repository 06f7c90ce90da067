"""`cct feedback`: the votes that people gave, for whoever maintains the assistant."""

from __future__ import annotations

import datetime
import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.errors import CctError
from ui.startup import open_corpus, say
from ui.wording import percentage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ui.feedback.feedback import Feedback, Vote
    from ui.feedback.summary import Tally
    from ui.storage.database import Database

app = typer.Typer(help="Les avis donnés sur les réponses.", no_args_is_help=True)

Since = Annotated[str | None, typer.Option("--since", metavar="AAAA-MM-JJ", help="Changés depuis ce jour.")]
Negative = Annotated[bool, typer.Option("--negative", help="Les avis « pas utile » seulement.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FICHIER", help="Défaut : sortie standard.")]


@app.command("list")
def list_votes(
    since: Since = None,
    negative: Negative = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Les derniers, au plus.")] = 50,
) -> None:
    """Les avis, le plus récent en premier."""
    with _database() as database:
        votes = list(_votes(database, since, negative))[-limit:]
    for feedback in reversed(votes):
        _print(feedback)
    say(f"{len(votes)} avis.")
    if not votes:
        raise typer.Exit(3)


@app.command()
def export(
    output: Output = None,
    since: Since = None,
    negative: Negative = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV pour tableur ; défaut : JSONL.")] = False,
    no_text: Annotated[
        bool, typer.Option("--no-text", help="Sans rien de ce qui a été écrit : question, réponse, commentaire.")
    ] = False,
) -> None:
    """Exporte les avis en JSONL, un par ligne, que « cct feedback import » et « cct eval feedback » relisent."""
    from ui.feedback.exchange import csv_bytes, json_line, without_words

    with _database() as database:
        votes = [without_words(f) if no_text else f for f in _votes(database, since, negative)]
    content = csv_bytes(votes) if as_csv else "".join(f"{json_line(f)}\n" for f in votes).encode()
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    else:
        try:
            output.write_bytes(content)
        except OSError as exc:
            raise CctError(f"Écriture impossible : {output} ({exc.strerror}).", "Vérifiez --output.") from exc
    say(f"{len(votes)} avis exporté{'s' if len(votes) > 1 else ''}.")


@app.command("import")
def import_votes(
    file: Annotated[Path, typer.Argument(metavar="FICHIER.jsonl", help="Écrit par « cct feedback export ».")],
) -> None:
    """Reprend des avis exportés, d'une sauvegarde ou d'une autre base ; un avis plus récent sur place est gardé."""
    from ui.feedback.exchange import read_lines
    from ui.feedback.store import SqlFeedbackStore

    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as exc:
        raise CctError(f"Fichier illisible : {file}.", "Donnez un JSONL en UTF-8.") from exc
    votes = list(read_lines(lines, file.name))  # the whole file is right, or nothing is taken
    taken = 0
    with _database() as database:
        store = SqlFeedbackStore(database)
        for feedback in votes:
            present = store.get(feedback.answer.id, feedback.user)
            if present is None or present.changed_at < feedback.changed_at:
                store.put(feedback)
                taken += 1
    say(f"{taken} avis repris, {len(votes) - taken} déjà là.")


@app.command()
def stats(
    since: Since = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON sur la sortie standard.")] = False,
) -> None:
    """Compte les avis : par mois, par exigence citée, par révision, par raison ; et le temps gagné."""
    from ui.feedback import feedback_wording as wording
    from ui.feedback.summary import summary_of

    with _database() as database:
        summary = summary_of(_votes(database, since, False))
    if as_json:
        groups = {
            "by_month": summary.by_month,
            "by_requirement": summary.by_requirement,
            "by_revision": summary.by_revision,
            "by_channel": summary.by_channel,
            "by_model": summary.by_writer,
        }
        plain = {name: {k: _counts(t) for k, t in sorted(tallies.items())} for name, tallies in groups.items()}
        said = {"answers": sum(summary.minutes.values()), "minutes": summary.minutes_saved}
        totals = {"votes": _counts(summary.votes), "reasons": dict(summary.reasons), "time_saved": said}
        print(json.dumps({**totals, **plain}, ensure_ascii=False))
        return
    votes = summary.votes
    share = percentage(votes.share)
    print(f"{votes.total} avis : {votes.useful} utiles, {votes.not_useful} pas utiles ({share} utiles).")
    print(f"Temps gagné : {summary.minutes_saved} minutes, dites par {sum(summary.minutes.values())} avis.")
    for title, tallies in (("Par mois", summary.by_month), ("Par révision", summary.by_revision)):
        _print_tallies(title, sorted(tallies.items()))
    _print_tallies("Par exigence, les moins appréciées d'abord", summary.worst_requirements(20))
    if summary.reasons:
        print("\nRaisons")
        for reason, count in summary.reasons.most_common():
            print(f"{count:>6}  {wording.REASONS[reason]}")


@app.command()
def purge(
    before: Annotated[
        str | None,
        typer.Option("--before", metavar="AAAA-MM-JJ", help="Défaut : la durée de CCT_FEEDBACK_RETENTION_DAYS."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Sans demander confirmation.")] = False,
) -> None:
    """Efface pour de bon avis, commentaires et questions sans réponse d'avant un jour."""
    from ui.feedback.keeping import purge as forget
    from ui.feedback.settings import load_feedback_settings

    now = datetime.datetime.now(datetime.UTC)
    limit = _moment(before, "--before") if before else now - load_feedback_settings().retention
    if not yes and sys.stdin.isatty():
        typer.confirm(f"Effacer tout ce qui date d'avant le {limit:%d/%m/%Y} ?", abort=True)
    with _database() as database:
        gone = forget(database, limit)
    say(
        f"Effacés : {gone.votes} avis, {gone.comments} commentaire(s), {gone.unanswered} question(s) sans réponse, "
        f"d'avant le {limit:%d/%m/%Y}."
    )


@contextmanager
def _database() -> Iterator[Database]:
    from ui.storage.opening import open_storage
    from ui.storage.settings import load_storage_settings

    database = open_storage(load_storage_settings(), open_corpus().settings.home)
    try:
        yield database
    finally:
        database.close()


def _votes(database: Database, since: str | None, negative: bool) -> Iterator[Feedback]:
    from ui.feedback.store import SqlFeedbackStore

    vote: Vote | None = "not_useful" if negative else None
    return SqlFeedbackStore(database).all(_moment(since, "--since") if since else None, vote)


def _moment(day: str, option: str) -> datetime.datetime:
    """The beginning of a day, in UTC."""
    try:
        return datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(), datetime.UTC)
    except ValueError as exc:
        raise CctError(f"{option} {day!r} n'est pas une date.", f"Écrivez {option} AAAA-MM-JJ.") from exc


def _print(feedback: Feedback) -> None:
    from ui.feedback import feedback_wording as wording

    answer, ballot = feedback.answer, feedback.ballot
    reasons = f" ({', '.join(wording.REASONS[r] for r in ballot.reasons)})" if ballot.reasons else ""
    print(f"{feedback.changed_at:%d/%m/%Y %H:%M}  {wording.VOTES[ballot.vote]}{reasons}")
    print(f"  Question : {' '.join(answer.question.split())}")
    if ballot.comment:
        print(f"  Commentaire : {' '.join(ballot.comment.split())}")
    cited = ", ".join(answer.citations) or "rien"
    print(f"  Cités : {cited} — {', '.join(answer.revisions)} — {answer.model or 'extraits'}, {answer.channel}")


def _counts(tally: Tally) -> dict[str, int]:
    return {"useful": tally.useful, "not_useful": tally.not_useful}


def _print_tallies(title: str, tallies: list[tuple[str, Tally]]) -> None:
    if tallies:
        print(f"\n{title}\n utiles  pas utiles")
    for key, tally in tallies:
        print(f"{tally.useful:>7}  {tally.not_useful:>10}  {key}")
