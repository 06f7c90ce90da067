"""How the evaluation's commands end; what a job of continuous integration reads."""

from __future__ import annotations

PASSED = 0
REGRESSION = 1
"""A gated metric went down, or an invariant is broken."""
WRONG_USE = 2
STALE = 3
"""Questions have to be read again."""
INCOMPLETE = 4
"""Rows or values are missing: nothing can be concluded."""
INCOMPATIBLE = 5
"""The two runs cannot be compared."""
INCONCLUSIVE = 6
"""With --strict: the sample cannot tell."""
INTERRUPTED = 130
"""By Ctrl-C: the same command goes on from there."""
