"""A parabola in log size at each budget: L = E + H C^-gamma (1 + kappa/2 log(N / (G C^a_opt))^2).

Approach 2 of Hoffmann et al. 2022, "Training Compute-Optimal Large Language Models",
arXiv:2203.15556, as one surface. The valley of the chinchilla law is no parabola unless its two
exponents are equal: the vertex of a fitted parabola is shifted, more so over wide grids (Czech et
al. 2026, "Problems with Chinchilla Approach 2", arXiv:2603.22339). The law ``isoflop`` is not.
"""

from typing import Any

from bayescale.laws.law import Law
from bayescale.ops import log


def loss(N: Any, C: Any, *, E: Any, H: Any, gamma: Any, kappa: Any, G: Any, a_opt: Any) -> Any:
    """Loss of a model of N parameters trained with C FLOPs.

    H is the reducible loss of the best model for the reference compute, whose size is G.
    """
    return E + H * C**-gamma * (1 + kappa / 2 * log(N / (G * C**a_opt)) ** 2)


def derived(N: Any, C: Any, *, H: Any, gamma: Any, G: Any, a_opt: Any) -> dict[str, Any]:
    """Coefficients as papers print them: at a reference of one."""
    return {"H_classic": H * C**gamma, "G_classic": G * N * C**-a_opt}


LAW = Law(loss, "isoflop_parabola", derived=derived, terms=("E", "H"), falls_in=())
