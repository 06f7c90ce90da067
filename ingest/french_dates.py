"""Dates as French readers write them."""

from __future__ import annotations


def french_day(date: str) -> str:
    """2024-05-12 → 12/05/2024; any other form is given back unchanged."""
    parts = date.split("-")
    return "/".join(reversed(parts)) if [len(p) for p in parts] == [4, 2, 2] else date
