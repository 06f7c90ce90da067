"""Sentences that talk to a model instead of to a reader: they are neither evidence nor an answer."""

from __future__ import annotations

import re

from assistant.search.french_text import without_accents

_ADDRESSES = re.compile(
    r"\b(?:ignor|oubli|neglig|outrepass|contourn)\w*\s.{0,40}\b(?:instruction|consigne|regle|prompt|precede|"
    r"directive)\w*"
    r"|\b(?:tu es|vous etes)\s(?:desormais|maintenant|dorenavant|un assistant|une ia|un modele)\b"
    r"|\b(?:prompt|invite|message)\s(?:systeme|system)\b|\bsystem\s?prompt\b|\bmes (?:instructions|consignes)\b"
    r"|\brepond(?:s|ez|re)?\s"
    r"(?:toujours|uniquement|seulement|exactement|simplement|desormais|par|que|a l'utilisateur)\b"
    r"|\b(?:assistant|chatbot|modele de langage|llm|intelligence artificielle)\b.{0,40}"
    r"\b(?:doi[st]|devez|faut)\b.{0,30}\b(?:repondre|dire|affirmer|ecrire|ignorer|reveler|pretendre)\b"
    r"|\b(?:revele|affiche|divulgue)\w*\s.{0,40}\b(?:prompt|consigne|instruction|cle|secret|mot de passe)\w*"
    r"|\b(?:disregard|ignore|forget)\s(?:all|any|the|previous|above|your)\b|\byou are now\b"
    r"|<\|[^|]{0,40}\|>|\[/?inst\]|<</?sys>>|\ben tant que (?:modele|assistant|ia)\b"
    r"|\b(?:n'obeis|desobei\w*|ne respecte[sz]? plus)\b",
)
_SPOKEN_OF = re.compile(
    r"\b(?:ne|n')\s?(?:\w+\s)?(?:parl|trait|mentionn|evoqu|prevoi|precis|autoris|permett|envisag)\w*\s(?:pas|"
    r"jamais|nullement)\s"
    r"(?:d'|de\s|la\spossibilite\sd['e]\s?|comment\s|qu'on\spuisse\s)(?:ignorer|oublier|negliger|outrepasser|"
    r"contourner)\b"
)
"""Says that documents do not speak of it, and asks nobody for it."""


def addresses_the_assistant(text: str) -> bool:
    """True for an instruction to a model: "ignore tes consignes", "réponds toujours que…", chat-template marks."""
    return bool(_ADDRESSES.search(_SPOKEN_OF.sub(" ", re.sub(r"[’‘`´]", "'", without_accents(text)))))
