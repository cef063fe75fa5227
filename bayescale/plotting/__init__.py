"""Figures of runs, fits and plans, one a file; each returns a matplotlib figure."""

from bayescale.plotting.fit import plot_fit
from bayescale.plotting.parameters import plot_parameters
from bayescale.plotting.plan import plot_plan
from bayescale.plotting.prediction import plot_prediction
from bayescale.plotting.runs import plot_runs
from bayescale.plotting.score import plot_score
from bayescale.plotting.sources import plot_sources
from bayescale.plotting.targets import plot_targets

__all__ = [
    "plot_fit",
    "plot_parameters",
    "plot_plan",
    "plot_prediction",
    "plot_runs",
    "plot_score",
    "plot_sources",
    "plot_targets",
]
