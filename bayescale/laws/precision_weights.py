"""Training with weights of few bits: they act like fewer parameters of full precision.

L = E + A (N f(P_w))^-alpha_N + B D^-alpha_D with f(P) = 1 - lost exp((4 - P) / gamma), where lost
is the share of the parameters that 4 bits lose. Kumar et al. 2024, "Scaling Laws for Precision",
arXiv:2411.04330, write f(P) = 1 - exp(-(P / gamma - n)).
"""

from typing import Any

from bayescale.laws import chinchilla
from bayescale.laws.law import Law
from bayescale.ops import exp, log, maximum

REFERENCE_BITS = 4
"""The bits, near the low end of runs, at which the coefficients ``lost`` are stated."""

LEAST_SHARE = 0.05
"""Share of a parameter that is always left: the formula leaves nothing, or less, of few bits."""


def share_kept(P: Any, lost: Any, gamma: Any) -> Any:
    """Share of the parameters that P bits are worth (Kumar et al. 2024)."""
    return maximum(1 - lost * exp((REFERENCE_BITS - P) / gamma), LEAST_SHARE)


def offset(lost: Any, gamma: Any) -> Any:
    """Return the offset n of the paper: n = 4 / gamma + log(lost)."""
    return REFERENCE_BITS / gamma + log(lost)


def loss(
    N: Any,
    D: Any,
    P_w: Any,
    *,
    E: Any,
    A: Any,
    B: Any,
    alpha_N: Any,
    alpha_D: Any,
    lost_w: Any,
    gamma_w: Any,
) -> Any:
    """Loss of N parameters whose weights have P_w bits in training on D tokens."""
    effective = N * share_kept(P_w, lost_w, gamma_w)
    return chinchilla.loss(effective, D, E=E, A=A, B=B, alpha_N=alpha_N, alpha_D=alpha_D)


def derived(
    N: Any,
    D: Any,
    *_: Any,
    A: Any,
    B: Any,
    alpha_N: Any,
    alpha_D: Any,
    lost_w: Any,
    gamma_w: Any,
) -> dict[str, Any]:
    """Coefficients as papers print them, at a reference of one, and the offset n."""
    classic = chinchilla.derived(N, D, A=A, B=B, alpha_N=alpha_N, alpha_D=alpha_D)
    return {**classic, "n_w": offset(lost_w, gamma_w)}


LAW = Law(
    loss,
    "precision_weights",
    derived=derived,
    terms=("E", "A", "B"),
    resources={"N": ("A", "alpha_N"), "D": ("B", "alpha_D")},
)
