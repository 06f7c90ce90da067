"""`/avis`: a vote from a page without script; `vote_form.html` is the form that a page shows under an answer."""

from __future__ import annotations

import logging
from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from pydantic import TypeAdapter, ValidationError

from ui.errors import RefusedRequest, StorageError
from ui.feedback import feedback_wording as wording
from ui.feedback.desk import FeedbackDesk
from ui.feedback.feedback import LONGEST_COMMENT, MINUTES, Ballot, Feedback
from ui.feedback.sent_form import first_values, sent_fields
from ui.feedback.signed_in import Person, person_of_request
from ui.pages.layout import message_page, page

ADDRESS = "/avis"
_FORM = TypeAdapter(Ballot)
_log = logging.getLogger(__name__)


def add_vote_pages(
    app: FastAPI, desk: FeedbackDesk, person: Callable[[Request], Person | None] = person_of_request
) -> None:
    """Adds what takes the form, and what takes the vote back."""

    def pseudonym(request: Request) -> str | None:
        found = person(request)
        return desk.pseudonyms.person(found.realm, found.identifier) if found else None

    async def voted(request: Request) -> Response:
        return await run_in_threadpool(_vote, request, await sent_fields(request), desk, pseudonym(request))

    async def removed(request: Request) -> Response:
        fields = first_values(await sent_fields(request))
        return await run_in_threadpool(_remove, request, fields.get("answer", ""), desk, pseudonym(request))

    for path, view in ((ADDRESS, voted), (f"{ADDRESS}/retirer", removed)):
        app.add_api_route(path, view, methods=["POST"], response_class=HTMLResponse, include_in_schema=False)


def _vote(request: Request, fields: dict[str, list[str]], desk: FeedbackDesk, person: str | None) -> Response:
    first = first_values(fields)
    receipt = first.get("receipt", "")
    try:
        kept = desk.vote(receipt, _ballot(fields), person)
    except RefusedRequest as exc:
        return message_page(request, exc.status, wording.NOT_KEPT, exc.message, remedy=exc.remedy)
    except StorageError as exc:
        _log.warning("vote not kept: %s", exc.message)
        return message_page(request, 503, wording.NOT_KEPT, wording.CLOSED, remedy=wording.SEND_AGAIN)
    return _thanks(request, kept, receipt)


def _ballot(fields: dict[str, list[str]]) -> Ballot:
    """The ballot of the form; reasons that were ticked under « utile » are left out, the form cannot hide them."""
    first = first_values(fields)
    vote = first.get("vote", "")
    minutes = first.get("minutes_saved", "")
    if len(first.get("comment", "")) > LONGEST_COMMENT:
        raise RefusedRequest(wording.LONG_COMMENT.format(longest=LONGEST_COMMENT), wording.SEND_AGAIN, 422)
    try:
        return _FORM.validate_python(
            {
                "vote": vote,
                "reasons": fields.get("reasons", []) if vote == "not_useful" else [],
                "comment": first.get("comment", ""),
                "minutes_saved": int(minutes) if minutes else None,
            }
        )
    except (ValidationError, ValueError) as exc:
        raise RefusedRequest(wording.CHOOSE, wording.SEND_AGAIN, 422) from exc


def _thanks(request: Request, kept: Feedback, receipt: str) -> Response:
    return page(
        request,
        "vote_thanks.html",
        headers={"cache-control": "no-store"},
        title=wording.THANKS,
        receipt=receipt,
        kept=kept,
        feedback=FORM_WORDS,
    )


def _remove(request: Request, answer_id: str, desk: FeedbackDesk, person: str | None) -> Response:
    try:
        removed = desk.withdraw(answer_id, person)
    except StorageError as exc:
        _log.warning("vote not removed: %s", exc.message)
        return message_page(request, 503, wording.NOT_KEPT, wording.CLOSED, remedy=wording.SEND_AGAIN)
    text = wording.REMOVED if removed else wording.NO_FEEDBACK
    return message_page(request, 200 if removed else 404, wording.REMOVED_TITLE, text)


FORM_WORDS = {
    "votes": dict(wording.VOTES),
    "reasons": dict(wording.REASONS),
    "minutes": {
        minutes: wording.MINUTES.format(minutes=minutes) if minutes else wording.NO_MINUTES for minutes in MINUTES
    },
    "longest": LONGEST_COMMENT,
}
"""What `vote_form.html` shows as `feedback`; it also needs `receipt`, and `kept`, the vote to change or None."""
