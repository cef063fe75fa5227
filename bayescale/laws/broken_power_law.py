"""A power law that changes slope once: L = E + A x^-c_0 (1 + (x/d_1)^(1/f_1))^(-c_1 f_1).

Caballero et al. 2022, "Broken Neural Scaling Laws", arXiv:2210.14891, with one break. The slope is
c_0 before the break at d_1 and c_0 + c_1 after it; the smaller f_1, the sharper the break. Only
runs on both sides tell where a break lies and how much it changes: a break beyond the runs keeps
its prior.
"""

from typing import Any

from bayescale import ops
from bayescale.laws.law import Law


def bend(x: Any, c: Any, d: Any, f: Any) -> Any:
    """Return the factor of one break: 1 well before d, (x/d)^-c well after it.

    It is (1 + r^(1/f))^(-c f) with r = x/d. The power of r overflows at a sharp break, so the
    larger of 1 and r is taken out first.
    """
    r = x / d
    return (ops.maximum(r, 1) * (1 + ops.minimum(r, 1 / r) ** (1 / f)) ** f) ** -c


def loss(x: Any, *, E: Any, A: Any, c_0: Any, c_1: Any, d_1: Any, f_1: Any) -> Any:
    """Loss as a function of one resource (Caballero et al. 2022, eq. 1, n = 1)."""
    return E + A * x**-c_0 * bend(x, c_1, d_1, f_1)


def derived(x: Any, *, A: Any, c_0: Any, c_1: Any, d_1: Any) -> dict[str, Any]:
    """Coefficient and place of the break in raw units, and the slope after the break."""
    return {"A_classic": A * x**c_0, "d_1_classic": x * d_1, "c_after": c_0 + c_1}


# The slope after the break may be negative: the loss may rise there.
LAW = Law(loss, "broken_power_law", derived=derived, terms=("E", "A"), falls_in=())
