"""Accuracy as a sigmoid of the loss: floor + (ceiling - floor) / (1 + exp(k (L - L_mid))).

L and L_mid are relative to the reference loss. Bhagia et al. 2024, "Establishing Task Scaling Laws
via Compute-Efficient Model Ladders", arXiv:2412.04403; as in Llama 3 (arXiv:2407.21783).
"""

from typing import Any

from bayescale.law import Law
from bayescale.ops import exp


def accuracy(L: Any, *, floor: Any, ceiling: Any, k: Any, L_mid: Any) -> Any:
    """Share of right answers at loss L (Bhagia et al. 2024)."""
    return floor + (ceiling - floor) / (1 + exp(k * (L - L_mid)))


def derived(L: Any, *, floor: Any, ceiling: Any, k: Any, L_mid: Any) -> dict[str, Any]:
    """Steepness and midpoint for losses in their own unit, and the steepest slope."""
    return {
        "k_classic": k / L,
        "L_mid_classic": L_mid * L,
        "slope": -(ceiling - floor) * k / (4 * L),
    }


LAW = Law(accuracy, "accuracy_sigmoid", derived=derived, target="accuracy")
