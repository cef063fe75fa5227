"""Loss between a floor and chance: L = E + (L_0 - E) h / (1 + h), h three power laws.

h (L_0 - E) = A N^-alpha_N + B D^-alpha_D + P N^kappa_N U^-kappa_U: finite size, finite training
and overfitting of U unique tokens. Far below chance it is chinchilla with a penalty; a model that
overfits without end ends at the chance level L_0.

Bryant and Liu 2026, "Practical Scaling Laws: Converting Compute into Performance in a
Data-Constrained World", arXiv:2605.09189.
"""

from typing import Any

from bayescale.laws.law import Law


def loss(
    N: Any,
    D: Any,
    U: Any,
    *,
    E: Any,
    A: Any,
    B: Any,
    P: Any,
    alpha_N: Any,
    alpha_D: Any,
    kappa_N: Any,
    kappa_U: Any,
    L_0: Any,
) -> Any:
    """Loss of N parameters trained on D tokens of which U are unique."""
    excess = A * N**-alpha_N + B * D**-alpha_D + P * N**kappa_N * U**-kappa_U
    return E + excess / (1 + excess / (L_0 - E))


def derived(
    N: Any,
    D: Any,
    U: Any,
    *,
    A: Any,
    B: Any,
    P: Any,
    alpha_N: Any,
    alpha_D: Any,
    kappa_N: Any,
    kappa_U: Any,
) -> dict[str, Any]:
    """Coefficients at a reference of one."""
    return {
        "A_classic": A * N**alpha_N,
        "B_classic": B * D**alpha_D,
        "P_classic": P * N**-kappa_N * U**kappa_U,
    }


LAW = Law(loss, "bounded", derived=derived, terms=("E", "A", "B"), falls_in=("D", "U"))
