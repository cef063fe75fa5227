"""A power law that starts late: L = E + A (x + x_shift)^-alpha_x, x bound by the card.

Zhai et al. 2022, "Scaling Vision Transformers", arXiv:2106.04560. Below x_shift more of the
resource hardly helps, which bends the start of the curve towards the loss of an untrained model.
"""

from typing import Any

from bayescale.laws.law import Law


def loss(x: Any, *, E: Any, A: Any, alpha_x: Any, x_shift: Any) -> Any:
    """Loss as a function of one resource (Zhai et al. 2022)."""
    return E + A * (x + x_shift) ** -alpha_x


def derived(x: Any, *, A: Any, alpha_x: Any, x_shift: Any) -> dict[str, Any]:
    """Coefficient and shift in raw units."""
    return {"A_classic": A * x**alpha_x, "x_shift_classic": x * x_shift}


LAW = Law(loss, "shifted_power_law", derived=derived, terms=("E", "A"))
