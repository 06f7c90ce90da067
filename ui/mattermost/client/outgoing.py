"""What the bot sends: a post with its mark and, when the server can call us, its buttons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ui.mattermost.client.models import OUR_PROP


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a post; `id` holds letters and digits alone, else the server's route never matches."""

    id: str
    name: str
    context: Mapping[str, str]
    style: str = "default"


@dataclass(frozen=True, slots=True)
class Draft:
    """One post to write, whole: its props are ours, never those that the server gave back."""

    channel_id: str
    root_id: str
    message: str
    in_reply_to: str = ""
    part: int = 1
    announces: str = ""
    buttons: tuple[Button, ...] = ()
    callback: str = ""
    """Address that the buttons call."""

    def props(self) -> dict[str, Any]:
        """The props of the post. `unsafe_links` stops previews and images of what a model or a document says."""
        mark: dict[str, Any] = {"part": self.part}
        if self.in_reply_to:
            mark["in_reply_to"] = self.in_reply_to
        if self.announces:
            mark["announces"] = self.announces
        props: dict[str, Any] = {OUR_PROP: mark, "unsafe_links": "true"}
        if self.buttons and self.callback:
            actions = [
                {
                    "id": b.id,
                    "type": "button",
                    "name": b.name,
                    "style": b.style,
                    "integration": {"url": self.callback, "context": dict(b.context)},
                }
                for b in self.buttons
            ]
            props["attachments"] = [{"fallback": "", "text": "", "actions": actions}]
        return props
