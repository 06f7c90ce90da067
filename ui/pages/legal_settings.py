"""What the State's pages say of whoever runs the service; refused empty in production."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.settings import AssistantSettings
from ingest.settings import SettingsError
from ui.doors import sign_in_wording
from ui.doors.sign_in_settings import ProviderSettings, SiteSettings, refusal_reason


class LegalSettings(BaseSettings):
    """Names, addresses and contacts, as the pages print them."""

    model_config = SettingsConfigDict(env_prefix="CCT_", env_file=".env", extra="ignore", frozen=True)

    publisher: str = ""
    """Service that publishes: name and address."""
    publication_director: str = ""
    hosting: str = ""
    """Who hosts: name, address, telephone."""
    contact: str = ""
    """Where to write: an e-mail or web address."""
    accessibility_contact: str = ""
    """Where to report a difficulty of access; the contact when empty."""
    data_controller: str = ""
    """Who is responsible for the processing of personal data."""
    legal_basis: str = "exécution d'une mission d'intérêt public (RGPD, article 6, paragraphe 1, point e)"
    """What allows the processing."""
    dpo: str = ""
    """The data protection officer: where to write."""
    accessibility_plan: str = ""
    """Address of the multi-year accessibility plan."""
    accessibility_date: str = ""
    """Day of the self-assessment that the declaration tells of; that of the program's version when empty."""
    model_hosting: str = ""
    """Who runs the language model, and where."""
    code_address: str = ""
    """Where the code is published."""


_ALWAYS = ("publisher", "publication_director", "hosting", "contact", "data_controller", "dpo")


def load_legal_settings() -> LegalSettings:
    """The settings of the environment. Raises SettingsError for one that is no text."""
    try:
        return LegalSettings()
    except ValidationError as exc:
        name = "CCT_" + "_".join(str(part).upper() for part in exc.errors()[0]["loc"])
        words = sign_in_wording.SETTING_REFUSED.format(name=name, reason=refusal_reason(exc.errors()[0]))
        raise SettingsError(words, sign_in_wording.SEE_EXAMPLE) from exc


def check_production(
    legal: LegalSettings, site: SiteSettings, provider: ProviderSettings, assistant: AssistantSettings
) -> None:
    """Raises SettingsError with everything that is missing, once CCT_ENV=production; nothing before."""
    if site.env != "production":
        return
    missing = [f"CCT_{name.upper()}" for name in _ALWAYS if not str(getattr(legal, name)).strip()]
    if assistant.writes and not legal.model_hosting.strip():
        missing.append("CCT_MODEL_HOSTING")
    if not site.public_url:
        missing.append("CCT_PUBLIC_URL")
    if not provider.issuer and not site.open:
        missing.append("OIDC_ISSUER (ou CCT_OPEN=true)")
    if missing:
        words = sign_in_wording.NOT_FOR_PRODUCTION.format(names=", ".join(missing))
        raise SettingsError(words, sign_in_wording.SEE_EXAMPLE)
