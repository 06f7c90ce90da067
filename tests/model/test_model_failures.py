"""A model that does not do its work: the extractive answer stands in its place, soon, and says why."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from assistant.answer import Question
from assistant.answer_stream import SentencePassed
from assistant.answering import Assistant
from assistant.errors import ModelBusy, ModelError, ModelPaused, ModelTimeout, ModelUnreachable, PersonalDataRefused
from assistant.model.answer_writer import AnswerWriter
from assistant.model.patience import FAILURES_BEFORE_PAUSE, PAUSE, CircuitBreaker, PatientModel
from assistant.search.ranking import packaged_parameters
from assistant.selection import Library
from tests.scripted_model import Reply, ScriptedModel, passage_number

QUESTION = "Peut-on stocker la sauvegarde sur la même grappe ?"
GOOD = "La sauvegarde est hébergée par un service S3 résilient, indépendant de l'architecture de production"


def good(request: str) -> str:
    return f"{GOOD} [{passage_number(request, 'EXI-ARCH-4')}]."


def often(request: str) -> str:
    return f"{good(request)} " * 200


FAILURES: list[tuple[str, Reply, str, dict[str, Any]]] = [
    ("injoignable", ModelUnreachable("Le modèle de langue est injoignable."), "injoignable", {}),
    ("délai", ModelTimeout("Trop long."), "à temps", {}),
    ("429", ModelBusy("Trop de demandes.", wait=120), "429", {}),
    ("donnée personnelle", PersonalDataRefused("La passerelle a refusé : donnée personnelle détectée (email)."), "email", {}),
    ("refus du serveur", ModelError("Le modèle de langue refuse la demande (404)."), "404", {}),
    ("vide", "", "vide", {}),
    ("blancs", " \n\n ", "vide", {}),
    ("seulement du raisonnement", "<think>Longue réflexion sans fin", "vide", {}),
    ("coupé", good, "coupée", {"finish": "length"}),
    ("anglais", "The backup must be stored on an S3 service which is independent of the production [1].", "français", {}),
    ("boucle", often, "répétait", {}),
    ("boucle sans point", "sauvegarde et " * 900, "répétait", {}),
    ("refus", "Je suis désolé, mais je ne peux pas répondre à cette question.", "refusé", {}),
    ("rien trouvé", "Les passages ne répondent pas à la question.", "pas trouvé", {}),
    ("sans renvoi", "La sauvegarde va sur S3. Elle est indépendante de la production.", "vérification", {}),
    ("tout faux", "La sauvegarde est facultative [1]. Elle dure 90 jours [1]. Elle va sur bande [2].", "vérification", {}),
    ("tableau", "| a | b |\n|---|---|\n| S3 [1] | oui |\n", "vérification", {}),
    ("code", "```\nsauvegarde [1]\n```", "vérification", {}),
    ("presque tout faux", lambda r: good(r) + " Elle dure 90 jours [1]. Elle va sur bande [1]. Elle pèse 3 Go [1]. Rien ne presse.", "1 sur", {}),
]  # fmt: skip


@pytest.fixture(scope="module")
def extractive(library: Library) -> str:
    return Assistant(library, packaged_parameters()).answer(Question(QUESTION)).text


@pytest.mark.parametrize(("reply", "reason", "script"), [f[1:] for f in FAILURES], ids=[f[0] for f in FAILURES])
def test_the_extractive_answer_takes_its_place_and_says_why(
    ask_model: Any, extractive: str, schema: dict[str, Any], reply: Reply, reason: str, script: dict[str, Any]
) -> None:
    answer = ask_model(reply, **script).answer
    jsonschema.validate(answer.to_json(), schema)
    assert answer.mode == "extractive"
    assert answer.text == extractive
    assert answer.status == "answered"
    assert all(c.verified for c in answer.citations)
    assert answer.degraded is not None
    assert reason in answer.degraded


def test_what_was_shown_is_replaced_when_the_answer_is_cut_off(ask_model: Any) -> None:
    asked = ask_model(good, finish="length")
    assert asked.passed
    assert asked.events[-1].replaces


def test_a_model_that_never_begins_is_given_up_in_the_time_it_has(ask_model: Any) -> None:
    held = threading.Event()
    asked = ask_model(good, held=held, first=0.2)
    held.set()
    assert "à temps" in (asked.answer.degraded or "")
    assert asked.model.given == 0


def test_a_model_that_is_slow_is_given_up_in_the_time_it_has(ask_model: Any) -> None:
    asked = ask_model("mot " * 4000, pause=0.05, total=0.5)  # two minutes to its end
    assert "à temps" in (asked.answer.degraded or "")
    assert asked.model.ended.wait(60)
    assert asked.model.closed == 1  # the request was given up too


def test_a_reader_that_goes_away_stops_the_model(library: Library) -> None:
    model = ScriptedModel([lambda r: f"{good(r)} Puis " + "encore un mot " * 20_000], pause=0.002)
    assistant = Assistant(library, packaged_parameters(), AnswerWriter(PatientModel(model, 20, 10), library))
    stream = assistant.stream(Question(QUESTION))
    next(e for e in stream if isinstance(e, SentencePassed))
    stream.close()  # type: ignore[attr-defined]  # a generator
    assert model.ended.wait(60)
    assert model.closed == 1


class Clock:
    """A clock that only moves when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def patient(*replies: Reply, total: float = 60.0) -> tuple[PatientModel, ScriptedModel, Clock]:
    clock, model = Clock(), ScriptedModel(replies)
    return PatientModel(model, total, total, clock=clock, sleep=clock.sleep), model, clock


