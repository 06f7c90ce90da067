"""The description of an application, read into statements: a README, a paragraph, or answers to eight questions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.errors import QuestionError
from assistant.search.french_text import without_accents
from ingest.reading.sentences import split_sentences

LONGEST_DESCRIPTION = 200_000
_FENCE = re.compile(r"^\s*(```|~~~)")
_HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*$")
_RULE = re.compile(r"^[\s|:+=*_-]+$")
_MARK = re.compile(r"^\s*(?:>\s*)*(?:[-*+•]\s+|\d+[.)]\s+)?(?:\[[ xX]\]\s+)?")
_OUT_OF_SCOPE = re.compile(
    r"(hors (du )?(perimetre|champ|sujet)|non[- ]objectifs?|exclu\w*|ce qu\w+ .{0,30}ne .{0,20}pas|limites?$|"
    r"out of scope)"
)
_PLANNED = re.compile(
    r"(a venir|feuille de route|roadmap|evolutions?( prevues| envisagees)?$|plus tard|"
    r"prochaines? (versions?|etapes?)|perspectives)"
)
_PLANNED_WORDS = re.compile(
    r"\b(a terme|plus tard|pas encore|ulterieure?ment|"
    r"dans une (seconde|deuxieme|prochaine|future) (version|phase|etape)|"
    r"envisag(e|ee|es|ees|eons|eable)|a l.etude|prochaine version|en v2)\b"
)
_NO = re.compile(
    r"^(non|aucune?s?|personne|rien|pas|neant|sans objet|n/?a)\b[\s.!]*$|^(non|aucune?s?|personne|rien)[,. ]"
)


@dataclass(frozen=True, slots=True)
class Question:
    """One of the questions that describe an application, and the traits that its answer tells of."""

    key: str
    label: str
    traits: tuple[str, ...] = ()


QUESTIONS: tuple[Question, ...] = (
    Question("objet", "Que fait l'application, et pour qui ?"),
    Question("utilisateurs", "Qui s'y connecte : agents, citoyens, personne ?", ("connexion", "interface", "mobile")),
    Question("exposition", "D'où l'atteint-on : internet, réseau interne ?", ("internet",)),
    Question("ia", "Emploie-t-elle de l'IA : services MirAI, modèle propre, GPU ?", ("ia", "modele-propre", "gpu")),
    Question(
        "donnees",
        "Quelles données conserve-t-elle : personnelles, métier, fichiers, aucune ?",
        ("donnees-personnelles", "persistance", "metier", "fichiers"),
    ),
    Question(
        "echanges", "Avec quoi échange-t-elle : API exposée, services appelés ?", ("api", "echanges", "asynchrone")
    ),
    Question(
        "traitements", "Que fait-elle des données : saisie, lots de nuit, lecture seule ?", ("ecriture", "lots")
    ),
    Question("disponibilite", "Y a-t-il des heures critiques, une durée d'interruption admise ?", ("disponibilite",)),
)
"""The eight questions, in the order they are asked."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of the description, verbatim but for its list mark, with its line, 1-based."""

    text: str
    line: int
    denied: bool = False
    """It stands under a heading such as « Hors périmètre »."""
    planned: bool = False
    """It is about later, by its words or its heading."""
    denies: tuple[str, ...] = ()
    """Traits that a « non » to a question excludes."""


@dataclass(frozen=True, slots=True)
class Description:
    """Everything that is said of an application."""

    text: str
    statements: tuple[Statement, ...]


def read_description(text: str) -> Description:
    """The statements of a text or of a Markdown document, code blocks left out.

    Raises QuestionError when there is nothing to read, or more than 200,000 characters.
    """
    _check(text)
    reader = _Reader()
    for number, raw in enumerate(text.splitlines(), 1):
        reader.take(raw, number)
    reader.close()
    return Description(text, tuple(s for s in reader.statements if any(c.isalnum() for c in s.text)))


def read_answers(answers: Mapping[str, str]) -> Description:
    """The statements of answers to the eight questions, by their keys.

    Raises QuestionError for a key that is no question's, and when every answer is empty.
    """
    known = {question.key: question for question in QUESTIONS}
    for key in answers:
        if key not in known:
            raise QuestionError(f"Question inconnue : « {key} ».", f"Les questions sont : {', '.join(known)}.")
    statements: list[Statement] = []
    lines: list[str] = []
    for question in QUESTIONS:
        answer = " ".join(str(answers.get(question.key, "")).split())
        if not answer:
            continue
        lines.append(f"{question.label} {answer}")
        if _NO.match(without_accents(answer)):
            statements.append(Statement(lines[-1], len(lines), denies=question.traits))
        else:
            for sentence in split_sentences(answer):
                later = bool(_PLANNED_WORDS.search(without_accents(sentence)))
                statements.append(Statement(sentence, len(lines), planned=later))
    text = "\n".join(lines)
    _check(text)
    return Description(text, tuple(statements))


def _check(text: str) -> None:
    if not any(c.isalnum() for c in text):
        raise QuestionError("La description est vide.", "Décrivez l'application en quelques phrases.")
    if len(text) > LONGEST_DESCRIPTION:
        raise QuestionError(
            f"La description fait {len(text)} caractères, la limite est de {LONGEST_DESCRIPTION}.",
            "Gardez ce qui décrit l'application : usages, données, échanges, exposition.",
        )


def _content(raw: str) -> str:
    """A line without its list mark, its quotation marks, and the bars of a table."""
    inside = _MARK.sub("", raw, count=1).strip()
    if inside.startswith("|"):
        inside = " : ".join(cell.strip() for cell in inside.strip("|").split("|") if cell.strip())
    return " ".join(inside.replace("**", "").replace("__", "").split())


def _line_of(sentence: str, paragraph: list[tuple[str, int]]) -> int:
    """The line where a sentence of a paragraph begins."""
    beginning = sentence[:25]
    return next((number for part, number in paragraph if beginning[: len(part)] in part), paragraph[0][1])


class _Reader:
    """The statements of a document as its lines come."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self._paragraph: list[tuple[str, int]] = []
        self._in_code = False
        self._denied = self._planned = False
        self._level = 0
        """Level of the heading that said what follows is denied or planned."""

    def take(self, raw: str, number: int) -> None:
        if _FENCE.match(raw):
            self.close()
            self._in_code = not self._in_code
            return
        heading = None if self._in_code else _HEADING.match(raw)
        if heading:
            self._take_heading(len(heading[1]), heading[2], number)
            return
        content = _content(raw)
        if self._in_code or not content or _RULE.match(raw):
            self.close()
            return
        mark = _MARK.match(raw)
        if "|" in raw or (mark and mark[0].strip()):
            self.close()
        self._paragraph.append((content, number))

    def _take_heading(self, level: int, title: str, number: int) -> None:
        self.close()
        plain = without_accents(title)
        denied, planned = bool(_OUT_OF_SCOPE.search(plain)), bool(_PLANNED.search(plain))
        if denied or planned or level <= self._level:
            self._denied, self._planned, self._level = denied, planned, level
        if level == 1:  # the title says what it is; the others only announce what follows
            self.statements.append(Statement(title, number))

    def close(self) -> None:
        """Ends the paragraph: its sentences become statements."""
        joined = " ".join(part for part, _ in self._paragraph)
        for sentence in split_sentences(joined):
            later = self._planned or bool(_PLANNED_WORDS.search(without_accents(sentence)))
            line = _line_of(sentence, self._paragraph)
            self.statements.append(Statement(sentence, line, self._denied, later))
        self._paragraph.clear()
