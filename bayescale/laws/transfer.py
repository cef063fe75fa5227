"""Pre-training as data: L = [(N_c/N)^(alpha_N/alpha_D) + D_c/D_E]^alpha_D with D_E = F + D_T.

D_E are the fine-tuning tokens that training from scratch would need, D_T = k F^beta_F N^beta_N the
effective data transferred.

Hernandez et al. 2021, "Scaling Laws for Transfer", arXiv:2102.01293. In place of N_c and D_c stand
L_0, the loss at the reference run, and s_D, the share of the data term in the bracket there.
"""

from typing import Any

from bayescale.laws.law import Law


def loss(
    N: Any,
    F: Any,
    *,
    L_0: Any,
    s_D: Any,
    k: Any,
    alpha_N: Any,
    alpha_D: Any,
    beta_N: Any,
    beta_F: Any,
) -> Any:
    """Loss of a pre-trained model of N parameters after fine-tuning on F tokens."""
    data = effective_data(N, F, k=k, beta_N=beta_N, beta_F=beta_F) / (1 + k)
    return L_0 * ((1 - s_D) * N ** (-alpha_N / alpha_D) + s_D / data) ** alpha_D


def effective_data(N: Any, F: Any, *, k: Any, beta_N: Any, beta_F: Any) -> Any:
    """Fine-tuning tokens D_F + D_T that training from scratch would need."""
    return F + k * F**beta_F * N**beta_N


def derived(
    N: Any,
    F: Any,
    *,
    L_0: Any,
    s_D: Any,
    k: Any,
    alpha_N: Any,
    alpha_D: Any,
    beta_N: Any,
    beta_F: Any,
) -> dict[str, Any]:
    """Constants as the paper prints them, for N and F in counts."""
    return {
        "N_c": N * (L_0 * (1 - s_D) ** alpha_D) ** (1 / alpha_N),
        "D_c": F * (1 + k) * s_D * L_0 ** (1 / alpha_D),
        "k_c": k * F ** (1 - beta_F) * N**-beta_N,
    }


LAW = Law(loss, "transfer", derived=derived)
