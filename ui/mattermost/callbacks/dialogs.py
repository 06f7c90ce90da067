"""The two dialogs: why an answer was not useful, and a comment on a requirement it cites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ui.feedback.feedback_wording import REASONS
from ui.mattermost import wording
from ui.mattermost.ledger.question import CitedPlace
from ui.mattermost.writing.buttons import Signer

LONGEST = 2_000
_MOST_CHOICES = 50


@dataclass(frozen=True, slots=True)
class DialogState:
    """What a dialog is about; it comes back with the submission, signed."""

    kind: str
    """ "why" or "comment"."""
    post_id: str
    user_id: str

    def signed(self, signer: Signer) -> str:
        """As text."""
        words = (self.kind, self.post_id, self.user_id)
        return "|".join([*words, signer.sign("dialog", *words)])

    @staticmethod
    def read(signer: Signer, state: str) -> DialogState | None:
        """The state; None when the signature does not hold."""
        words = state.split("|")
        if len(words) != 4 or not signer.holds(words[3], "dialog", *words[:3]):
            return None
        return DialogState(*words[:3])


def why_dialog(state: str) -> dict[str, object]:
    """Asks what was missing; nothing is mandatory."""
    reasons = [{"text": text, "value": reason} for reason, text in REASONS.items()]
    return _dialog(
        "cctpourquoi",
        wording.WHY_TITLE,
        state,
        [
            {**_element("reason", wording.WHY_REASON, "select", optional=True), "options": reasons},
            {**_element("comment", wording.WHY_COMMENT, "textarea", optional=True), "max_length": LONGEST},
        ],
    )


def comment_dialog(state: str, places: Sequence[CitedPlace]) -> dict[str, object]:
    """Asks for a comment on one of the requirements."""
    choices = [
        {"text": f"{place.id}, {place.source}"[:60], "value": str(n)}
        for n, place in enumerate(places)
        if place.id.startswith("EXI-")
    ][:_MOST_CHOICES]
    importances = [{"text": text, "value": text} for text in wording.IMPORTANCES]
    return _dialog(
        "cctcommentaire",
        wording.COMMENT_TITLE,
        state,
        [
            {
                **_element("record", wording.COMMENT_RECORD, "select"),
                "options": choices,
                "default": choices[0]["value"] if choices else "",
            },
            {**_element("proposal", wording.COMMENT_PROPOSAL, "textarea"), "max_length": LONGEST},
            {
                **_element("importance", wording.COMMENT_IMPORTANCE, "select"),
                "options": importances,
                "default": wording.IMPORTANCES[0],
            },
        ],
    )


def chosen_place(submission: Mapping[str, Any], places: Sequence[CitedPlace]) -> CitedPlace | None:
    """The requirement that was chosen."""
    chosen = str(submission.get("record") or "")
    return places[int(chosen)] if chosen.isdecimal() and int(chosen) < len(places) else None


def _element(name: str, label: str, kind: str, optional: bool = False) -> dict[str, object]:
    return {"name": name, "display_name": label[:24], "type": kind, "optional": optional}


def _dialog(callback_id: str, title: str, state: str, elements: list[dict[str, object]]) -> dict[str, object]:
    return {
        "callback_id": callback_id,
        "title": title[:24],
        "submit_label": wording.WHY_SUBMIT,
        "notify_on_cancel": False,
        "state": state,
        "elements": elements,
    }
