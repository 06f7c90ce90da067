"""What the linter says: one defect of one document, where it stands, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A defect; `message` is French and says what to do, `line` is 1-based."""

    rule: str
    severity: Severity
    source: str
    document: str
    line: int
    message: str
    judgement: bool = False
    """True when only a person who knows the domain can say whether it is a defect."""

    def to_json(self) -> dict[str, object]:
        """The finding as `cct lint --json` prints it."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "source": self.source,
            "document": self.document,
            "line": self.line,
            "message": self.message,
            "judgement": self.judgement,
        }
