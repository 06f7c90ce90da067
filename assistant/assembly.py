"""Settings → Assistant: the only place where concrete classes meet."""

from __future__ import annotations

from threadpoolctl import threadpool_limits

from assistant.answering import Assistant
from assistant.ranking import packaged_parameters
from assistant.selection import Library
from assistant.settings import AssistantSettings
from ingest.embedding import Embedder, make_embedder
from ingest.manifest import load_manifest
from ingest.settings import IngestSettings, load_settings


def make_configured_embedder(settings: IngestSettings, assistant: AssistantSettings) -> Embedder:
    """The embedder that CCT_EMBEDDING names, with the endpoint of OPENAI_BASE_URL where it needs one."""
    return make_embedder(settings.embedding, assistant.base_url, assistant.api_key.get_secret_value())


def make_library(settings: IngestSettings | None = None) -> Library:
    """The library of the live index. Raises ManifestError or EmbeddingError."""
    # one thread a product: several questions at once share the cores better, and one is not slower
    threadpool_limits(limits=1, user_api="blas")
    settings = settings or load_settings()
    manifest = load_manifest(settings.corpus / "manifest.toml", settings.manifest)
    return Library(settings, manifest, make_configured_embedder(settings, AssistantSettings()))


def make_assistant(settings: IngestSettings | None = None) -> Assistant:
    """The assistant that the environment configures."""
    return Assistant(make_library(settings), packaged_parameters())
