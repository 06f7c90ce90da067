"""Every French sentence that a person can read in the web page and in the HTTP API's messages."""

from __future__ import annotations

from collections.abc import Mapping

TITLE = "Assistant CCT"
TAGLINE = (
    "Posez une question sur les Cadres de Cohérence Technique MirAI et Cloud Pi Native : "
    "la réponse cite les documents, mot pour mot."
)
NOTICE = (
    "**Vous échangez avec une intelligence artificielle.** Elle retrouve et cite les passages des documents ; "
    "elle peut en oublier ou mal choisir : seul le texte cité fait foi, à lire dans son contexte. "
    "Ne saisissez ni donnée personnelle ni information sensible."
)
WATERMARK = "— Passages retrouvés et cités par un assistant automatique (IA). À vérifier dans les documents."
GENERATED_BY_MODEL = (
    "Généré par une intelligence artificielle (Assistant CCT, modèle {model}) à partir des passages cités. "
    "À vérifier."
)
GENERATED_FROM_EXTRACTS = (
    "Composé automatiquement (Assistant CCT, intelligence artificielle) d'extraits des documents cités. À vérifier."
)
WRITTEN_BY_MODEL = "modèle de langue, vérifiée"
WRITTEN_FROM_EXTRACTS = "extraits des documents"
UNNAMED_MODEL = "de langage"

DEMONSTRATION = (
    "**Édition de démonstration.** Ces textes ne sont pas les documents officiels : ils ont été écrits "
    "pour essayer l'assistant. N'en tirez aucune conclusion sur les exigences réelles."
)
SOME_DEMONSTRATION = "Concerne : {sources}."
DEMONSTRATION_EDITION = "édition de démonstration"
REVISION = "**{source}**, révision `{commit}` du {date}"
REVISION_WITHOUT_COMMIT = "**{source}**, {edition} du {date}"

CONVERSATION = "Conversation"
QUESTION_LABEL = "Votre question"
QUESTION_PLACEHOLDER = "Que demande EXI-ARCH-12 ?"
SEND = "Envoyer"
NEW_CONVERSATION = "Nouvelle conversation"
SCOPE_LABEL = "Chercher dans"
SCOPE_ALL = "Tous les documents"
SCOPE_BOTH = "Les deux"
REVISION_LABEL = "Révision"
SERVED_REVISION = "En service"
REVISION_CHOICE = "{source}, {date} ({commit})"
EMPTY_CHAT = (
    "## Que voulez-vous savoir ?\n"
    "Une exigence par son identifiant, un terme, un composant, ou une question en français."
)
SUGGESTIONS = "Questions suggérées"
SOURCES_HEADING = "## Sources"
NO_SOURCES_YET = "Les passages cités apparaîtront ici, avec leur document, leur ligne et leur révision."
NO_SOURCES = "Cette réponse ne cite aucun passage."
NEAREST_PASSAGE = "Le passage le plus proche, sans garantie qu'il réponde à la question :"
EARLIER_SOURCES = "Sources de la question précédente : {question}"

ASKING = "Recherche en cours…"
EMPTY_QUESTION = "Écrivez d'abord une question, puis envoyez-la."
CONVERSATION_CLEARED = "Nouvelle conversation : la précédente est effacée de cette page."
FILLED_FROM_LINK = "La question vient du lien : relisez-la, puis envoyez-la."
STATUS_ANSWERED = "Réponse complète : {count}."
STATUS_OTHERS: Mapping[str, str] = {
    "abstained": "Aucune réponse n'a été trouvée dans les documents.",
    "clarify": "Plusieurs textes correspondent : précisez la question.",
    "refused": "Cette demande n'est pas une question sur les documents.",
    "error": "La question n'a pas pu être traitée.",
}
LABELS: Mapping[str, str] = {
    "abstained": "Pas de réponse trouvée",
    "clarify": "À préciser",
    "refused": "Hors du champ de l'assistant",
    "error": "Un problème est survenu",
}
DEGRADED = "Réponse composée d'extraits, sans modèle de langage : {reason}"
SEARCHED = "Question recherchée : « {question} »"
LONG_QUESTION = "… (question de {length} caractères, affichée en partie)"
UNEXPECTED = (
    "L'assistant n'a pas pu répondre, et ce n'est pas de votre fait. Réessayez ; si le problème demeure, "
    "transmettez à l'exploitant l'incident n° {incident}."
)

PRIORITY = "{letter} — {name}"
LINE = "ligne {start}"
LINES = "lignes {start} à {end}"
OCCURRENCE = "{n}e occurrence dans le document"
SHORT_REVISION = "révision {commit}"
READ_IN_REPOSITORY = "Lire dans le dépôt (nouvelle fenêtre)"
SAME_TEXT = "Même texte aussi dans :"
UNVERIFIED = "non vérifiée"
UNVERIFIED_EXPLAINED = "Cette citation n'a pas été retrouvée mot pour mot dans le document."
QUOTED = "Passage cité"
GO_TO_SOURCE = "Voir la source {n}"

