"""The French sentences that the server-rendered pages share."""

from __future__ import annotations

SKIP_LINK = "Aller au contenu"
NAVIGATION = "Navigation principale"
FOOTER = "Informations légales"
AI_NOTICE = (
    "Vous échangez avec une intelligence artificielle. Ses réponses peuvent contenir des erreurs : seul le texte "
    "cité fait foi, à lire dans son contexte. Ne saisissez ni donnée personnelle ni information sensible."
)
DEMONSTRATION_TITLE = "Édition de démonstration"
DEMONSTRATION_TEXT = (
    "Ces textes ne sont pas les documents officiels : ils ont été écrits pour essayer l'assistant. N'en tirez aucune "
    "conclusion sur les exigences réelles."
)
STALE_TITLE = "Index plus ancien que sa source"
REFUSED_TITLE = "Révision récente refusée"
NOT_SERVED = "Aucun document n'est servi"
SERVED = "Documents servis"
DEMONSTRATION_REVISION = "{title}, édition de démonstration du {date}"
SERVED_REVISION = "{title}, révision {commit} du {date}"
UNOFFICIAL = "Assistant CCT est un outil de lecture : seuls les documents des dépôts officiels font foi."
NOT_FOUND_TITLE = "Page introuvable"
NOT_FOUND = "Cette adresse n'existe pas."
