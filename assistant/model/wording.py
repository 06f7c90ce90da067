"""What is said of a model that did not write the answer, or of its sentences that were not kept. French."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.errors import ModelBusy, ModelError, ModelPaused, ModelTimeout, ModelUnreachable, PersonalDataRefused
from assistant.verification.printed_facts import FaultCode

CUT_OFF = "sa réponse a été coupée avant la fin"
LOOPING = "il se répétait sans fin"
EMPTY = "il a répondu un texte vide"
NOT_FRENCH = "il n'a pas répondu en français"
REFUSED = "il a refusé de répondre"
NOT_FOUND = "il n'a pas trouvé de réponse dans les passages retenus"
NOTHING_VERIFIED = "aucune de ses phrases n'a passé la vérification"
TOO_LITTLE = "trop peu de ses phrases ont passé la vérification ({kept} sur {total})"
QUOTE_LOST = "une de ses citations n'a pas été retrouvée dans le document"

FAULTS: Mapping[FaultCode, str] = {
    "form": "forme illisible",
    "incomplete": "phrase inachevée",
    "language": "autre langue",
    "hostile": "parle de consignes",
    "no_marker": "sans renvoi",
    "unknown_marker": "renvoi inconnu",
    "identifier": "identifiant d'un autre passage",
    "type": "type P ou I différent",
    "source": "document différent",
    "quotation": "citation qui n'est pas mot pour mot",
    "number": "nombre absent du passage",
    "name": "nom absent du passage",
    "modality": "obligation, possibilité ou interdiction différente",
    "negation": "négation différente",
    "opposite": "contraire du passage",
    "support": "le passage ne le dit pas",
    "wrong_passage": "c'est un autre passage qui le dit",
}
UNVERIFIED_HEADING = "**Phrases du modèle non vérifiées, à ne pas tenir pour acquises**"


def reason(error: ModelError) -> str:
    """Why the model did not write, after "sans modèle de langage : "."""
    if isinstance(error, ModelPaused):
        return "il a échoué plusieurs fois et n'est plus sollicité pour l'instant"
    if isinstance(error, ModelBusy):
        return "il reçoit trop de demandes (429)"
    if isinstance(error, ModelTimeout):
        return "il n'a pas répondu à temps"
    if isinstance(error, PersonalDataRefused | ModelUnreachable):
        return error.message[:1].lower() + error.message[1:].rstrip(".")
    return error.message[:1].lower() + error.message[1:].rstrip(".")


def removed(codes: Sequence[FaultCode]) -> str:
    """How many sentences were removed, and why."""
    why = ", ".join(dict.fromkeys(FAULTS[c] for c in codes))
    if len(codes) == 1:
        return f"Une phrase du modèle, non vérifiée, a été retirée ({why})."
    return f"{len(codes)} phrases du modèle, non vérifiées, ont été retirées ({why})."


def unknown_markers(count: int) -> str:
    """Sentences that referred to a passage that was not given."""
    if count == 1:
        return "Une phrase du modèle renvoyait à un passage qui n'existe pas : elle n'est pas montrée comme vérifiée."
    what = f"{count} phrases du modèle renvoyaient à des passages qui n'existent pas"
    return f"{what} : elles ne sont pas montrées comme vérifiées."


def shown_unverified(count: int) -> str:
    """Sentences that are shown apart."""
    return f"{count} phrase(s) du modèle n'ont pas passé la vérification : elles sont montrées à part, sans renvoi."
