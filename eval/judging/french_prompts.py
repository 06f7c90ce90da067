"""The judge's prompts, written in French by hand, with examples of the domain; ragas's own are English.

The texts of the examples are ours. `digest` goes into a run's fingerprint: another wording is another judge.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from eval.runs.fingerprinting import digest

_ANSWER = (
    "« Les journaux techniques sortent sur la sortie standard » [1]. C'est une exigence primordiale, qui vaut "
    "pour tous les conteneurs."
)
_CONTEXT = (
    "EXI-X-1 (P) : Les journaux techniques sortent sur la sortie standard. Ils sont conservés trente jours. "
    "Le format des messages est laissé au choix des équipes."
)
STATEMENTS: dict[str, Any] = {
    "instruction": (
        "Découpe la réponse en affirmations courtes qui se comprennent seules. Une affirmation ne contient aucun "
        "pronom sans son nom. Garde les nombres, les identifiants et le caractère obligatoire ou non. N'ajoute rien."
    ),
    "examples": [
        (
            {"question": "Où envoyer les journaux ?", "answer": _ANSWER},
            {
                "statements": [
                    "Les journaux techniques sortent sur la sortie standard.",
                    "La sortie des journaux techniques sur la sortie standard est une exigence primordiale.",
                    "Cette exigence vaut pour tous les conteneurs.",
                ]
            },
        )
    ],
}
VERDICTS: dict[str, Any] = {
    "instruction": (
        "Pour chaque affirmation, dans l'ordre, dis si le contexte suffit à l'établir : verdict 1 si oui, 0 sinon. "
        "Un nombre, une obligation ou une négation qui diffère donne 0. Rends une entrée par affirmation."
    ),
    "examples": [
        (
            {
                "context": _CONTEXT,
                "statements": [
                    "Les journaux techniques sortent sur la sortie standard.",
                    "Les journaux sont conservés quatre-vingt-dix jours.",
                    "Le format des messages est imposé.",
                ],
            },
            {
                "statements": [
                    {
                        "statement": "Les journaux techniques sortent sur la sortie standard.",
                        "reason": "Dit tel quel.",
                        "verdict": 1,
                    },
                    {
                        "statement": "Les journaux sont conservés quatre-vingt-dix jours.",
                        "reason": "Trente jours.",
                        "verdict": 0,
                    },
                    {"statement": "Le format des messages est imposé.", "reason": "Laissé au choix.", "verdict": 0},
                ]
            },
        )
    ],
}
CLAIMS: dict[str, Any] = {
    "instruction": STATEMENTS["instruction"],
    "examples": [({"response": _ANSWER}, {"claims": STATEMENTS["examples"][0][1]["statements"]})],
}
QUESTION: dict[str, Any] = {
    "instruction": (
        "Écris en français la question à laquelle cette réponse répond. noncommittal vaut 1 quand la réponse est "
        "évasive ou dit qu'elle ne sait pas, 0 quand elle apporte quelque chose."
    ),
    "examples": [
        ({"response": _ANSWER}, {"question": "Où doivent sortir les journaux techniques ?", "noncommittal": 0}),
        (
            {"response": "Le référentiel ne traite pas ce point."},
            {"question": "Que dit le référentiel sur ce point ?", "noncommittal": 1},
        ),
    ],
}


_BY_NAME: dict[str, dict[str, Any]] = {
    "STATEMENTS": STATEMENTS, "VERDICTS": VERDICTS, "CLAIMS": CLAIMS, "QUESTION": QUESTION,
}  # fmt: skip


def prompts_digest() -> str:
    """Hash of every prompt."""
    return digest(json.dumps([STATEMENTS, VERDICTS, CLAIMS, QUESTION], ensure_ascii=False, sort_keys=True))


def input_of(prompt: str) -> dict[str, Any]:
    """The data that a prompt asks about; what a scripted judge reads."""
    found: dict[str, Any] = json.loads(prompt.rsplit("Entrée à traiter :\n", 1)[1].rsplit("\nSortie :", 1)[0])
    return found


@cache
def french(base: type, texts_name: str) -> Any:
    """An instance of a ragas prompt class that speaks French and shows our examples."""
    texts = _BY_NAME[texts_name]

    class FrenchPrompt(base):  # type: ignore[misc]  # a class of ragas, known at run time
        language = "french"
        instruction = texts["instruction"]

        def to_string(self, data: Any) -> str:
            kept = data.model_dump(exclude={"atomicity", "coverage"})
            shown = "\n\n".join(
                f"Exemple {n}\nEntrée : {json.dumps(given, ensure_ascii=False)}\n"
                f"Sortie : {json.dumps(made, ensure_ascii=False)}"
                for n, (given, made) in enumerate(texts["examples"], 1)
            )
            return (
                f"{texts['instruction']}\nRéponds par un objet JSON de la même forme que les sorties des exemples, "
                f"sans rien autour.\n\n{shown}\n\nEntrée à traiter :\n"
                f"{json.dumps(kept, ensure_ascii=False)}\nSortie :"
            )

    return FrenchPrompt()
