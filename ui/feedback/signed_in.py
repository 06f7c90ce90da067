"""Who makes a request, as far as feedback must know: the one place where signing in is told to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request

from ui.doors.door_settings import is_loopback

Role = Literal["reader", "maintainer"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signed in: the realm that knows them, their identifier there (never an e-mail), their roles."""

    realm: str
    identifier: str
    roles: frozenset[Role] = frozenset()


def person_of_request(request: Request) -> Person | None:
    """The Person that the guard left in `request.state.person`; None where nobody signs in."""
    found = getattr(request.state, "person", None)
    return found if isinstance(found, Person) else None


def is_maintainer(request: Request) -> bool:
    """True for somebody whose roles say so; where nobody signs in, for a request of this very machine."""
    person = person_of_request(request)
    if person is not None:
        return "maintainer" in person.roles
    client = request.client.host if request.client else ""
    return is_loopback(client) and is_loopback(request.url.hostname or "")  # no page whose name leads here
