"""What small talk looks like in words: a greeting, thanks, or a question to the assistant about itself."""

from __future__ import annotations

import re

from assistant.search.french_text import without_accents

_GREETS = re.compile(
    r"\b(?:(?:re-?)?bonjour|bonsoir|bjr|bsr|salut\w*|slt|coucou|cc|hello|hi|hey|yo|allo|enchantee?|bienvenue|"
    r"good (?:morning|evening|night|bye)|au revoir|adieu|bye|a plus|a\+|a (?:bientot|demain|lundi)|"
    r"bon(?:ne)? (?:fin de )?(?:journee|soiree|nuit|matinee|apres[- ]midi|week[- ]?end|semaine|annee|vacances)|"
    r"merci\w*|mci|thanks?|thx|cheers|bravo|chapeau|felicitations|c?[cs]a va|la forme|how are you|comment vas|"
    r"comment allez|vas bien|allez bien|ya kelkun|y a quelqu'un|anyone)\b"
)
_TO_THE_ASSISTANT = re.compile(
    r"\b(?:tu|toi|t ?es|t ki|ton (?:nom|age|createur|maitre|role|but)|es[- ]tu|as[- ]tu|"
    r"(?:etes|allez|appelez|servez|savez|connaissez|faites)[- ]vous|vous (?:etes|appelez)|votre (?:nom|age|role)|"
    r"(?:who|what) are you|are you|do you|your name|c ?ki)\b|\bt'"
)


def greets(question: str) -> bool:
    """True when a question greets, thanks, or asks the assistant about itself."""
    plain = without_accents(question).replace("’", "'")
    return bool(_GREETS.search(plain) or _TO_THE_ASSISTANT.search(plain))
