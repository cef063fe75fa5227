import numpy as np
import pytest

import bayescale as bs
from bayescale.laws.domain_share import LAW
from bayescale.laws.mixture import mixture

VALUES = {"E": 1.5, "C": 0.3, "B": 0.2, "gamma": 0.4, "alpha_S": 1.1}


def test_it_is_the_mixture_law_of_one_domain():
    base = {"E": 1.5, "A": 0.0, "alpha_N": 0.3, "B": 0.2, "alpha_D": 1.1}
    expected = mixture(1).loss(1.0, 7.0, 0.2, **base, M=0.3, gamma_1=0.4)
    assert LAW.loss(7.0, 0.2, **VALUES) == pytest.approx(expected, rel=1e-12)


def test_a_rarer_domain_is_learnt_less_well():
    losses = LAW.loss(7.0, np.geomspace(0.01, 1.0, 20), **VALUES)
    assert np.all(np.diff(losses) < 0)
    assert losses[-1] == pytest.approx(1.5 + 0.3 + 0.2 * 7**-1.1)


@pytest.mark.slow
@pytest.mark.parametrize("domain", ["Wikipedia", "CommonCrawl"])
def test_the_share_of_a_domain_predicts_a_mixture_left_out(public_table, domain):
    table = public_table("bimix2024_domain_mixing.csv").query("family == 'SlimPajama'")
    table = table[table["domain"] == domain]
    table = table.rename(columns={"step": "steps", "domain_ratio": "share_domain"})
    out = table["mixture"] == "JE"
    runs = bs.load_runs(table.loc[~out, ["steps", "share_domain", "loss"]])
    fit = bs.fit(runs, "domain_share", random_seed=1, draws=300)
    assert not fit.tree["sample_stats"]["diverging"].any()
    inputs = {name: table.loc[out, name].to_numpy() for name in ("steps", "share_domain")}
    predicted = bs.predict(fit, inputs=inputs).mean(["chain", "draw"]).to_numpy()
    error = np.abs(predicted / table.loc[out, "loss"].to_numpy() - 1)
    assert len(error) == 20
    assert error.mean() < 0.01
