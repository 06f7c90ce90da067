"""What /metrics publishes, in a registry of its own: no question, no person in any label."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from assistant.answer import Answer, UsedRevision

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_VOTES = {"useful": "utile", "not_useful": "pas_utile", "removed": "retire"}
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """Counts of one server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._told: list[Callable[[str, Answer, float], None]] = []
        self._questions = Counter("cct_questions", "Questions traitées.", ["canal", "issue"], registry=self._registry)
        self._seconds = Histogram(
            "cct_reponse_duree_secondes", "Durée des réponses.", registry=self._registry, buckets=_SECONDS
        )
        self._modes = Counter(
            "cct_reponses", "Réponses, par mode ; degradee : un modèle configuré n'a pas servi.",
            ["mode", "degradee"], registry=self._registry,
        )  # fmt: skip
        self._tokens = Counter(
            "cct_jetons", "Jetons comptés par le serveur du modèle.", ["sens"], registry=self._registry
        )
        self._euros = Counter("cct_cout_euros", "Coût des jetons, aux prix des réglages.", registry=self._registry)
        self._index = Gauge(
            "cct_index_info", "Révisions servies ; vaut toujours 1.", ["source", "commit"], registry=self._registry
        )

        self._doors = Counter(
            "cct_portes_requetes", "Requêtes reçues par /v1 et /mcp.", ["porte", "statut"], registry=self._registry
        )
        self._tools = Counter("cct_outils", "Appels des outils MCP.", ["outil", "issue"], registry=self._registry)

        self._votes = Counter("cct_avis", "Avis donnés, changés ou retirés.", ["valeur"], registry=self._registry)

    def also_tell(self, recorder: Callable[[str, Answer, float], None]) -> None:
        """Each answer that is counted is told to it too, whatever the channel."""
        self._told.append(recorder)

    def feedback(self, value: str) -> None:
        """One more vote: useful, not_useful or removed."""
        self._votes.labels(_VOTES[value]).inc()

    def request(self, door: str, status: int) -> None:
        """One more request at a door, and the status that it got."""
        self._doors.labels(door, str(status)).inc()

    def tool(self, name: str, failed: bool) -> None:
        """One more call of a tool."""
        self._tools.labels(name, "echec" if failed else "fait").inc()

    def record(self, channel: str, answer: Answer, seconds: float) -> None:
        """One more question answered."""
        self._questions.labels(channel, answer.status).inc()
        self._seconds.observe(seconds)
        self._modes.labels(answer.mode, "oui" if answer.degraded else "non").inc()
        if answer.tokens is not None:
            self._tokens.labels("lus").inc(answer.tokens[0])
            self._tokens.labels("ecrits").inc(answer.tokens[1])
        if answer.cost is not None:
            self._euros.inc(answer.cost)
        for recorder in self._told:
            recorder(channel, answer, seconds)

    def text(self, revisions: tuple[UsedRevision, ...]) -> bytes:
        """Everything in the text format of Prometheus, with these revisions as the served ones."""
        self._index.clear()
        for revision in revisions:
            self._index.labels(revision.source, revision.commit or "demonstration").set(1)
        return generate_latest(self._registry)
