"""Weight decay W tempers overfitting: overfitting_penalty with P = P_0 (W / 0.1)^-gamma_W.

Lovelace et al. 2026, "Prescriptive Scaling Laws for Data Constrained Training", arXiv:2605.01640.
"""

from typing import Any

from bayescale.laws import overfitting_penalty
from bayescale.laws.law import Law

USUAL_DECAY = 0.1
"""The weight decay at which P_0 is stated."""


def loss(
    N: Any,
    D: Any,
    U: Any,
    W: Any,
    *,
    E: Any,
    A: Any,
    B: Any,
    alpha_N: Any,
    alpha_D: Any,
    P_0: Any,
    delta: Any,
    kappa: Any,
    gamma_W: Any,
) -> Any:
    """Loss of N parameters trained with weight decay W on D tokens of which U are unique."""
    P = P_0 * (W / USUAL_DECAY) ** -gamma_W
    base = {"E": E, "A": A, "B": B, "alpha_N": alpha_N, "alpha_D": alpha_D}
    return overfitting_penalty.loss(N, D, U, **base, P=P, delta=delta, kappa=kappa)


def derived(
    N: Any,
    D: Any,
    U: Any,
    W: Any,  # noqa: ARG001
    *,
    A: Any,
    B: Any,
    alpha_N: Any,
    alpha_D: Any,
    P_0: Any,
    kappa: Any,
) -> dict[str, Any]:
    """Coefficients as papers print them: at a reference of one."""
    base = {"A": A, "B": B, "alpha_N": alpha_N, "alpha_D": alpha_D}
    classic = overfitting_penalty.derived(N, D, U, **base, P=P_0, kappa=kappa)
    return {"P_0_classic": classic.pop("P_classic"), **classic}


LAW = Law(
    loss,
    "overfitting_penalty_decay",
    derived=derived,
    terms=("E", "A", "B"),
    falls_in=("U", "W"),
)
