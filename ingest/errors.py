"""Everything wrong that a corpus or an index can be.

CctError                      base of the whole program: a French message with its remedy, and an exit code
└── IngestError
    ├── ManifestError         corpus/manifest.toml, or an operator's file, cannot be used
    ├── RepositoryError       git is missing, a repository cannot be reached, is empty, lacks a revision
    ├── DocumentError         a declared document is missing or cannot be read
    ├── EmbeddingError        an embedding model cannot be loaded or called
    └── IndexStateError           no index, or one that does not fit
        ├── IndexMissing      nothing was indexed yet
        ├── IndexMismatch     made with another embedding model or another version of the program
        ├── IndexBusy         another process is writing it
        └── IndexNotWritable  read-only folder, disk full
"""


class CctError(Exception):
    """What went wrong, in French, with what to do about it; shown to the user without a traceback.

    `exit_code` follows the command line's contract: 2 wrong use or configuration, 3 nothing found.
    """

    exit_code = 2

    def __init__(self, message: str, remedy: str = "") -> None:
        self.message = message
        self.remedy = remedy
        super().__init__(f"{message} {remedy}".strip())


class IngestError(CctError):
    """Base of what can go wrong between the repositories and the index."""


class ManifestError(IngestError):
    """The list of sources cannot be read or says something impossible."""


class RepositoryError(IngestError):
    """A source's git repository cannot be cloned, fetched or read."""


class RevisionNotFound(RepositoryError):
    """The repository holds no such revision."""

    exit_code = 3


class DocumentError(IngestError):
    """A document cannot be read: missing, not UTF-8, or of an unknown format."""


class EmbeddingError(IngestError):
    """The embedding model cannot be loaded, reached or used."""


class IndexStateError(IngestError):
    """Base of what can be wrong with the index."""


class IndexMissing(IndexStateError):
    """Nothing has been indexed yet."""


class IndexMismatch(IndexStateError):
    """The index was made with another embedding model or by another version of the program."""


class IndexBusy(IndexStateError):
    """Another process is writing the index."""


class IndexNotWritable(IndexStateError):
    """The data folder is read-only or the disk is full."""
