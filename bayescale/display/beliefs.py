"""Densities of priors, without a sampler."""

from collections.abc import Callable
from typing import Any

import numpy as np

from bayescale.core.quantities import FloatArray
from bayescale.model.prior import Prior

POINTS = 80


def density_of(prior: Prior) -> tuple[FloatArray, FloatArray] | None:
    """Return values of a prior and their density, in units of the low loss where it has them.

    None for the distributions that few cards use.
    """
    from scipy import stats

    args = prior.args
    known: dict[str, Callable[[], Any]] = {
        "LogNormal": lambda: stats.lognorm(args["sigma"], scale=args["median"]),
        "Normal": lambda: stats.norm(args.get("mu", 0.0), args["sigma"]),
        "TruncatedNormal": lambda: _truncated(stats, args),
        "HalfNormal": lambda: stats.halfnorm(scale=args["sigma"]),
        "HalfStudentT": lambda: (
            stats.foldnorm(0, scale=args["sigma"])
            if args["nu"] > 30
            else _Half(stats.t(args["nu"], scale=args["sigma"]))
        ),
        "HalfCauchy": lambda: stats.halfcauchy(scale=args["beta"]),
        "Gamma": lambda: stats.gamma(args["alpha"], scale=1 / args["beta"]),
        "Beta": lambda: stats.beta(args["alpha"], args["beta"]),
        "Uniform": lambda: stats.uniform(args["lower"], args["upper"] - args["lower"]),
    }
    try:
        law = known[prior.dist]()
    except KeyError:  # another distribution, or stated by other arguments
        return None
    low, high = law.ppf(0.003), law.ppf(0.985 if prior.positive else 0.997)
    x = np.linspace(low, high, POINTS)
    return x, np.asarray(law.pdf(x), float)


def _truncated(stats: Any, args: dict[str, float]) -> Any:
    mu, sigma = args.get("mu", 0.0), args["sigma"]
    ends = (args.get("lower", -np.inf), args.get("upper", np.inf))
    return stats.truncnorm(*((end - mu) / sigma for end in ends), loc=mu, scale=sigma)


class _Half:
    """The positive half of a symmetric distribution."""

    def __init__(self, whole: Any) -> None:
        self.whole = whole

    def ppf(self, share: float) -> float:
        return float(self.whole.ppf(0.5 + share / 2))

    def pdf(self, x: FloatArray) -> Any:
        return 2 * self.whole.pdf(x)
