"""Who makes a request, as far as feedback must know: the one place where signing in is told to it."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from ui.doors.door_settings import is_loopback
from ui.doors.users import USER_KEY, Role, current_user


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signed in: the realm that knows them, their identifier there (never an e-mail), their roles."""

    realm: str
    identifier: str
    roles: frozenset[Role] = frozenset()


def person_of_request(request: Request) -> Person | None:
    """Whoever signed in, as the guard found them or as `request.state.person` says; None where nobody signs in."""
    found = getattr(request.state, "person", None)
    if isinstance(found, Person):
        return found
    user = current_user(request)
    return Person("oidc", user.sub, user.roles) if user.sub else None


def is_maintainer(request: Request) -> bool:
    """True for somebody whose roles say so; where nobody signs in, for a request of this very machine."""
    person = person_of_request(request)
    if person is not None:
        return "maintainer" in person.roles
    if USER_KEY in request.scope:
        return current_user(request).is_maintainer
    client = request.client.host if request.client else ""
    return is_loopback(client) and is_loopback(request.url.hostname or "")  # no page whose name leads here
