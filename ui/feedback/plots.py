"""Small bar plots as numbers that a template draws in SVG, without script; a table says the same beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ui.feedback.summary import Tally

WIDTH, HEIGHT, FOOT = 640, 160, 24
"""In the units of the drawing; the foot holds the labels of what stands side by side."""
LABELS, ROW = 230, 24
"""The place of the labels, and the height of each row, where bars lie one under the other."""
_GAP = 0.25
"""Share of a bar's place that stays empty."""
_WIDEST = 60


@dataclass(frozen=True, slots=True)
class Bar:
    """One month: useful votes below, the others on top."""

    label: str
    x: float
    width: float
    useful_y: float
    useful_height: float
    other_y: float
    other_height: float
    useful: int
    other: int


@dataclass(frozen=True, slots=True)
class Row:
    """One passage or revision: useful votes first, then the others; `y` is the top of the bar."""

    label: str
    y: float
    height: float
    useful_width: float
    other_x: float
    other_width: float


@dataclass(frozen=True, slots=True)
class Segment:
    """The part of a column that one series makes; `series` is its place in the key, from 0."""

    series: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """One month of several series, one on top of the other."""

    label: str
    x: float
    width: float
    segments: tuple[Segment, ...]


def bars(tallies: Sequence[tuple[str, Tally]]) -> tuple[Bar, ...]:
    """Bars side by side over the whole width, the highest as high as the drawing."""
    made = []
    for column, (_, tally) in zip(
        columns([(label, (tally.useful, tally.not_useful)) for label, tally in tallies]), tallies, strict=False
    ):
        useful, other = column.segments
        made.append(
            Bar(
                label=column.label,
                x=column.x,
                width=column.width,
                useful_y=useful.y,
                useful_height=useful.height,
                other_y=other.y,
                other_height=other.height,
                useful=tally.useful,
                other=tally.not_useful,
            )
        )
    return tuple(made)


def columns(counted: Sequence[tuple[str, Sequence[int]]]) -> tuple[Column, ...]:
    """A column for each label, its counts one on top of the other; nothing where nothing was counted."""
    highest = max((sum(counts) for _, counts in counted), default=0)
    if not highest:
        return ()
    place = WIDTH / len(counted)
    return tuple(
        Column(label, round(n * place + place * _GAP / 2, 1), round(min(place * (1 - _GAP), _WIDEST), 1), parts)
        for n, (label, counts) in enumerate(counted)
        for parts in (_stacked(counts, highest),)
    )


def rows(tallies: Sequence[tuple[str, Tally]]) -> tuple[Row, ...]:
    """Bars one under the other, the longest as long as what the labels leave."""
    longest = max((tally.total for _, tally in tallies), default=0)
    if not longest:
        return ()
    unit = (WIDTH - LABELS) / longest
    return tuple(
        Row(
            label=label,
            y=round(n * ROW + ROW * _GAP / 2, 1),
            height=round(ROW * (1 - _GAP), 1),
            useful_width=round(tally.useful * unit, 1),
            other_x=round(LABELS + tally.useful * unit, 1),
            other_width=round(tally.not_useful * unit, 1),
        )
        for n, (label, tally) in enumerate(tallies)
    )


def _stacked(counts: Sequence[int], highest: int) -> tuple[Segment, ...]:
    made, below = [], 0
    for series, count in enumerate(counts):
        below += count
        top, height = HEIGHT - HEIGHT * below / highest, HEIGHT * count / highest
        made.append(Segment(series, round(top, 1), round(height, 1)))
    return tuple(made)
