"""Chinchilla below chance: L = eps_0 G / sqrt(G^2 + (eta eps_0)^2), G the sum of power laws.

Here G = E + A N^-alpha_N + B D^-alpha_D. Rosenfeld et al. 2020, "A Constructive Prediction of the
Generalization Error Across Scales", arXiv:1909.12673. While G is large the model guesses, and the
loss is eps_0; where G is small the law is G / eta.
"""

from typing import Any

from bayescale.laws import chinchilla
from bayescale.laws.law import Law


def loss(
    N: Any,
    D: Any,
    *,
    E: Any,
    A: Any,
    B: Any,
    alpha_N: Any,
    alpha_D: Any,
    eps_0: Any,
    eta: Any,
) -> Any:
    """Loss of a model of N parameters trained on D tokens (Rosenfeld et al. 2020, eq. 5).

    The pole eta is in multiples of the chance level eps_0. Only its ratio to E, A and B matters;
    at eta = 1 they are losses, and the law far below chance is that of Hoffmann et al. 2022.
    """
    G = chinchilla.loss(N, D, E=E, A=A, B=B, alpha_N=alpha_N, alpha_D=alpha_D)
    return G / (eta**2 + (G / eps_0) ** 2) ** 0.5


# The envelope rises with G, so the best split and the coefficients at a reference of one are
# those of G.
LAW = Law(
    loss,
    "rosenfeld",
    optimum=chinchilla.optimum,
    derived=chinchilla.derived,
    terms=("E", "A", "B"),
)
