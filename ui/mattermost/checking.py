"""What stands between the settings and a bot that works: one finding each, with what the administrator does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from ui.errors import ChannelError
from ui.mattermost.client.models import ClientConfig, User
from ui.mattermost.client.rest import MattermostApi
from ui.mattermost.client.stream import greeting
from ui.mattermost.errors import MattermostError, RequestRefused
from ui.mattermost.settings import MattermostSettings

Level = Literal["ok", "warning", "error"]
_SHORT_EDIT = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `remedy` says what to do, and is empty when all is well."""

    level: Level
    told: str
    remedy: str = ""


async def check(settings: MattermostSettings, api: MattermostApi) -> AsyncIterator[Finding]:
    """Everything that can be seen with the bot's own token, then what only an administrator sees."""
    try:
        me, config = await api.me(), await api.config()
    except MattermostError as exc:
        yield Finding("error", exc.message, exc.remedy)
        return
    yield _account(me)
    yield await _stream(settings)
    for finding in _server(config):
        yield finding
    async for finding in _channels(settings, api, me):
        yield finding
    for finding in _callbacks(settings, config):
        yield finding
    yield Finding(
        "warning",
        "Réglages du serveur qu'un bot ne peut pas lire, à vérifier dans la console système.",
        "EnableBotAccountCreation (pour créer le compte) ; DisableBotsWhenOwnerIsDeactivated : créez le bot depuis "
        "un compte de service, sinon il s'arrête quand son créateur part ; RateLimitSettings : 429 au-delà.",
    )


def _account(me: User) -> Finding:
    if me.is_bot:
        return Finding("ok", f"Le jeton est celui du compte de bot @{me.username}.")
    return Finding(
        "warning",
        f"Le jeton est celui de @{me.username}, qui n'est pas un compte de bot.",
        "Activez « Autoriser la création de comptes de bot » (EnableBotAccountCreation), créez-en un et "
        "donnez son jeton ; EnableUserAccessTokens n'est alors pas nécessaire.",
    )


async def _stream(settings: MattermostSettings) -> Finding:
    try:
        version = await greeting(settings.url, settings.token.get_secret_value())
    except ChannelError as exc:
        return Finding(
            "error",
            f"Le flux d'événements ne s'ouvre pas : {exc.message}",
            "Le mandataire devant Mattermost doit laisser passer WebSocket (Upgrade) et l'en-tête Authorization.",
        )
    return Finding("ok", f"Le flux d'événements s'ouvre (serveur {version or 'de version inconnue'}).")


def _server(config: ClientConfig) -> list[Finding]:
    found = [Finding("ok", f"Un message tient {config.longest_post} signes (MaxPostSize).")]
    if config.edit_limit != -1 and config.edit_limit < _SHORT_EDIT:
        found.append(
            Finding(
                "warning",
                f"Un message ne se modifie que pendant {config.edit_limit} s (PostEditTimeLimit).",
                "Donnez-lui -1, ou MATTERMOST_STREAMING=false : un brouillon pourrait ne plus pouvoir être remplacé.",
            )
        )
    if not config.typing:
        found.append(
            Finding("warning", "L'indicateur de saisie est coupé (EnableUserTypingMessages).", "Rien d'obligatoire.")
        )
    return found


async def _channels(settings: MattermostSettings, api: MattermostApi, me: User) -> AsyncIterator[Finding]:
    joined = await api.channels()
    open_ones = [c for c in joined if c.type in {"O", "P"}]
    if open_ones:
        yield Finding("ok", f"@{me.username} est dans {len(open_ones)} canaux.")
    else:
        yield Finding(
            "warning",
            f"@{me.username} n'est dans aucun canal : il n'entend que les messages directs.",
            "Ajoutez-le à l'équipe, puis à chaque canal (« Ajouter des membres ») : un bot n'entend que ses canaux.",
        )
    known = {c.id for c in joined}
    for channel_id in (*settings.allowed_channels, *settings.revision_channels):
        if channel_id not in known:
            yield Finding("error", f"Le bot n'est pas dans le canal {channel_id} des réglages.", "Ajoutez-l'y.")
    for team in (*settings.allowed_teams, *settings.denied_teams):
        try:
            present = await api.is_team_member(team, me.id)
        except RequestRefused:
            present = False
        if not present:
            yield Finding("error", f"Le bot n'est pas dans l'équipe {team} des réglages.", "Ajoutez-l'y.")


def _callbacks(settings: MattermostSettings, config: ClientConfig) -> list[Finding]:
    if not settings.called_back:
        return [
            Finding(
                "ok",
                "Sans MATTERMOST_CALLBACK_URL : ni boutons ni commande /cct ; les avis se donnent par 👍 et 👎.",
            )
        ]
    found = []
    if not config.site_url:
        found.append(
            Finding("error", "SiteURL n'est pas réglée : le serveur refuse les commandes (400).", "Réglez SiteURL.")
        )
    host = urlsplit(settings.callback_url).hostname or ""
    if _private(host):
        found.append(
            Finding(
                "warning",
                f"{host} est une adresse interne : le serveur Mattermost refuse de l'appeler par défaut.",
                f"Ajoutez « {host} » à AllowedUntrustedInternalConnections (Environnement → Développeur).",
            )
        )
    if not config.commands:
        found.append(Finding("error", "Les commandes sont coupées (EnableCommands).", "Activez-les."))
    if not settings.command_token_list():
        found.append(
            Finding(
                "warning",
                "MATTERMOST_COMMAND_TOKENS est vide : la commande /cct n'est pas servie.",
                "Créez-la (Intégrations → Commandes slash, POST) à l'adresse "
                f"{settings.callback_url.rstrip('/')}/mattermost/commande, et donnez son jeton.",
            )
        )
    return found or [Finding("ok", "Boutons et commande /cct : les réglages visibles d'ici sont bons.")]


def _private(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".lan", ".svc", ".cluster.local"))
    return address.is_private or address.is_loopback or address.is_link_local
