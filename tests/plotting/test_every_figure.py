import matplotlib as mpl
import pytest

import bayescale as bs
from bayescale.datasets import load
from bayescale.planning.allocating import allocate
from bayescale.planning.proposing import next_runs
from bayescale.plotting import (
    plot_data,
    plot_discrepancy,
    plot_fit,
    plot_isoflops,
    plot_next,
    plot_optimum,
    plot_outlook,
    plot_parameters,
    plot_plan,
    plot_prediction,
    plot_published,
    plot_record,
    plot_runs,
    plot_score,
    plot_sources,
    plot_surface,
)
from tests.fits import fit_to, real_runs, synthetic_fit
from tests.forecasting.ladders import in_progress, ladder
from tests.forecasting.ladders import load as load_curves
from tests.plotting.figures import larger, recorded, texts

FIGURES = {
    "runs": lambda: plot_runs(load("simulated")),
    "fit": lambda: plot_fit(synthetic_fit()),
    "fit of one variable": lambda: plot_fit(synthetic_fit("power_law")),
    "parameters": lambda: plot_parameters(synthetic_fit()),
    "prediction": lambda: plot_prediction(synthetic_fit()),
    "prediction of one variable": lambda: plot_prediction(synthetic_fit("power_law")),
    "sources": lambda: plot_sources(synthetic_fit()),
    "isoflops": lambda: plot_isoflops(synthetic_fit()),
    "optimum": lambda: plot_optimum(synthetic_fit()),
    "discrepancy": lambda: plot_discrepancy(synthetic_fit(bends=True)),
    "next": lambda: plot_next(next_runs(synthetic_fit(), budget=1e21, target=1e24)),
    "surface": lambda: plot_surface(synthetic_fit()),
    "data": lambda: plot_data(synthetic_fit(), targets=1e22),
    "published": lambda: plot_published(synthetic_fit()),
    "outlook": lambda: plot_outlook(
        bs.expect_end(load_curves(in_progress(ladder(), "800M", 0.5)), "800M")
    ),
    "record": lambda: plot_record(recorded()),
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
