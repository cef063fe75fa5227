import numpy as np
import pandas as pd
import pytest

from bayescale.inference.fitting import fit
from bayescale.laws import get_law
from bayescale.model.catalogue import models
from bayescale.runs.frontier import frontier
from bayescale.runs.reading import load_runs

LAW = get_law("compute_frontier")
PUBLISHED = models()["compute_frontier"].published
CHINCHILLA = models()["chinchilla"].published["besiroglu2024"].values
PF_DAY = 1e15 * 86_400


def test_it_predicts_a_size():
    assert LAW.target == "params"
    assert models()["compute_frontier"].observed == "log_params"


@pytest.mark.parametrize("flops", [1e18, 5.76e23])
def test_the_published_constants_are_the_frontier_of_the_chinchilla_card(flops):
    best, _ = get_law("chinchilla").best_split(flops / 6, CHINCHILLA)
    assert LAW.loss(flops, **PUBLISHED["besiroglu2024"].values) == pytest.approx(best, rel=1e-12)


def test_kaplan_recommends_1_3_billion_parameters_at_a_petaflop_day():
    values = PUBLISHED["kaplan2020"].values
    assert LAW.loss(PF_DAY, **values) == pytest.approx(1.3e9)
    assert LAW.loss(10 * PF_DAY, **values) / LAW.loss(PF_DAY, **values) == pytest.approx(
        5.4, abs=0.1
    )


@pytest.mark.slow
def test_training_curves_give_back_the_frontier_they_were_drawn_from():
    rng = np.random.default_rng(8)
    sizes = np.repeat(np.geomspace(1e7, 1e10, 28), 40)
    tokens = sizes * np.tile(np.geomspace(1.0, 400.0, 40), 28)
    noise = np.repeat(0.003 * rng.standard_normal(28), 40)
    loss = get_law("chinchilla").loss(sizes, tokens, **CHINCHILLA) * np.exp(noise)
    table = pd.DataFrame({"params": sizes, "tokens": tokens, "loss": loss, "run_id": sizes})
    best = frontier(load_runs(table, groups=["run_id"], simulated=True), "run_id")
    found = fit(best, "compute_frontier", random_seed=3, draws=500)
    assert not found.tree["sample_stats"]["diverging"].any()
    low, high = np.quantile(found.posterior["a_opt"], [0.05, 0.95])
    assert low < 0.5126 < high
    assert high - low < 0.15
