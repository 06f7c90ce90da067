"""What can go wrong between a question and its answer.

CctError
└── AssistantError
    ├── QuestionError    the question is empty or far too long
    ├── UnknownSource    the question names a source that the index does not have
    └── ModelError       the configured language model cannot be reached or gives nothing usable
"""

from ingest.errors import CctError


class AssistantError(CctError):
    """Base of the assistant's errors."""


class QuestionError(AssistantError):
    """The question cannot be searched: empty, or nothing but control characters."""


class UnknownSource(AssistantError):
    """The question names a source or a revision that the index does not have."""


class ModelError(AssistantError):
    """The language model is not configured, cannot be reached, or gives nothing usable."""