def text_of(model: PatientModel) -> str:
    return "".join(piece.text for piece in model.pieces("c", "q"))


def test_a_busy_model_is_asked_again_after_the_seconds_it_names() -> None:
    model, script, clock = patient(ModelBusy("429", wait=6), "Voilà.")
    assert text_of(model) == "Voilà."
    assert clock.now == 6
    assert len(script.asked) == 2


def test_a_busy_model_that_asks_for_too_long_is_not_waited_for() -> None:
    model, script, clock = patient(ModelBusy("429", wait=90), "Voilà.")
    with pytest.raises(ModelBusy):
        text_of(model)
    assert clock.now == 0
    with pytest.raises(ModelPaused):  # and it is left alone for the time it asked for
        text_of(model)
    clock.now = 91
    assert text_of(model) == "Voilà."
    assert len(script.asked) == 2


def test_a_lost_connection_is_tried_once_more() -> None:
    model, script, _ = patient(ModelUnreachable("coupé"), "Voilà.")
    assert text_of(model) == "Voilà."
    assert len(script.asked) == 2


def test_a_refusal_is_not_tried_again_and_pauses_nothing() -> None:
    model, script, _ = patient(PersonalDataRefused("pii"))
    for _ in range(FAILURES_BEFORE_PAUSE + 2):
        with pytest.raises(PersonalDataRefused):
            text_of(model)
    assert len(script.asked) == FAILURES_BEFORE_PAUSE + 2


def test_a_model_that_fails_several_times_is_left_alone_then_tried_once() -> None:
    model, script, clock = patient(ModelUnreachable("panne"))
    for _ in range(FAILURES_BEFORE_PAUSE):
        with pytest.raises(ModelUnreachable):
            text_of(model)
    asked = len(script.asked)
    with pytest.raises(ModelPaused):
        text_of(model)
    assert len(script.asked) == asked
    clock.now += PAUSE + 1
    script.replies = ("Voilà.",)
    assert text_of(model) == "Voilà."
    assert not model.breaker.paused
    assert model.breaker.failures == 0


def test_while_one_trial_runs_the_others_wait() -> None:
    breaker, clock = CircuitBreaker(), Clock()
    breaker.clock = clock
    for _ in range(FAILURES_BEFORE_PAUSE):
        breaker.failed()
    clock.now += PAUSE + 1
    breaker.check()
    with pytest.raises(ModelPaused):
        breaker.check()


def test_questions_asked_at_once_each_have_their_answer(library: Library) -> None:
    model = ScriptedModel([good], pause=0.002)
    assistant = Assistant(library, packaged_parameters(), AnswerWriter(PatientModel(model, 20, 10), library))
    texts: list[str] = []
    threads = [
        threading.Thread(target=lambda: texts.append(assistant.answer(Question(QUESTION)).text)) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts) == 6
    assert set(texts) == {texts[0]}
    assert texts[0].startswith(f"{GOOD} [1].")


def test_health_tells_of_a_model_that_is_left_alone(library: Library, ask_model: Callable[..., Any]) -> None:
    asked = ask_model(ModelBusy("429", wait=500))
    assert asked.assistant.health()["modele"] == "DEGRADED"
    assert "index" in asked.assistant.health()
    assert Assistant(library, packaged_parameters()).health() == {"index": "UP"}
