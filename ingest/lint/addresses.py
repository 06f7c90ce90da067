"""Whether a link's label, when it is an address itself, is the address that it opens."""

from __future__ import annotations

import html
import re
from typing import NamedTuple
from urllib.parse import unquote

_SCHEME_ONLY = re.compile(r"^https?:(//)?(www\.)?$", re.IGNORECASE)
_FULL = re.compile(r"https?://[^\s<>|]+", re.IGNORECASE)
_BARE = re.compile(r"^(?:www\.)?[a-z0-9][\w-]*(?:\.[a-z0-9][\w-]*)*\.[a-z]{1,24}(?:/\S*)?$", re.IGNORECASE)
_MAIL = re.compile(r"^[\w.+-]+@[\w.-]+$")


class LabelDefect(NamedTuple):
    """The rule that a label breaks, and the message for it."""

    rule: str
    message: str


def label_defect(label: str, target: str, after: str) -> LabelDefect | None:
    """What is wrong with a label that is an address; None for other labels. `after` follows the link."""
    shown = re.sub(r"\\(.)", r"\1", html.unescape(label)).strip(" *_")
    if target.lower().startswith("mailto:"):
        wrong = _MAIL.match(shown) and shown.casefold() != target[7:].split("?")[0].casefold()
        return LabelDefect("libelle-adresse", _other(shown, target)) if wrong else None
    if not re.match(r"^https?://", target, re.IGNORECASE):
        return None
    if _SCHEME_ONLY.match(shown):
        message = (
            f"Le libellé du lien vers {target} se réduit à « {shown} ». "
            f"Écrivez l'adresse d'un seul tenant : <{target}>."
        )
        return LabelDefect("lien-coupe", message)
    addresses = _FULL.findall(shown)
    if len(addresses) > 1:
        message = (
            f"Le libellé contient {len(addresses)} adresses mais le lien n'ouvre que {target}. "
            "Faites un lien par adresse."
        )
        return LabelDefect("libelle-adresse", message)
    if not addresses and not _BARE.match(shown):
        return None
    written, opened = _plain(addresses[0] if addresses else shown), _plain(target)
    if _abbreviates(written, opened):
        return None
    if opened.startswith(written) and re.match(r"\w", after):
        message = (
            f"Le libellé « {shown} » est coupé, la fin de l'adresse est restée après le lien. "
            f"Écrivez l'adresse d'un seul tenant : <{target}>."
        )
        return LabelDefect("lien-coupe", message)
    return LabelDefect("libelle-adresse", _other(shown, target))


def _plain(address: str) -> str:
    """Without scheme, www, query and final bar, lower case."""
    text = re.sub(r"^https?://(www\.)?|^www\.", "", unquote(address).casefold())
    return text.rstrip("/.,;")


def _abbreviates(written: str, opened: str) -> bool:
    """The same, or its host, or its beginning up to a bar."""
    return opened == written or (opened.startswith(written) and opened[len(written)] in "/?#")


def _other(shown: str, target: str) -> str:
    return (
        f"Le libellé affiche « {shown[:80]} » mais le lien ouvre {target[:120]}. "
        "Mettez la même adresse des deux côtés."
    )
