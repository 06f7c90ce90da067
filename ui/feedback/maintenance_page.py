"""`/maintenance`: what people say, what got no answer, the latest evaluation, the documents' defects. No script."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import HTMLResponse

from ingest.errors import CctError
from ingest.lint.findings import Finding
from ingest.lint.run import lint
from ingest.sources.corpus import Corpus
from ui.doors.web_assistant import AssistantProvider
from ui.errors import RefusedRequest
from ui.feedback import feedback_wording as wording
from ui.feedback.assembly import FeedbackService
from ui.feedback.comments import RequirementComment
from ui.feedback.feedback import Feedback
from ui.feedback.latest_evaluation import Evaluation, latest_evaluation
from ui.feedback.mirai_push import waiting_and_refused
from ui.feedback.plots import FOOT, HEIGHT, LABELS, ROW, WIDTH, Bar, bars, rows
from ui.feedback.signed_in import is_maintainer
from ui.feedback.store import SqlFeedbackStore
from ui.feedback.subjects_over_time import SubjectsOverTime, over_time
from ui.feedback.summary import Summary, Tally, summary_of
from ui.feedback.unanswered import Subject, subjects
from ui.pages.layout import page
from ui.wording import percentage

ADDRESS = "/maintenance"
_MONTHS = 13
_REQUIREMENTS, _NEGATIVE, _SUBJECTS, _COMMENTS = 25, 20, 30, 20
"""Rows of each table; the commands give everything."""


@dataclass(frozen=True, slots=True)
class KeptView:
    """What the database holds, as the page shows it."""

    summary: Summary
    months: tuple[Bar, ...]
    requirements: tuple[tuple[str, Tally], ...]
    """Passages cited by the answers that were judged, those least liked first."""
    revisions: tuple[tuple[str, Tally], ...]
    """ "pi, révision bb6bc70", by source."""
    negative: tuple[Feedback, ...]
    unanswered: tuple[Subject, ...]
    unanswered_over_time: SubjectsOverTime
    unanswered_count: int
    refused_count: int
    comments: tuple[RequirementComment, ...]
    comment_count: int
    waiting: int
    push_refusals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LintView:
    """The defects of the revisions that answer."""

    counts: dict[str, int]
    shown: tuple[tuple[Finding, int], ...]
    """Each error, then the first finding of each other rule; with how many the rule has."""


def only_maintainers(request: Request) -> None:
    """Passes for a maintainer. Raises RefusedRequest, status 403, for anybody else; the one place to be guarded."""
    if not is_maintainer(request):
        raise RefusedRequest(wording.MAINTAINERS_ONLY, wording.MAINTAINERS_REMEDY, 403)


def add_maintenance_page(
    app: FastAPI,
    corpus: Corpus,
    assistant: AssistantProvider,
    service: FeedbackService,
    access: Callable[[Request], object] = only_maintainers,
) -> None:
    """Adds the page; `access` raises for whoever may not see it."""
    view = _MaintenancePage(corpus, assistant, service)
    app.add_api_route(
        ADDRESS,
        view.shown,
        methods=["GET", "HEAD"],
        response_class=HTMLResponse,
        include_in_schema=False,
        dependencies=[Depends(access)],
    )


class _MaintenancePage:
    def __init__(self, corpus: Corpus, assistant: AssistantProvider, service: FeedbackService) -> None:
        self._corpus = corpus
        self._assistant = assistant
        self._service = service
        self._lock = threading.Lock()
        self._linted: tuple[object, LintView] | None = None

    def shown(self, request: Request) -> Response:
        """The page; a part that cannot be read says why, and the others are shown."""
        kept, kept_problem = self._kept()
        linted, lint_problem = self._lint()
        return page(
            request,
            "maintenance.html",
            headers={"cache-control": "no-store"},
            title=wording.MAINTENANCE_TITLE,
            kept=kept,
            kept_problem=kept_problem,
            lint=linted,
            lint_problem=lint_problem,
            evaluation=self._evaluation(),
            reasons=wording.REASONS,
            severities=wording.SEVERITIES,
            keeps_words=self._service.settings.journal_questions,
            retention=self._service.settings.retention_days,
            pushes=bool(self._service.settings.ingest_address),
            plot={"width": WIDTH, "height": HEIGHT, "foot": FOOT, "labels": LABELS, "row": ROW},
            rows=rows,
            percentage=percentage,
            most_requirements=_REQUIREMENTS,
        )

    def _kept(self) -> tuple[KeptView | None, str]:
        since = datetime.now(UTC) - self._service.settings.retention
        try:
            database = self._service.storage()
            store = SqlFeedbackStore(database)
            summary = summary_of(store.all(since=since))
            negative = list(store.all(since=since, vote="not_useful"))[-_NEGATIVE:]
            abstained = subjects(database, since)
            refused = subjects(database, since, "refused")
            comments = self._service.comments().left()
            waiting, refusals = waiting_and_refused(database)
        except CctError as exc:
            return None, f"{exc.message} {exc.remedy}".strip()
        view = KeptView(
            summary=summary,
            months=bars(sorted(summary.by_month.items())[-_MONTHS:]),
            requirements=tuple(summary.worst_requirements(_REQUIREMENTS)),
            revisions=tuple((_revision_words(key), tally) for key, tally in sorted(summary.by_revision.items())),
            negative=tuple(reversed(negative)),
            unanswered=tuple(abstained[:_SUBJECTS]),
            unanswered_over_time=over_time(abstained),
            unanswered_count=sum(s.count for s in abstained),
            refused_count=sum(s.count for s in refused),
            comments=tuple(comments[:_COMMENTS]),
            comment_count=len(comments),
            waiting=waiting,
            push_refusals=tuple(refusals),
        )
        return view, ""

    def _lint(self) -> tuple[LintView | None, str]:
        """The findings, looked for once for each set of served revisions: it takes some seconds."""
        try:
            served = {r.source: r.commit for r in self._assistant().revisions()}
            key = tuple(sorted((source, commit or "") for source, commit in served.items()))
            with self._lock:
                if self._linted is None or self._linted[0] != key:
                    revisions = [
                        self._corpus.revision(source, commit) if commit else self._corpus.current(source)
                        for source, commit in served.items()
                    ]
                    self._linted = (key, _lint_view(lint(self._corpus, revisions)))
                return self._linted[1], ""
        except CctError as exc:
            return None, f"{exc.message} {exc.remedy}".strip()

    def _evaluation(self) -> Evaluation | None:
        return latest_evaluation(self._corpus.settings.home)


def _lint_view(findings: list[Finding]) -> LintView:
    order = {"error": 0, "warning": 1, "info": 2}
    ordered = sorted(findings, key=lambda f: (order[f.severity], f.rule, f.source, f.document, f.line))
    by_rule = Counter(f.rule for f in findings)
    first = {f.rule: f for f in reversed(ordered)}
    shown = tuple((f, by_rule[f.rule]) for f in ordered if f.severity == "error" or first[f.rule] is f)
    counts = Counter(str(f.severity) for f in findings)
    return LintView({name: counts[name] for name in order if counts[name]}, shown)


def _revision_words(key: str) -> str:
    source, _, commit = key.partition("@")
    return f"{source}, édition de démonstration" if commit == "demonstration" else f"{source}, révision {commit[:7]}"
