"""A loss curve under a learning-rate schedule: L = E + A S1^-alpha_S1 - C S2.

Tissue et al. 2024, "Scaling Law with Learning Rate Annealing", arXiv:2408.11029. S1 is the sum of
the learning rates so far, S2 what their decay has brought:
`bayescale.runs.schedules.annealing_areas` computes both for any schedule, so that a curve under one
schedule predicts another.
"""

from typing import Any

from bayescale import ops
from bayescale.laws.law import Law


def loss(S1: Any, S2: Any, *, E: Any, A: Any, alpha_S1: Any, C: Any) -> Any:
    """Loss after forward area S1 and annealing area S2 (Tissue et al. 2024)."""
    constant = E + A * S1**-alpha_S1
    # A loss is positive: annealing leaves at least 1% of it, whatever parameters are tried.
    return ops.maximum(constant - C * S2, 0.01 * constant)


def derived(S1: Any, S2: Any, *, A: Any, alpha_S1: Any, C: Any) -> dict[str, Any]:
    """Coefficients in raw units."""
    return {"A_classic": A * S1**alpha_S1, "C_classic": C / S2}


LAW = Law(loss, "annealing", derived=derived, terms=("E", "A"))
