"""Sentences that the assistant itself says, in French."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.answer import Place, UsedRevision
from ingest.french_dates import french_day


def revision_names(revisions: Sequence[UsedRevision], titles: Mapping[str, str]) -> str:
    """ "CCT MirAI, révision ded3bf3 du 27/02/2026 ; …"."""
    names = []
    for r in revisions:
        title = titles.get(r.source, r.source)
        if r.commit:
            names.append(f"{title}, révision {r.commit[:7]} du {french_day(r.date)}")
        else:
            names.append(f"{title}, édition de démonstration non officielle")
    return " ; ".join(names)


def abstention(revisions: Sequence[UsedRevision], titles: Mapping[str, str]) -> str:
    """What is said when nothing was found to support an answer: the documents may still hold one."""
    return f"Je n'ai pas trouvé de réponse dans les documents indexés ({revision_names(revisions, titles)})."


def nearest_passage(name: str, place: Place) -> str:
    """What is said of the passage that came nearest when nothing answers for sure."""
    one = place.line_start == place.line_end
    lines = f"ligne {place.line_start}" if one else f"lignes {place.line_start} à {place.line_end}"
    return f"Le passage le plus proche, sans garantie qu'il réponde : {name} ({place.document}, {lines})."


def not_sure() -> str:
    """What opens an answer whose passages are little likelier than others."""
    return "Je ne suis pas sûr que ces passages répondent à la question : lisez-les comme des pistes."


def edition_notice() -> str:
    """What every answer from the demonstration edition says."""
    return (
        "Édition de démonstration, non officielle : ce texte est une réécriture qui n'engage personne. "
        "Lancez « cct sync » puis « cct ingest » pour interroger les documents officiels."
    )


def refusal(kind: str, greeted: bool = True) -> str:
    """What is said to an attack or to small talk; a greeting answers one."""
    if kind == "small_talk" and not greeted:
        return (
            "Je ne vois pas là de question sur les Cadres de Cohérence Technique MirAI et Cloud Pi Native, dont je "
            "cite le texte. Posez une question d'intégration, ou donnez un identifiant d'exigence."
        )
    if kind == "small_talk":
        return (
            "Bonjour. Je réponds aux questions d'intégration sur les Cadres de Cohérence Technique MirAI et "
            "Cloud Pi Native, en citant leur texte. Posez une question, ou donnez un identifiant d'exigence."
        )
    return (
        "Je ne réponds pas à cette demande. Je cite les Cadres de Cohérence Technique MirAI et Cloud Pi Native, "
        "sans les modifier ni en inventer ; posez une question d'intégration."
    )


def unknown_id(wanted: str, known: Sequence[str], where: str) -> str:
    """What is said of an identifier that no revision holds."""
    near = f" Identifiants voisins : {', '.join(known)}." if known else ""
    return f"**{wanted}** n'existe pas dans les documents indexés ({where}).{near}"


def unknown_term(term: str) -> str:
    """What is said of a term, among others, that the glossary does not define."""
    return f"**{term}** n'est pas dans le glossaire des documents indexés ; demandez-le seul pour chercher ailleurs."


def asks_what_about() -> str:
    """What is said to the end of a conversation that has no beginning."""
    return (
        "De quoi parlez-vous ? Seule, cette question ne nomme rien : donnez un sujet, ou l'identifiant de l'exigence."
    )


def shown_once(texts: int) -> str:
    """What is said of a list whose requirements stand in several documents and are shown once."""
    if texts == 1:
        return "En un seul texte, que les deux CCT ont en commun."
    return f"En {texts} textes : celles que les deux CCT ont en commun sont montrées une fois."
