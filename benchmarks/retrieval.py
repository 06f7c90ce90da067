"""Time a question, memory, and evidence found among the first: this project and the tutorial, same questions."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel

from benchmarks.data_folder import DataFolder, open_home, settings_of
from benchmarks.processes import run_process
from benchmarks.results import Measured, Table, median, number, slow
from eval.question_sets.question_set import EvalQuestion, load_questions
from eval.runs.evidence import EvidenceFinder
from ingest.passage import Lines
from ingest.question_bank import load_bank

SETS = ("developpement-d", "developpement-n")
RANKS = (1, 5, 10)

_NOTES = (
    "Trouvé : des lignes en commun avec une preuve ou un passage acceptable de la question, même règle pour "
    "tous. Elle favorise le tutoriel, dont un morceau de 1 000 signes couvre plusieurs lignes de tableau.",
    "Les poids de la recherche de ce projet sont ajustés sur ces deux jeux : ses chiffres sont ici ceux de "
    "l'apprentissage. Le tutoriel n'a aucun réglage. Le jeu gardé n'est pas lu ici.",
    "Le temps de ce projet comprend la réponse rédigée et ses citations vérifiées ; celui du tutoriel s'arrête aux "
    "cinq morceaux : il lui faut encore un modèle de langue pour répondre.",
    "Tutoriel : RecursiveCharacterTextSplitter 1000/200 sur le Markdown brut, même embedding, Chroma, 5 premiers "
    "(10 pour la dernière colonne, hors chronomètre). « Ses morceaux par leurs mots » : BM25 français sur les mêmes "
    "morceaux, sans embedding, pour situer ce que coûte l'embedding seul.",
    "Ce projet a une banque de questions liées à leurs passages et les mots des documents, que le tutoriel n'a pas ; "
    "la part de chacun dans l'écart n'est pas mesurée ici (voir « cct eval fit »).",
)

Document = tuple[str, str]
Evidence = dict[Document, list[Lines]]


class Answering(BaseModel):
    """What an answering process printed."""

    ready_seconds: float
    warm: float
    after: float
    highest: float
    answers: list[tuple[float, float, list[list[tuple[str, str, int, int]]]]]


def measure(folder: DataFolder) -> Measured:
    """Three processes, one after the other, over every question of the two development sets."""
    questions = load_questions(*SETS)
    evidence = _evidence(folder, questions)
    file = folder.root / "questions.json"
    file.write_text(json.dumps([q.question for q in questions], ensure_ascii=False), encoding="utf-8")
    ours = _answering("ours", folder.ready_home(), file, folder)
    tutorial = _answering("tutorial", _tutorial_home(folder), file, folder)
    words = _answering("tutorial-words", _tutorial_home(folder), file, folder)
    named = (("ce projet", ours), ("tutoriel", tutorial))
    judged = (*named, ("ses morceaux par leurs mots", words))
    ranks = {name: _ranks(found, evidence) for name, found in judged}
    return Measured(
        (
            Table(
                f"Preuve trouvée parmi les premiers ({sum(map(bool, evidence))} questions qui ont une réponse)",
                ("", *(f"dans les {r} premiers" if r > 1 else "en premier" for r in RANKS)),
                tuple((name, *(_share(ranks[name], r) for r in RANKS)) for name in ranks),
            ),
            _disagreements(ranks["ce projet"], ranks["tutoriel"]),
            Table(
                f"Temps par question, processus chaud ({len(questions)} questions)",
                ("", "médiane (ms)", "95e centile (ms)", "dont recherche, médiane (ms)", "prêt après (s)"),
                tuple(_times(name, found) for name, found in named),
            ),
            Table(
                "Mémoire résidente d'un processus qui répond, sans serveur web (Mo)",
                ("", "chaud", "après les questions", "au plus haut"),
                tuple((n, number(f.warm, 0), number(f.after, 0), number(f.highest, 0)) for n, f in named),
            ),
        ),
        notes=(*_NOTES, _shared_with_bank(folder, questions)),
    )


def _shared_with_bank(folder: DataFolder, questions: Sequence[EvalQuestion]) -> str:
    """How many of the questions that are judged stand word for word in the bank: they would be too easy."""
    bank = load_bank(open_home(folder.ready_home()).settings.corpus / "questions")
    known = {question.casefold() for question in bank.questions()}
    same = sum(q.must_answer and q.question.casefold() in known for q in questions)
    return f"Questions jugées qui figurent mot pour mot dans la banque de ce projet : {same}."


def _tutorial_home(folder: DataFolder) -> Path:
    home = folder.root / "tutoriel"
    if not (home / "tutorial").is_dir():
        home = folder.empty_home("tutoriel")
        run_process(
            [Path(sys.executable), "-m", "benchmarks.index_process", "tutorial"], settings_of(home), folder.root
        )
    return home


def _answering(system: str, home: Path, questions: Path, folder: DataFolder) -> Answering:
    command: list[str | Path] = [Path(sys.executable), "-m", "benchmarks.answer_process", system, questions]
    done = run_process(command, settings_of(home), folder.root)
    return Answering.model_validate_json(done.output.strip().splitlines()[-1])


def _evidence(folder: DataFolder, questions: Sequence[EvalQuestion]) -> list[Evidence]:
    """The lines that are right for each question, by document; empty when nothing answers it."""
    corpus = open_home(folder.ready_home())
    located = [item for revision in corpus.newest() for item in corpus.located(revision)]
    lines: dict[tuple[str, str, int], list[Lines]] = defaultdict(list)
    for item in located:
        lines[item.source, item.document, item.passage.lines.start].append(item.passage.lines)
    finder = EvidenceFinder(located, load_bank(corpus.settings.corpus / "questions"))
    found = []
    for question in questions:
        right: Evidence = defaultdict(list)
        for place in finder.gold(question).right if question.must_answer else ():
            right[place[:2]] += lines[place]
        found.append(right)
    return found


def _ranks(found: Answering, evidence: Sequence[Evidence]) -> list[int | None]:
    """For each question with evidence, the first rank (from 1) that shares lines with it."""
    ranks: list[int | None] = []
    for (_, _, places), right in zip(found.answers, evidence, strict=True):
        if right:
            ranks.append(next((n for n, spots in enumerate(places, 1) if _overlaps(spots, right)), None))
    return ranks


def _overlaps(spots: Sequence[tuple[str, str, int, int]], right: Evidence) -> bool:
    return any(
        Lines(start, end).overlaps(lines)
        for source, document, start, end in spots
        for lines in right.get((source, document), ())
    )


def _share(ranks: Sequence[int | None], most: int) -> str:
    found = sum(1 for rank in ranks if rank is not None and rank <= most)
    return f"{number(100 * found / len(ranks))} % ({found})"


def _disagreements(ours: Sequence[int | None], tutorial: Sequence[int | None]) -> Table:
    def only(left: Sequence[int | None], right: Sequence[int | None], most: int) -> str:
        pairs = zip(left, right, strict=True)
        return str(sum(1 for a, b in pairs if (a or 99) <= most < (b or 99)))

    return Table(
        "Questions que l'un trouve et l'autre non",
        ("", *(f"{r} premiers" if r > 1 else "premier" for r in RANKS)),
        (
            ("ce projet seul", *(only(ours, tutorial, r) for r in RANKS)),
            ("tutoriel seul", *(only(tutorial, ours, r) for r in RANKS)),
        ),
    )


def _times(name: str, found: Answering) -> tuple[str, ...]:
    totals = [answer[0] for answer in found.answers]
    searches = [answer[1] for answer in found.answers]
    return name, *(number(v) for v in (median(totals), slow(totals), median(searches), found.ready_seconds))
