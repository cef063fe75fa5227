import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from bayescale.inference.fitting import fit
from tests.architectures import of_architecture


def interval(draws):
    return np.quantile(draws, [0.01, 0.99])


def test_savings_tell_how_many_tokens_a_group_is_worth():
    # The second optimizer needs half the tokens: D counts twice.
    slow = of_architecture("dense", 30, 5).assign(optimizer="adamw")
    fast = slow.assign(optimizer="muon", tokens=slow["tokens"] / 2).drop(columns="flops")
    both = pd.concat([slow.drop(columns="flops"), fast], ignore_index=True)
    runs = bs.load_runs(both, groups=["optimizer"], simulated=True)
    found = fit(runs, "chinchilla", pool={"B": "optimizer"}, random_seed=2, draws=200)
    rho = bs.savings(found, "optimizer", baseline="adamw")
    assert list(rho) == ["rho_D"]
    low, high = interval(rho["rho_D"].sel(optimizer="muon"))
    assert low < 2.0 < high
    assert high - low < 0.6
    assert np.all(rho["rho_D"].sel(optimizer="adamw") == 1.0)
    with pytest.raises(bs.FitError, match="unknown level 'adam': did you mean 'adamw'"):
        bs.savings(found, "optimizer", baseline="adam")
    with pytest.raises(bs.FitError, match="pools none of its coefficients"):
        bs.savings(found, "architecture", baseline="dense")
