import numpy as np
import pandas as pd
import pytest

from bayescale.compute.accounting import SixND
from bayescale.evaluation.costs import Speed, flops_ratio, time_of
from bayescale.runs.table import Runs

TABLE = pd.DataFrame(
    {"params": [1e8, 2e8, 4e8], "tokens": [2e9, 4e9, 8e9], "loss": [3.0, 2.8, 2.6]}
)


def with_columns(**columns):
    return Runs(TABLE.assign(**columns))


def test_flops_that_were_recorded_are_set_against_those_of_the_baseline():
    flops = 1.2 * 6 * TABLE["params"] * TABLE["tokens"]
    np.testing.assert_allclose(flops_ratio(SixND(), with_columns(flops=flops)), 1.2)


def test_flops_of_the_rule_itself_tell_nothing_new():
    assert flops_ratio(SixND(), with_columns(flops=6 * TABLE["params"] * TABLE["tokens"])) is None
    assert flops_ratio(SixND(), with_columns()) is None


def test_the_speed_of_a_size_is_read_off_the_baseline():
    speed = Speed(TABLE.assign(tokens_per_second=1e6 * (TABLE["params"] / 1e8) ** -0.8))
    assert speed.power == pytest.approx(-0.8)
    assert speed.at(pd.Series([1e9]))[0] == pytest.approx(1e6 * 10**-0.8)


def test_of_one_size_flops_a_second_are_taken_to_stay():
    one = pd.DataFrame({"params": [1e8, 1e8], "tokens_per_second": [1e6, 1e6]})
    assert Speed(one).power == -1.0


def test_at_the_same_flops_a_second_time_is_compute_times_speed():
    fast = with_columns(tokens_per_second=1e14 / TABLE["params"])
    slow = with_columns(tokens_per_second=0.9e14 / TABLE["params"])
    np.testing.assert_allclose(time_of(np.full(3, np.log(1.5)), fast, slow), np.log(1.5 * 0.9))
    assert time_of(np.zeros(3), fast, with_columns()) is None
