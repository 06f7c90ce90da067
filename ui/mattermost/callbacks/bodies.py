"""What the server posts to us, as far as it is read."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
Mapping = Annotated[dict[str, Any], BeforeValidator(lambda value: value if isinstance(value, dict) else {})]


class SlashCommand(BaseModel):
    """The form of a slash command."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    token: Text = ""
    team_id: Text = ""
    channel_id: Text = ""
    user_id: Text = ""
    command: Text = ""
    text: Text = ""
    response_url: Text = ""


class ButtonPress(BaseModel):
    """A button that was pressed."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    user_id: str
    channel_id: str
    post_id: str
    trigger_id: Text = ""
    context: Mapping = Field(default_factory=dict)


class DialogSubmission(BaseModel):
    """A dialog that was sent, or closed."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    callback_id: Text = ""
    state: Text = ""
    user_id: str
    channel_id: Text = ""
    submission: Mapping = Field(default_factory=dict)
    cancelled: bool = False
