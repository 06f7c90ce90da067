"""Small bar plots as numbers that a template draws in SVG, without script; a table says the same beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ui.feedback.summary import Tally

WIDTH, HEIGHT, FOOT = 640, 160, 24
"""In the units of the drawing; the foot holds the labels."""
_GAP = 0.25
"""Share of a bar's place that stays empty."""


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


def bars(tallies: Sequence[tuple[str, Tally]]) -> tuple[Bar, ...]:
    """Bars side by side over the whole width, the highest as high as the drawing."""
    highest = max((tally.total for _, tally in tallies), default=0)
    if not highest:
        return ()
    place = WIDTH / len(tallies)
    made = []
    for n, (label, tally) in enumerate(tallies):
        useful, other = (HEIGHT * part / highest for part in (tally.useful, tally.not_useful))
        made.append(
            Bar(
                label=label,
                x=round(n * place + place * _GAP / 2, 1),
                width=round(min(place * (1 - _GAP), 60), 1),
                useful_y=round(HEIGHT - useful, 1),
                useful_height=round(useful, 1),
                other_y=round(HEIGHT - useful - other, 1),
                other_height=round(other, 1),
                useful=tally.useful,
                other=tally.not_useful,
            )
        )
    return tuple(made)
