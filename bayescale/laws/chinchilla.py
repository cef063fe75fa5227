"""Two additive power laws above a floor: L = E + A N^-alpha_N + B D^-alpha_D.

Hoffmann et al. 2022, "Training Compute-Optimal Large Language Models", approach 3.
"""

from typing import Any

from bayescale.laws.law import Law


def loss(N: Any, D: Any, *, E: Any, A: Any, B: Any, alpha_N: Any, alpha_D: Any) -> Any:
    """Loss of a model of N parameters trained on D tokens (Hoffmann et al. 2022, eq. 2)."""
    return E + A * N**-alpha_N + B * D**-alpha_D


def optimum(ND: Any, *, A: Any, B: Any, alpha_N: Any, alpha_D: Any) -> tuple[Any, Any]:
    """Best split of a fixed product ND (Hoffmann et al. 2022, eq. 4): both terms pull equally.

    At the optimum alpha_N A N^-alpha_N = alpha_D B D^-alpha_D.
    """
    G = (alpha_N * A / (alpha_D * B)) ** (1 / (alpha_N + alpha_D))
    N = G * ND ** (alpha_D / (alpha_N + alpha_D))
    return N, ND / N


def derived(N: Any, D: Any, *, A: Any, B: Any, alpha_N: Any, alpha_D: Any) -> dict[str, Any]:
    """Coefficients as papers print them (reference of one), and the exponent of N* in compute."""
    return {
        "A_classic": A * N**alpha_N,
        "B_classic": B * D**alpha_D,
        "a_opt": alpha_D / (alpha_N + alpha_D),
    }


LAW = Law(
    loss,
    "chinchilla",
    optimum=optimum,
    derived=derived,
    terms=("E", "A", "B"),
    resources={"N": ("A", "alpha_N"), "D": ("B", "alpha_D")},
)
