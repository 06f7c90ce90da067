"""French sentences of the doors that other programs use: the OpenAI-compatible one and the MCP one."""

from __future__ import annotations

MODEL_TITLE = "Assistant CCT"
SOURCES = "**Sources**"

NO_TOKEN_TITLE = "Jeton absent ou refusé"
NO_TOKEN = "Donnez l'en-tête « Authorization: Bearer JETON », avec l'un des jetons de CCT_API_TOKENS."
CLOSED = (
    "Cette porte est fermée : le service n'écoute pas que sur la machine et n'a pas de jeton. L'exploitant règle "
    "CCT_API_TOKENS, ou CCT_API_OPEN=true pour ouvrir sans jeton."
)
OPEN_HERE_ONLY = (
    "Sans jeton, cette porte ne s'ouvre qu'à un programme de la même machine, à l'adresse localhost ou 127.0.0.1. "
    "L'exploitant règle CCT_API_TOKENS pour les autres."
)
TOO_MANY_TITLE = "Trop de requêtes"
TOO_MANY = "La limite est de {rate} requêtes par minute. Réessayez dans {wait} s."
UNKNOWN_MODEL_TITLE = "Modèle inconnu"
UNKNOWN_MODEL = "Le modèle « {model} » n'existe pas ici ; le seul est « {known} »."
WRONG_METHOD = "Cette adresse attend une requête {method}."
UNKNOWN_ADDRESS = "Cette adresse n'existe pas. Celles de cette porte : {known}."
ONE_CHOICE = "n : une seule réponse par demande est possible."
NO_QUESTION = "messages : aucun message de l'utilisateur ne porte de texte."
LAST_IS_NOT_A_QUESTION = "messages : le dernier message doit être celui de l'utilisateur."
TEXT_ONLY = "messages : seuls les textes sont lus, pas les images, les sons ni les fichiers."
INTERRUPTED = "La réponse a été interrompue. {detail}"
DOORS_CLOSED_AT_START = (
    "Portes /v1 et /mcp fermées : l'adresse {host} dépasse cette machine et aucun jeton n'est réglé "
    "(CCT_API_TOKENS, ou CCT_API_OPEN=true)."
)
