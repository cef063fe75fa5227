"""How many digits a number deserves."""

import math
from dataclasses import dataclass

import xarray as xr

from bayescale.core.text import human
from bayescale.posterior.intervals import IntervalKind, credible_interval

NOTHING = 1e-9
"""What is smaller comes from rounding in floating point."""


@dataclass(frozen=True)
class Interval:
    """Probability and kind of the intervals of a report."""

    prob: float
    kind: IntervalKind

    def of(self, draws: xr.DataArray) -> tuple[float, float, float]:
        """Return median, lower and upper bound of draws with dimensions (chain, draw)."""
        found = credible_interval(draws, self.prob, self.kind)
        return float(found["median"]), float(found["lower"]), float(found["upper"])


@dataclass(frozen=True)
class Estimate:
    """A number with its interval, as text."""

    value: str
    lower: str
    upper: str


def decimals(spread: float, significant: int = 2) -> int:
    """Return the decimals that show some significant digits of a spread."""
    if not (math.isfinite(spread) and spread > NOTHING):
        return 3
    return max(0, significant - 1 - math.floor(math.log10(spread)))


def fixed(value: float, places: int) -> str:
    """Write a number with so many decimals; huge ones with an exponent, minus as a minus sign."""
    if not math.isfinite(value):
        return "–"
    value = round(value, places) + 0.0  # so that nothing is written as minus nothing
    text = f"{value:.3e}".replace("e+", "e") if abs(value) >= 1e7 else f"{value:.{places}f}"
    return text.replace("-", "−")


def count(value: float, digits: int = 3) -> str:
    """Write a count of parameters, tokens or FLOPs."""
    return human(value, digits)


def percent(share: float) -> str:
    """Write a share with two significant digits, such as 0.0056%, minus as a minus sign."""
    share = share if abs(share) > NOTHING else 0.0
    text = f"{100 * share:.2g}%" if abs(100 * share) < 10 else f"{100 * share:.0f}%"
    return f"−{text[1:]}" if text.startswith("-") else text


def chosen_percent(share: float) -> str:
    """Write a share that a person chose, such as 89% or 0.1%, with the digits it has."""
    return f"{100 * share:g}%"


def estimate(draws: xr.DataArray, interval: Interval, centre: float | None = None) -> Estimate:
    """Write draws as a number (the median by default) with its interval."""
    median, lower, upper = interval.of(draws)
    places = decimals(upper - lower)
    value = median if centre is None else centre
    return Estimate(fixed(value, places), fixed(lower, places), fixed(upper, places))


def between(lower: float, upper: float) -> tuple[str, str]:
    """Write the bounds of an interval."""
    places = decimals(upper - lower)
    return fixed(lower, places), fixed(upper, places)
