"""The documents of a revision: from a synchronised repository, or from the demonstration edition.

Reading needs neither the index nor a model of embeddings: records, comparisons and the linter work on it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ingest.errors import DocumentError, IngestError
from ingest.passage import Located, ReadDocument
from ingest.reading.chunking import Sentences, read_markdown, read_other_format
from ingest.reading.prose import FORMATS, read_elements
from ingest.reading.sentences import clean_parts, split_sentences
from ingest.settings import IngestSettings
from ingest.sources.manifest import Manifest, Source, load_manifest
from ingest.sources.repositories import Repository, Revision


@dataclass(frozen=True, slots=True)
class CorpusRevision:
    """A revision whose documents can be read; an unofficial one is the demonstration edition."""

    source: Source
    commit: str
    date: str
    subject: str
    official: bool


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """One document of a revision, not read yet."""

    path: str
    title: str
    role: str
    blob: str


def typographic_sentences(text: str) -> tuple[str, ...]:
    """Sentences by typography alone, in microseconds; ingestion uses the French model instead."""
    return tuple(s for part in clean_parts(text) for s in split_sentences(part))


class Corpus:
    """The declared sources, at any revision that their repositories hold."""

    def __init__(self, settings: IngestSettings) -> None:
        self.settings = settings
        self.manifest: Manifest = load_manifest(settings.corpus / "manifest.toml", settings.manifest)

    def repository(self, source: Source) -> Repository:
        """The source's clone in the data folder."""
        return Repository(source, self.settings.sources_folder)

    def newest(self) -> list[CorpusRevision]:
        """One revision a source: official where synchronised, else, when none is, the demonstration edition."""
        edition = self.settings.edition
        official = [s for s in self.manifest.source if edition != "demo" and self.repository(s).exists]
        if official or edition == "official":
            chosen = official or list(self.manifest.source)
            return [self._official(s, self.repository(s).resolve(s.branch)) for s in chosen]
        demonstrated = [s for s in self.manifest.source if s.demonstration]
        if not demonstrated:
            raise IngestError("Aucune source synchronisée ni édition de démonstration.", "Lancez « cct sync ».")
        return [self.demonstration(s) for s in demonstrated]

    def revision(self, source_id: str, wanted: str) -> CorpusRevision:
        """The official revision of a source by hash, branch or date."""
        source = self.manifest.get(source_id)
        return self._official(source, self.repository(source).resolve(wanted))

    def current(self, source_id: str) -> CorpusRevision:
        """The newest revision of one source. Raises IngestError when it is neither synchronised nor demonstrated."""
        self.manifest.get(source_id)
        for revision in self.newest():
            if revision.source.id == source_id:
                return revision
        raise IngestError(f"La source {source_id} n'est pas synchronisée.", f"Lancez « cct sync {source_id} ».")

    def history(self, source_id: str) -> list[CorpusRevision]:
        """Every revision of a source that changes a declared document, oldest first."""
        source = self.manifest.get(source_id)
        return [self._official(source, revision) for revision in self.repository(source).revisions()]

    def demonstration(self, source: Source) -> CorpusRevision:
        """The demonstration edition of a source; its commit is the content address of its files."""
        folder = self._demo_folder(source)
        digest = hashlib.sha256()
        for document in source.document:
            file = folder / document.path
            if file.is_file():
                digest.update(document.path.encode() + b"\0" + file.read_bytes())
        return CorpusRevision(
            source,
            f"demo-{digest.hexdigest()[:32]}",
            source.demonstration_date,
            "Édition de démonstration",
            False,
        )

    def documents(self, revision: CorpusRevision) -> list[DocumentFile]:
        """The documents that the revision has, in the manifest's order.

        Raises DocumentError when it has none of the declared ones.
        """
        files = self._files(revision)
        found = []
        for declared in revision.source.document:
            path = next((name for name in declared.names if name in files), None)
            if path is not None:
                found.append(DocumentFile(path, declared.title, declared.role, files[path]))
        if not found:
            names = ", ".join(d.path for d in revision.source.document)
            raise DocumentError(
                f"La révision {revision.commit[:7]} de {revision.source.id} n'a aucun document déclaré ({names}).",
                "Vérifiez les noms et la branche dans corpus/manifest.toml.",
            )
        if self.settings.extra_formats:
            declared_names = {name for declared in revision.source.document for name in declared.names}
            found += [d for d in self._other_formats(files) if d.path not in declared_names]
        return found

    def missing_documents(self, revision: CorpusRevision) -> list[str]:
        """The declared documents that the revision does not have."""
        files = self._files(revision)
        return [d.path for d in revision.source.document if not any(name in files for name in d.names)]

    def content(self, revision: CorpusRevision, document: DocumentFile) -> bytes:
        """A document's bytes."""
        if revision.official:
            return self.repository(revision.source).read(document.blob)
        return (self._demo_folder(revision.source) / document.path).read_bytes()

    def text(self, revision: CorpusRevision, document: DocumentFile) -> str:
        """A document's text. Raises DocumentError with the line when it is not UTF-8."""
        return decoded(document.path, self.content(revision, document))

    def read(
        self, revision: CorpusRevision, document: DocumentFile, sentences: Sentences = typographic_sentences
    ) -> ReadDocument:
        """What a document holds."""
        if PurePosixPath(document.path).suffix.lower() in FORMATS:
            return read_other_format(
                document.title, read_elements(document.path, self.content(revision, document)), sentences
            )
        return read_markdown(self.text(revision, document), document.role, sentences)  # type: ignore[arg-type]  # a role other than the known ones reads as prose

    def located(self, revision: CorpusRevision) -> Iterator[Located]:
        """Every passage of a revision, documents in the manifest's order."""
        commit = revision.commit if revision.official else None
        for document in self.documents(revision):
            for passage in self.read(revision, document).passages:
                yield Located(revision.source.id, document.path, commit, passage)

    def _official(self, source: Source, revision: Revision) -> CorpusRevision:
        return CorpusRevision(source, revision.commit, revision.date, revision.subject, True)

    def _files(self, revision: CorpusRevision) -> dict[str, str]:
        if revision.official:
            return self.repository(revision.source).files(revision.commit)
        folder = self._demo_folder(revision.source)
        return {
            path.relative_to(folder).as_posix(): hashlib.sha1(path.read_bytes(), usedforsecurity=False).hexdigest()
            for path in folder.rglob("*")
            if path.is_file()
        }

    def _other_formats(self, files: dict[str, str]) -> list[DocumentFile]:
        return [
            DocumentFile(path, PurePosixPath(path).stem, "other", blob)
            for path, blob in sorted(files.items())
            if PurePosixPath(path).suffix.lower() in FORMATS and not path.startswith("archives/")
        ]

    def _demo_folder(self, source: Source) -> Path:
        return self.settings.corpus / (source.demonstration or f"demo/{source.id}")


def decoded(path: str, content: bytes) -> str:
    """UTF-8 text, a byte order mark removed; DocumentError naming the line of the first broken byte."""
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as exc:
        line = content[: exc.start].count(b"\n") + 1
        raise DocumentError(
            f"{path} n'est pas de l'UTF-8 valide (ligne {line}, octet {content[exc.start]:#04x}).",
            "Réenregistrez le document en UTF-8.",
        ) from exc
