import numpy as np
import pytest

from bayescale.model.problem import reference_point


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3.4e8] * 5, 3e8),
        ([9.7e8] * 5, 1e9),
        ([0.0123], 0.01),
        ([1000.0], 1000.0),
        (np.arange(1.0, 102.0), 10.0),
    ],
)
def test_reference_point_is_the_low_end_with_one_significant_digit(values, expected):
    assert reference_point(values) == expected


def test_reference_point_ignores_one_tiny_run():
    assert reference_point([1e3, *[5e8] * 20]) == 5e8
