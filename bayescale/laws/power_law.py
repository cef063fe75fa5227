"""One power law above a floor: L = E + A x^-alpha_x, with x bound to a column by the card.

Hestness et al. 2017, "Deep Learning Scaling is Predictable, Empirically"; Henighan et al. 2020.
"""

from typing import Any

from bayescale.law import Law


def loss(x: Any, *, E: Any, A: Any, alpha_x: Any) -> Any:
    """Loss as a function of one resource (Henighan et al. 2020, eq. 1.1)."""
    return E + A * x**-alpha_x


def derived(x: Any, *, A: Any, alpha_x: Any) -> dict[str, Any]:
    """Coefficient as papers print it: at a reference of one."""
    return {"A_classic": A * x**alpha_x}


LAW = Law(loss, "power_law", derived=derived, terms=("E", "A"))
