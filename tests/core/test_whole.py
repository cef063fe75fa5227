import numpy as np
import pytest

import bayescale as bs
from bayescale.core.whole import LARGEST_SEED, require_seed, require_whole


@pytest.mark.parametrize("value", [0, 7, np.int64(7), LARGEST_SEED])
def test_whole_numbers_in_range_come_back_as_they_are(value):
    assert require_seed(value, bs.PlanError) == value


@pytest.mark.parametrize("value", [-1, 2**63, 1.0, "1", None, True, [1]])
def test_what_is_no_seed_is_refused_with_value_rule_and_remedy(value):
    with pytest.raises(bs.PlanError, match=r"random_seed = .* must be a whole number from 0 to"):
        require_seed(value, bs.PlanError)


def test_the_ends_of_a_range_are_within_it():
    assert [require_whole("draws", n, 1, 3, bs.FitError) for n in (1, 3)] == [1, 3]
    with pytest.raises(bs.FitError, match="draws = 4 must be a whole number from 1 to 3"):
        require_whole("draws", 4, 1, 3, bs.FitError)
