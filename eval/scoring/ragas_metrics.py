"""The same metrics as ragas calls them: `numeric_metric` for each, `discrete_metric` for the conduct.

A ragas metric validates its arguments and runs an event loop at each call, about a millisecond; a thousand questions
take half a minute more. The direct path is the same function; the tests compare both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import TYPE_CHECKING, Any

from eval.runs.ragas_record import without_telemetry
from eval.scoring import metrics
from eval.scoring.catalogue import BY_NAME, Metric

if TYPE_CHECKING:
    from ragas.metrics import DiscreteMetric, NumericMetric

CONDUCTS = ("répond", "refus à tort", "s'abstient", "répond à tort")


@cache
def numeric_metrics() -> Mapping[str, NumericMetric]:
    """Metric name → the ragas metric; keyword arguments only, values from 0 to 1 (milliseconds for the latency)."""
    without_telemetry()
    from ragas.metrics import numeric_metric

    made: dict[str, Any] = {}
    for name, metric in BY_NAME.items():
        highest = 1.0 if metric.scale != "milliseconds" else float("inf")
        made[name] = numeric_metric(name=name, allowed_values=(0.0, highest))(_as_result(metric.function))
    return made


@cache
def conduct_metric() -> DiscreteMetric:
    """The ragas metric that says what an answer does: it answers or abstains, rightly or wrongly."""
    without_telemetry()
    from ragas.metrics import discrete_metric

    made: Any = discrete_metric(name="conduite", allowed_values=list(CONDUCTS))(metrics.conduct)
    return made  # type: ignore[no-any-return]  # ragas's decorators are not typed


def through_ragas(metric: Metric, arguments: Mapping[str, Any]) -> tuple[float | None, str]:
    """The metric's value as ragas gives it: an exception has become a value of None, kept with its reason."""
    scorer: Any = numeric_metrics()[metric.name]
    result = scorer.score(**arguments)
    value = None if result.value is None else float(result.value)
    return (None if value is not None and value != value else value), str(result.reason or "")


def _as_result(function: Callable[..., tuple[float, str]]) -> Callable[..., Any]:
    @wraps(function)
    def scored(**arguments: Any) -> Any:
        from ragas.metrics import MetricResult

        value, reason = function(**arguments)
        return MetricResult(value=value, reason=reason)

    scored.__annotations__ = {**function.__annotations__, "return": Any}
    return scored
