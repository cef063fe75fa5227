import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import bayescale as bs
from bayescale.datasets import load
from bayescale.errors import ModelError, PlanError
from bayescale.planning.allocating import allocate
from bayescale.plotting import (
    plot_fit,
    plot_parameters,
    plot_plan,
    plot_prediction,
    plot_runs,
    plot_score,
)
from bayescale.plotting.style import tick_text
from bayescale.runs.table import Runs
from tests.fits import fit_to, real_runs, synthetic_fit


def texts(figure):
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(mpl.text.Text) if text.get_text()]


def points(ax):
    return sum(len(collection.get_offsets()) for collection in scatters(ax))


def scatters(ax):
    return [part for part in ax.collections if isinstance(part, mpl.collections.PathCollection)]


def larger(count=3):
    """Score larger runs, the first of which comes out far too high."""
    inputs = pd.DataFrame({"params": np.geomspace(2e9, 4e9, count), "tokens": 3e11})
    runs = bs.simulate("chinchilla", inputs, values="besiroglu2024", noise=0.001)
    runs.table.loc[0, "loss"] *= 1.1
    return bs.score(synthetic_fit(), runs)


FIGURES = {
    "runs": lambda: plot_runs(load("simulated")),
    "fit": lambda: plot_fit(synthetic_fit()),
    "fit of one variable": lambda: plot_fit(synthetic_fit("power_law")),
    "parameters": lambda: plot_parameters(synthetic_fit()),
    "prediction": lambda: plot_prediction(synthetic_fit()),
    "prediction of one variable": lambda: plot_prediction(synthetic_fit("power_law")),
    "score": lambda: plot_score(larger()),
    "plan": lambda: plot_plan(allocate(synthetic_fit(), flops=1e22)),
    "plans": lambda: plot_plan(allocate(synthetic_fit(), flops=[1e21, 1e22])),
}


@pytest.fixture(scope="module")
def drawn():
    """The texts of each figure; drawing them changes no setting of matplotlib."""
    before = dict(mpl.rcParams)
    found = {name: texts(draw()) for name, draw in FIGURES.items()}
    assert dict(mpl.rcParams) == before
    return found


@pytest.fixture(scope="module")
def trained():
    return fit_to(real_runs())


@pytest.mark.parametrize("name", FIGURES)
def test_simulated_runs_are_named_so_in_every_figure(name, drawn):
    assert "simulated runs" in drawn[name]


@pytest.mark.parametrize("draw", [plot_fit, plot_parameters, plot_prediction])
def test_real_runs_are_not_called_simulated(draw, trained):
    assert "simulated runs" not in texts(draw(trained))


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


def test_a_given_axes_is_drawn_upon():
    figure = Figure()
    ax = figure.add_subplot()
    assert plot_runs(load("simulated"), ax=ax) is figure
    assert points(ax) == 54


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


def test_each_parameter_has_a_panel_with_its_interval():
    fit = synthetic_fit()
    panels = [ax for ax in plot_parameters(fit).axes if ax.axison]
    assert len(panels) == len(fit.model.law.parameters)
    assert panels[0].get_title(loc="left") == "$E$"
    assert float(panels[0].get_xlabel().split()[0]) == pytest.approx(
        float(fit.posterior["E"].median()), abs=0.01
    )


def test_an_unknown_parameter_is_an_error():
    with pytest.raises(ModelError, match="alpha_M"):
        plot_parameters(synthetic_fit(), names=["alpha_M"])


def test_prediction_shades_and_names_what_lies_beyond_the_runs():
    figure = plot_prediction(synthetic_fit(), targets=1e23)
    ax = figure.axes[0]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("training FLOPs (C)", "loss")
    assert ax.get_xlim()[1] > 1e23
    assert points(ax) == 54
    found = texts(figure)
    assert "beyond the runs →" in found
    assert any(text.startswith("10²³\n") for text in found)


def test_prediction_needs_one_curve(monkeypatch):
    fit = synthetic_fit()
    monkeypatch.setattr(type(fit.model), "columns", {"D": "tokens", "U": "unique_tokens"})
    with pytest.raises(PlanError, match="not one curve"):
        plot_prediction(fit)


def test_a_score_shows_each_run_beside_its_interval():
    figure = plot_score(larger())
    (ax,) = figure.axes
    inside, outside = scatters(ax)
    assert (len(inside.get_offsets()), len(outside.get_offsets())) == (2, 1)
    assert {"2B on 300B", "4B on 300B"} <= set(texts(figure))


def test_of_many_scored_runs_the_furthest_are_drawn():
    score = larger(60)
    (ax,) = plot_score(score).axes
    assert points(ax) == 40
    furthest = score.table.loc[score.table["extrapolation"].nlargest(40).index]
    losses = np.concatenate([part.get_offsets()[:, 0] for part in scatters(ax)])
    assert sorted(losses) == sorted(furthest["loss"])


def test_a_plan_shows_the_size_to_commit_to_and_the_flat_range():
    plan = allocate(synthetic_fit(), flops=1e22)
    figure = plot_plan(plan)
    found = texts(figure)
    assert figure.axes[0].get_xlabel() == "parameters (N) at 10²² FLOPs"
    assert any(text.startswith("committed: ") for text in found)
    assert any(text.startswith("costs at most 0.1% more loss: ") for text in found)
    assert "simulated runs" in found


def test_a_plan_whose_limit_binds_everywhere_can_be_drawn():
    plan = allocate(synthetic_fit(), flops=1e22, unique_tokens=1e9)
    assert any("1B tokens" in text for text in texts(plot_plan(plan)))


def test_several_budgets_are_drawn_against_compute_in_order():
    plan = allocate(synthetic_fit(), flops=[1e23, 1e21, 1e22])
    sizes, tokens = plot_plan(plan).axes
    assert sizes.get_ylabel() == "parameters (N)"
    assert (tokens.get_xlabel(), tokens.get_ylabel()) == (
        "training FLOPs (C)",
        "training tokens (D)",
    )
    drawn = sizes.lines[0].get_xydata()
    assert drawn[:, 0] == pytest.approx([1e21, 1e22, 1e23])
    assert drawn[:, 1] == pytest.approx(np.sort(plan.committed["params"].to_numpy()))


def test_figures_show_themselves_in_notebooks():
    assert plot_runs(load("simulated"))._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("value", "text"), [(1e8, "100M"), (1e13, "10T"), (1e21, "10²¹"), (5.76e23, "5.76×10²³")]
)
def test_ticks_are_written_for_people(value, text):
    assert tick_text(value) == text
