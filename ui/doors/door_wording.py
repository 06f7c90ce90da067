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

DEMONSTRATION = "édition de démonstration, non officielle"
NOTHING_FOUND = "Rien de proche dans les documents indexés."
NO_SUCH_RECORD = "« {identifier} » n'existe dans aucune des révisions lues."
NO_REQUIREMENT = "Aucune exigence ne répond à ces critères."
REQUIREMENTS = "{count} exigence(s), dans l'ordre des documents."
NEAREST_REQUIREMENTS = "Aucune exigence ne contient ces mots ; voici les {count} plus proches du sujet."

MCP_INSTRUCTIONS = (
    "Cadres de Cohérence Technique MirAI et Cloud Pi Native du ministère de l'Intérieur, en lecture seule. "
    "Chaque texte rendu est cité mot pour mot, avec son document, sa ligne et un lien vers sa révision. "
    "P : primordiale, I : importante. Un même identifiant peut désigner deux exigences, une par source. "
    "Une source est « mirai » ou « pi » ; une révision est une empreinte de commit, ou une date AAAA-MM-JJ."
)
TOOL_ASK = (
    "Pose une question d'intégration en français et rend une réponse citée et vérifiée, ou dit que les documents ne "
    "répondent pas."
)
TOOL_SEARCH = "Cherche les passages les plus proches de quelques mots et les rend en entier, le meilleur d'abord."
TOOL_REQUIREMENT = (
    "Lit une exigence (EXI-ARCH-11), un composant ou un terme du glossaire, à chaque endroit qui le porte ; à une "
    "révision passée si on la donne."
)
TOOL_COMPARE = (
    "Compare deux révisions d'une source : exigences ajoutées, retirées, renumérotées, reformulées, de type changé. "
    "Les textes sont appariés, pas les identifiants."
)
TOOL_LIST = "Liste les exigences, par type (P ou I), par source et par sujet."
ASK_QUESTION = "La question, en français."
ASK_SOURCES = "Sources où chercher, « mirai » ou « pi » ; toutes si la liste est vide."
ASK_EARLIER = "Questions précédentes de la conversation, de la plus ancienne à la plus récente."
SEARCH_WORDS = "Ce qu'on cherche, en français."
SEARCH_COUNT = "Nombre de passages, 12 au plus."
ONE_IDENTIFIER = "Identifiant (EXI-ARCH-11, COMP010) ou terme du glossaire, dans n'importe quelle graphie."
ONE_SOURCE = "« mirai » ou « pi » ; toutes les sources sinon."
ONE_REVISION = "Empreinte de commit ou date AAAA-MM-JJ ; la révision servie sinon. Demande une source."
OLDER = "Révision de départ : empreinte de commit ou date."
NEWER = "Révision d'arrivée : empreinte de commit, date, ou nom de branche."
COMPARED_SOURCE = "La source comparée, « mirai » ou « pi »."
LIST_TYPE = "P (primordiales) ou I (importantes) ; les deux sinon."
LIST_SUBJECT = "Sujet en quelques mots, par exemple « sauvegarde » ; toutes les exigences sinon."
REVISION_NEEDS_SOURCE = "revision : donnez aussi une source"
UNKNOWN_TOOL = "L'outil « {name} » n'existe pas. Outils : {known}."
BAD_ARGUMENTS = "Arguments refusés : {words}."
TOOL_CHECKLIST = (
    "D'une description d'application (un README, quelques phrases), rend les exigences qui s'appliquent, P d'abord, "
    "avec la raison et les mots qui la montrent, puis celles qui sont écartées."
)
CHECKLIST_TEXT = "La description : usages, utilisateurs, données, échanges, exposition, IA, disponibilité."
CHECKLIST_KEEP = "Exigences écartées à reprendre, par exemple « mirai:EXI-G-7 »."
CHECKLIST_WHOLE = "Vrai pour le texte entier de chaque exigence ; sinon l'identifiant, le lien et la raison."
