import numpy as np
import pytest

from bayescale.forecasting.curves import Curve, curves_of
from bayescale.forecasting.remaining import expect, look_at, surprise
from tests.forecasting.ladders import ladder, load

PROGRESS = np.geomspace(0.01, 1, 60)


def powers(exponents, sizes=None):
    """Curves that fall as powers of progress above a floor."""
    sizes = sizes or [1e8 * 2**place for place in range(len(exponents))]
    losses = [1.5 + 0.4 * PROGRESS**-exponent for exponent in exponents]
    return [
        Curve(f"r{place}", size, 1e10, PROGRESS, np.log(loss))
        for place, (size, loss) in enumerate(zip(sizes, losses, strict=True))
    ]


def test_runs_that_fall_alike_end_alike():
    *rungs, run = powers([0.3] * 5)
    seen = look_at(run.until(0.2), rungs)
    low, middle, high = expect(seen).quantile(np.array([0.05, 0.5, 0.95]))
    assert middle == pytest.approx(run.log_loss[-1], abs=1e-4)
    assert high - low < 0.01


def test_a_run_that_has_just_fallen_more_is_expected_to_fall_more():
    *rungs, run = powers([0.26, 0.28, 0.3, 0.32, 0.34, 0.31], sizes=[1e8] * 6)
    seen = look_at(run.until(0.2), rungs)
    assert seen.kinds == ("fallen",)
    steeper = look_at(powers([0.36], sizes=[1e8])[0].until(0.2), rungs)
    falls = [each.level - expect(each).quantile(np.array([0.5]))[0] for each in (seen, steeper)]
    assert falls[1] > falls[0]
    assert falls[0] == pytest.approx(seen.level - run.log_loss[-1], abs=2e-3)


def test_the_way_leads_to_the_end():
    *rungs, run = powers([0.3] * 5)
    seen = look_at(run.until(0.2), rungs)
    for target in (0.4, 0.7):
        middle = expect(seen, target).quantile(np.array([0.5]))[0]
        assert middle == pytest.approx(run.level(target), abs=2e-3)


def test_without_an_earlier_checkpoint_compute_has_to_do():
    rungs = list(curves_of(load(ladder(checkpoints=10))).values())
    run = rungs.pop(2)
    seen = look_at(run.until(0.1), rungs)
    assert seen.kinds == ("compute",)
    middle = expect(seen).quantile(np.array([0.5]))[0]
    assert middle == pytest.approx(run.log_loss[-1], abs=0.01)


def test_a_spike_is_a_surprise():
    *rungs, run = powers([0.29, 0.3, 0.31, 0.3, 0.3])
    calm = look_at(run.until(0.3), rungs)
    spiked = Curve(run.name, run.params, run.total, run.progress, run.log_loss.copy())
    near = (spiked.progress > 0.27) & (spiked.progress < 0.31)
    spiked.log_loss[near] += 0.1
    assert abs(surprise(calm)) < 2
    assert surprise(look_at(spiked.until(0.3), rungs)) < -4
