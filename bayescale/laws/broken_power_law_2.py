"""A power law that changes slope twice: L = E + A x^-c_0 bend_1(x) bend_2(x).

Caballero et al. 2022, "Broken Neural Scaling Laws", arXiv:2210.14891, with two breaks: bend_i is
(1 + (x/d_i)^(1/f_i))^(-c_i f_i). The breaks are ordered, or they could change names: the second
lies g_2 > 0 beyond the first in log x, d_2 = d_1 exp(g_2).
"""

from typing import Any

from bayescale import ops
from bayescale.laws.broken_power_law import bend
from bayescale.laws.law import Law


def loss(
    x: Any,
    *,
    E: Any,
    A: Any,
    c_0: Any,
    c_1: Any,
    d_1: Any,
    f_1: Any,
    c_2: Any,
    g_2: Any,
    f_2: Any,
) -> Any:
    """Loss as a function of one resource (Caballero et al. 2022, eq. 1, n = 2)."""
    d_2 = d_1 * ops.exp(g_2)
    return E + A * x**-c_0 * bend(x, c_1, d_1, f_1) * bend(x, c_2, d_2, f_2)


def derived(x: Any, *, A: Any, c_0: Any, c_1: Any, d_1: Any, c_2: Any, g_2: Any) -> dict[str, Any]:
    """Coefficient and breaks in raw units, and the slope after both breaks."""
    return {
        "A_classic": A * x**c_0,
        "d_1_classic": x * d_1,
        "d_2": x * d_1 * ops.exp(g_2),
        "c_after": c_0 + c_1 + c_2,
    }


# The slopes after the breaks may be negative: the loss may rise there.
LAW = Law(loss, "broken_power_law_2", derived=derived, terms=("E", "A"), falls_in=())
