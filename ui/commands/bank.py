"""`cct bank …`: the question bank against the documents, for whoever maintains it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.errors import CctError

if TYPE_CHECKING:
    from ingest.index.embedding import Purpose, Vectors
    from ingest.settings import IngestSettings

app = typer.Typer(help="Entretient la banque de questions.", no_args_is_help=True)


@app.command()
def check(as_json: Annotated[bool, typer.Option("--json", help="JSON sur la sortie standard.")] = False) -> None:
    """Liste les entrées dont le texte a changé (suspectes) ou qui n'ont plus de passage ; code 1 s'il y en a."""
    from ingest.question_bank import load_bank
    from ingest.settings import load_settings
    from ingest.sources.corpus import Corpus

    corpus = Corpus(load_settings())
    located = [item for revision in corpus.newest() for item in corpus.located(revision)]
    bindings = load_bank(corpus.settings.corpus / "questions").bind(located)
    doubtful = [b for b in bindings if b.state != "sound"]
    if as_json:
        rows = [
            {
                "id": b.entry.id,
                "state": b.state,
                "similarity": round(b.similarity, 2),
                "records": list(b.entry.records),
                "places": [f"{located[n].document}:{located[n].passage.lines.start}" for n in b.positions],
            }
            for b in doubtful
        ]
        print(json.dumps(rows, ensure_ascii=False))
    else:
        for b in doubtful:
            places = ", ".join(f"{located[n].document}:{located[n].passage.lines.start}" for n in b.positions)
            state = "suspecte" if b.state == "suspect" else "sans passage"
            print(f"{b.entry.id} : {state} ({b.similarity:.2f}) {', '.join(b.entry.records)} {places}".rstrip())
        print(f"{len(bindings)} entrées, {len(doubtful)} à relire.", file=sys.stderr)
    if doubtful:
        raise typer.Exit(1)


@app.command()
def accept(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Propositions à accepter.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Les accepte toutes, après les avoir relues.")] = False,
) -> None:
    """Fait entrer dans la banque des questions proposées par « cct enrich » ; sans argument, les montre."""
    from ingest.question_bank import dump_entry
    from ingest.settings import load_settings
    from ui.commands.proposals import Proposals

    settings = load_settings()
    proposals = Proposals(settings.home)
    waiting = proposals.waiting()
    if not ids and not everything:
        for entry in waiting:
            print(f"{entry.id} {', '.join(entry.records)}".rstrip())
            for question in entry.questions:
                print(f"  - {question}")
        print(f"{len(waiting)} proposition(s) en attente.", file=sys.stderr)
        return
    chosen = [e for e in waiting if everything or e.id in (ids or [])]
    unknown = set(ids or []) - {e.id for e in chosen}
    if unknown:
        raise CctError(f"Proposition inconnue : {', '.join(sorted(unknown))}.", "« cct bank accept » les montre.")
    target = settings.corpus / "questions" / "acceptees.jsonl"
    with target.open("a", encoding="utf-8") as stream:
        stream.writelines(
            f"{dump_entry(e.model_copy(update={'id': e.id.replace('proposee', 'acceptee')}))}\n" for e in chosen
        )
    proposals.keep([e for e in waiting if e not in chosen])
    print(f"{len(chosen)} entrée(s) dans {target.name} ; lancez « cct ingest ».", file=sys.stderr)


@app.command()
def vectors() -> None:
    """Recalcule les vecteurs fournis avec la banque et l'édition de démonstration (corpus/vectors)."""
    import numpy as np

    from assistant.assembly import make_configured_embedder
    from assistant.settings import AssistantSettings
    from ingest.index.build_index import embedded_texts
    from ingest.index.packaged_vectors import packaged_file, write_packaged
    from ingest.index.vector_store import vector_key
    from ingest.question_bank import load_bank
    from ingest.reading.prose import french_sentences
    from ingest.settings import load_settings
    from ingest.sources.corpus import Corpus

    purposes: tuple[Purpose, ...] = ("passage", "query")
    settings = load_settings(edition="demo")
    corpus = Corpus(settings)
    embedder = make_configured_embedder(settings, AssistantSettings())
    passages = [
        text
        for revision in corpus.newest()
        for document in corpus.documents(revision)
        for passage in corpus.read(revision, document, french_sentences).passages
        for text in embedded_texts(passage)
    ]
    wanted: dict[str, tuple[str, Purpose]] = {vector_key(t, "passage"): (t, "passage") for t in passages}
    questions = load_bank(settings.corpus / "questions").questions()
    wanted.update({vector_key(q, "query"): (q, "query") for q in questions})
    known = _known_vectors(settings, embedder.name, list(wanted))
    for purpose in purposes:
        new = sorted(
            (k for k, (_, p) in wanted.items() if p == purpose and k not in known), key=lambda k: len(wanted[k][0])
        )
        if new:
            known.update(zip(new, embedder.embed([wanted[k][0] for k in new], purpose), strict=True))
    path = packaged_file(settings.corpus, embedder.name)
    write_packaged(path, list(wanted), np.vstack([known[key] for key in wanted]))
    print(f"{len(wanted)} vecteurs dans {path.name}.", file=sys.stderr)


def _known_vectors(settings: IngestSettings, embedding: str, keys: list[str]) -> dict[str, Vectors]:
    """The vectors that the live index has already computed with this embedding."""
    from ingest.errors import IndexStateError
    from ingest.index.build_index import open_index

    try:
        registry, store = open_index(settings.index_folder, embedding)
    except IndexStateError:
        return {}
    registry.close()
    missing = set(store.missing(keys))
    known = [key for key in keys if key not in missing]
    return dict(zip(known, store.get(known), strict=True))
