import numpy as np
import pytest

import bayescale as bs
from bayescale.evaluation.cutting import least_runs, up_to, without_largest

FLOPS = np.array([1e18, 1e19, 1e20, 1e21, 1e22])


def test_a_cut_is_compute_or_a_share_of_that_of_the_largest_run():
    for cut in (1e20, 0.01, 5e20):
        assert up_to(FLOPS, cut).tolist() == [True, True, True, False, False]


def test_shares_that_leave_the_same_runs_count_once():
    found = without_largest(FLOPS, [0.2, 0.21, 0.6])
    assert [part.sum() for part in found] == [4, 2]


@pytest.mark.parametrize(("cut", "below"), [(1.0, 0), (1e22, 5), (1e-9, 0)])
def test_a_cut_with_all_runs_on_one_side_is_refused(cut, below):
    with pytest.raises(bs.FitError, match=f"leaves {below} runs below and {5 - below} above"):
        up_to(FLOPS, cut)


def test_the_form_with_most_parameters_decides_how_many_runs_are_enough():
    cards = bs.models()
    assert least_runs([cards["chinchilla"]]) == 7
    assert least_runs([cards["chinchilla"], cards["farseer"]]) == 12
