"""What the State asks a service to say of itself: accessibility, publisher, personal data, limits, conformity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse

from assistant.settings import AssistantSettings
from ui.pages.conformity import SOURCES, packaged_conformity
from ui.pages.layout import page
from ui.pages.legal_settings import LegalSettings
from ui.pages.measures import packaged_measures

ASSESSED = "2026-11-26"
"""Day of the tests that the accessibility declaration tells of."""
ACCESSIBILITY, LEGAL, PRIVACY = "/accessibilite", "/mentions-legales", "/donnees-personnelles"
TRANSPARENCY, CONFORMITY = "/transparence", "/conformite"
_BUNDLED = "multilingual-e5-small en 4 bits, fourni avec le logiciel et exécuté par le service"
_FEEDBACK = ("/api/v1/feedback", "/api/v1/avis", "/avis", "/feedback")


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """What the running program is made of, and who answers for it."""

    legal: LegalSettings
    version: str
    model: str = ""
    """The language model that writes answers; empty when none does."""
    embedding: str = ""
    reranker: str = ""
    signed_in: bool = False
    """True where people sign in."""

    @staticmethod
    def of(
        legal: LegalSettings, assistant: AssistantSettings, embedding: str, version: str, signed_in: bool
    ) -> ServiceFacts:
        """The facts that the settings tell."""
        model = assistant.model if assistant.writes else ""
        reranker = assistant.reranker_model if assistant.reranker_enabled else ""
        named = _BUNDLED if embedding == "bundled" else embedding
        return ServiceFacts(legal, version, model, named, reranker, signed_in)


def add_legal_pages(app: FastAPI, facts: ServiceFacts) -> None:
    """Adds the five pages; an empty setting is shown as one that the operator has to complete."""
    pages = _Pages(app, facts)
    for path, endpoint in (
        (ACCESSIBILITY, pages.accessibility),
        (LEGAL, pages.legal),
        (PRIVACY, pages.privacy),
        (TRANSPARENCY, pages.transparency),
        (CONFORMITY, pages.conformity),
    ):
        app.add_api_route(
            path, endpoint, methods=["GET", "HEAD"], response_class=HTMLResponse, include_in_schema=False
        )


class _Pages:
    def __init__(self, app: FastAPI, facts: ServiceFacts) -> None:
        self._app = app
        self._facts = facts

    def accessibility(self, request: Request) -> Response:
        """The declaration: not conform until somebody audits it, and what was tested."""
        legal = self._facts.legal
        assessed = legal.accessibility_date or ASSESSED
        contact = legal.accessibility_contact or legal.contact
        return self._page(
            request, "accessibilite.html", "Accessibilité : non conforme", date=assessed, contact=contact
        )

    def legal(self, request: Request) -> Response:
        """Publisher, director, host."""
        return self._page(request, "mentions_legales.html", "Mentions légales")

    def privacy(self, request: Request) -> Response:
        """What is kept of whoever asks, why, for how long."""
        paths = {str(getattr(route, "path", "")) for route in self._app.routes}
        feedback = any(path.startswith(_FEEDBACK) for path in paths)
        return self._page(request, "donnees_personnelles.html", "Données personnelles et témoins", feedback=feedback)

    def transparency(self, request: Request) -> Response:
        """How an answer is made, of what, how well, and its limits."""
        measures = packaged_measures()
        return self._page(
            request, "transparence.html", "Transparence", measures=measures.mesure, limits=measures.limite
        )

    def conformity(self, request: Request) -> Response:
        """This product's own conformity, requirement by requirement."""
        conformity = packaged_conformity()
        tables = [
            (title, [row for row in conformity.exigences if row.source == source])
            for source, title in SOURCES.items()
        ]
        counts = [(status, count) for status, count in conformity.counts() if count]
        shown = {str(getattr(route, "path", "")) for route in self._app.routes}
        linked = "/exigences/{source}/{identifier}" in shown or any(p.startswith("/exigences/{") for p in shown)
        return self._page(
            request, "conformite.html", "Conformité de ce service", tables=tables, counts=counts, linked=linked
        )

    def _page(self, request: Request, template: str, title: str, **context: Any) -> Response:
        return page(request, template, title=title, facts=self._facts, legal=self._facts.legal, **context)
