"""Every French sentence that the bot writes to people."""

from __future__ import annotations

from collections.abc import Mapping

SOURCES = "**Sources**"
LINE_LINK = "{document}, {lines}"
PAGE = "fiche"
ALSO = "même texte dans "
AND_OTHERS = "et {count} autres"
NEXT = "**Pour continuer dans ce fil**"
WATERMARK = "*Passages retrouvés et cités par un assistant automatique (IA) : à vérifier dans les documents.*"
UPDATED = "*Réponse refaite après la modification de la question.*"

READING = "🔎 *Je lis les documents…*"
QUEUED = "⏳ *Bien reçu. Votre question est la n° {position} de la file.*"
SLOWED = "⏳ *Vous m'avez déjà posé {count} questions en une minute : je réponds à celle-ci dans {seconds} s.*"
WRITING = "✍️ *rédaction en cours…*"

TOO_OLD = (
    "Désolé, je n'étais pas là quand vous avez posé cette question, il y a {age}. "
    "Posez-la de nouveau si elle vous est encore utile."
)
FAILED = (
    "Désolé, je n'ai pas pu répondre, et ce n'est pas de votre fait. Posez la question de nouveau dans un moment ; "
    "si le problème demeure, transmettez à l'exploitant l'incident n° {incident}."
)
REFUSALS: Mapping[str, str] = {
    "user": "Désolé, je ne peux pas répondre à votre compte. L'exploitant de l'assistant peut l'ouvrir.",
    "channel": "Désolé, je ne réponds pas dans ce canal. Écrivez-moi en message direct, ou demandez à l'exploitant.",
    "team": "Désolé, je ne réponds pas dans cette équipe. L'exploitant de l'assistant peut l'ouvrir.",
}
NOTHING_ASKED = "Posez-moi une question, par exemple « @{bot} peut-on se passer du WAF ? »."

HELP = """Je réponds aux questions sur les Cadres de Cohérence Technique, en citant les documents mot pour mot.

- **Une question** : `@{bot} peut-on se passer du WAF ?` La suite se demande dans le fil, sans me nommer.
- **Une exigence** : `@{bot} exi ARCH-12`
- **Ce qui a changé** : `@{bot} diff`, ou `@{bot} diff {source}`
- **Les documents que je lis** : `@{bot} sources`
- **Oublier ce fil** : `@{bot} oublie`

En message direct, inutile de me nommer.{slash}
{feedback}

Essayez : {example}"""
HELP_SLASH = " `/cct` comprend les mêmes mots (`/cct EXI-ARCH-12`, `/cct diff`) ; vous seul voyez sa réponse."
HELP_BUTTONS = "Sous chaque réponse, des boutons disent si elle vous a servi."
HELP_REACTIONS = "Dites si une réponse vous a servi par 👍 ou 👎 ; retirer la réaction retire l'avis."

SOURCES_HEAD = "Je lis ces documents :"
SOURCE_LINE = "- **{title}**, révision `{commit}` du {date}"
SOURCE_DEMONSTRATION = "- **{title}**, édition de démonstration, non officielle"
NO_REVISION = "Aucune révision officielle n'est synchronisée : il n'y a pas d'historique à comparer."
DIFF_HEAD = "**{title}**, révision `{commit}` du {date} : {subject}"
DIFF_PAIR = "**{title}**, de `{a}` ({date_a}) à `{b}` ({date_b})"
UNCHANGED = "aucune exigence changée"
DETAIL = "[comparer mot à mot]({url})"
UNKNOWN_SOURCE = "Je ne connais pas la source « {source} ». Sources : {known}."
FORGOTTEN = (
    "C'est oublié : {count} question(s) de vous effacée(s) de ma mémoire dans ce fil. "
    "Les messages eux-mêmes restent dans Mattermost."
)

ANNOUNCED = "### {title} : une nouvelle révision est en service"
REFUSED_REVISION = "### {title} : une nouvelle révision a été refusée par l'évaluation"
STILL_SERVING = "La révision précédente répond toujours."
VERDICT = "**Verdict de l'évaluation** : {verdict}"
ACCEPTED = "révision acceptée. {message}"
REFUSED = "révision refusée. {message}"
NOT_JUDGED = "aucun contrôle n'a été enregistré pour cette révision."

BUTTONS: Mapping[str, str] = {
    "useful": "👍 Utile",
    "useless": "👎 Pas utile",
    "sources": "📄 Passages cités",
    "comment": "💬 Commenter l'exigence",
}
THANKS: Mapping[str, str] = {
    "useful": "Merci, c'est noté : réponse utile.",
    "useless": "Merci, c'est noté : réponse pas utile.",
    "removed": "Votre avis est retiré.",
    "reason": "Merci pour ces précisions.",
    "comment": "Merci : le commentaire sur {requirement} est enregistré.",
}
NOT_RATED = "Cette réponse ne peut pas être notée."
NO_PLACE = "Cette réponse ne cite aucune exigence."
WHY_TITLE = "Qu'est-ce qui manque ?"
WHY_REASON = "Raison"
WHY_COMMENT = "Précisions"
WHY_SUBMIT = "Envoyer"
COMMENT_TITLE = "Commenter une exigence"
COMMENT_RECORD = "Exigence"
COMMENT_PROPOSAL = "Votre proposition"
COMMENT_IMPORTANCE = "Importance"
IMPORTANCES = ("moyenne", "haute", "basse")
NO_PROPOSAL = "Écrivez votre proposition."
BAD_SIGNATURE = "Ce bouton n'est pas, ou plus, de cet assistant : posez la question de nouveau."
NO_STORE = "Votre avis n'a pas pu être enregistré : réessayez dans un moment."

SLASH_ACK = "🔎 Je cherche : {question}"
SLASH_SLOWED = "Vous m'avez posé beaucoup de questions en une minute : réessayez dans {seconds} s."
SLASH_FORGET = "« oublie » s'emploie dans le fil : `@{bot} oublie`."
SLASH_REFUSED = "Demande refusée : ce jeton de commande n'est pas l'un de ceux de MATTERMOST_COMMAND_TOKENS."


def age(milliseconds: int) -> str:
    """ "3 h", "2 jours"."""
    hours = milliseconds // 3_600_000
    if hours < 1:
        return f"{max(1, milliseconds // 60_000)} min"
    return f"{hours} h" if hours < 48 else f"{hours // 24} jours"
