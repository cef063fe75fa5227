import pytest
from matplotlib.figure import Figure

from bayescale.datasets import load
from bayescale.plotting import plot_runs
from bayescale.plotting.style import tick_text
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
