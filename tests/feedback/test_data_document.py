"""docs/donnees.md tells every column of feedback, and what it holds of a person."""

from __future__ import annotations

import re
from pathlib import Path

from ui.feedback import tables
from ui.storage.base import Base

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "donnees.md"
MODELS = [m for m in vars(tables).values() if isinstance(m, type) and issubclass(m, Base) and m is not Base]


def documented() -> dict[str, dict[str, str]]:
    """Table → column → rgpd tag, as the document prints them."""
    found: dict[str, dict[str, str]] = {}
    table = ""
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"## `(\w+)`", line):
            table = heading[1]
        elif table and (row := re.match(r"\| `(\w+)` \| .+ \| (.+) \|$", line)):
            found.setdefault(table, {})[row[1]] = row[2]
    return found


def test_every_column_is_documented_with_its_tag() -> None:
    assert len(MODELS) == 4
    expected = {
        model.__tablename__: {column.name: column.info["rgpd"] for column in model.__table__.columns}
        for model in MODELS
    }
    assert documented() == expected


def test_every_tag_is_explained() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    tags = {column.info["rgpd"] for model in MODELS for column in model.__table__.columns}
    assert all(re.search(rf"^\| {re.escape(tag)} \|", text, re.MULTILINE) for tag in tags)


def test_no_model_could_hold_an_address_of_the_network_or_an_e_mail() -> None:
    names = {column.name for model in MODELS for column in model.__table__.columns}
    assert not {name for name in names if re.search(r"mail|address|^ip|_ip|phone", name)}
