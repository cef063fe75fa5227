"""Learning curves of many sizes, no floor: L = (N_c/N)^alpha_N + (S_c/S)^alpha_S.

Kaplan et al. 2020, "Scaling Laws for Neural Language Models", arXiv:2001.08361. N does not count
embeddings, and S is the fewest steps that reach the loss, at a batch far above the critical one:
`bayescale.compute.batch.min_steps` converts. Instead of N_c and S_c the parameters are the losses
that either costs at the reference run: A = (N_c/N_0)^alpha_N and B = (S_c/S_0)^alpha_S.
"""

from typing import Any

from bayescale.laws.law import Law


def loss(N: Any, S: Any, *, A: Any, B: Any, alpha_N: Any, alpha_S: Any) -> Any:
    """Loss of a model of N parameters after S steps on fresh data (Kaplan et al. 2020, eq. 1.6)."""
    return A * N**-alpha_N + B * S**-alpha_S


def derived(N: Any, S: Any, *, A: Any, B: Any, alpha_N: Any, alpha_S: Any) -> dict[str, Any]:
    """Coefficients at a reference of one, and the scales as the paper prints them, for nats."""
    return {
        "A_classic": A * N**alpha_N,
        "B_classic": B * S**alpha_S,
        "N_c": N * A ** (1 / alpha_N),
        "S_c": S * B ** (1 / alpha_S),
    }


LAW = Law(loss, "kaplan_steps", derived=derived, terms=("A", "B"))
