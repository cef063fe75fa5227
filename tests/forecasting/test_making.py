import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from tests.fits import fit_to, real_runs, synthetic_fit


def test_quantiles_are_those_of_one_new_run(foretold):
    drawn = bs.predict(synthetic_fit(), params=[2e10, 4e10, 8e10], tokens=4e12, new_run=True)
    for level in (0.05, 0.5, 0.975):
        expected = np.quantile(drawn.to_numpy().reshape(-1, 3), level, axis=0)
        assert foretold.quantiles[level].to_numpy() == pytest.approx(expected, rel=1e-7)
    assert foretold.extrapolation == pytest.approx(drawn["extrapolation"].to_numpy(), abs=1e-4)


def test_it_says_what_it_rests_on(foretold):
    (fit,) = foretold.fits
    assert (fit["model"], fit["count"], fit["random_seed"]) == ("chinchilla", 54, 7)
    assert foretold.versions["bayescale"] == bs.__version__
    assert foretold.made_at.endswith("+00:00")


def test_digests_tell_the_table_from_the_draws(foretold, tmp_path):
    (said,) = foretold.fits
    synthetic_fit().save(tmp_path / "fit.nc")
    (again,) = bs.forecast(bs.load(tmp_path / "fit.nc"), params=1e9, tokens=1e10).fits
    assert [again[part] for part in ("table", "card", "draws")] == [
        said[part] for part in ("table", "card", "draws")
    ]
    (other,) = bs.forecast(synthetic_fit(draws=60), params=1e9, tokens=1e10).fits
    assert (other["table"], other["card"]) == (said["table"], said["card"])
    assert other["draws"] != said["draws"]
    runs = real_runs()
    runs.table.loc[runs.table.index[0], "loss"] *= 1.001
    (changed,) = bs.forecast(fit_to(runs), params=1e9, tokens=1e10).fits
    assert changed["table"] != said["table"]


def test_several_fits_count_by_their_weights():
    fits = {"law": synthetic_fit(), "bent": synthetic_fit(bends=True)}
    both = bs.forecast(fits, params=2e10, tokens=4e12, weights={"law": 3, "bent": 1})
    assert [fit["weight"] for fit in both.fits] == [0.75, 0.25]
    assert both.model == "law and bent"


def test_a_mixture_counts_as_it_was_weighed(came_out):
    fits = {"law": synthetic_fit(), "bent": synthetic_fit(bends=True)}
    mixture = bs.Mixture(fits, {"law": 0.8, "bent": 0.2}, pd.DataFrame())
    both = bs.forecast(mixture, params=[2e10, 4e10, 8e10], tokens=4e12)
    assert [fit["weight"] for fit in both.fits] == [0.8, 0.2]
    bs.settle(both, came_out, made_by=mixture)


def test_no_fit_is_refused():
    with pytest.raises(bs.PlanError, match=r"holds no fit"):
        bs.forecast({}, params=1e9, tokens=1e10)
    with pytest.raises(bs.PlanError, match="needs tokens"):
        bs.forecast(synthetic_fit(), params=1e9)
