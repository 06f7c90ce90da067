"""How long a model is waited for, how often it is asked again, and when it is left alone."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from assistant.errors import ModelBusy, ModelError, ModelPaused, ModelStopped, ModelTimeout, ModelUnreachable
from assistant.model.language_model import LanguageModel, Piece
from assistant.model.stopping import Stop, current_stop

Clock = Callable[[], float]

FAILURES_BEFORE_PAUSE = 3
PAUSE = 30.0
"""Seconds during which a model that failed several times in a row is left alone."""
_LONGEST_WAIT = 10.0
"""Seconds that a 429 may make one answer wait."""
_LONGEST_PAUSE = 600.0


@dataclass
class CircuitBreaker:
    """Opens after several failures in a row; then lets one trial through each pause. Thread-safe."""

    clock: Clock = time.monotonic
    failures: int = 0
    closed_at: float = 0.0
    """When the next trial may go, on the clock."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self) -> None:
        """Raises ModelPaused while nothing is to be asked of the model."""
        with self._lock:
            left = self.closed_at - self.clock()
            if left > 0:
                raise ModelPaused(
                    f"Le modèle de langue est en pause après {self.failures} échecs.",
                    f"Nouvel essai dans {left:.0f} s.",
                )
            if self.failures >= FAILURES_BEFORE_PAUSE:
                self.closed_at = self.clock() + PAUSE  # one trial goes; the others wait for what becomes of it

    def succeeded(self) -> None:
        """The model answered."""
        with self._lock:
            self.failures, self.closed_at = 0, 0.0

    def failed(self, wait: float | None = None) -> None:
        """The model failed; `wait` is what it asks for, in seconds."""
        with self._lock:
            self.failures += 1
            if wait is not None:
                self.closed_at = max(self.closed_at, self.clock() + min(wait, _LONGEST_PAUSE))
            elif self.failures >= FAILURES_BEFORE_PAUSE:
                self.closed_at = self.clock() + PAUSE

    @property
    def paused(self) -> bool:
        """True while nothing is asked of the model."""
        with self._lock:
            return self.closed_at > self.clock()


class PatientModel:
    """A model with a deadline, a second attempt and a circuit breaker. Thread-safe."""

    def __init__(
        self,
        model: LanguageModel,
        total: float,
        first: float,
        breaker: CircuitBreaker | None = None,
        clock: Clock = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._model = model
        self._total = total
        self._first = first
        self._clock = clock
        self._sleep = sleep
        self.breaker = breaker or CircuitBreaker(clock)

    def pieces(self, instructions: str, request: str, until: float | None = None) -> Iterator[Piece]:
        """The pieces of an answer, at the latest until a moment of the clock (default: the whole time it has).

        Raises ModelError, ModelTimeout at the deadline, ModelPaused without asking. Closing the iterator cancels.
        """
        end = min(until or float("inf"), self._clock() + self._total)
        self.breaker.check()
        try:
            for attempt in (1, 2):
                begun = False
                try:
                    for piece in self._timed(instructions, request, end):
                        begun = True
                        yield piece
                    break
                except (ModelBusy, ModelUnreachable) as exc:
                    if begun or attempt == 2 or not self._may_wait(exc, end):
                        raise
        except ModelBusy as exc:
            self.breaker.failed(exc.wait if exc.wait is not None else 1.0)
            raise
        except (ModelTimeout, ModelUnreachable):
            self.breaker.failed()
            raise
        except ModelError:
            raise  # a refusal of this request says nothing of the next one
        else:
            self.breaker.succeeded()

    @property
    def deadline(self) -> float:
        """The moment of the clock until which an answer begun now may last."""
        return self._clock() + self._total

    def _may_wait(self, exc: ModelError, end: float) -> bool:
        wait = 0.5 if not isinstance(exc, ModelBusy) else (exc.wait if exc.wait is not None else 1.0)
        if wait > min(_LONGEST_WAIT, (end - self._clock()) / 2):
            return False
        self._sleep(wait)
        return True

    def _timed(self, instructions: str, request: str, end: float) -> Iterator[Piece]:
        """The pieces read by a thread of their own: a server that says nothing cannot hold the reader."""
        received: queue.Queue[Piece | ModelError | None] = queue.Queue()
        stream = self._model.stream(instructions, request)
        cancelled = threading.Event()

        def stopped() -> None:
            cancelled.set()
            received.put(ModelStopped("La rédaction a été arrêtée.", ""))  # before the error that hanging up makes
            _close(stream)  # at once, while the thread that reads it may be waiting for a piece

        reader = threading.Thread(target=_read, args=(stream, received, cancelled), name="cct-modele", daemon=True)
        stop = current_stop.get() or Stop()
        with stop.calls(stopped):
            reader.start()
            try:
                yield from self._received(received, end)
            finally:
                cancelled.set()
                _close(stream)

    def _received(self, received: queue.Queue[Piece | ModelError | None], end: float) -> Iterator[Piece]:
        begin: float | None = min(end, self._clock() + self._first)
        while True:
            left = (begin if begin is not None else end) - self._clock()
            try:
                item = received.get(timeout=max(0.0, left))
            except queue.Empty:
                what = "commencé" if begin is not None else "fini"
                raise ModelTimeout(f"Le modèle de langue n'a pas {what} à temps.", "Voyez LLM_TIMEOUT.") from None
            if item is None:
                return
            if isinstance(item, ModelError):
                raise item
            begin = None  # it began: only the end counts from now on
            yield item
            if self._clock() > end:
                raise ModelTimeout("Le modèle de langue n'a pas fini à temps.", "Voyez LLM_TIMEOUT.")


def _read(
    stream: Iterator[Piece], received: queue.Queue[Piece | ModelError | None], cancelled: threading.Event
) -> None:
    try:
        for piece in stream:
            received.put(piece)
            if cancelled.is_set():
                break
        received.put(None)
    except ModelError as exc:
        received.put(exc)
    except Exception as exc:  # noqa: BLE001  the thread's outermost loop: its reader must be told
        received.put(ModelError(f"Le modèle de langue a échoué ({type(exc).__name__} : {exc}).", ""))
    finally:
        _close(stream)


def _close(stream: Iterator[Piece]) -> None:
    """Ends a stream. A generator that another thread is running cannot be closed: that thread closes it."""
    close = getattr(stream, "close", None)
    if close is not None:
        with suppress(ValueError):  # "generator already executing"
            close()
