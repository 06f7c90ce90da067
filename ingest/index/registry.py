"""Which revision holds which passages at which lines: an SQLite file beside the vectors.

Passages hang on the content of a document (its blob) and not on a commit, so a document that fifty
revisions share is read once.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ingest.errors import IndexMismatch, IndexNotWritable
from ingest.passage import Lines, Located, Passage, ReadDocument, UnreadableRow

_SCHEMA = """
CREATE TABLE IF NOT EXISTS stamp (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS revision (
  source TEXT, commit_hash TEXT, date TEXT, subject TEXT, official INTEGER, served INTEGER,
  PRIMARY KEY (source, commit_hash));
CREATE TABLE IF NOT EXISTS document (
  source TEXT, commit_hash TEXT, path TEXT, title TEXT, role TEXT, blob TEXT, position INTEGER,
  PRIMARY KEY (source, commit_hash, path));
CREATE TABLE IF NOT EXISTS content (blob TEXT PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS reading (blob TEXT, role TEXT, passages TEXT, unreadable TEXT, PRIMARY KEY (blob, role));
CREATE TABLE IF NOT EXISTS sentences (digest TEXT PRIMARY KEY, sentences TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class IndexedRevision:
    """A revision in the index; `commit` is the demonstration's content address when not official."""

    source: str
    commit: str
    date: str
    subject: str
    official: bool
    served: bool = False


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """One document of one revision."""

    path: str
    title: str
    role: str
    blob: str


class Registry:
    """Reading and writing of one registry file.

    Raises IndexNotWritable when the disk refuses, IndexMismatch when the file is damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._translated():
            self._db = sqlite3.connect(path, check_same_thread=False)
            self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Gives back the file."""
        self._db.close()

    def stamp(self) -> dict[str, str]:
        """What the index was made with: program and embedding versions, question bank."""
        return dict(self._rows("SELECT key, value FROM stamp"))

    def write_stamp(self, values: dict[str, str]) -> None:
        """Replaces the stamp."""
        with self._translated(), self._db:
            self._db.execute("DELETE FROM stamp")
            self._db.executemany("INSERT INTO stamp VALUES (?, ?)", values.items())

    def revisions(self) -> list[IndexedRevision]:
        """Every revision in the index, by source then date."""
        rows = self._rows(
            "SELECT source, commit_hash, date, subject, official, served FROM revision ORDER BY source, date, rowid"
        )
        return [IndexedRevision(s, c, d, subject, bool(o), bool(v)) for s, c, d, subject, o, v in rows]

    def add_revision(self, revision: IndexedRevision, documents: list[IndexedDocument]) -> None:
        """Adds or replaces a revision and its list of documents."""
        key = (revision.source, revision.commit)
        with self._translated(), self._db:
            self._db.execute("DELETE FROM document WHERE source = ? AND commit_hash = ?", key)
            self._db.execute(
                "INSERT OR REPLACE INTO revision VALUES (?, ?, ?, ?, ?, ?)",
                (*key, revision.date, revision.subject, int(revision.official), int(revision.served)),
            )
            self._db.executemany(
                "INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(*key, d.path, d.title, d.role, d.blob, n) for n, d in enumerate(documents)],
            )

    def serve_only(self, served: dict[str, str]) -> None:
        """Says which commit of each source answers by default."""
        with self._translated(), self._db:
            self._db.execute("UPDATE revision SET served = 0")
            self._db.executemany(
                "UPDATE revision SET served = 1 WHERE source = ? AND commit_hash = ?", served.items()
            )

    def forget_source(self, source: str) -> None:
        """Drops every revision of a source; contents and readings stay as a cache."""
        with self._translated(), self._db:
            self._db.execute("DELETE FROM document WHERE source = ?", (source,))
            self._db.execute("DELETE FROM revision WHERE source = ?", (source,))

    def documents(self, source: str, commit: str) -> list[IndexedDocument]:
        """The documents of a revision, in the manifest's order."""
        rows = self._rows(
            "SELECT path, title, role, blob FROM document WHERE source = ? AND commit_hash = ? ORDER BY position",
            source,
            commit,
        )
        return [IndexedDocument(*row) for row in rows]

    def text(self, source: str, commit: str, path: str) -> str:
        """The full text of a document at a revision. Raises IndexMismatch when the index lacks it."""
        row = self._row(
            "SELECT content.text FROM document JOIN content USING (blob)"
            " WHERE source = ? AND commit_hash = ? AND path = ?",
            source,
            commit,
            path,
        )
        if row is None:
            raise IndexMismatch(
                f"L'index ne contient pas {path} ({source}, {commit[:7]}).", "Relancez « cct ingest »."
            )
        return str(row[0])

    def reading(self, blob: str, role: str) -> ReadDocument | None:
        """What a document's content holds, when it has been read already."""
        row = self._row("SELECT passages, unreadable FROM reading WHERE blob = ? AND role = ?", blob, role)
        if row is None:
            return None
        with self._translated():
            return ReadDocument(
                tuple(_passage(item) for item in json.loads(row[0])),
                tuple(UnreadableRow(**item) for item in json.loads(row[1])),
            )

    def add_reading(self, blob: str, role: str, text: str, read: ReadDocument) -> None:
        """Keeps a document's text and what it holds."""
        passages = json.dumps([asdict(p) for p in read.passages], ensure_ascii=False)
        unreadable = json.dumps([asdict(u) for u in read.unreadable], ensure_ascii=False)
        with self._translated(), self._db:
            self._db.execute("INSERT OR REPLACE INTO content VALUES (?, ?)", (blob, text))
            self._db.execute("INSERT OR REPLACE INTO reading VALUES (?, ?, ?, ?)", (blob, role, passages, unreadable))

    def sentences(self, digest: str) -> tuple[str, ...] | None:
        """The sentences of a paragraph, when they have been split already."""
        row = self._row("SELECT sentences FROM sentences WHERE digest = ?", digest)
        with self._translated():
            return tuple(json.loads(row[0])) if row else None

    def add_sentences(self, digest: str, sentences: tuple[str, ...]) -> None:
        """Keeps the sentences of a paragraph."""
        with self._translated():
            self._db.execute(
                "INSERT OR REPLACE INTO sentences VALUES (?, ?)",
                (digest, json.dumps(sentences, ensure_ascii=False)),
            )

    def passages(self, source: str, commit: str, official: bool = True) -> list[Located]:
        """Every passage of a revision, documents in the manifest's order, lines in order."""
        located: list[Located] = []
        for document in self.documents(source, commit):
            read = self.reading(document.blob, document.role)
            passages = read.passages if read else ()
            located += [Located(source, document.path, commit if official else None, p) for p in passages]
        return located

    def commit(self) -> None:
        """Writes everything to disk."""
        with self._translated():
            self._db.commit()

    def _rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with self._translated():
            return self._db.execute(query, values).fetchall()

    def _row(self, query: str, *values: str) -> tuple[Any, ...] | None:
        return next(iter(self._rows(query, *values)), None)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as exc:
            raise IndexNotWritable(
                f"L'index {self.path} ne peut pas être écrit ({exc}).",
                "Libérez de la place ou donnez un dossier accessible en écriture dans CCT_HOME.",
            ) from exc
        except (sqlite3.DatabaseError, ValueError, TypeError, KeyError) as exc:  # the last three: what it holds
            raise IndexMismatch(f"L'index {self.path} est abîmé ({exc}).", "Relancez « cct ingest ».") from exc


def _passage(item: dict[str, Any]) -> Passage:
    return Passage(**{**item, "lines": Lines(**item["lines"]), "sentences": tuple(item["sentences"])})
