"""What a question that names a record asks of it, beyond the record itself: « EXI-ARCH-2 : combien de sites ? »."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.search.french_text import tokens

_RECORD_ITSELF = frozenset(
    tokens(
        "ça dit dire dites disent texte exigence exigences requirement règle règles demande demandent exige impose "
        "contenu contient contenir résume résumer résumé explique expliquer explication montre montrer donne donner "
        "rappelle rappeler cite citer recopier copier affiche afficher lire porte parle parler raconte correspond "
        "signifie veut definition svp stp merci bonjour please say says does require about explain show text mean "
        "primordiale primordial importante important type niveau obligatoire bloquant bloquante éliminatoire "
        "composant component sert truc identifiant numéro ligne question mot mots exactement déjà quote koi kesako "
        "deux trois bref brièvement court gros simple simplement clair "
        "concerne concernant détail détails intégral intégralité complet complète entier précise entièrement "
        "mirai pi cloud native cct exi arch org data ai"
    )
)


def asked_of_record(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The question without the identifiers that stand at `spans`; empty when it asks for the records and no more."""
    rest, end = "", 0
    for start, stop in sorted(spans):
        rest, end = f"{rest}{text[end:start]} ", stop
    rest = f"{rest}{text[end:]}".strip(" :,;-–—")
    return rest if set(tokens(rest)) - _RECORD_ITSELF else ""
