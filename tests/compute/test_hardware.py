import numpy as np
import pytest

from bayescale.compute.hardware import Hardware
from bayescale.errors import PlanError

# An H100 in bf16 does 989e12 FLOPs per second: 989e12 * 0.4 * 3600 = 1.42416e18 in an hour.
H100 = Hardware(989e12, utilization=0.4, price_per_hour=2.5, name="H100")


def test_an_hour_gives_the_flops_that_are_used():
    assert H100.flops_of_hours(1.0) == pytest.approx(1.42416e18, rel=1e-12)
    assert H100.flops_of_hours(1000.0) == pytest.approx(1.42416e21, rel=1e-12)


def test_forty_per_cent_of_the_peak_is_used_unless_said_otherwise():
    assert Hardware(989e12).flops_of_hours(1.0) == pytest.approx(1.42416e18, rel=1e-12)
    assert Hardware(1e15, utilization=1.0).flops_of_hours(1.0) == pytest.approx(3.6e18)


def test_dollars_buy_hours():
    assert H100.flops_of_dollars(2.5) == pytest.approx(H100.flops_of_hours(1.0))
    assert H100.flops_of_dollars(1e6) == pytest.approx(5.69664e23, rel=1e-12)
    assert H100.dollars_per_flop == pytest.approx(1.755420739e-18, rel=1e-9)


def test_without_a_price_dollars_buy_nothing():
    free = Hardware(989e12, name="H100")
    with pytest.raises(PlanError, match="price_per_hour of H100 is not known"):
        free.flops_of_dollars(1e6)
    with pytest.raises(PlanError, match="price_per_hour of the hardware is not known"):
        _ = Hardware(989e12).dollars_per_flop


@pytest.mark.parametrize(
    ("flops_per_second", "remedy"),
    [
        (989, r"flops_per_second = 989 .* teraflops, so multiply it by 1e\+12"),
        (19.5, r"teraflops, so multiply it by 1e\+12"),
        (0.989, r"petaflops, so multiply it by 1e\+15"),
        (4.5, r"petaflops, so multiply it by 1e\+15"),
        (989e3, r"gigaflops, so multiply it by 1e\+09"),
        (989e12 * 3600, "FLOPs per hour by 3600"),
    ],
)
def test_a_peak_in_another_unit_is_refused_with_the_factor(flops_per_second, remedy):
    with pytest.raises(PlanError, match=remedy):
        Hardware(flops_per_second)


@pytest.mark.parametrize("flops_per_second", [1e9, 5e13, 1e18])
def test_a_peak_that_some_accelerator_may_have_is_accepted(flops_per_second):
    hours = Hardware(flops_per_second, utilization=0.5).flops_of_hours(2.0)
    assert hours == pytest.approx(3600 * flops_per_second)


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_amounts_must_be_positive_and_finite(value):
    for name, act in {
        "flops_per_second": Hardware,
        "price_per_hour": lambda price: Hardware(989e12, price_per_hour=price),
        "gpu_hours": H100.flops_of_hours,
        "dollars": H100.flops_of_dollars,
    }.items():
        with pytest.raises(PlanError, match=f"{name} = {value:g} must be positive and finite"):
            act(value)


@pytest.mark.parametrize("utilization", [0.0, -0.4, 1.01, 40, 400, np.nan])
def test_utilization_is_a_share_of_the_peak(utilization):
    with pytest.raises(PlanError, match=f"utilization = {utilization:g} must be a share"):
        Hardware(989e12, utilization=utilization)


def test_a_percentage_is_recognised():
    with pytest.raises(PlanError, match=r"for this percentage give 0\.35$"):
        Hardware(989e12, utilization=35)
