"""Questions proposed by a model, kept apart from the bank until a person accepts them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ingest.question_bank import Entry, dump_entry


class Proposals:
    """The file of proposals in the data folder."""

    def __init__(self, home: Path) -> None:
        self.path = home / "propositions" / "questions.jsonl"

    def waiting(self) -> list[Entry]:
        """The proposals that nobody has accepted yet, oldest first."""
        if not self.path.is_file():
            return []
        lines = self.path.read_text(encoding="utf-8").splitlines()
        return [Entry.model_validate_json(line) for line in lines if line.strip()]

    def add(self, entry: Entry) -> None:
        """Keeps a proposal at once, so that an interruption loses none."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(f"{dump_entry(entry)}\n")

    def keep(self, entries: Sequence[Entry]) -> None:
        """Leaves only these proposals waiting."""
        aside = self.path.with_suffix(".tmp")
        aside.write_text("".join(f"{dump_entry(e)}\n" for e in entries), encoding="utf-8")
        aside.replace(self.path)
