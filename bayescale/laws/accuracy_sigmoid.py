"""Accuracy as a sigmoid of the loss: floor + (ceiling - floor) / (1 + exp(k (L - L_mid))).

Stated by what is seen at the reference loss: the gain there over a useless model, and the reach,
the share of the answers wrong there that better models can put right.
Bhagia et al. 2024, "Establishing Task Scaling Laws via Compute-Efficient Model Ladders",
arXiv:2412.04403.
"""

from typing import Any

from bayescale.laws.law import Law
from bayescale.ops import exp, log, maximum, minimum


def room(floor: Any, gain: Any, reach: Any) -> Any:
    """Accuracy that is left between the reference loss and the ceiling; never beyond one."""
    return reach * maximum(1 - floor - gain, 0.0)


def accuracy(L: Any, *, floor: Any, gain: Any, reach: Any, k: Any) -> Any:
    """Share of right answers at loss L (Bhagia et al. 2024), at most one."""
    left = room(floor, gain, reach)
    return minimum(floor + (gain + left) / (1 + left / gain * exp(k * (L - 1))), 1.0)


def derived(L: Any, *, floor: Any, gain: Any, reach: Any, k: Any) -> dict[str, Any]:
    """Coefficients for losses in their own unit, and ceiling and midpoint as the paper has them."""
    left = room(floor, gain, reach)
    k_classic = k / L
    gain_classic = (gain + left) / (1 + left / gain * exp(k_classic - k))
    ceiling = floor + gain + left
    return {
        "gain_classic": gain_classic,
        "reach_classic": (ceiling - floor - gain_classic) / (1 - floor - gain_classic),
        "k_classic": k_classic,
        "ceiling": ceiling,
        "L_mid": L * (1 + log(gain / left) / k),
    }


LAW = Law(
    accuracy,
    "accuracy_sigmoid",
    derived=derived,
    terms=("floor", "gain"),
    target="accuracy",
)
