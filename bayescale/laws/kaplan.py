"""Size and data in one bracket, no floor: L = [(N_c/N)^(alpha_N/alpha_D) + D_c/D]^alpha_D.

Kaplan et al. 2020, "Scaling Laws for Neural Language Models", arXiv:2001.08361. N does not count
embeddings. Instead of N_c and D_c the parameters are the losses that either costs alone at the
reference run: A = (N_c/N_0)^alpha_N and B = (D_c/D_0)^alpha_D.
"""

from typing import Any

from bayescale.laws.law import Law


def loss(N: Any, D: Any, *, A: Any, B: Any, alpha_N: Any, alpha_D: Any) -> Any:
    """Loss of a model of N parameters trained on D tokens (Kaplan et al. 2020, eq. 1.5)."""
    size, data = A * N**-alpha_N, B * D**-alpha_D
    # Equal to (size^(1/alpha_D) + data^(1/alpha_D))^alpha_D, whose powers leave floating point.
    return size * (1 + (data / size) ** (1 / alpha_D)) ** alpha_D


def optimum(ND: Any, *, A: Any, B: Any, alpha_N: Any, alpha_D: Any) -> tuple[Any, Any]:
    """Best split of a fixed product ND: the bracket falls as N^-(alpha_N/alpha_D) and 1/D."""
    G = ((alpha_N / alpha_D) ** alpha_D * A / B) ** (1 / (alpha_N + alpha_D))
    N = G * ND ** (alpha_D / (alpha_N + alpha_D))
    return N, ND / N


def derived(N: Any, D: Any, *, A: Any, B: Any, alpha_N: Any, alpha_D: Any) -> dict[str, Any]:
    """Coefficients at a reference of one, the scales of the paper, the exponent of N* in compute.

    N_c and D_c depend on the unit of the loss; those of the paper are for nats per token.
    """
    return {
        "A_classic": A * N**alpha_N,
        "B_classic": B * D**alpha_D,
        "N_c": N * A ** (1 / alpha_N),
        "D_c": D * B ** (1 / alpha_D),
        "a_opt": alpha_D / (alpha_N + alpha_D),
    }


LAW = Law(loss, "kaplan", optimum=optimum, derived=derived)
