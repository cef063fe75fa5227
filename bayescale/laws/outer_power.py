"""Chinchilla under an outer power: L = E + ((A N^-alpha_N)^(1/k) + (B D^-alpha_D)^(1/k))^k.

Videau et al. 2026, "Skaling: Chinchilla's Exponents Meet Kaplan's Coupling", arXiv:2608.07222;
Beck et al. 2025, "xLSTM Scaling Laws", arXiv:2510.02228. With k = 1 it is the law of Hoffmann et
al. 2022, with E = 0 and k = alpha_D that of Kaplan et al. 2020, eq. 1.5.
"""

from typing import Any

from bayescale.laws.law import Law


def loss(N: Any, D: Any, *, E: Any, A: Any, B: Any, alpha_N: Any, alpha_D: Any, k: Any) -> Any:
    """Loss with size and data terms that combine under a power (Videau et al. 2026).

    Papers print A^(1/k) and alpha_N / k. A and alpha_N say what size costs when data is plentiful,
    whatever k is, so that they mean what they mean in the chinchilla law.
    """
    size, data = A ** (1 / k) * N ** (-alpha_N / k), B ** (1 / k) * D ** (-alpha_D / k)
    return E + (size + data) ** k


def optimum(ND: Any, *, A: Any, B: Any, alpha_N: Any, alpha_D: Any, k: Any) -> tuple[Any, Any]:
    """Best split of a fixed product ND: the outer power is monotone, so inner terms decide.

    At the optimum alpha_N (A N^-alpha_N)^(1/k) = alpha_D (B D^-alpha_D)^(1/k).
    """
    G = ((alpha_N / alpha_D) ** k * A / B) ** (1 / (alpha_N + alpha_D))
    N = G * ND ** (alpha_D / (alpha_N + alpha_D))
    return N, ND / N


def derived(
    N: Any, D: Any, *, A: Any, B: Any, alpha_N: Any, alpha_D: Any, k: Any
) -> dict[str, Any]:
    """Coefficients at a reference of one, those inside the power, and the exponent of N*."""
    A_classic, B_classic = A * N**alpha_N, B * D**alpha_D
    return {
        "A_classic": A_classic,
        "B_classic": B_classic,
        "A_inner": A_classic ** (1 / k),
        "B_inner": B_classic ** (1 / k),
        "alpha_N_inner": alpha_N / k,
        "alpha_D_inner": alpha_D / k,
        "a_opt": alpha_D / (alpha_N + alpha_D),
    }


LAW = Law(loss, "outer_power", optimum=optimum, derived=derived, terms=("E", "A", "B"))
