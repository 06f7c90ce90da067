"""Dates, revisions and periods named in a French question."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Span = Literal["between", "during", "since", "until", "latest", "ever"]

_MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre",
    "octobre", "novembre", "decembre",
)  # fmt: skip
_MONTH = "|".join(_MONTHS)
_NAMED = re.compile(rf"\b(?:(\d{{1,2}})(?:er)?\s+)?({_MONTH})\b(?:\s+(?:de\s+l\s*'?\s*an\w*\s+)?(20\d\d))?")
_ISO = re.compile(r"\b(20\d\d)-(\d{2})(?:-(\d{2}))?\b")
_SLASHED = re.compile(r"\b(?:(\d{1,2})[/.])?(\d{1,2})[/.](20\d\d)\b")
_YEAR = re.compile(
    r"\b(?:en|annee|depuis|fin|debut|entre|et|a|de|avant|apres|jusqu'?\s*en|l'an)\s+(20\d\d)\b(?![-/.]\d)"
)
_COMMIT = re.compile(r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}\b")
_LATEST = re.compile(
    r"\bdernieres?\s+(?:revisions?|versions?|mises? a jour|editions?|publications?|parutions?)\b|"
    r"\bderniers?\s+(?:commits?)\b|"
    r"\bdernier(?:e?s)\s+(?=(?:changement|modification|evolution|nouveaute|ajout|retrait|suppression|difference))|"
    r"\brecemment\b|\bpour la derniere fois\b"
)
_SINCE = re.compile(r"\b(?:depuis|a (?:partir|compter) d\w*|apres)\b")
_UNTIL = re.compile(r"\b(?:avant|jusqu)\b")
_SIDE_BY_SIDE = re.compile(
    r"^\s*(?:et|a|au|puis|-|vers|jusqu\w*|[,.]+)?\s*(?:le|la|l'|les|en|a|au|fin|debut|revision|version|commit|de|\s)*\s*$"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date ("2024", "2024-05", "2024-05-12") or the beginning of a commit's hash, as the question names it."""

    value: str
    commit: bool = False

    @property
    def first_day(self) -> str:
        """The first day of a date, YYYY-MM-DD."""
        return self.value + "-01-01"[len(self.value) - 4 :] if len(self.value) < 10 else self.value

    @property
    def last_day(self) -> str:
        """The last day of a date, YYYY-MM-DD; the 31st of any month, for comparing only."""
        return self.value + {4: "-12-31", 7: "-31"}.get(len(self.value), "")


@dataclass(frozen=True, slots=True)
class Period:
    """When a question looks: one moment or two, and how they are meant; `rest` is the question without them."""

    span: Span
    moments: tuple[Moment, ...]
    rest: str


def read_period(plain: str) -> Period:
    """The period of a question in lower case without accents; "ever" when it names none."""
    found = _moments(plain)
    latest = list(_LATEST.finditer(plain))
    rest = plain
    for start, end in sorted([(s, e) for s, e, _ in found] + [m.span() for m in latest], reverse=True):
        rest = f"{rest[:start]} {rest[end:]}"
    moments = tuple(m for _, _, m in found)
    if not moments:
        return Period("latest" if latest else "ever", (), rest)
    if len(moments) > 1:
        between = plain[found[0][1] : found[1][0]]
        return Period("between", moments[:2], rest) if _SIDE_BY_SIDE.match(between) else Period("ever", (), plain)
    before = plain[max(0, found[0][0] - 22) : found[0][0]]
    if _SINCE.search(before):
        return Period("since", moments, rest)
    return Period("until" if _UNTIL.search(before) else "during", moments, rest)


_Found = list[tuple[int, int, Moment]]


def _moments(plain: str) -> _Found:
    found: _Found = []
    for m in _ISO.finditer(plain):
        _add_date(found, m, m[1], m[2], m[3])
    for m in _SLASHED.finditer(plain):
        _add_date(found, m, m[3], m[2], m[1])
    named = list(_NAMED.finditer(plain))
    for n, m in enumerate(named):
        year = m[3] or _borrowed_year(plain, named, n)
        if year:
            _add_date(found, m, year, str(_MONTHS.index(m[2]) + 1), m[1])
    for m in _COMMIT.finditer(plain):
        _add(found, m.span(), Moment(m[0], commit=True))
    for m in _YEAR.finditer(plain):
        _add(found, m.span(1), Moment(m[1]))
    return sorted(found, key=lambda f: f[0])


def _borrowed_year(plain: str, named: list[re.Match[str]], n: int) -> str | None:
    """ "entre mars et juin 2024": a month takes the year of the one that follows it at once."""
    if n + 1 == len(named) or not named[n + 1][3]:
        return None
    return named[n + 1][3] if _SIDE_BY_SIDE.match(plain[named[n].end() : named[n + 1].start()]) else None


def _add_date(found: _Found, m: re.Match[str], year: str, month: str, day: str | None) -> None:
    if 1 <= int(month) <= 12 and (not day or 1 <= int(day) <= 31):
        _add(found, m.span(), Moment(f"{year}-{int(month):02d}" + (f"-{int(day):02d}" if day else "")))


def _add(found: _Found, span: tuple[int, int], moment: Moment) -> None:
    start, end = span
    if all(end <= s or e <= start for s, e, _ in found):
        found.append((start, end, moment))
