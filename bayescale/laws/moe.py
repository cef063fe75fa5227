"""Mixtures of experts: Chinchilla's law with coefficients and exponents that the experts shift.

L = E + A n^-(alpha_N - gamma log x) x^delta + B d^-(alpha_D - zeta log x) x^omega, with x the
effective number of experts relative to a dense model and N the active parameters.
Ludziejewski et al. 2025, "Joint MoE Scaling Laws: Mixture of Experts Can Be Memory Efficient",
arXiv:2502.05172.
"""

from typing import Any

from bayescale.laws import chinchilla
from bayescale.laws.law import Law
from bayescale.laws.moe_routed import effective, expansion
from bayescale.ops import log


def at_experts(
    X: Any,
    *,
    A: Any,
    B: Any,
    alpha_N: Any,
    alpha_D: Any,
    delta: Any,
    gamma: Any,
    omega: Any,
    zeta: Any,
    X_few: Any,
    X_max: Any,
) -> dict[str, Any]:
    """Parameters of `chinchilla` that hold at X experts (Ludziejewski et al. 2025, eq. 5)."""
    x = expansion(X, X_few=X_few, X_max=X_max)
    return {
        "A": A * x**delta,
        "B": B * x**omega,
        "alpha_N": alpha_N - gamma * log(x),
        "alpha_D": alpha_D - zeta * log(x),
    }


def loss(
    N: Any,
    D: Any,
    X: Any,
    *,
    E: Any,
    A: Any,
    B: Any,
    alpha_N: Any,
    alpha_D: Any,
    delta: Any,
    gamma: Any,
    omega: Any,
    zeta: Any,
    X_few: Any,
    X_max: Any,
) -> Any:
    """Loss of N active parameters, D tokens and X experts (Ludziejewski et al. 2025, eq. 6)."""
    collapsed = at_experts(
        X,
        A=A,
        B=B,
        alpha_N=alpha_N,
        alpha_D=alpha_D,
        delta=delta,
        gamma=gamma,
        omega=omega,
        zeta=zeta,
        X_few=X_few,
        X_max=X_max,
    )
    return chinchilla.loss(N, D, E=E, **collapsed)


def optimum_at(ND: Any, X: Any, **parameters: Any) -> tuple[Any, Any]:
    """Best split of a fixed product ND for X experts; parameters as `at_experts` takes them."""
    return chinchilla.optimum(ND, **at_experts(X, **parameters))


def derived(
    N: Any,
    D: Any,
    *_: Any,
    A: Any,
    B: Any,
    alpha_N: Any,
    alpha_D: Any,
    delta: Any,
    gamma: Any,
    omega: Any,
    zeta: Any,
    X_few: Any,
    X_max: Any,
) -> dict[str, Any]:
    """Coefficients at a reference of one; those of a dense model are the row E = 1 of table 4."""
    dense = chinchilla.derived(N, D, A=A, B=B, alpha_N=alpha_N, alpha_D=alpha_D)
    return {
        "A_classic": dense["A_classic"],
        "B_classic": dense["B_classic"],
        "delta_classic": delta - gamma * log(N),
        "omega_classic": omega - zeta * log(D),
        "X_start": effective(1, X_few=X_few, X_max=X_max),
    }


LAW = Law(loss, "moe", derived=derived, terms=("E", "A", "B"), falls_in=("N", "D"))
