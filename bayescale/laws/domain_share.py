"""A domain in its own share: L = E + C h^-gamma + B S^-alpha_S, after S steps.

The additive mixture law of Shukor et al. 2025, arXiv:2507.09404, for one domain and models of one
size; C is the loss that its share costs at the reference share. Ge et al. 2024, "BiMix: A Bivariate
Data Mixing Law for Language Model Pretraining", arXiv:2405.14908, has the same inputs in a product.
"""

from typing import Any

from bayescale.laws.law import Law


def loss(S: Any, h_1: Any, *, E: Any, C: Any, B: Any, gamma: Any, alpha_S: Any) -> Any:
    """Loss on a domain that makes up the share h_1 of S steps of training."""
    return E + C * h_1**-gamma + B * S**-alpha_S


def derived(S: Any, h_1: Any, *, C: Any, B: Any, gamma: Any, alpha_S: Any) -> dict[str, Any]:
    """Coefficients at references of one: a domain that is all there is, and one step."""
    return {"C_classic": C * h_1**gamma, "B_classic": B * S**alpha_S}


LAW = Law(
    loss,
    "domain_share",
    derived=derived,
    terms=("E", "C", "B"),
    resources={"S": ("B", "alpha_S")},
)
