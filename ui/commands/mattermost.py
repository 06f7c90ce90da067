"""`cct mattermost`: the bot, and the check of its settings."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import typer

from ui.startup import once, open_corpus, ready_library, say

if TYPE_CHECKING:
    from assistant.answering import Assistant
    from ui.feedback.assembly import FeedbackService
    from ui.mattermost.bot import Bot
    from ui.mattermost.checking import Level
    from ui.mattermost.parts import BotParts
    from ui.mattermost.settings import MattermostSettings

app = typer.Typer(help="Le bot Mattermost.", invoke_without_command=True)


@app.callback()
def run(context: typer.Context) -> None:
    """Lance le bot Mattermost ; « cct mattermost check » vérifie ses réglages."""
    if context.invoked_subcommand is not None:
        return
    from ui.mattermost.bot import Bot

    settings = _settings()
    parts, feedback = _parts(settings)
    with feedback.working():
        asyncio.run(_run(Bot(parts)))


@app.command()
def check() -> None:
    """Vérifie les réglages et ce que le serveur en permet, avec le remède de chaque défaut (code 1 : un défaut)."""
    raise typer.Exit(asyncio.run(_check(_settings())))


def _settings() -> MattermostSettings:
    from ui.mattermost.secrecy import hide_secrets
    from ui.mattermost.settings import checked, load_mattermost_settings

    settings = checked(load_mattermost_settings())
    hide_secrets([settings.token.get_secret_value(), *settings.command_token_list()])
    return settings


def _parts(settings: MattermostSettings) -> tuple[BotParts, FeedbackService]:
    from ui.mattermost.assembly import make_parts

    corpus = open_corpus()
    return make_parts(settings, corpus, once(_assistant))


def _assistant() -> Assistant:
    from assistant.answering import Assistant
    from assistant.assembly import make_writer
    from assistant.search.ranking import packaged_parameters

    library, _ = ready_library(None)
    made = Assistant(library, packaged_parameters(), make_writer(library))
    made.warm()
    return made


async def _run(bot: Bot) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, bot.stop)
    say(f"Bot Mattermost : {bot.parts.settings.url} (Ctrl+C pour arrêter)")
    await bot.run()


async def _check(settings: MattermostSettings) -> int:
    from ui.mattermost.checking import check as findings
    from ui.mattermost.client.rest import MattermostApi
    from ui.mattermost.client.transport import Transport

    marks: dict[Level, str] = {"ok": "✓", "warning": "!", "error": "✗"}
    api = MattermostApi(Transport(settings.url, settings.token.get_secret_value()))
    failed = False
    try:
        async for finding in findings(settings, api):
            print(f"{marks[finding.level]} {finding.told}")
            if finding.remedy:
                print(f"  → {finding.remedy}")
            failed = failed or finding.level == "error"
    finally:
        await api.close()
    return 1 if failed else 0
