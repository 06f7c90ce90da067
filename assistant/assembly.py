"""Settings → Assistant: the only place where concrete classes meet."""

from __future__ import annotations

from threadpoolctl import threadpool_limits

from assistant.answering import Assistant
from assistant.model.answer_writer import AnswerWriter
from assistant.model.language_model import OpenAIModel
from assistant.model.patience import PatientModel
from assistant.search.ranking import packaged_parameters
from assistant.search.reranking import make_reranker
from assistant.selection import Library
from assistant.settings import AssistantSettings, load_assistant_settings
from ingest.index.embedding import Embedder, make_embedder
from ingest.settings import IngestSettings, load_settings
from ingest.sources.manifest import load_manifest


def make_configured_embedder(settings: IngestSettings, assistant: AssistantSettings) -> Embedder:
    """The embedder that CCT_EMBEDDING names, with the endpoint of OPENAI_BASE_URL where it needs one."""
    setting = settings.embedding
    if setting == "openai" and assistant.embedding_model:
        setting = f"openai:{assistant.embedding_model}"
    return make_embedder(setting, assistant.base_url, assistant.api_key.get_secret_value())


def make_library(settings: IngestSettings | None = None) -> Library:
    """The library of the live index. Raises ManifestError or EmbeddingError."""
    # one thread a product: several questions at once share the cores better, and one is not slower
    threadpool_limits(limits=1, user_api="blas")
    settings = settings or load_settings()
    manifest = load_manifest(settings.corpus / "manifest.toml", settings.manifest)
    return Library(settings, manifest, make_configured_embedder(settings, load_assistant_settings()))


def make_writer(library: Library, settings: AssistantSettings | None = None) -> AnswerWriter | None:
    """The writer with the model that the environment configures, or None. Raises RerankerError, SettingsError."""
    settings = settings or load_assistant_settings()
    if not settings.writes:
        return None
    return AnswerWriter(
        PatientModel(OpenAIModel(settings), settings.timeout, settings.first_token_timeout),
        library,
        passages=settings.passages,
        history_tokens=settings.history_tokens,
        show_unverified=settings.unverified == "show",
        reranker=make_reranker(settings),
        prices=(settings.price_prompt, settings.price_completion),
        name=settings.model or None,
    )


def make_assistant(settings: IngestSettings | None = None) -> Assistant:
    """The assistant that the environment configures, its model included."""
    library = make_library(settings)
    return Assistant(library, packaged_parameters(), make_writer(library))
