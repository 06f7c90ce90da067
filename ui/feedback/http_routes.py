"""Votes over HTTP: give one, read one's own, take it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import FastAPI, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from ui.doors.http_protection import problem
from ui.feedback import feedback_wording as wording
from ui.feedback.desk import FeedbackDesk
from ui.feedback.feedback import LONGEST_COMMENT, REASONS, Ballot, Feedback, Minutes, Reason, Vote
from ui.feedback.receipts import LONGEST_RECEIPT
from ui.feedback.signed_in import Person, person_of_request

ADDRESS = "/api/v1/feedback"
_NOT_FOUND = "Avis introuvable"

AnswerId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[\w.:-]+$")]


class Voted(BaseModel):
    """The body of POST /api/v1/feedback."""

    model_config = ConfigDict(extra="forbid")

    receipt: str = Field(min_length=1, max_length=LONGEST_RECEIPT)
    vote: Vote
    reasons: tuple[Reason, ...] = Field(default=(), max_length=len(REASONS))
    comment: str = Field(default="", max_length=LONGEST_COMMENT)
    minutes_saved: Minutes | None = None

    def as_ballot(self) -> Ballot:
        """The ballot that the desk takes."""
        return Ballot(self.vote, self.reasons, self.comment, self.minutes_saved)


def add_feedback_routes(
    app: FastAPI, desk: FeedbackDesk, person: Callable[[Request], Person | None] = person_of_request
) -> None:
    """Adds POST /api/v1/feedback, GET and DELETE /api/v1/feedback/{answer_id}.

    `person` says who signed in, None where nobody does: the vote is then that of whoever holds the answer.
    """

    def pseudonym(request: Request) -> str | None:
        found = person(request)
        return desk.pseudonyms.person(found.realm, found.identifier) if found else None

    @app.post(
        ADDRESS,
        summary=wording.API_SUMMARY,
        description=wording.API_DESCRIPTION,
        responses={code: {"description": text} for code, text in wording.API_RESPONSES.items() if code != 404},
    )
    def give(voted: Voted, request: Request) -> dict[str, Any]:
        return _json(desk.vote(voted.receipt, voted.as_ballot(), pseudonym(request)))

    own = f"{ADDRESS}/{{answer_id}}"
    answers: dict[int | str, dict[str, Any]] = {404: {"description": wording.API_RESPONSES[404]}}

    @app.get(own, summary=wording.API_OWN, responses=answers, response_model=None)
    def read(answer_id: AnswerId, request: Request) -> dict[str, Any] | Response:
        found = desk.own(answer_id, pseudonym(request))
        return _json(found) if found else _unknown(request)

    @app.delete(own, summary=wording.API_REMOVE, status_code=204, response_model=None)
    def remove(answer_id: AnswerId, request: Request) -> Response:
        desk.withdraw(answer_id, pseudonym(request))
        return Response(status_code=204)  # taking back what is not there changes nothing: asked twice, it succeeds


def _unknown(request: Request) -> Response:
    return problem(404, _NOT_FOUND, wording.NO_FEEDBACK, request.url.path)


def _json(feedback: Feedback) -> dict[str, Any]:
    """What its author may read again: neither the answer nor the pseudonym."""
    ballot = feedback.ballot
    return {
        "answer_id": feedback.answer.id,
        "vote": ballot.vote,
        "reasons": list(ballot.reasons),
        "comment": ballot.comment,
        "minutes_saved": ballot.minutes_saved,
        "created_at": feedback.created_at.isoformat(),
        "changed_at": feedback.changed_at.isoformat(),
    }
