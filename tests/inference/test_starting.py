import numpy as np
import pytest

from bayescale.inference.starting import best_start

PEAKS, HEIGHTS = np.array([-4.0, 4.0]), np.array([-10.0, 0.0])


def two_peaks(point):
    """The log density of two separate peaks, the right one ten nats higher, and its slope."""
    nearest = int(point[0] > 0)
    distance = point - PEAKS[nearest]
    return np.asarray(HEIGHTS[nearest] - float(distance @ distance) / 2), -distance


def test_the_highest_of_the_peaks_that_were_reached_is_the_start():
    starts = [np.array([-6.0]), np.array([5.5]), np.array([-3.0])]
    assert best_start(two_peaks, starts) == pytest.approx([4.0], abs=1e-3)


def test_a_point_outside_the_support_is_no_start():
    def positive_only(point):
        if point[0] <= 0:
            return np.asarray(-np.inf), np.array([np.nan])
        return two_peaks(point)

    starts = [np.array([-2.0]), np.array([3.0])]
    assert best_start(positive_only, starts) == pytest.approx([4.0], abs=1e-3)


def test_a_narrow_bent_valley_is_followed_to_its_end():
    """Of Rosenbrock's valley, where descents that stop early are hundreds of steps away."""

    def valley(point):
        x, y = point
        value = -((1 - x) ** 2 + 100 * (y - x**2) ** 2)
        return value, np.array([2 * (1 - x) + 400 * x * (y - x**2), -200 * (y - x**2)])

    assert best_start(valley, [np.array([-1.2, 1.0])]) == pytest.approx([1.0, 1.0], abs=1e-2)
