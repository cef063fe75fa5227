"""Routed models trained on one number of tokens: log L is bilinear in log N and log experts.

L = A n^-alpha_N x^(delta + gamma log n), with x the effective number of experts relative to a
dense model. Clark et al. 2022, "Unified Scaling Laws for Routed Language Models",
arXiv:2202.01169.
"""

from typing import Any

from bayescale.laws.law import Law
from bayescale.ops import exp, log, maximum, minimum

# Where experts never stop helping there is no cutoff: it is then this many e-folds away or more.
_NO_CUTOFF = 200.0


def effective(X: Any, *, X_few: Any, X_max: Any) -> Any:
    """Effective number of experts, which saturates at both ends (Clark et al. 2022).

    Between X_few and X_max it grows like X. Of a dense model it is what papers call E_start, with
    X_few = 1 / (1 / E_start - 1 / X_max), which keeps it below X_max whatever the parameters.
    """
    return 1 / (1 / (X - 1 + X_few) + 1 / X_max)


def expansion(X: Any, *, X_few: Any, X_max: Any) -> Any:
    """Effective number of experts over that of a dense model."""
    return effective(X, X_few=X_few, X_max=X_max) / effective(1, X_few=X_few, X_max=X_max)


def loss(
    N: Any, X: Any, *, A: Any, alpha_N: Any, delta: Any, gamma: Any, X_few: Any, X_max: Any
) -> Any:
    """Loss of N parameters for each token and X experts (Clark et al. 2022)."""
    x = expansion(X, X_few=X_few, X_max=X_max)
    return A * N**-alpha_N * x ** (delta + gamma * log(N))


def derived(
    N: Any,
    *_: Any,
    A: Any,
    alpha_N: Any,
    delta: Any,
    gamma: Any,
    X_few: Any,
    X_max: Any,
) -> dict[str, Any]:
    """Coefficients at a reference of one, and as papers print them.

    The latter are log10 L = a log10 N + b log10 Xhat + c log10 N log10 Xhat + d, where Xhat is
    X_start for a dense model. The size N_cutoff = 10^(-b/c) from which on experts stop helping
    turns on c: one unit in its third decimal moves it by an order of magnitude.
    """
    A_classic = A * N**alpha_N
    delta_classic = delta - gamma * log(N)
    X_start = effective(1, X_few=X_few, X_max=X_max)
    return {
        "A_classic": A_classic,
        "delta_classic": delta_classic,
        "a": -alpha_N - gamma * log(X_start),
        "b": delta_classic,
        "c": gamma * log(10.0),
        "d": (log(A_classic) - delta_classic * log(X_start)) / log(10.0),
        "X_start": X_start,
        "N_cutoff": N * exp(minimum(-delta / maximum(gamma, 1e-12), _NO_CUTOFF)),
    }


LAW = Law(loss, "moe_routed", derived=derived, falls_in=("N",))
