"""Text that notifies nobody, tags nothing and draws nothing, whatever a document or a model says in it.

An invisible character after the sign breaks what Mattermost would make of it; code and addresses are left alone. The
server is told separately not to fetch or preview anything (`unsafe_links`).
"""

from __future__ import annotations

import re

ZERO_WIDTH = "\u200b"
_LEFT_ALONE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)|\]\(<?https?://[^\s)]+|https?://[^\s<>)\]\"»]+", re.S)
_SIGNS = (
    (re.compile(r"@(?=[A-Za-z0-9])"), f"@{ZERO_WIDTH}"),
    (re.compile(r"(?<![\w&#])#(?=\w)"), f"#{ZERO_WIDTH}"),
    (re.compile(r"(?<![\w:]):(?=[A-Za-z0-9_+-]+:)"), f":{ZERO_WIDTH}"),
    (re.compile(r"(?<!\S)([:;=8xX])(?=-?[()DPpOo/\\|*'S]+(?!\w))"), rf"\1{ZERO_WIDTH}"),
    (re.compile(r"(?<![\w~])~(?=[A-Za-z0-9])"), f"~{ZERO_WIDTH}"),
    (re.compile(r"!\["), f"!{ZERO_WIDTH}["),
    (re.compile(r"\]\((?!\s*<?https?://)", re.I), f"]{ZERO_WIDTH}("),
)


def neutral(text: str) -> str:
    """The text, the same to the eye."""
    parts, at = [], 0
    for kept in _LEFT_ALONE.finditer(text):
        parts += [_broken(text[at : kept.start()]), kept[0]]
        at = kept.end()
    return "".join([*parts, _broken(text[at:])])


def visible(text: str) -> str:
    """The text without the invisible characters."""
    return text.replace(ZERO_WIDTH, "")


def _broken(text: str) -> str:
    for sign, instead in _SIGNS:
        text = sign.sub(instead, text)
    return text
