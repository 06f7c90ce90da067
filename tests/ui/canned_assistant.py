"""A double of the assistant: canned answers chosen by a word of the question, and what was asked of it."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.answer import Answer, Citation, Notice, Place, Question, UsedRevision
from assistant.composing.surroundings import Namesake, Surroundings
from assistant.work_in_hand import WorkInHand
from ingest.errors import IndexMissing
from ingest.sources.freshness import Stale

COMMIT = "0123abcd" * 5
XSS = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
LINK = "[piège](javascript:window.hacked=1)"

ARCHITECTURE = (
    "EXI-ARCH-12\nP\nDisponibilité d'une sonde de santé\n"
    "Chaque composant expose une adresse /health qui décrit son état. L'état est rendu au format "
    "application/problem+json en cas d'erreur ; la sonde ne demande **aucune** authentification.\n"
    "Les mesures sont publiées sur /metrics."
)
REVERSIBILITY = "EXI-G-4\nI\nÉco-conception\nLe projet respecte le guide d'éco-conception des services numériques."


def place(
    source: str = "pi", record: str | None = "EXI-ARCH-12", line: int = 50, commit: str | None = COMMIT
) -> Place:
    """A requirement of the canned documents."""
    repository = {"pi": "cloud-pi-native/cct-cloud-native"}.get(source, "IA-Generative/CCT-IA-socle-mirai")
    document = "cct-exigences.md" if source == "pi" else "exigences-cct-mirai.md"
    url = f"https://github.com/{repository}/blob/{commit}/{document}?plain=1#L{line}" if commit else None
    priority = "P" if record == "EXI-ARCH-12" else "I"
    return Place(source, document, "requirement", record, 1, priority, line, line, commit, url)


HEALTH = Citation(
    1,
    place(),
    "Disponibilité d’une sonde de santé",
    "Chaque composant expose une adresse /health qui décrit son état. [...] la sonde ne demande aucune "
    "authentification.",
    verified=True,
    also=(place("mirai", "EXI-ARCH-9", 39),),
)
GREEN = Citation(
    2,
    place("mirai", "EXI-G-4", 25),
    "Éco-conception",
    "Le projet respecte le guide d'éco-conception des services numériques.",
    verified=False,
)
HOSTILE = Citation(1, place("mirai", "EXI-G-4", 66), XSS, f"Texte {XSS} {LINK}", verified=True)
CONFLICT = Notice(
    "cross_source_conflict",
    "Les deux documents portent EXI-G-4 avec un niveau différent : P pour CCT Cloud Pi Native, I pour CCT MirAI.",
)


class CannedAssistant:
    """Answers at once, always the same; `asked` holds every question it was given."""

    def __init__(
        self, official: bool = True, checks: Mapping[str, str] | None = None, behind: tuple[Stale, ...] = ()
    ) -> None:
        self.official = official
        self.behind = behind
        self.checks = checks or {"index": "UP", "modele": "UP"}
        self.asked: list[Question] = []
        self.in_hand = WorkInHand()

    def answer(self, question: Question) -> Answer:
        """The canned answer for the question's words."""
        self.asked.append(question)
        text = question.text.lower()
        if "index" in text:
            raise IndexMissing("Aucun index n'est prêt.", "Lancez : cct sync, puis cct ingest.")
        if "panne" in text:
            raise RuntimeError("secret detail of the failure")
        revisions = self.revisions()
        if "girafe" in text:
            sentence = "Je n'ai pas trouvé de réponse dans les documents indexés."
            return Answer(question.text, "abstained", sentence, revisions=revisions)
        if "erreur" in text:
            error = ("llm_unreachable", "Le modèle de langage ne répond pas.")
            return Answer(question.text, "error", "", revisions=revisions, error=error)
        if "piège" in text:
            hostile = f"Voici {XSS} et {LINK} ![x](https://evil.example/x.png) [1]"
            return Answer(question.text, "answered", hostile, revisions=revisions, citations=(HOSTILE,))
        return _cited(question, revisions)

    def revisions(self) -> tuple[UsedRevision, ...]:
        """Two sources; the demonstration edition unless official."""
        commit = COMMIT if self.official else None
        return (
            UsedRevision("mirai", commit, "2026-02-27", self.official),
            UsedRevision("pi", commit, "2025-04-06", self.official),
        )

    def indexed_revisions(self) -> tuple[UsedRevision, ...]:
        """The served ones, and an older one of Pi where official."""
        older = (UsedRevision("pi", "4567cdef" * 5, "2024-05-26", True),) if self.official else ()
        return (*self.revisions(), *older)

    def examples(self) -> tuple[str, ...]:
        """Three suggestions."""
        return (
            "Que demande EXI-ARCH-12 ?",
            "L'éco-conception est-elle obligatoire ?",
            "Qu'est-ce qu'une sonde de santé ?",
        )

    def source_titles(self) -> Mapping[str, str]:
        """The two real titles."""
        return {"mirai": "CCT MirAI", "pi": "CCT Cloud Pi Native"}

    def passage_text(self, place: Place) -> str:
        """The canned passage of that line."""
        if place.line_start == 66:
            return f"EXI-G-4\nTexte {XSS} {LINK} fin du texte."
        return ARCHITECTURE if place.source == "pi" else REVERSIBILITY

    def surroundings(self, place: Place) -> Surroundings:
        """A neighbour on each side of EXI-ARCH-12; EXI-G-4 stands in both sources."""
        if place.id == "EXI-G-4":
            return Surroundings(namesakes=(Namesake(_place("pi", "EXI-G-4", 16), same_text=False),))
        return Surroundings(before=_place("pi", "EXI-ARCH-11", 49), after=_place("pi", "EXI-ARCH-13", 51))

    def stale(self) -> tuple[Stale, ...]:
        """As given at creation."""
        return self.behind

    def health(self) -> Mapping[str, str]:
        """As given at creation."""
        return self.checks


_place = place


def _cited(question: Question, revisions: tuple[UsedRevision, ...]) -> Answer:
    text = (
        "**EXI-ARCH-12** (primordiale) demande une sonde de santé :\n\n"
        "> Chaque composant expose une adresse /health qui décrit son état. [...] la sonde ne demande "
        "aucune authentification. [1]\n\n"
        "Le document MirAI ajoute :\n\n"
        "> Le projet respecte le guide d'éco-conception des services numériques. [2]"
    )
    return Answer(
        question.text,
        "answered",
        text,
        revisions=revisions,
        citations=(HEALTH, GREEN),
        warnings=(CONFLICT,),
        suggestions=("Et pour CCT MirAI ?", "Que dit EXI-ARCH-13 ?"),
        timings_ms={"total": 12.5},
    )


class NoAssistant:
    """What stands in the assistant's place while nothing is indexed."""

    def __call__(self) -> CannedAssistant:
        """Always refuses."""
        raise IndexMissing("Aucun index n'est prêt.", "Lancez : cct sync, puis cct ingest.")
