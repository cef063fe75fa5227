"""Domains in the shares h_i: L = E + 1 / sum_i C_i h_i^gamma_i + A N^-alpha_N + B D^-alpha_D.

Shukor et al. 2025, "Scaling Laws for Optimal Data Mixtures", arXiv:2507.09404, additive form. The
best shares do not depend on scale.

In place of C_1 to C_k stand M, what mixing equal shares costs, and w_2 to w_k, what such a share of
a domain is worth relative to the first: C_i = w_i k^gamma_i / (M sum_j w_j) with w_1 = 1. The runs
determine M and the w_i far better than the C_i, which lie where one domain is all there is.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from inspect import Parameter, Signature
from typing import Any

from bayescale.laws import chinchilla
from bayescale.laws.law import Law


def mixing_cost(shares: Sequence[Any], M: Any, w: Sequence[Any], gamma: Sequence[Any]) -> Any:
    """Loss that a mixture costs: M over the mean worth of its shares relative to equal ones."""
    k = len(shares)
    first, *others = (w_i * (k * h) ** g for h, w_i, g in zip(shares, w, gamma, strict=True))
    return M * sum(w[1:], w[0]) / sum(others, first)


@cache
def mixture(k: int) -> Law:
    """Return the law for k domains, with inputs N, D and h_1 to h_k.

    Examples
    --------
    >>> mixture(2).inputs
    ('N', 'D', 'h_1', 'h_2')
    >>> mixture(2).parameters
    ('E', 'A', 'B', 'M', 'alpha_N', 'alpha_D', 'w_2', 'gamma_1', 'gamma_2')
    """
    inputs = ["N", "D", *(f"h_{i}" for i in range(1, k + 1))]
    base = ["E", "A", "B", "alpha_N", "alpha_D"]
    worths = [f"w_{i}" for i in range(2, k + 1)]
    powers = [f"gamma_{i}" for i in range(1, k + 1)]

    def mixing(given: Mapping[str, Any]) -> tuple[Any, list[Any], list[Any]]:
        return given["M"], [1, *(given[w] for w in worths)], [given[gamma] for gamma in powers]

    def loss(N: Any, D: Any, *shares: Any, **given: Any) -> Any:
        """Loss of N parameters trained on D tokens mixed of k domains."""
        alone = chinchilla.loss(N, D, **{name: given[name] for name in base})
        return alone + mixing_cost(shares, *mixing(given))

    def derived(N: Any, D: Any, *shares: Any, **given: Any) -> dict[str, Any]:  # noqa: ARG001
        """Coefficients as papers print them, and the best exponent of chinchilla."""
        M, w, gamma = mixing(given)
        scale = M * sum(w[1:], w[0])
        paper = {f"C_{i}": w[i - 1] * k ** gamma[i - 1] / scale for i in range(1, k + 1)}
        size = {name: given[name] for name in ("A", "B", "alpha_N", "alpha_D")}
        return chinchilla.derived(N, D, **size) | paper

    parameters = ["E", "A", "B", "M", *base[3:], *worths, *powers]
    signature = _signature(inputs, parameters)
    loss.__signature__ = derived.__signature__ = signature  # type: ignore[attr-defined]
    terms = ("E", "A", "B", "M")
    resources = {"N": ("A", "alpha_N"), "D": ("B", "alpha_D")}
    return Law(loss, f"mixture_{k}", chinchilla.optimum, derived, terms, resources)


def _signature(inputs: Sequence[str], parameters: Sequence[str]) -> Signature:
    return Signature(
        [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in inputs]
        + [Parameter(name, Parameter.KEYWORD_ONLY) for name in parameters]
    )


FAMILY = mixture
LAW = mixture(3)
