"""Every French sentence about votes."""

from __future__ import annotations

from collections.abc import Mapping

from ui.feedback.feedback import Reason, Vote

VOTES: Mapping[Vote, str] = {"useful": "Utile", "not_useful": "Pas utile"}
REASONS: Mapping[Reason, str] = {
    "wrong": "La réponse est fausse",
    "incomplete": "La réponse est incomplète",
    "beside": "Elle ne répond pas à ma question",
    "missed": "Les documents en parlent, l'assistant ne l'a pas trouvé",
    "citation": "Le passage cité ne convient pas",
    "outdated": "Ce n'est pas la bonne révision",
    "unclear": "La réponse est difficile à comprendre",
    "other": "Autre raison",
}
MINUTES_LABEL = "Temps gagné"
NO_MINUTES = "Aucun"
MINUTES = "{minutes} minutes"

FALSE_RECEIPT = "Ce reçu n'est pas celui d'une réponse de cet assistant, ou il a été coupé."
OLD_RECEIPT = "Ce reçu a plus de trente jours : l'avis ne peut plus être donné."
ASK_AGAIN = "Posez la question de nouveau, et donnez votre avis sur la réponse reçue."
NO_FEEDBACK = "Vous n'avez pas donné d'avis sur cette réponse, ou il a été retiré."
REASONS_OF_A_USEFUL = "reasons : une raison accompagne seulement un avis « pas utile » (not_useful)."
CLOSED = "Les avis et les commentaires ne peuvent pas être enregistrés pour le moment : réessayez plus tard."

API_SUMMARY = "Donner son avis sur une réponse, ou le changer"
API_DESCRIPTION = (
    "`receipt` est celui de la réponse de POST /api/v1/ask. Un seul avis par réponse et par personne : envoyer de "
    "nouveau remplace, envoyer la même chose ne change rien."
)
API_OWN = "Relire son avis"
API_REMOVE = "Retirer son avis"
API_RESPONSES: Mapping[int, str] = {
    404: "Aucun avis de cette personne sur cette réponse.",
    410: "Le reçu a plus de trente jours.",
    413: "Le corps dépasse 100 ko.",
    422: "Le corps n'est pas celui qui est attendu, ou le reçu n'est pas de cet assistant.",
    503: "La base des avis ne peut pas servir.",
}

MAINTENANCE_TITLE = "Maintenance"
MAINTAINERS_ONLY = "Cette page est réservée aux mainteneurs."
MAINTAINERS_REMEDY = "Identifiez-vous avec ce rôle, ou ouvrez-la depuis la machine qui sert l'assistant."
SEVERITIES: Mapping[str, str] = {"error": "erreur", "warning": "avertissement", "info": "information"}

THANKS = "Merci pour votre avis"
NOT_KEPT = "Avis non enregistré"
SEND_AGAIN = "Revenez à la page précédente, votre texte y est encore, et envoyez de nouveau."
CHOOSE = "Choisissez « utile » ou « pas utile »."
LONG_COMMENT = "Les précisions dépassent {longest} caractères."
REMOVED_TITLE = "Avis retiré"
REMOVED = "Il n'est plus compté ni gardé."
