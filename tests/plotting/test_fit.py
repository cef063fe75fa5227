from matplotlib.figure import Figure

from bayescale.plotting import plot_fit
from bayescale.runs.table import Runs
from tests.fits import fit_to, real_runs, synthetic_fit
from tests.plotting.figures import points, texts


def test_two_panels_fit_into_a_part_of_a_figure():
    figure = Figure()
    left, _ = figure.subfigures(1, 2)
    assert plot_fit(synthetic_fit(), figure=left) is figure
    assert len(left.axes) == 2


def test_fit_shows_every_run_against_its_prediction():
    figure = plot_fit(synthetic_fit(), ci_prob=0.9)
    above, below = figure.axes
    assert (above.get_xlabel(), above.get_ylabel()) == ("predicted loss", "observed loss")
    assert (below.get_xlabel(), below.get_ylabel()) == ("training FLOPs (C)", "residual, %")
    assert points(above) == points(below) == 54
    assert any("of 54 runs" in text and "90% interval" in text for text in texts(figure))


def test_a_run_far_off_is_drawn_at_the_edge_and_counted():
    runs = real_runs()
    table = runs.table.copy()
    table.loc[table.index[5], "loss"] *= 1.5
    figure = plot_fit(fit_to(Runs(table)))
    assert points(figure.axes[1]) == 53
    assert any("1 beyond the axis, up to +5" in text for text in texts(figure))
