"""A valley in size at each budget: L = E + H C^-gamma V(N / N_opt), N_opt = G C^a_opt.

V(r) = (alpha_D r^-alpha_N + alpha_N r^alpha_D) / (alpha_N + alpha_D) is 1 at its bottom, r = 1.

Approach 2 of Hoffmann et al. 2022, "Training Compute-Optimal Large Language Models",
arXiv:2203.15556, as one surface, with the walls that the chinchilla law has instead of a parabola
(Czech et al. 2026, "Problems with Chinchilla Approach 2", arXiv:2603.22339). The chinchilla law
with C = 6 N D is the case gamma = alpha_N alpha_D / (alpha_N + alpha_D),
a_opt = alpha_D / (alpha_N + alpha_D).
"""

from typing import Any

from bayescale.laws.law import Law


def loss(
    N: Any, C: Any, *, E: Any, H: Any, gamma: Any, alpha_N: Any, alpha_D: Any, G: Any, a_opt: Any
) -> Any:
    """Loss of a model of N parameters trained with C FLOPs.

    H is the reducible loss of the best model for the reference compute, whose size is G.
    """
    r = N / (G * C**a_opt)
    valley = (alpha_D * r**-alpha_N + alpha_N * r**alpha_D) / (alpha_N + alpha_D)
    return E + H * C**-gamma * valley


def derived(
    N: Any, C: Any, *, H: Any, gamma: Any, alpha_N: Any, alpha_D: Any, G: Any, a_opt: Any
) -> dict[str, Any]:
    """Coefficients at a reference of one, and how curved the valley is at its bottom."""
    return {
        "H_classic": H * C**gamma,
        "G_classic": G * N * C**-a_opt,
        "kappa": alpha_N * alpha_D,
    }


# Too large a model is worse, and at a fixed size the walls decide whether compute helps.
LAW = Law(loss, "isoflop", derived=derived, terms=("E", "H"), falls_in=())
