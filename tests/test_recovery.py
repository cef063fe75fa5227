"""Do intervals cover the truth as often as they say?"""

import numpy as np
import pytest

import bayescale as bs
from bayescale.datasets.simulating import simulate
from bayescale.inference.fitting import fit
from bayescale.inference.simulating import stated_values
from bayescale.laws.law import Law

SIMULATIONS = 100
NAMES = ("E", "alpha_N", "alpha_D", "N_opt")


def best_params(law: Law, flops, parameters):
    return law.best_split(flops / 6.0, parameters)[0]


@pytest.mark.slow
def test_intervals_cover_the_truth():
    card = bs.datasets.datasets()["simulated"].origin
    model = bs.models()[card.model]
    truth = dict(model.published[card.published].values)
    covered = dict.fromkeys(NAMES, 0)
    for seed in range(SIMULATIONS):
        runs = simulate(card.model_copy(update={"seed": seed}))
        found = fit(runs, model, random_seed=seed, draws=500)
        flops = 100 * runs.table["flops"].max()
        truth["N_opt"] = best_params(model.law, flops, truth)
        optimum = bs.allocate(found, flops=flops).optimum["params"]
        for name in NAMES:
            draws = optimum if name == "N_opt" else found.posterior[name]
            low, high = np.quantile(draws, [0.05, 0.95])
            covered[name] += low <= truth[name] <= high
    print(f"90% intervals that cover the truth, of {SIMULATIONS}: {covered}")
    assert all(80 <= count <= 97 for count in covered.values()), covered


@pytest.mark.slow
@pytest.mark.parametrize("card", bs.models().values(), ids=bs.models())
def test_every_model_recovers_what_its_runs_were_simulated_from(card):
    runs = bs.simulate(card, 250, seed=1)
    _, truth = stated_values(card, runs.table, seed=1)
    found = fit(runs, card, random_seed=1)
    ranks = {
        name: float((found.posterior[name] < truth[name]).mean())
        for name in card.priors
        if name not in card.fixed
    }
    assert all(0.0005 <= rank <= 0.9995 for rank in ranks.values()), ranks
    assert bs.check(found).raise_if_bad()
