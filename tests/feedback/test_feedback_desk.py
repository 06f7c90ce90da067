"""Receipts, pseudonyms and ballots."""

from __future__ import annotations

from datetime import timedelta

import pytest
from itsdangerous import TimestampSigner

from assistant.answer import Answer
from tests.feedback.rated_answers import NOON, answer
from tests.feedback.remembered_feedback import RememberedFeedback
from ui.errors import RefusedRequest
from ui.feedback.desk import FeedbackDesk
from ui.feedback.feedback import LONGEST_TEXT, Ballot, RatedAnswer
from ui.feedback.pseudonyms import Pseudonyms
from ui.feedback.receipts import LONGEST_RECEIPT, VALID_FOR, Receipts
from ui.storage.secret import Secret

SECRET = Secret("le secret de toutes les répliques de l'essai")


def desk(store: RememberedFeedback | None = None, secret: Secret = SECRET, model: str = "") -> FeedbackDesk:
    kept = store or RememberedFeedback()
    return FeedbackDesk(lambda: kept, secret, model, now=lambda: NOON)


def test_a_vote_keeps_what_the_answer_stood_on() -> None:
    kept = desk().vote(desk().receipt(answer(id="r1"), "web"), Ballot("useful", minutes_saved=15))
    assert kept.answer.question == "Faut-il une sonde de santé ?"
    assert kept.answer.text == "Oui, **P** [1]. Voir aussi [2]."
    assert kept.answer.citations == ("pi:EXI-ARCH-12", "mirai:EXI-ARCH-9", "mirai:EXI-G-4")
    assert kept.answer.revisions == ("pi@" + "0123abcd" * 5, "mirai@demonstration")
    assert (kept.answer.mode, kept.answer.model, kept.answer.channel) == ("extractive", "", "web")
    assert kept.ballot.minutes_saved == 15


def test_the_model_is_named_only_where_it_wrote() -> None:
    written = desk(model="chat-pro").receipt(answer(mode="llm"), "api")
    composed = desk(model="chat-pro").receipt(answer(), "api")
    assert desk().vote(written, Ballot("useful")).answer.model == "chat-pro"
    assert desk().vote(composed, Ballot("useful")).answer.model == ""


def test_any_replica_reads_the_receipt_of_another() -> None:
    store = RememberedFeedback()
    receipt = desk(store).receipt(answer(id="r1"), "web")
    desk(store).vote(receipt, Ballot("useful"))
    desk(store).vote(receipt, Ballot("not_useful", ("wrong",)))
    assert [f.ballot.vote for f in store.all()] == ["not_useful"]


def test_a_receipt_of_another_installation_is_refused() -> None:
    receipt = desk(secret=Secret("le secret d'une autre installation, long")).receipt(answer(), "web")
    with pytest.raises(RefusedRequest, match="n'est pas celui d'une réponse") as caught:
        desk().vote(receipt, Ballot("useful"))
    assert caught.value.status == 422


@pytest.mark.parametrize("damaged", ["", "x", "a.b.c", "é", "eyJhIjoxfQ.ZZZZZZ.AAAA"])
def test_a_receipt_that_is_none_is_refused(damaged: str) -> None:
    with pytest.raises(RefusedRequest):
        desk().vote(damaged, Ballot("useful"))


def test_a_changed_receipt_is_refused() -> None:
    receipt = desk().receipt(answer(), "web")
    with pytest.raises(RefusedRequest):
        desk().vote(receipt[:10] + ("A" if receipt[10] != "A" else "B") + receipt[11:], Ballot("useful"))


def test_an_old_receipt_is_refused_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    receipts, now = Receipts(SECRET), TimestampSigner("x").get_timestamp()
    made = receipts.make(RatedAnswer.of(answer(), "web", "", NOON))
    monkeypatch.setattr(
        TimestampSigner, "get_timestamp", lambda self: now + int(VALID_FOR / timedelta(seconds=1)) + 60
    )
    with pytest.raises(RefusedRequest, match="trente jours") as caught:
        receipts.read(made)
    assert (caught.value.status, bool(caught.value.remedy)) == (410, True)


def test_nobody_rates_an_error() -> None:
    assert desk().receipt(Answer("?", "error", "En panne."), "web") == ""


def test_the_longest_answer_still_fits_a_request() -> None:
    import random

    letters = random.Random(7)
    noise = "".join(chr(letters.randrange(0x20, 0x24F)) for _ in range(LONGEST_TEXT * 2))
    receipt = desk().receipt(answer(question=noise, text=noise), "web")
    kept = desk().vote(receipt, Ballot("useful")).answer
    assert len(receipt) <= LONGEST_RECEIPT
    assert kept.text.endswith(" […]")


def test_a_useful_answer_has_no_reason() -> None:
    with pytest.raises(RefusedRequest, match="pas utile"):
        desk().vote(desk().receipt(answer(), "web"), Ballot("useful", ("wrong",)))


def test_reasons_are_kept_once_and_in_one_order() -> None:
    kept = desk().vote(desk().receipt(answer(), "web"), Ballot("not_useful", ("wrong", "missed", "wrong")))
    assert kept.ballot.reasons == ("missed", "wrong")


def test_free_text_is_kept_as_plain_text() -> None:
    comment = "  <script>alert(1)</script>\x00 a\x08b \ud800 fin\r\nligne  "
    kept = desk().vote(desk().receipt(answer(), "web"), Ballot("not_useful", comment=comment))
    assert kept.ballot.comment == "<script>alert(1)</script>  a b   fin\nligne"


def test_a_person_has_one_pseudonym_that_needs_the_secret() -> None:
    here, there = Pseudonyms(SECRET), Pseudonyms(Secret("un autre secret, assez long lui aussi"))
    assert here.person("oidc", "jeanne@exemple.invalid") == Pseudonyms(SECRET).person(
        "oidc", "jeanne@exemple.invalid"
    )
    names = {
        here.person("oidc", "42"),
        here.person("mattermost", "42"),
        here.bearer("42"),
        there.person("oidc", "42"),
    }
    assert len(names) == 4
    assert all(len(name) == 32 and "jeanne" not in name for name in names)


def test_without_sign_in_the_holder_of_the_answer_is_the_voter() -> None:
    store = RememberedFeedback()
    here = desk(store)
    here.vote(here.receipt(answer(id="r1"), "web"), Ballot("useful"))
    here.vote(here.receipt(answer(id="r2"), "web"), Ballot("useful"))
    assert len({f.user for f in store.all()}) == 2
    assert here.own("r1") is not None
    assert here.own("r3") is None
    assert here.withdraw("r1")
    assert not here.withdraw("r1")


def test_a_person_cannot_read_or_remove_anothers_vote() -> None:
    here = desk()
    jeanne, paul = here.pseudonyms.person("oidc", "jeanne"), here.pseudonyms.person("oidc", "paul")
    here.vote(here.receipt(answer(id="r1"), "web"), Ballot("useful"), jeanne)
    assert here.own("r1", paul) is None
    assert not here.withdraw("r1", paul)
    assert here.own("r1") is None
    assert here.own("r1", jeanne) is not None
