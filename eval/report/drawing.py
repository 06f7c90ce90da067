"""Plots as inline SVG: each has a title and a description, and shapes differ as well as colours."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _LEFT, _RIGHT, _STEP, _TOP = 760, 270, 30, 26, 34
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its bounds, and the former ones when there is a baseline."""

    label: str
    value: float
    low: float
    high: float
    former: tuple[float, float, float] | None = None
    warned: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A difference with its bounds, under two headings."""

    label: str
    group: str
    value: float
    low: float
    high: float


def forest(title: str, estimates: Sequence[Estimate], lowest: float = 0.0, highest: float = 1.0) -> str:
    """Each estimate with its interval; the baseline as a hollow diamond under it."""
    parts = [_axis(lowest, highest, len(estimates))]
    for n, e in enumerate(estimates):
        y = _TOP + n * _STEP + 10
        shade = "w" if e.warned else "c"
        if e.former is not None:
            value, low, high = (_x(v, lowest, highest) for v in e.former)
            parts.append(f'<line class="b" x1="{low}" x2="{high}" y1="{y + 5}" y2="{y + 5}"/>')
            parts.append(
                f'<path class="bo" d="M{value} {y} l5 5 l-5 5 l-5 -5 z"><title>{e.former[0]:.3f}</title></path>'
            )
        value, low, high = (_x(v, lowest, highest) for v in (e.value, e.low, e.high))
        parts.append(f'<line class="{shade}" x1="{low}" x2="{high}" y1="{y - 3}" y2="{y - 3}"/>')
        parts.append(
            f'<circle class="{shade}f" cx="{value}" cy="{y - 3}" r="4.5"><title>{e.value:.3f}</title></circle>'
        )
        parts.append(f'<text x="{_LEFT - 10}" y="{y + 2}" text-anchor="end">{escape(_short(e.label))}</text>')
    legend = "rond plein : exécution courante, avec son intervalle à 95 % ; losange : référence"
    return _svg(title, legend, _TOP + len(estimates) * _STEP + 12, parts)


def differences(title: str, bars: Sequence[Bar]) -> str:
    """Bars from zero with their intervals, one line a metric and group."""
    reach = max([0.05, *(abs(v) for b in bars for v in (b.low, b.high))])
    parts = [_axis(-reach, reach, len(bars), signed=True)]
    zero = _x(0, -reach, reach)
    for n, bar in enumerate(bars):
        y = _TOP + n * _STEP + 4
        end = _x(bar.value, -reach, reach)
        shade = "lost" if bar.value < 0 else "won"
        parts.append(
            f'<rect class="{shade}" x="{min(zero, end)}" y="{y}" width="{abs(end - zero):.1f}" height="12"/>'
        )
        low, high = _x(bar.low, -reach, reach), _x(bar.high, -reach, reach)
        parts.append(f'<line class="k" x1="{low}" x2="{high}" y1="{y + 6}" y2="{y + 6}"/>')
        name = escape(_short(f"{bar.label} ({bar.group})"))
        parts.append(f'<text x="{_LEFT - 10}" y="{y + 10}" text-anchor="end">{name}</text>')
    return _svg(title, "barre : différence ; trait : intervalle à 95 %", _TOP + len(bars) * _STEP + 12, parts)


def curve(
    title: str, points: Sequence[tuple[float, float]], mark: tuple[float, float] | None, names: tuple[str, str]
) -> str:
    """A line through (x, y) points between 0 and 1, with one point marked."""
    height, bottom = 300, 260
    left, right = 60, _WIDTH - 30

    def at(x: float, y: float) -> str:
        return f"{left + x * (right - left):.1f},{bottom - y * (bottom - 30):.1f}"

    parts = []
    for tick in (0, 0.25, 0.5, 0.75, 1):
        x, y = left + tick * (right - left), bottom - tick * (bottom - 30)
        parts.append(f'<line class="g" x1="{x:.1f}" x2="{x:.1f}" y1="30" y2="{bottom}"/>')
        parts.append(f'<line class="g" x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{tick:g}</text>')
        parts.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>')
    parts.append(f'<polyline class="p" points="{" ".join(at(x, y) for x, y in points)}"/>')
    if mark is not None:
        x_, y_ = at(*mark).split(",")
        parts.append(f'<circle class="wf" cx="{x_}" cy="{y_}" r="6"/>')
        parts.append(f'<text x="{x_}" y="{float(y_) - 10:.1f}" text-anchor="end">seuil en service</text>')
    parts.append(f'<text x="{(left + right) / 2}" y="{height - 6}" text-anchor="middle">{escape(names[0])}</text>')
    parts.append(f'<text x="8" y="18">{escape(names[1])}</text>')
    return _svg(title, f"{names[1]} selon {names[0]}", height, parts)


def heatmap(title: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> str:
    """One square a row and column; states: ok, ko, stale, abstain, "" — told by a shape as well as by a colour."""
    side, left, top = 15, 90, 74
    parts = []
    for n, name in enumerate(columns):
        x = left + n * side + 11
        parts.append(f'<text transform="translate({x} {top - 6}) rotate(-60)">{escape(name)}</text>')
    for r, (label, states) in enumerate(rows):
        y = top + r * side
        parts.append(f'<text x="{left - 6}" y="{y + 11}" text-anchor="end">{escape(label)}</text>')
        for n, state in enumerate(states):
            if not state:
                continue
            x = left + n * side
            parts.append(f'<rect class="h-{state}" x="{x}" y="{y}" width="{side - 2}" height="{side - 2}"/>')
            if state == "ko":
                parts.append(f'<path class="x" d="M{x + 3} {y + 3} l7 7 m0 -7 l-7 7"/>')
            elif state == "stale":
                parts.append(f'<line class="x" x1="{x + 3}" x2="{x + 10}" y1="{y + 6.5}" y2="{y + 6.5}"/>')
    width = left + len(columns) * side + 60
    legend = "plein : bonne citation ; croix : perdue ; tiret : ne vaut pas à cette révision ; cadre : s'abstient"
    return _svg(title, legend, top + len(rows) * side + 8, parts, max(width, 300))


def _x(value: float, lowest: float, highest: float) -> float:
    share = (min(max(value, lowest), highest) - lowest) / (highest - lowest)
    return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)


def _axis(lowest: float, highest: float, count: int, signed: bool = False) -> str:
    bottom = _TOP + count * _STEP
    parts = []
    for n in range(6):
        value = lowest + n * (highest - lowest) / 5
        x = _x(value, lowest, highest)
        label = f"{value:+.2f}" if signed else f"{value:.1f}"
        parts.append(f'<line class="g" x1="{x}" x2="{x}" y1="{_TOP - 8}" y2="{bottom}"/>')
        parts.append(f'<text x="{x}" y="{_TOP - 14}" text-anchor="middle">{label}</text>')
    return "".join(parts)


def _svg(title: str, description: str, height: float, parts: Sequence[str], width: float = _WIDTH) -> str:
    number = next(_numbers)
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img" '
        f'aria-labelledby="s{number} d{number}"><title id="s{number}">{escape(title)}</title>'
        f'<desc id="d{number}">{escape(description)}. Le tableau qui suit dit la même chose.</desc>'
        f"{''.join(parts)}</svg><figcaption>{escape(title)} — {escape(description)}.</figcaption>"
    )


def _short(label: str, longest: int = 42) -> str:
    return label if len(label) <= longest else label[: longest - 1] + "…"
