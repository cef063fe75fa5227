import bayescale as bs
from tests.fits import synthetic_fit
from tests.pages import make

PARTS = ("headline", "trust", "scenarios")


def test_half_and_twice_a_budget_stand_beside_it(tmp_path):
    text = make(tmp_path, *PARTS, fit=synthetic_fit(), flops=1e23).text
    for name, flops in (("Half the budget", "5e22"), ("This plan", "1e23"), ("Twice", "2e23")):
        assert name in text
        assert flops in text


def test_hours_and_dollars_stand_where_the_hardware_is_known(tmp_path):
    hardware = bs.Hardware(989e12, utilization=0.4, price_per_hour=2.5)
    text = make(tmp_path, *PARTS, fit=synthetic_fit(), dollars=2e6, hardware=hardware).text
    assert "It costs 2M dollars 1.14e24 FLOPs, 800K GPU hours" in text
    assert "This plan 1.14e24 800K 2M" in text
    assert "4M" in text
    plain = make(tmp_path, *PARTS, fit=synthetic_fit(), flops=1e23).text
    assert "GPU hours" not in plain
    assert "dollars" not in plain


def test_a_budget_that_serving_eats_up_is_left_out(tmp_path):
    fit = synthetic_fit()
    asked = {"flops": 1.6e20, "inference_tokens": 1e12, "candidates": [5e7]}
    text = make(tmp_path, *PARTS, fit=fit, **asked).text
    assert "Half the budget" not in text
    assert "Twice the budget" in text
