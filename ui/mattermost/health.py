"""How the bot is: what /health says and /metrics publishes. No person, channel or word of anybody in any label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600)
_QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15)


@dataclass
class Gauges:
    """Counts of one bot; reads of the clock are the caller's, in seconds of the monotonic one."""

    def __post_init__(self) -> None:
        self.registry = CollectorRegistry()
        r = self.registry
        self._connected = Gauge("cct_mattermost_connecte", "1 : le flux d'événements est ouvert.", registry=r)
        self._leader = Gauge("cct_mattermost_meneur", "1 : cette réplique mène.", registry=r)
        self._age = Gauge("cct_mattermost_dernier_evenement_secondes", "Âge du dernier signe du serveur.", registry=r)
        self._lag = Gauge("cct_mattermost_retard_secondes", "Du message à son arrivée, pour le dernier.", registry=r)
        self._waiting = Gauge("cct_mattermost_en_attente", "Questions en attente.", registry=r)
        self._working = Gauge("cct_mattermost_en_cours", "Questions en cours de réponse.", registry=r)
        self._events = Counter("cct_mattermost_evenements", "Événements reçus.", ["type"], registry=r)
        self._connections = Counter(
            "cct_mattermost_connexions", "first, kept (rien de perdu), lost (relu par REST).", ["issue"], registry=r
        )
        self._caught_up = Counter("cct_mattermost_messages_relus", "Messages relus par REST.", registry=r)
        self._overflow = Counter("cct_mattermost_canaux_trop_longs", "Canaux que la relecture a abrégés.", registry=r)
        self._questions = Counter("cct_mattermost_questions", "Questions reçues.", registry=r)
        self._answers = Counter("cct_mattermost_reponses", "Questions closes, par issue.", ["issue"], registry=r)
        self._seconds = Histogram(
            "cct_mattermost_delai_secondes", "Du message à sa réponse.", registry=r, buckets=_SECONDS
        )
        self._calls = Counter("cct_mattermost_appels", "Appels REST.", ["appel", "statut"], registry=r)
        self._call_seconds = Histogram(
            "cct_mattermost_appel_secondes", "Durée des appels REST.", registry=r, buckets=_QUICK
        )
        self._callbacks = Counter("cct_mattermost_rappels", "Appels reçus du serveur.", ["type", "issue"], registry=r)
        self._votes = Counter("cct_mattermost_avis", "Avis reçus.", ["avis"], registry=r)
        self.connected = False
        self.leads = False
        self.last_sign: float | None = None
        self.lag_seconds = 0.0
        self.problem = ""
        """What stopped the bot, in French; empty while it works."""

    def event(self, kind: str, now: float) -> None:
        """One more event."""
        self._events.labels(kind[:40]).inc()
        self.last_sign = now

    def lag(self, milliseconds: int) -> None:
        """How late the last post came (the two clocks may differ)."""
        self.lag_seconds = max(0.0, milliseconds / 1000)
        self._lag.set(self.lag_seconds)

    def connection(self, how: str, now: float) -> None:
        """A socket has taken over."""
        self._connections.labels(how).inc()
        self.connected, self.last_sign = True, now

    def disconnected(self) -> None:
        """There is no socket."""
        self.connected = False

    def question(self) -> None:
        """One more question received."""
        self._questions.inc()

    def caught_up(self, posts: int) -> None:
        """Posts that were read by REST."""
        self._caught_up.inc(posts)

    def overflow(self) -> None:
        """A channel that held more than is read."""
        self._overflow.inc()

    def answer(self, outcome: str, milliseconds: int) -> None:
        """One more question ended."""
        self._answers.labels(outcome).inc()
        self._seconds.observe(max(0, milliseconds) / 1000)

    def call(self, name: str, status: int, seconds: float) -> None:
        """One more REST call (see transport.Observer)."""
        self._calls.labels(name, str(status)).inc()
        self._call_seconds.observe(seconds)

    def callback(self, kind: str, outcome: str) -> None:
        """One more call from the server."""
        self._callbacks.labels(kind, outcome).inc()

    def feedback(self, value: str) -> None:
        """One more vote: useful, not_useful, removed (ui.feedback.desk.VoteCounter)."""
        self._votes.labels(value).inc()

    def backlog(self, waiting: int, working: int) -> None:
        """How many wait and are worked on."""
        self._waiting.set(waiting)
        self._working.set(working)

    def sign_age(self, now: float) -> float | None:
        """Seconds since the server last gave a sign; None: never."""
        return None if self.last_sign is None else max(0.0, now - self.last_sign)

    def health(self, now: float) -> tuple[int, Mapping[str, object]]:
        """HTTP's status and the state. A replica that does not lead is well; a leader without a stream is not."""
        age = self.sign_age(now)
        well = not self.problem and (self.connected or not self.leads)
        state = {
            "status": "UP" if well else "DOWN",
            "connecte": self.connected,
            "meneur": self.leads,
            "dernier_evenement_s": None if age is None else round(age, 1),
            "retard_s": round(self.lag_seconds, 3),
            "probleme": self.problem,
        }
        return (200 if well else 503), state

    def text(self, now: float) -> bytes:
        """Everything in the text format of Prometheus."""
        self._connected.set(self.connected)
        self._leader.set(self.leads)
        self._age.set(self.sign_age(now) or 0.0)
        return generate_latest(self.registry)
