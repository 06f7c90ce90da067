"""Settings of ingestion, read from the environment by whoever starts the program."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.errors import IngestError


def packaged_corpus() -> Path:
    """The corpus folder, which stands beside the packages in a clone as in an installation."""
    return Path(__file__).resolve().parent.parent / "corpus"


class IngestSettings(BaseSettings):
    """Where the data is, which model embeds, how long the network may take."""

    model_config = SettingsConfigDict(env_prefix="CCT_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Field(default_factory=lambda: user_data_path("assistant-cct", appauthor=False))
    """Data folder: synchronised repositories and index."""
    corpus: Path = Field(default_factory=packaged_corpus)
    """Folder of manifest.toml, the demonstration edition and the question bank."""
    manifest: Path | None = None
    """A second manifest whose sources are added to the first's, or replace those of the same id."""
    edition: str = Field(default="auto", pattern="^(auto|official|demo)$")
    """auto: official when a repository is synchronised, else the demonstration edition."""
    embedding: str = "bundled"
    """bundled | sentence-transformers:NAME_OR_PATH | openai:MODEL or openai (endpoint of OPENAI_BASE_URL)."""
    sync_timeout: float = Field(default=120.0, gt=0)
    """Seconds that one clone or fetch may take."""
    extra_formats: bool = False
    """Index the repositories' PDF, DOCX, ODT, XLSX and ODS files too."""

    watch_gate: str = ""
    """Command that judges a new revision's index before it serves (exit code 0 accepts); empty: no gate."""
    watch_gate_timeout: float = Field(default=3600.0, gt=0)
    """Seconds that the gate may take."""

    @property
    def sources_folder(self) -> Path:
        """Bare clones of the sources."""
        return self.home / "sources"

    @property
    def index_folder(self) -> Path:
        """Generations of the index, and the file that names the live one."""
        return self.home / "index"


class SettingsError(IngestError):
    """A setting of the environment is refused."""


def load_settings(**values: object) -> IngestSettings:
    """The settings of the environment, some given. Raises SettingsError naming the first refused one."""
    try:
        return IngestSettings(**values)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as exc:
        first = exc.errors()[0]
        name = "CCT_" + "_".join(str(part).upper() for part in first["loc"])
        raise SettingsError(f"Réglage {name} refusé : {first['msg']}.", "Voyez .env.example.") from exc