GRADIO_ENGLISH: Mapping[str, str] = {
    "Error": "Erreur",
    "Close": "Fermer",
    "Connection Lost": "Serveur injoignable",
    "Connection errored out.": "Le serveur ne répond pas : vérifiez votre connexion, puis renvoyez la question.",
    "Connection to the server was lost. Attempting reconnection...": "Nouvel essai en cours.",
    "This application is currently busy. Please try again.": "Trop de questions à la fois : réessayez.",
    "Loading response": "Réponse en préparation",
    "Scroll to bottom": "Aller en bas",
}
GRADIO_KEYS: Mapping[str, str] = {
    "chatbot.copy_message": "Copier le message",
    "chatbot.copied_message": "Message copié",
    "chatbot.complete": "Terminé",
    "chatbot.edit": "Modifier",
    "chatbot.retry": "Réessayer",
    "chatbot.undo": "Annuler",
    "chatbot.clear": "Effacer la conversation",
    "common.error": "Erreur",
    "common.loading": "Chargement",
    "common.empty": "Vide",
    "common.submit": "Envoyer",
    "common.clear": "Effacer",
    "errors.build_error": "La page n'a pas pu être construite.",
    "errors.contact_page_author": "Prévenez l'exploitant.",
    "blocks.lost_connection": "Connexion perdue, nouvel essai…",
    "blocks.long_requests_queue": "Beaucoup de questions sont en attente.",
    "blocks.waiting_for_inputs": "Patientez…",
}

API_TITLE = "Assistant CCT"
API_DESCRIPTION = (
    "Réponses citées sur les Cadres de Cohérence Technique MirAI et Cloud Pi Native. "
    "Chaque citation porte son document, ses lignes et sa révision."
)
API_RESPONSES: Mapping[int, str] = {
    404: "La révision demandée est introuvable.",
    413: "Le corps dépasse 100 ko.",
    422: "Le corps n'est pas celui qui est attendu.",
    503: "Aucun index ne peut servir.",
}
BAD_REQUEST_TITLE = "Requête refusée"
TOO_LARGE_TITLE = "Requête trop volumineuse"
TOO_LARGE = "Le corps de la requête dépasse {limit} ko. Raccourcissez la question ou l'historique."
NOT_FOUND_TITLE = "Adresse inconnue"
NOT_FOUND = "Cette adresse n'existe pas. Les adresses de l'API sont décrites dans /openapi.json."
WRONG_METHOD_TITLE = "Méthode refusée"
WRONG_METHOD = "Cette adresse attend une requête POST avec un corps JSON."
SERVICE_TITLE = "Service indisponible"
REVISION_TITLE = "Révision introuvable"
DOWN = "Au moins un composant ne répond pas : {names}."
UNKNOWN_SOURCE = "source inconnue {source!r} ; sources déclarées : {known}"
FIELD_PROBLEMS: Mapping[str, str] = {
    "missing": "champ obligatoire absent",
    "extra_forbidden": "champ inconnu",
    "string_type": "doit être un texte",
    "string_too_short": "ne doit pas être vide",
    "string_pattern_mismatch": "ne doit pas être vide",
    "list_type": "doit être une liste",
    "tuple_type": "doit être une liste",
    "too_long": "trop d'éléments",
    "dict_type": "doit être un objet",
    "model_type": "doit être un objet",
    "model_attributes_type": "doit être un objet JSON",
    "json_invalid": "n'est pas du JSON valide",
}
BOUNDED_PROBLEMS: Mapping[str, str] = {
    "string_too_long": "{max_length} caractères au plus",
    "greater_than_equal": "au moins {ge}",
    "less_than_equal": "au plus {le}",
    "literal_error": "valeurs possibles : {expected}",
}
OTHER_PROBLEM = "valeur refusée"
BODY = "corps de la requête"

PORT_IN_USE = "Le port {port} est déjà utilisé sur {host}."
PORT_REMEDY = "Choisissez-en un autre : cct serve --port {other}."
ADDRESS_UNUSABLE = "Impossible d'écouter sur {host}, port {port} : {reason}."
ADDRESS_REMEDY = (
    "Choisissez une adresse de cette machine et un port au-dessus de 1024 : "
    "cct serve --host 127.0.0.1 --port {other}."
)
SERVING = "Assistant CCT : {url} (Ctrl+C pour arrêter)"


def count_sources(count: int) -> str:
    """The number of cited sources, in agreement: "1 source citée"."""
    if count == 0:
        return "aucune source citée"
    return "1 source citée" if count == 1 else f"{count} sources citées"


def percentage(share: float, decimals: int = 0) -> str:
    """A share between 0 and 1 as it is printed in French: 0.972 → "97,2 %", the space narrow and never broken."""
    return f"{100 * share:.{decimals}f}\u202f%".replace(".", ",")


def french_date(date: str) -> str:
    """2026-02-27 → 27/02/2026; any other form is given back unchanged."""
    parts = date[:10].split("-")
    return "/".join(reversed(parts)) if [len(p) for p in parts] == [4, 2, 2] else date


REPLACED = (
    "**La rédaction n'a pas abouti : voici la réponse, en extraits des documents, à la place de ce qui précède.**"
)
