import numpy as np
import pytest

from bayescale.datasets import load
from bayescale.plotting import plot_runs
from bayescale.runs.table import Runs
from tests.fits import recorded_cost, recorded_runs
from tests.plotting.figures import points, scatters


def test_runs_are_drawn_as_tokens_against_parameters():
    runs = load("simulated")
    ax = plot_runs(runs).axes[0]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("parameters (N)", "training tokens (D)")
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert points(ax) == len(runs)
    assert sorted(scatters(ax)[0].get_array()) == pytest.approx(sorted(runs.loss))


def test_runs_with_compute_alone_are_drawn_against_compute():
    runs = Runs(load("simulated").table[["flops", "loss"]])
    ax = plot_runs(runs).axes[0]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("training FLOPs (C)", "loss")
    assert points(ax) == len(runs)


def test_lines_of_equal_compute_are_those_of_the_flops_that_the_runs_recorded():
    lines = plot_runs(recorded_runs()).axes[0].lines
    assert lines
    for line in lines:
        sizes, tokens = (np.asarray(v, float) for v in (line.get_xdata(), line.get_ydata()))
        decades = np.log10(recorded_cost(sizes) * tokens)
        assert decades == pytest.approx(np.round(decades[0]), abs=2e-3)
