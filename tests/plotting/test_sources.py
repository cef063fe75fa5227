from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import FillBetweenPolyCollection

import bayescale as bs
from bayescale.plotting.sources import nested, plot_sources
from tests.fits import synthetic_fit
from tests.plotting.eyes import BLIND, distance
from tests.plotting.figures import texts

SHARES = pd.DataFrame(
    {"floor": [0.25, 1.0], "parameters": [0.24, 0.0], "form": [0.15, 0.0], "noise": [0.36, 0.0]}
)


def test_each_source_pushes_the_end_out_by_its_share_of_the_squared_width():
    found = nested(SHARES, np.exp([0.10, 0.10]))
    heights = {name: np.log1p(values / 100) for name, values in found.items()}
    assert [h[0] for h in heights.values()] == pytest.approx([0.05, 0.07, 0.08, 0.10])
    assert [h[1] for h in heights.values()] == pytest.approx([0.10] * 4)


@pytest.fixture(scope="module")
def drawn():
    return plot_sources(synthetic_fit(bends=True), targets=1e22)


def test_the_fan_ends_where_the_interval_of_a_new_run_does_and_lies_inside_the_axes(drawn):
    (ax,) = drawn.axes
    rings = [part for part in ax.collections if isinstance(part, FillBetweenPolyCollection)]
    heights = np.concatenate([path.vertices[:, 1] for ring in rings for path in ring.get_paths()])
    plan = bs.allocate(synthetic_fit(bends=True), flops=3e22)
    single = bs.predict(synthetic_fit(bends=True), new_run=True, **plan.point(["params", "tokens"]))
    row = single.summary().iloc[0]
    low, high = ax.get_ylim()
    assert low < heights.min() < 0 < heights.max() < high
    assert heights.max() > 80 * (row["upper"] / row["median"] - 1)
    assert any(len(line.get_xdata()) == 54 for line in ax.lines)


def test_sources_are_named_with_their_shares_and_no_legend(drawn):
    named = {text.split()[0]: text for text in texts(drawn) if text.endswith("%")}
    assert {"floor", "parameters", "form", "noise"} <= set(named)
    shares = [float(named[n].split()[1].rstrip("%")) for n in ("floor", "parameters", "form")]
    assert 0 < sum(shares) <= 101
    assert not [ax for ax in drawn.axes if ax.get_legend()]


def test_a_source_that_brings_nothing_is_not_named():
    found = texts(plot_sources(synthetic_fit()))
    assert not [text for text in found if text.startswith("form ")]


@pytest.mark.parametrize("kind", BLIND)
def test_rings_can_be_told_apart_by_everyone(drawn, kind):
    rings = [c for c in drawn.axes[0].collections if isinstance(c, FillBetweenPolyCollection)]
    colours = {ring.get_label(): tuple(ring.get_facecolor()[0]) for ring in rings}
    assert len(colours) == 4
    assert min(distance(a, b, kind) for a, b in combinations(colours.values(), 2)) > 10
