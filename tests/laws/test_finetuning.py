import pytest

from bayescale.laws.finetuning import LAW


def test_the_two_resources_multiply():
    values = {"E": 1.2, "A": 8.0, "alpha_x": 0.04, "alpha_F": 0.08}
    excess = LAW.loss(1e9, 1e7, **values) - 1.2
    doubled = LAW.loss(2e9, 2e7, **values) - 1.2
    assert doubled / excess == pytest.approx(2**-0.04 * 2**-0.08)
