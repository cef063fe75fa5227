"""Domains in the shares h_i: L = E + 1 / sum_i (h_i^gamma_i / C_i) + A N^-alpha_N + B D^-alpha_D.

C_i is the loss that training on domain i alone would add; the paper's C_i is its reciprocal. The
best shares do not depend on scale.

Shukor et al. 2025, "Scaling Laws for Optimal Data Mixtures", arXiv:2507.09404, additive form.
"""

from collections.abc import Sequence
from functools import cache
from inspect import Parameter, Signature
from typing import Any

from bayescale.law import Law
from bayescale.laws import chinchilla


def mixing_cost(shares: Sequence[Any], C: Sequence[Any], gamma: Sequence[Any]) -> Any:
    """Loss that a mixture of domains costs: a harmonic sum, so domains stand in for each other."""
    first, *others = (h**g / c for h, c, g in zip(shares, C, gamma, strict=True))
    return 1 / sum(others, first)


def derived(
    N: Any,
    D: Any,
    *shares: Any,  # noqa: ARG001
    A: Any,
    B: Any,
    alpha_N: Any,
    alpha_D: Any,
) -> dict[str, Any]:
    """Coefficients and best exponent as in chinchilla: neither depends on the shares."""
    return chinchilla.derived(N, D, A=A, B=B, alpha_N=alpha_N, alpha_D=alpha_D)


@cache
def mixture(k: int) -> Law:
    """Return the law for k domains: inputs N, D, h_1 to h_k, and C_i, gamma_i for each domain.

    Examples
    --------
    >>> mixture(2).inputs
    ('N', 'D', 'h_1', 'h_2')
    """
    inputs, shares = ["N", "D"], [f"h_{i + 1}" for i in range(k)]
    base = ["E", "A", "B", "alpha_N", "alpha_D"]
    C, gamma = ([f"{name}_{i + 1}" for i in range(k)] for name in ("C", "gamma"))

    def loss(N: Any, D: Any, *h: Any, **given: Any) -> Any:
        """Loss of N parameters trained on D tokens mixed of k domains."""
        cost = mixing_cost(h, [given[name] for name in C], [given[name] for name in gamma])
        return chinchilla.loss(N, D, **{name: given[name] for name in base}) + cost

    loss.__signature__ = Signature(  # type: ignore[attr-defined]
        [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in inputs + shares]
        + [Parameter(name, Parameter.KEYWORD_ONLY) for name in base + C + gamma]
    )
    name = f"mixture_{k}"
    return Law(loss, name, chinchilla.optimum, derived=derived, terms=("E", "A", "B"))


LAW = mixture(3)
