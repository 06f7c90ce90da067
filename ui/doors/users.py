"""Who asks: what the guard found out about a request, for every page and door behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from starlette.requests import HTTPConnection

from ui.doors import sign_in_wording
from ui.errors import RefusedRequest

Role = Literal["reader", "maintainer"]
Kind = Literal["session", "access_token", "api_token", "this_machine", "open", "nobody"]
USER_KEY = "cct.user"
"""Where the guard leaves the user in the scope of a request."""


@dataclass(frozen=True, slots=True)
class User:
    """Whoever sent a request, without name or address: a pseudonym and what they may do."""

    kind: Kind
    roles: frozenset[Role] = frozenset()
    sub_hash: str = ""
    """A keyed hash of the person's or token's identity, always the same; empty for somebody who gave none."""
    caller: str = ""
    """What the rate limit counts by."""
    sub: str = field(default="", repr=False)
    """A person's identifier at the identity provider, for another keyed hash: never to be logged nor stored."""

    name: str = field(default="", repr=False)
    """A signed-in person's name as the provider gives it, shown to that person only; empty when it gives none."""

    @property
    def is_reader(self) -> bool:
        """True for whoever may ask and read."""
        return bool(self.roles)

    @property
    def is_maintainer(self) -> bool:
        """True for whoever may see the evaluation, the feedback and the defects."""
        return "maintainer" in self.roles

    @property
    def signed_in(self) -> bool:
        """True for a person who signed in with the identity provider."""
        return self.kind == "session"


NOBODY = User("nobody")


def current_user(connection: HTTPConnection) -> User:
    """The user of a request; nobody, who may do nothing, where no guard stands before it.

    For a Gradio event, give the `request` of its `gr.Request`.
    """
    found = connection.scope.get(USER_KEY)
    return found if isinstance(found, User) else NOBODY


def require_maintainer(connection: HTTPConnection) -> User:
    """The user, a maintainer. Raises RefusedRequest, status 403, for anybody else. Usable as a FastAPI dependency."""
    user = current_user(connection)
    if not user.is_maintainer:
        raise RefusedRequest(sign_in_wording.MAINTAINERS_ONLY, status=403)
    return user
