import pytest

import bayescale as bs
from bayescale.laws import chinchilla
from bayescale.laws.data_quality import LAW, worth

BASE = {"E": 1.8, "A": 480.0, "B": 2000.0, "alpha_N": 0.35, "alpha_D": 0.37}


def test_the_best_quality_is_chinchilla():
    expected = chinchilla.loss(1e9, 1e11, **BASE)
    assert LAW.loss(1e9, 1e11, 1.0, **BASE, gamma_Q=0.4) == expected


def test_tokens_of_low_quality_are_worth_fewer_of_the_best():
    fewer = worth(1e11, 0.5, alpha_D=BASE["alpha_D"], gamma_Q=0.4)
    assert fewer < 1e11
    low = LAW.loss(1e9, 1e11, 0.5, **BASE, gamma_Q=0.4)
    assert low == pytest.approx(LAW.loss(1e9, fewer, 1.0, **BASE, gamma_Q=0.4))


def test_a_quality_above_one_is_refused():
    table = bs.design("data_quality", 8).assign(loss=2.0)
    table.loc[3, "quality"] = 1.2
    with pytest.raises(bs.RunsError, match=r"quality = 1\.2: must be at most 1"):
        bs.load_runs(table, columns={"quality": "quality"})
