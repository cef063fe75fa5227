"""A short version of `make calibration`: truths rank uniformly among draws that recover them."""

import sys
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
CHANCE = 0.001
"""That a card which is right is reported."""


@pytest.fixture(scope="module")
def calibration():
    """The benchmark, which is no part of the package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        import calibration

        yield calibration
        for name in ("calibration", "extrapolation", "_ranks", "_resuming", "_scoring"):
            sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("card", "simulations"),
    [
        ("power_law", 60),
        ("accuracy_exponential", 40),
        ("overfitting_penalty_free", 50),
        ("chinchilla, plain", 60),
        ("chinchilla, plain, pooled", 40),
        ("chinchilla, all modes", 20),
    ],
)
def test_truths_rank_uniformly(calibration, card, simulations):
    from _ranks import is_uniform

    rows = pd.concat(calibration.simulation(card, number) for number in range(simulations))
    assert rows["diverging"].max() <= 5
    rng, quantities = np.random.default_rng(0), rows.groupby("quantity")["rank"]
    for quantity, ranks in quantities:
        places = (ranks.to_numpy() + rng.random(len(ranks))) / (calibration.KEPT + 1)
        assert is_uniform(places, 1 - CHANCE / len(quantities)), quantity


@pytest.mark.usefixtures("calibration")
def test_draws_that_lie_a_standard_deviation_off_are_found():
    from _ranks import is_uniform

    calibrated = np.random.default_rng(1).standard_normal(60)
    places = [np.array([NormalDist().cdf(x + off) for x in calibrated]) for off in (0.0, 1.0)]
    assert [is_uniform(some, 1 - CHANCE / 10) for some in places] == [True, False]


def test_rows_of_a_card_that_has_changed_are_redone(calibration, tmp_path, monkeypatch):
    monkeypatch.setattr(calibration, "RESULTS", tmp_path / "calibration.csv")
    version = calibration.version_of(calibration.CASES["power_law"][0])
    rows = {"card": "power_law", "number": [0, 1], "version": [version, "before"]}
    pd.DataFrame(rows).to_csv(calibration.RESULTS, index=False)
    assert calibration.still_true()["number"].tolist() == [0]
