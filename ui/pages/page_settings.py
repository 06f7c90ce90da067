"""Settings of the server-rendered pages."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.settings import SettingsError
from ui.pages.layout import SKIN_STYLE


class PageSettings(BaseSettings):
    """What a deployment may add to the pages' appearance."""

    model_config = SettingsConfigDict(env_prefix="CCT_", env_file=".env", extra="ignore", frozen=True)

    skin_dir: Path | None = None
    """Folder served at /skin/, whose skin.css is linked on every page; None: the pages' own appearance."""


def load_page_settings() -> PageSettings:
    """The settings of the environment. Raises SettingsError when the skin's folder is not one."""
    try:
        settings = PageSettings()
    except ValidationError as exc:
        raise SettingsError(f"Réglage CCT_SKIN_DIR refusé : {exc.errors()[0]['msg']}.", "Donnez un dossier.") from exc
    folder = settings.skin_dir
    if folder is not None and not (folder / SKIN_STYLE).is_file():
        found = f"{SKIN_STYLE} n'est pas dans ce dossier" if folder.is_dir() else "ce n'est pas un dossier"
        raise SettingsError(
            f"CCT_SKIN_DIR={folder} : {found}.",
            f"Donnez un dossier qui contient {SKIN_STYLE}, ou retirez ce réglage.",
        )
    return settings
