"""Everything wrong that a channel can meet, beyond what the corpus, the index and the assistant report.

ingest.errors.CctError        a French message with its remedy, and an exit code
└── ChannelError              base of this package
    ├── PortInUse             another program already listens there
    ├── UnreadableChecklist   a file is no checklist that can be read again
    ├── RefusedRequest        a program's request cannot be served as it is
    ├── StorageError          the database of feedback and comments
    │   ├── StorageUnreachable   no connection, or the server fails
    │   ├── StorageReadOnly      it cannot be written
    │   ├── StorageBusy          another process holds it too long
    │   └── StorageTooNew        a newer version of the program has made it
    └── AddressUnusable       this machine cannot listen on that address or port
"""

from __future__ import annotations

from ingest.errors import CctError


class ChannelError(CctError):
    """Base of what can go wrong between a person and the assistant."""


class PortInUse(ChannelError):
    """Another program already listens on the port that the web page was to use."""


class AddressUnusable(ChannelError):
    """The address is not this machine's, or the port is reserved by the system."""


class RefusedRequest(ChannelError):
    """A request of a program that cannot be served as it is; `status` is what HTTP says."""

    def __init__(self, message: str, remedy: str = "", status: int = 400) -> None:
        self.status = status
        super().__init__(message, remedy)


class UnreadableChecklist(ChannelError):
    """A file given as a checklist cannot be read as one."""


class StorageError(ChannelError):
    """Base of what can be wrong with the database of feedback and comments."""


class StorageUnreachable(StorageError):
    """The database cannot be opened or does not answer."""


class StorageReadOnly(StorageError):
    """The database cannot be written."""


class StorageBusy(StorageError):
    """Another process holds the database longer than one can wait."""


class StorageTooNew(StorageError):
    """A newer version of the program has changed the tables: this one would damage them."""
