"""The sources' git repositories: cloning, fetching, and reading files at a commit. Only caller of git."""

from __future__ import annotations

import datetime
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import RepositoryError, RevisionNotFound
from ingest.sources.manifest import Source

_HEX = re.compile(r"^[0-9a-f]{4,40}$")
_DATE = re.compile(r"^\d{4}-\d{2}(-\d{2})?$")


_NO_SUCH_OBJECT = 1
"""What « git rev-parse --verify --quiet » exits with when nothing has that name; 128 says that it could not look."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit of a source: full hash, commit date (YYYY-MM-DD), first line of its message."""

    source: str
    commit: str
    date: str
    subject: str


def file_stamp(path: Path) -> tuple[int, int] | None:
    """When a file was last written (nanoseconds) and its size; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


class _GitRefused(RepositoryError):
    """git ran and failed; `status` is its exit code."""

    def __init__(self, status: int, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.status = status


class Repository:
    """A bare clone of one source in the data folder."""

    def __init__(self, source: Source, folder: Path) -> None:
        self.source = source
        self.path = folder / f"{source.id}.git"

    @property
    def exists(self) -> bool:
        """True when the source has been synchronised at least once."""
        return (self.path / "HEAD").is_file()

    def stamp(self) -> tuple[object, ...]:
        """Changes whenever the repository is synchronised, without asking git."""
        return tuple(file_stamp(self.path / name) for name in ("packed-refs", "FETCH_HEAD", "HEAD", "refs/heads"))

    def synchronise(self, url: str | None = None, timeout: float = 120.0) -> Revision:
        """Clones, or fetches what is new, and returns the branch's newest revision.

        A clone is made aside and renamed, so an interruption leaves the former state.
        Raises RepositoryError when git is missing, the URL cannot be reached, or holds no such branch.
        """
        origin = url or self.source.url
        if Path(origin).exists():
            origin = str(Path(origin).resolve())
        elif ":" not in origin:
            raise RepositoryError(
                f"Il n'y a rien à l'emplacement {origin}.",
                "Donnez le chemin d'un dépôt ou d'un bundle, ou une adresse (https://…).",
            )
        if self.exists:
            refspec = f"+refs/heads/{self.source.branch}:refs/heads/{self.source.branch}"
            self._git("fetch", "--quiet", "--force", origin, refspec, timeout=timeout, origin=origin)
        else:
            self._clone(origin, timeout)
        return self.resolve(self.source.branch)

    def _clone(self, origin: str, timeout: float) -> None:
        aside = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            aside.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(aside, ignore_errors=True)
            _run(["git", "clone", "--quiet", "--bare", origin, str(aside)], timeout, origin)
            branches = _run(["git", "-C", str(aside), "branch", "--list", self.source.branch], 10, origin)
            if not branches.strip():
                raise RepositoryError(
                    f"Le dépôt {origin} est vide ou n'a pas de branche {self.source.branch!r}.",
                    "Vérifiez l'adresse et la branche dans corpus/manifest.toml.",
                )
            if self.path.exists():
                shutil.rmtree(self.path)
            aside.rename(self.path)
        except OSError as exc:
            raise RepositoryError(
                f"Écriture impossible dans {self.path.parent} ({exc.strerror}).",
                "Libérez de la place ou donnez un dossier accessible en écriture dans CCT_HOME.",
            ) from exc
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def resolve(self, wanted: str) -> Revision:
        """The revision of a hash, a branch or a date (the newest commit up to the end of that day or month).

        Raises RevisionNotFound when there is none.
        """
        self._require()
        commit = ""
        if _DATE.match(wanted):
            commit = self._until(wanted)
        elif _HEX.match(wanted.lower()) or re.fullmatch(r"[\w./-]+", wanted):
            try:
                commit = self._git("rev-parse", "--verify", "--quiet", f"{wanted}^{{commit}}").strip()
            except _GitRefused as exc:
                if exc.status != _NO_SUCH_OBJECT:
                    raise
        if not commit:
            raise RevisionNotFound(
                f"Révision {wanted!r} introuvable dans la source {self.source.id}.",
                "Donnez une empreinte de commit ou une date (AAAA-MM-JJ).",
            )
        return self._describe(commit)

    def revisions(self) -> list[Revision]:
        """Every commit of the branch that changes a declared document, oldest first."""
        self._require()
        names = [name for document in self.source.document for name in document.names]
        out = self._git(
            "log", "--reverse", "--topo-order", "--format=%H%x09%cs%x09%s", self.source.branch, "--", *names
        )
        return self._listed(out)

    def files(self, commit: str) -> dict[str, str]:
        """Path → blob hash of every file at that commit."""
        out = self._git("ls-tree", "-r", "-z", commit)
        entries = (entry.split("\t", 1) for entry in out.split("\0") if entry)
        return {path: head.split()[2] for head, path in entries if head.split()[1] == "blob"}

    def read(self, blob: str) -> bytes:
        """A file's content by its blob hash."""
        self._require()
        return _run_bytes(["git", "-C", str(self.path), "cat-file", "blob", blob], 30, str(self.path))

    def _until(self, wanted: str) -> str:
        """The newest commit whose date, as it is shown, is not after that day or month; "" when there is none."""
        try:
            datetime.date.fromisoformat(wanted if len(wanted) == 10 else f"{wanted}-01")
        except ValueError:
            return ""
        out = self._git("log", "--format=%H%x09%cs", self.source.branch)
        dated = (line.split("\t") for line in out.split("\n") if line)
        return next((commit for commit, day in dated if day[: len(wanted)] <= wanted), "")

    def _listed(self, out: str) -> list[Revision]:
        """One revision a line of git's log; a subject may hold any other character that ends a line elsewhere."""
        return [self._parsed(line) for line in out.split("\n") if line]

    def _describe(self, commit: str) -> Revision:
        return self._parsed(self._git("log", "-1", "--format=%H%x09%cs%x09%s", commit).strip())

    def _parsed(self, line: str) -> Revision:
        commit, date, subject = [*line.split("\t", 2), "", ""][:3]
        return Revision(self.source.id, commit, date, subject)

    def _git(self, *arguments: str, timeout: float = 60.0, origin: str = "") -> str:
        return _run(["git", "-C", str(self.path), *arguments], timeout, origin or self.source.url)

    def _require(self) -> None:
        if not self.exists:
            raise RepositoryError(
                f"La source {self.source.id} n'est pas synchronisée.",
                "Lancez « cct sync », ou « cct sync --from "
                f"{self.source.id}=CHEMIN » avec un dépôt ou un bundle local.",
            )


def _run(command: list[str], timeout: float, origin: str) -> str:
    return _run_bytes(command, timeout, origin).decode("utf-8", errors="replace")


def _run_bytes(command: list[str], timeout: float, origin: str) -> bytes:
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "LC_ALL": "C.UTF-8",
    }
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=timeout,
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError as exc:
        raise RepositoryError("git est introuvable.", "Installez git, puis relancez la commande.") from exc
    except subprocess.TimeoutExpired as exc:
        raise RepositoryError(
            f"Pas de réponse de {origin} en {timeout:g} s.",
            "Vérifiez le réseau ou le mandataire, ou passez un bundle : cct sync --from SOURCE=CHEMIN.",
        ) from exc
    if done.returncode:
        said = done.stderr.decode("utf-8", errors="replace").strip().splitlines()
        fatal = [line for line in said if line.startswith(("fatal:", "error:"))]  # advice may follow
        detail = (fatal or said or ["sans message"])[0 if fatal else -1].rstrip(".")
        raise _GitRefused(
            done.returncode,
            f"git a échoué sur {origin} : {detail}.",
            "Vérifiez l'adresse et le réseau, ou passez un dépôt local : cct sync --from SOURCE=CHEMIN.",
        )
    return done.stdout
