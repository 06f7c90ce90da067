"""Lines of code that the documents give as examples: quoted alone, they say nothing."""

from __future__ import annotations

import re

_CODE = re.compile(
    r"^\\?#\s|^(?:FROM|RUN|COPY|ADD|CMD|ENV|ARG|WORKDIR|VOLUME|EXPOSE|ENTRYPOINT|USER)\s|"
    r"^(?:\\?-\s*)?[a-z][\w.-]*:(?:\s?\S+)?$"
)
"""A comment, an instruction of a Dockerfile, a key of YAML with at most one word."""


def is_code(sentence: str) -> bool:
    """True when the sentence is a line of an example, not something that the document says."""
    return _CODE.search(sentence.strip()) is not None
