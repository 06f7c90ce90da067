"""Questions to suggest to somebody who has asked nothing yet; most stand in the question bank."""

from __future__ import annotations

FIRST_QUESTIONS = (
    "Comment s'authentifient les agents dans mon application ?",
    "Peut-on stocker la sauvegarde sur la même grappe ?",
    "Que dit EXI-ARCH-11 ?",
    "Quelles exigences P sur les données ?",
    "Comment chiffrer ce que va coûter mon chatbot par agent ?",
    "Qui décide de la fréquence et de l'heure des copies ?",
    "Mon chatbot doit-il être accessible aux malvoyants ?",
    "RSSI : le trafic est-ouest doit-il être chiffré ?",
    "Comment détecter que le LLM se dégrade au fil des mois ?",
    "L'usager doit-il toujours retomber sur la même instance ?",
    "Doit-on robotiser chaque bouton ou juste les parcours majeurs ?",
    "Le même conteneur doit-il servir en recette et sur le réel ?",
)
"""The first four answer four kinds of question: in words, on a point, by identifier, as a list."""
