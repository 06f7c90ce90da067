"""The French sentences of the page's panels, buttons and dialogs; ui/wording has those of several channels."""

from __future__ import annotations

from collections.abc import Mapping

# Source cards
REQUIREMENT_PAGE = "Page de l'exigence"
NEW_WINDOW = "(nouvelle fenêtre)"
COPY_REFERENCE = "Copier la référence"
COMMENT_REQUIREMENT = "Commenter cette exigence"
BEFORE = "Avant : "
AFTER = "Après : "
HISTORY = "Son histoire"
HISTORY_QUESTION = "Comment {id} a-t-elle évolué dans {source} ?"
NEIGHBOUR_QUESTION = "Que dit {id} dans {source} ?"
SAME_ID_SAME_TEXT = "{id} est aussi dans {source}, même texte, {type}."
SAME_ID_OTHER_TEXT = "{id} désigne un autre texte dans {source}, {type}."
PRINTED_TWICE = "{id} est imprimé aussi ligne {line} du même document."
UNTYPED = "sans type"
READ_IT = "Lire l'autre"

# What to do with an answer
ANSWER_MODE_LABEL = "Réponse"
MODE_WRITTEN = "Rédigée par le modèle"
MODE_EXTRACTED = "Extraite du texte"
STOP = "Arrêter"
RETRY = "Réessayer"
EDIT = "Modifier la question"
CANCEL_EDIT = "Ne plus modifier"
EDITING = "Vous modifiez la dernière question : l'envoyer remplace sa réponse. Échap pour y renoncer."
EDIT_CANCELLED = "La question reste comme elle était."
NOTHING_TO_EDIT = "Aucune question n'a encore été posée."
STOPPED = "rédaction arrêtée à votre demande"
SAY_IN_SOURCE = "Que dit {id} dans {source} ?"

SIGNED_IN_AS = "Connecté : **{name}**"
SIGNED_IN = "Connecté"
SIGN_OUT = "Se déconnecter"
RESTORE = "Reprendre la conversation"
REVISION_STAYS = "La révision choisie reste {revision}."

NAVIGATION_LABEL = "Documents"
SIMPLE_PAGE = "Version simple, sans JavaScript"
FOOTER_LABEL = "Informations légales"
UNREADABLE_EVENT = "La page et le serveur ne se comprennent plus : rechargez la page."
BODY_TOO_LARGE = "La conversation est devenue trop longue : commencez-en une nouvelle."

BROWSER: Mapping[str, str] = {
    "answerLabel": "Réponse de l'assistant",
    "questionLabel": "Question posée",
    "conversationLabel": "Conversation",
    "skipLink": "Aller à la question",
    "serverAbsent": "Le serveur ne répond pas ; la question lui sera renvoyée dès son retour.",
    "sourceGone": "Cette source n'est plus affichée : posez à nouveau la question.",
    "scopeLabel": "Chercher dans",
    "modeLabel": ANSWER_MODE_LABEL,
    "sourcesLabel": "Sources citées",
    "navigationLabel": NAVIGATION_LABEL,
    "footerLabel": FOOTER_LABEL,
    "searching": "Recherche en cours…",
    "writing": "Rédaction : chaque phrase est vérifiée avant d'être montrée. Échap pour arrêter.",
    "underWay": "Une réponse est en cours : Échap l'arrête.",
    "stopping": "Arrêt demandé : la réponse vient en extraits.",
    "actionsLabel": "Que faire de cette réponse",
    "copy": "Copier avec les sources",
    "referenceCopied": "Référence copiée.",
    "answerCopied": "Réponse copiée, avec ses sources.",
    "notCopied": "Le navigateur a refusé la copie : sélectionnez le texte à la main.",
    "download": "Télécharger en Markdown",
    "downloaded": "Fichier enregistré : {name}",
    "useful": "Utile",
    "notUseful": "Pas utile",
    "feedbackTitle": "Votre avis sur cette réponse",
    "feedbackReason": "Ce qui n'allait pas",
    "feedbackText": "Précisions (facultatif, sans donnée personnelle)",
    "feedbackTime": "Temps gagné (facultatif)",
    "feedbackNoTime": "Je ne sais pas",
    "feedbackMinutes": "{n} min",
    "feedbackSend": "Envoyer l'avis",
    "feedbackThanks": "Avis enregistré, merci. Vous pouvez le modifier.",
    "feedbackFailed": "L'avis n'a pas pu être enregistré : {reason} Il reste affiché, réessayez.",
    "feedbackEdit": "Modifier mon avis",
    "close": "Fermer",
    "cancel": "Annuler",
    "shortcuts": "Raccourcis clavier",
    "slashOff": "Désactiver le raccourci « / »",
    "completions": "Suggestions",
    "completing": "Question, avec des suggestions pendant la frappe",
    "completionsCount": "{n} suggestions, flèches pour les parcourir.",
    "completionsOne": "1 suggestion, flèche bas pour l'atteindre.",
    "questionKept": "Votre question est gardée : « Réessayer » la renvoie.",
    "restored": "Conversation reprise où vous l'aviez laissée ; « Nouvelle conversation » l'efface de ce navigateur.",
    "restoredUnanswered": "La réponse à la dernière question n'était pas arrivée : « Réessayer » la redemande.",
    "revisionGone": "La révision choisie n'est plus dans l'index : les questions vont à celles en service.",
    "tooLongToKeep": "La conversation est devenue trop longue pour être gardée : recharger la page la perdrait.",
    "noFurther": "Le serveur a répondu {status}.",
}
SHORTCUTS: tuple[tuple[str, str], ...] = (
    ("Entrée", "envoyer la question"),
    ("Maj + Entrée", "aller à la ligne"),
    ("/", "aller au champ de question, quand on n'écrit pas déjà"),
    ("Alt + 1 … Alt + 9", "aller à la source du même numéro"),
    ("↓ ↑", "parcourir les suggestions pendant la frappe ; Entrée prend celle qui est choisie, Échap les ferme"),
    ("Échap", "arrêter la réponse en cours, ou renoncer à une modification"),
)
