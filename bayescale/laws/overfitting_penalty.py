"""Repetition overfits: L = E + A N^-alpha_N + B D^-alpha_D + P R^delta (N/U)^kappa, R = D/U - 1.

Lovelace et al. 2026, "Prescriptive Scaling Laws for Data Constrained Training", arXiv:2605.01640.
The one-parameter form has delta = kappa = 1.
"""

from typing import Any

from bayescale.laws import chinchilla
from bayescale.laws.law import Law
from bayescale.ops import maximum


def loss(
    N: Any,
    D: Any,
    U: Any,
    *,
    E: Any,
    A: Any,
    B: Any,
    alpha_N: Any,
    alpha_D: Any,
    P: Any,
    delta: Any,
    kappa: Any,
) -> Any:
    """Loss of N parameters trained on D tokens of which U are unique."""
    repeats = maximum(D / U - 1, 0)
    base = chinchilla.loss(N, D, E=E, A=A, B=B, alpha_N=alpha_N, alpha_D=alpha_D)
    return base + P * repeats**delta * (N / U) ** kappa


def best_epochs(N: Any, U: Any, *, B: Any, alpha_D: Any, P: Any, kappa: Any = 1.0) -> Any:
    """Epochs over U tokens that minimise the loss of N parameters, where delta = 1.

    There the next epoch gains as much as it overfits: alpha_D B D^-alpha_D U / D = P (N/U)^kappa.
    """
    epochs = (alpha_D * B * U**-alpha_D / (P * (N / U) ** kappa)) ** (1 / (1 + alpha_D))
    return maximum(epochs, 1)


def derived(
    N: Any, D: Any, U: Any, *, A: Any, B: Any, alpha_N: Any, alpha_D: Any, P: Any, kappa: Any
) -> dict[str, Any]:
    """Coefficients as papers print them: at a reference of one."""
    return {
        "A_classic": A * N**alpha_N,
        "B_classic": B * D**alpha_D,
        "P_classic": P * (U / N) ** kappa,
    }


LAW = Law(loss, "overfitting_penalty", derived=derived, terms=("E", "A", "B"), falls_in=("U",))
