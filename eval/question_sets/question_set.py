"""Evaluation questions: files in `eval/questions/*.yaml`, checked when they are read."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from eval.question_sets.question_fields import EvidenceRef, Fact, Forbidden, Kind, Listing, Reason, State, Validity
from ingest.errors import CctError

QUESTIONS = Path(__file__).parents[1] / "questions"
REFERENCE = "reference"
"""What a run asks when no set is named: enough of each kind to conclude, few enough to end within two minutes."""
_GROUPS = {
    REFERENCE: ("developpement-d", "developpement-k", "developpement-l"),
    "tous": None,
}
"""Names that stand for several sets; None: every set that is not kept aside."""


class QuestionSetError(CctError):
    """A file of evaluation questions cannot be used."""


class EvalQuestion(BaseModel):
    """One question with what a right answer cites; the identifier never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    question: str = Field(min_length=1)
    kind: Kind
    reason: Reason | None = None
    style: str = "ordinaire"
    evidence: tuple[EvidenceRef, ...] = ()
    acceptable: tuple[EvidenceRef, ...] = ()
    excluded: tuple[EvidenceRef, ...] = ()
    """Passages that a right answer does not cite."""
    origin: str = ""
    state: State = "valid"
    variants: tuple[str, ...] = ()
    """The same question in other words: asked too, counted with it as one cluster."""
    source: str = ""
    """The source it is asked of; empty: all of them."""
    listing: Listing | None = None
    """In the place of `evidence`, for a question whose answer is a whole list."""
    facts: tuple[Fact, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()
    expected: str = ""
    """A reference answer in our own words, for judged metrics."""
    valid: Validity = Validity()
    reviewed_by: str = ""
    reviewed_on: datetime.date | None = None
    tags: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _evidence_fits_the_kind(self) -> EvalQuestion:
        if self.must_answer != bool(self.evidence or self.listing):
            raise ValueError("evidence est attendu pour answerable et look_alike, et pour eux seuls")
        return self

    @property
    def must_answer(self) -> bool:
        """True when the documents answer it."""
        return self.kind in {"answerable", "look_alike"}

    @property
    def digest(self) -> str:
        """16 hexadecimal digits of all that judging the question depends on."""
        judged = self.model_dump_json(exclude={"origin", "state", "reviewed_by", "reviewed_on", "tags", "style"})
        return hashlib.sha256(judged.encode()).hexdigest()[:16]


def load_questions(*names: str) -> list[EvalQuestion]:
    """The questions of the named sets (file names without .yaml, or paths), or of all, in order; no retired one.

    Raises QuestionSetError with the file and question.
    """
    questions: list[EvalQuestion] = []
    seen: set[str] = set()
    for path in set_files(names):
        for question in read_set(path):
            if question.id in seen:
                raise QuestionSetError(f"{path.name} : la question {question.id} existe déjà.", "Changez son id.")
            seen.add(question.id)
            if question.state != "retired":
                questions.append(question)
    return questions


def is_kept_aside(name: str) -> bool:
    """True for a set that judges and is not read: its questions are counted, never shown one by one."""
    return name.startswith("gardees-")


def set_files(names: Sequence[str] = ()) -> list[Path]:
    """The files of the named sets and groups ("reference", "tous"), each once; of all the sets when none is named.

    A name that ends with .yaml is a path. A set that is kept aside has to be named itself.
    """
    if not names:
        return sorted(QUESTIONS.glob("*.yaml"))
    return list(dict.fromkeys(path for name in names for path in _files(name)))


def _files(name: str) -> list[Path]:
    if name.endswith((".yaml", ".yml")):
        return [Path(name)]
    if name not in _GROUPS:
        return [QUESTIONS / f"{name}.yaml"]
    members = _GROUPS[name]
    if members is None:
        return sorted(path for path in QUESTIONS.glob("*.yaml") if not is_kept_aside(path.stem))
    return [QUESTIONS / f"{member}.yaml" for member in members]


def written(questions: Sequence[EvalQuestion]) -> str:
    """Questions as their YAML file writes them, defaults left out."""
    plain = [q.model_dump(mode="json", exclude_defaults=True, exclude_none=True) for q in questions]
    for item, question in zip(plain, questions, strict=True):
        item["state"] = question.state
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=10_000)


def read_set(path: Path) -> list[EvalQuestion]:
    """Every question of one file, retired ones too. Raises QuestionSetError."""
    try:
        items = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except OSError as exc:
        known = ", ".join(sorted(p.stem for p in QUESTIONS.glob("*.yaml")))
        raise QuestionSetError(
            f"Jeu de questions introuvable : {path.name}.", f"Jeux présents : {known} ; ou {', '.join(_GROUPS)}."
        ) from exc
    except UnicodeDecodeError as exc:
        raise QuestionSetError(f"{path.name} n'est pas de l'UTF-8.", "Réenregistrez le fichier en UTF-8.") from exc
    except yaml.YAMLError as exc:
        raise QuestionSetError(f"{path.name} n'est pas du YAML valide : {exc}.", "Corrigez le fichier.") from exc
    if items is not None and not isinstance(items, list):
        raise QuestionSetError(f"{path.name} n'est pas une liste de questions.", "Écrivez « - id: … » par question.")
    questions = []
    for n, item in enumerate(items or [], 1):
        try:
            questions.append(EvalQuestion.model_validate(item))
        except ValidationError as exc:
            first = exc.errors()[0]
            name = item.get("id", f"n° {n}") if isinstance(item, dict) else f"n° {n}"
            raise QuestionSetError(
                f"{path.name}, question {name} : {first['msg']} ({'.'.join(map(str, first['loc']))}).",
                "Corrigez la question.",
            ) from exc
    return questions
