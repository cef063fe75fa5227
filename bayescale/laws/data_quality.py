"""Tokens of lower quality count for less: L = E + A N^-alpha_N + B D^-alpha_D Q^-gamma_Q.

Q in (0, 1] is the quality of the data, one for the best, such as the share left uncorrupted.

Subramanyam et al. 2025, "Scaling Laws Revisited: Modeling the Role of Data Quality in Language
Model Pretraining", arXiv:2510.03313.
"""

from typing import Any

from bayescale.laws import chinchilla
from bayescale.laws.law import Law


def loss(
    N: Any, D: Any, Q: Any, *, E: Any, A: Any, B: Any, alpha_N: Any, alpha_D: Any, gamma_Q: Any
) -> Any:
    """Loss of N parameters trained on D tokens of quality Q."""
    return E + A * N**-alpha_N + B * D**-alpha_D * Q**-gamma_Q


def worth(D: Any, Q: Any, *, alpha_D: Any, gamma_Q: Any) -> Any:
    """Tokens of the best quality that are worth as much as D tokens of quality Q."""
    return D * Q ** (gamma_Q / alpha_D)


def derived(
    N: Any,
    D: Any,
    Q: Any,  # noqa: ARG001
    *,
    A: Any,
    B: Any,
    alpha_N: Any,
    alpha_D: Any,
) -> dict[str, Any]:
    """Coefficients and best exponent as in chinchilla: quality moves only the coefficient B."""
    return chinchilla.derived(N, D, A=A, B=B, alpha_N=alpha_N, alpha_D=alpha_D)


LAW = Law(loss, "data_quality", derived=derived, terms=("E", "A", "B"))
