"""The buttons under an answer, and the signature that proves that a press comes from one of ours.

Mattermost signs nothing of what it calls us with; the context of a button is never shown to its clients.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from ui.mattermost import wording
from ui.mattermost.client.outgoing import Button
from ui.mattermost.ledger.question import AnswerRecord

Action = Literal["useful", "useless", "sources", "comment"]
ACTIONS: tuple[Action, ...] = get_args(Action)
_STYLES: Mapping[Action, str] = {"useful": "good", "useless": "default", "sources": "default", "comment": "default"}


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a button's context says, once its signature holds."""

    action: Action
    question_id: str
    channel_id: str


class Signer:
    """Signs and checks with one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sign(self, *words: str) -> str:
        """HMAC-SHA256 over the words, in hexadecimal."""
        return hmac.digest(self._key, "\0".join(words).encode(), hashlib.sha256).hex()

    def holds(self, signature: str, *words: str) -> bool:
        """True for the signature of these words, compared in constant time."""
        return hmac.compare_digest(self.sign(*words).encode(), signature.encode("utf-8", "surrogatepass"))


def buttons(signer: Signer, question_id: str, channel_id: str, answer: AnswerRecord) -> tuple[Button, ...]:
    """The buttons of an answer; those that would show nothing are left out."""
    wanted: list[Action] = ["useful", "useless"] if answer.receipt else []
    if answer.places:
        wanted.append("sources")
    if any(place.id.startswith("EXI-") for place in answer.places):
        wanted.append("comment")
    return tuple(
        Button(
            id=f"cct{action}",
            name=wording.BUTTONS[action],
            context={
                "action": action,
                "question": question_id,
                "channel": channel_id,
                "signature": signer.sign("button", action, question_id, channel_id),
            },
            style=_STYLES[action],
        )
        for action in wanted
    )


def read_press(signer: Signer, context: Mapping[str, object], channel_id: str) -> Pressed | None:
    """What was pressed; None when the signature does not hold, or is that of another channel's button."""
    action, question, channel, signature = (
        str(context.get(name) or "") for name in ("action", "question", "channel", "signature")
    )
    if channel != channel_id or not signer.holds(signature, "button", action, question, channel):
        return None
    return next((Pressed(known, question, channel) for known in ACTIONS if known == action), None)
