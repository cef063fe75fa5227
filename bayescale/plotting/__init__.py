"""Figures of runs, fits and plans, one a file; each returns a matplotlib figure."""

from bayescale.plotting.backtest import plot_backtest
from bayescale.plotting.data import plot_data
from bayescale.plotting.discrepancy import plot_discrepancy
from bayescale.plotting.fit import plot_fit
from bayescale.plotting.fragility import plot_fragility
from bayescale.plotting.isoflops import plot_isoflops
from bayescale.plotting.next import plot_next
from bayescale.plotting.optimum import plot_optimum
from bayescale.plotting.outlook import plot_outlook
from bayescale.plotting.parameters import plot_parameters
from bayescale.plotting.plan import plot_plan
from bayescale.plotting.prediction import plot_prediction
from bayescale.plotting.published import plot_published
from bayescale.plotting.record import plot_record
from bayescale.plotting.runs import plot_runs
from bayescale.plotting.score import plot_score
from bayescale.plotting.sources import plot_sources
from bayescale.plotting.surface import plot_surface
from bayescale.plotting.targets import plot_targets

__all__ = [
    "plot_backtest",
    "plot_data",
    "plot_discrepancy",
    "plot_fit",
    "plot_fragility",
    "plot_isoflops",
    "plot_next",
    "plot_optimum",
    "plot_outlook",
    "plot_parameters",
    "plot_plan",
    "plot_prediction",
    "plot_published",
    "plot_record",
    "plot_runs",
    "plot_score",
    "plot_sources",
    "plot_surface",
    "plot_targets",
]
