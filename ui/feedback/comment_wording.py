"""Every French sentence about comments on requirements."""

from __future__ import annotations

from collections.abc import Mapping

from ingest.comments.comment import Importance

TITLE = "Commenter {name}"
UNNAMED = "contributeur {pseudonym}"
IMPORTANCES: Mapping[Importance, str] = {"haute": "Haute", "moyenne": "Moyenne", "basse": "Basse"}
EMPTY_PROPOSAL = "Écrivez votre commentaire ou le paragraphe que vous proposez."
LONG_PROPOSAL = "Le commentaire dépasse {longest} caractères : raccourcissez-le, ou faites-en plusieurs."
NAME_WITHOUT_CONSENT = "Cochez la case pour que votre nom soit transmis, ou laissez le nom vide."
DAMAGED_FORM = "Ce formulaire est incomplet ou a été modifié en route."
OPEN_AGAIN = "Ouvrez de nouveau la page et recopiez votre texte."
ELSEWHERE = "Ce formulaire a été envoyé depuis un autre site."
CLOSED = "Les commentaires ne peuvent pas être enregistrés pour le moment : réessayez plus tard."
TOO_LARGE = "Le formulaire dépasse {limit} ko."
NOT_FOUND_TITLE = "Rien à commenter ici"
NOT_NAMED = "L'adresse doit nommer une source et une exigence : /commenter?source=pi&id=EXI-ARCH-12."
UNKNOWN_SOURCE = "Aucune source ne s'appelle « {source} »."
UNKNOWN_RECORD = "{id} n'existe pas dans la révision en service de {source}."
THANKS_TITLE = "Commentaire enregistré"
REMOVED_TITLE = "Commentaire retiré"
REMOVED = "Il ne sera pas transmis."
ALREADY_GONE_TITLE = "Commentaire introuvable"
ALREADY_GONE = "Il a déjà été retiré, ou il n'est pas le vôtre."
