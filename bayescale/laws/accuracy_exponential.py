"""Accuracy that rises exponentially as the loss falls: floor + gain exp(-gamma (L - 1)).

L is relative to the reference loss, and gain is the accuracy there beyond that of a useless model.
Gadre et al. 2024, "Language models scale reliably with over-training and on downstream tasks",
arXiv:2403.08540, who write the error as eps - k exp(-gamma L).
"""

from typing import Any

from bayescale.laws.law import Law
from bayescale.ops import exp, minimum


def accuracy(L: Any, *, floor: Any, gain: Any, gamma: Any) -> Any:
    """Share of right answers at loss L (Gadre et al. 2024), at most one."""
    return minimum(floor + gain * exp(-gamma * (L - 1)), 1.0)


def derived(L: Any, *, floor: Any, gain: Any, gamma: Any) -> dict[str, Any]:
    """Coefficients for losses in their own unit, and eps and k as the paper has them."""
    k = gain * exp(gamma)
    gamma_classic = gamma / L
    return {
        "gain_classic": k * exp(-gamma_classic),
        "gamma_classic": gamma_classic,
        "eps": 1 - floor,
        "k": k,
    }


LAW = Law(
    accuracy,
    "accuracy_exponential",
    derived=derived,
    terms=("floor", "gain"),
    target="accuracy",
)
