from itertools import pairwise

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from bayescale.datasets import load
from bayescale.plotting import plot_runs
from bayescale.plotting.style import BLUE, label_ends, tick_text
from tests.plotting.figures import points


def test_a_given_axes_is_drawn_upon():
    figure = Figure()
    ax = figure.add_subplot()
    assert plot_runs(load("simulated"), ax=ax) is figure
    assert points(ax) == 54


def test_figures_show_themselves_in_notebooks():
    assert plot_runs(load("simulated"))._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("value", "text"), [(1e8, "100M"), (1e13, "10T"), (1e21, "10²¹"), (5.76e23, "5.76×10²³")]
)
def test_ticks_are_written_for_people(value, text):
    assert tick_text(value) == text


def test_labels_at_the_end_of_curves_keep_a_line_apart_and_their_order():
    figure = Figure(figsize=(6, 4))
    ax = figure.add_subplot()
    ax.set_ylim(0, 1)
    heights = {"a": 0.5, "b": 0.501, "c": 0.502, "d": 0.99, "e": 1.0}
    label_ends(ax, [(name, height, BLUE) for name, height in heights.items()])
    figure.draw_without_rendering()
    boxes = [Text.get_window_extent(text) for text in ax.texts]
    assert [text.get_text() for text in ax.texts] == list("abcde")
    for lower, upper in pairwise(boxes):
        assert lower.y1 <= upper.y0
    for text, height in zip(ax.texts, heights.values(), strict=True):
        assert abs(text.xyann[1] - height) < 0.15
