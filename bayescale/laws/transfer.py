"""Pre-training as data: L = [(N_c/N)^(alpha_N/alpha_D) + D_c/D_E]^alpha_D with D_E = F + D_T.

D_E are the fine-tuning tokens that training from scratch would need, D_T = k F^beta_F N^beta_N the
effective data transferred. In place of N_c and D_c stand the losses at the reference run that
finite size (A) and finite data (B) alone would leave, which runs determine far better.

Hernandez et al. 2021, "Scaling Laws for Transfer", arXiv:2102.01293.
"""

from typing import Any

from bayescale.law import Law
from bayescale.laws import kaplan


def loss(
    N: Any,
    F: Any,
    *,
    A: Any,
    B: Any,
    k: Any,
    alpha_N: Any,
    alpha_D: Any,
    beta_N: Any,
    beta_F: Any,
) -> Any:
    """Loss of a pre-trained model of N parameters after fine-tuning on F tokens."""
    transferred = {"k": k, "beta_N": beta_N, "beta_F": beta_F}
    data = effective_data(N, F, **transferred) / effective_data(1, 1, **transferred)
    return kaplan.loss(N, data, A=A, B=B, alpha_N=alpha_N, alpha_D=alpha_D)


def effective_data(N: Any, F: Any, *, k: Any, beta_N: Any, beta_F: Any) -> Any:
    """Fine-tuning tokens D_F + D_T that training from scratch would need."""
    return F + k * F**beta_F * N**beta_N


def derived(
    N: Any,
    F: Any,
    *,
    A: Any,
    B: Any,
    k: Any,
    alpha_N: Any,
    alpha_D: Any,
    beta_N: Any,
    beta_F: Any,
) -> dict[str, Any]:
    """Constants as the paper prints them, for raw N and F: D_T = k_classic F^beta_F N^beta_N."""
    k_classic = k * F ** (1 - beta_F) * N**-beta_N
    D_c = B ** (1 / alpha_D) * F * (1 + k)
    return {
        "A_classic": A * N**alpha_N,
        "B_classic": (D_c / (1 + k_classic)) ** alpha_D,
        "k_classic": k_classic,
        "N_c": A ** (1 / alpha_N) * N,
        "D_c": D_c,
    }


LAW = Law(loss, "transfer", derived=derived)
