import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from bayescale.laws import chinchilla
from bayescale.laws.mixture import mixing_cost, mixture

BASE = {"E": 1.5, "A": 480.0, "B": 2000.0, "alpha_N": 0.35, "alpha_D": 0.37}
TWO = {**BASE, "M": 0.3, "w_2": 0.5, "gamma_1": 0.5, "gamma_2": 0.7}


def test_equal_shares_cost_what_they_say():
    loss = mixture(2).loss(1e9, 1e11, 0.5, 0.5, **TWO)
    assert loss == pytest.approx(chinchilla.loss(1e9, 1e11, **BASE) + 0.3)


def test_the_coefficients_of_the_paper_give_the_formula_of_the_paper():
    law, h = mixture(3), [0.7, 0.1, 0.2]
    values = {**TWO, "w_3": 2.0, "gamma_3": 0.9}
    C = law.derive([1.0, 1.0, 1.0, 1.0, 1.0], values)
    paper = 1 / sum(C[f"C_{i}"] * h[i - 1] ** values[f"gamma_{i}"] for i in (1, 2, 3))
    expected = chinchilla.loss(1e9, 1e11, **BASE) + paper
    assert law.loss(1e9, 1e11, *h, **values) == pytest.approx(expected, rel=1e-12)


def test_a_domain_may_be_left_out():
    assert np.isfinite(mixture(2).loss(1e9, 1e11, 1.0, 0.0, **TWO))


def test_the_best_mixture_does_not_depend_on_scale():
    law, grid = mixture(2), np.linspace(0.01, 0.99, 199)
    best = [grid[np.argmin(law.loss(N, 20 * N, grid, 1 - grid, **TWO))] for N in (1e8, 1e9, 1e10)]
    assert best[0] == best[1] == best[2]
    assert 0.2 < best[0] < 0.8


def test_domains_stand_in_for_each_other():
    even = mixing_cost([0.5, 0.5], 0.4, [1, 1], [0.5, 0.5])
    assert even < mixing_cost([1.0, 0.0], 0.4, [1, 1], [0.5, 0.5])


def test_any_number_of_domains_makes_a_law():
    law = mixture(7)
    assert law.inputs == ("N", "D", *(f"h_{i}" for i in range(1, 8)))
    assert len(law.parameters) == 5 + 14
    prior = {"dist": "LogNormal", "median": 0.4, "sigma": 0.5}
    shares = {f"h_{i}": f"share_{i}" for i in range(1, 8)}
    model = bs.Model(law=law, priors=dict.fromkeys(law.parameters, prior), inputs=shares)
    runs = bs.simulate(model, 30)
    np.testing.assert_allclose(runs.table[list(shares.values())].sum(axis=1), 1.0)


@pytest.mark.slow
def test_the_share_of_a_domain_predicts_a_mixture_left_out():
    folder = os.environ.get("BAYESCALE_DATA", "")
    path = Path(folder) / "bimix2024_domain_mixing.csv"
    if not folder or not path.exists():
        pytest.skip(f"needs {path.name} in the folder BAYESCALE_DATA ({folder or 'unset'})")
    table = pd.read_csv(path).query("family == 'SlimPajama' and domain == 'Wikipedia'")
    assert len(table), "the domain is not in the table"
    table = table.rename(columns={"step": "steps", "domain_ratio": "share_domain"})
    columns = ["steps", "share_domain", "loss"]
    out = table["mixture"] == sorted(table["mixture"].unique())[0]
    runs = bs.load_runs(table.loc[~out, columns])
    fit = bs.fit(runs, "domain_share", random_seed=1, draws=500)
    assert int(fit.tree["sample_stats"]["diverging"].sum()) == 0
    held_out = table[out]
    inputs = {name: held_out[name].to_numpy() for name in ("steps", "share_domain")}
    predicted = bs.predict(fit, inputs=inputs).mean(["chain", "draw"])
    error = np.abs(predicted / held_out["loss"].to_numpy() - 1).mean()
    print(f"mean relative error on the mixture left out: {float(error):.2%}")
    assert error < 0.05
