"""What can go wrong between the bot and its server.

ui.errors.ChannelError
└── MattermostError
    ├── ServerUnreachable    no connection, or the server fails (5xx) after the retries
    │   └── OutcomeUnknown   a creation that may have been done: look before asking again
    ├── TokenRefused         401, or 403 on the bot's own account: nothing will work, stop
    ├── RequestRefused       any other 4xx, with the server's own error id
    └── UnreadableReply      the server answered something else than Mattermost's JSON
"""

from __future__ import annotations

from ui.errors import ChannelError


class MattermostError(ChannelError):
    """Base of what can go wrong with the server."""


class ServerUnreachable(MattermostError):
    """No connection, or the server fails, after the retries that the call may have."""


class OutcomeUnknown(ServerUnreachable):
    """A creation broke off when the server may have done it already."""


class TokenRefused(MattermostError):
    """The server refuses the bot's token: no retry can help."""


class RequestRefused(MattermostError):
    """The server refuses one request; `status` is HTTP's, `code` the server's own name of the error."""

    def __init__(self, message: str, remedy: str = "", *, status: int, code: str = "") -> None:
        super().__init__(message, remedy)
        self.status = status
        self.code = code


class UnreadableReply(MattermostError):
    """What answered is not Mattermost, or not a version that we can read."""
