"""Repeated tokens and surplus parameters saturate: L = E + A N'^-alpha_N + B D'^-alpha_D.

D' = U (1 + R_D* (1 - exp(-R_D / R_D*))) with R_D = D / U - 1 repeats of U unique tokens, and N'
alike with the size that is compute-optimal for the unique tokens in place of U.

Muennighoff et al. 2023, "Scaling Data-Constrained Language Models", arXiv:2305.16264.
"""

from typing import Any

from bayescale.laws import chinchilla
from bayescale.laws.law import Law
from bayescale.ops import exp, maximum, minimum


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
    R_D_star: Any,
    R_N_star: Any,
) -> Any:
    """Loss of N parameters trained on D tokens of which U are unique."""
    base_N = minimum(N, best_params(U, A=A, B=B, alpha_N=alpha_N, alpha_D=alpha_D))
    worth_N = worth(N, base_N, R_N_star)
    worth_D = worth(maximum(D, U), U, R_D_star)
    return chinchilla.loss(worth_N, worth_D, E=E, A=A, B=B, alpha_N=alpha_N, alpha_D=alpha_D)


def worth(amount: Any, base: Any, R_star: Any) -> Any:
    """Fresh amount that is worth as much as an amount beyond its base.

    After R repeats the next one is worth exp(-R / R_star) of a fresh pass, and all of them
    together never more than R_star passes.
    """
    return base * (1 + R_star * (1 - exp((1 - amount / base) / R_star)))


def best_params(U: Any, *, A: Any, B: Any, alpha_N: Any, alpha_D: Any) -> Any:
    """Size at which one pass over U tokens is compute-optimal: both terms pull equally."""
    return (alpha_N * A / (alpha_D * B) * U**alpha_D) ** (1 / alpha_N)


def derived(
    N: Any,
    D: Any,
    U: Any,  # noqa: ARG001
    *,
    A: Any,
    B: Any,
    alpha_N: Any,
    alpha_D: Any,
) -> dict[str, Any]:
    """Coefficients as papers print them: at a reference of one."""
    return {"A_classic": A * N**alpha_N, "B_classic": B * D**alpha_D}


LAW = Law(loss, "data_constrained", derived=derived, terms=("E", "A", "B"))
