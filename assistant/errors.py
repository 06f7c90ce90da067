"""What can go wrong between a question and its answer.

CctError
└── AssistantError
    ├── QuestionError    the question is empty or far too long
    ├── UnknownSource    the question names a source that the index does not have
    ├── RerankerError    the configured reranker cannot be loaded or reached
    └── ModelError       the configured language model cannot be reached or gives nothing usable
        ├── ModelUnreachable      no connection, or the server fails (5xx)
        ├── ModelTimeout          it did not begin, or did not end, in the time it has
        ├── ModelBusy             429: too many requests, with the seconds to wait when they are told
        ├── ModelStopped          nobody waits for the answer any more
        ├── ModelPaused           it failed several times in a row: nothing is asked of it for a while
        └── PersonalDataRefused   the gateway found personal data in the request (400 "pii detected")
"""

from ingest.errors import CctError


class AssistantError(CctError):
    """Base of the assistant's errors."""


class QuestionError(AssistantError):
    """The question cannot be searched: empty, or nothing but control characters."""


class UnknownSource(AssistantError):
    """The question names a source or a revision that the index does not have."""


class RerankerError(AssistantError):
    """The reranker cannot be loaded or reached, or gives no usable scores."""


class ModelError(AssistantError):
    """The language model is not configured, cannot be reached, or gives nothing usable."""


class ModelUnreachable(ModelError):
    """No connection to the model, or its server fails."""


class ModelTimeout(ModelError):
    """The model did not begin, or did not end, in the time it has."""


class ModelBusy(ModelError):
    """Too many requests; `wait` is what the server asks for, in seconds, None when it does not say."""

    def __init__(self, message: str, remedy: str = "", wait: float | None = None) -> None:
        super().__init__(message, remedy)
        self.wait = wait


class ModelStopped(ModelError):
    """Whoever asked went away, or asked to stop."""


class ModelPaused(ModelError):
    """The model failed several times in a row: it is left alone for a while."""


class PersonalDataRefused(ModelError):
    """The gateway refused the request because it found personal data in it."""
