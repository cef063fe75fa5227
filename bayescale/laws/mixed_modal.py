"""Two modalities in one model: half of each loss alone, less synergy, plus competition.

L = (E_i + A_i N^-alpha_i + B_i D_i^-beta_i + E_j + A_j N^-alpha_j + B_j D_j^-beta_j) / 2
    - C_ij + A_ij N^-alpha_ij + B_ij (D_i + D_j)^-beta_ij

The formula is printed with its parentheses in several ways. Read here: only the two losses alone
are halved, and the competition of data falls with the tokens of both modalities taken together.
Runs on both modalities cannot tell their terms apart: give the parameters with index i and j the
priors that fits to runs on one modality leave.

Aghajanyan et al. 2023, "Scaling Laws for Generative Mixed-Modal Language Models", arXiv:2301.03728.
"""

from typing import Any

from bayescale.laws import chinchilla
from bayescale.laws.law import Law


def loss(
    N: Any,
    D_i: Any,
    D_j: Any,
    *,
    E_i: Any,
    A_i: Any,
    B_i: Any,
    alpha_i: Any,
    beta_i: Any,
    E_j: Any,
    A_j: Any,
    B_j: Any,
    alpha_j: Any,
    beta_j: Any,
    C_ij: Any,
    A_ij: Any,
    B_ij: Any,
    alpha_ij: Any,
    beta_ij: Any,
) -> Any:
    """Mean loss of N parameters trained on D_i tokens of one modality and D_j of another."""
    first = chinchilla.loss(N, D_i, E=E_i, A=A_i, B=B_i, alpha_N=alpha_i, alpha_D=beta_i)
    second = chinchilla.loss(N, D_j, E=E_j, A=A_j, B=B_j, alpha_N=alpha_j, alpha_D=beta_j)
    competition = A_ij * N**-alpha_ij + B_ij * (D_i + D_j) ** -beta_ij
    return (first + second) / 2 - C_ij + competition


def competition_barrier(
    share: Any, *, C_ij: Any, A_ij: Any, B_ij: Any, alpha_ij: Any, beta_ij: Any
) -> tuple[Any, Any]:
    """Point (N, D_i + D_j) where synergy just outweighs competition.

    The share, in (0, 1), of the competition comes from finite size: from 0 to 1 the points trace
    the barrier, and N * D is least at beta_ij / (alpha_ij + beta_ij). It takes synergy to be one.
    """
    N = (A_ij / (share * C_ij)) ** (1 / alpha_ij)
    return N, (B_ij / ((1 - share) * C_ij)) ** (1 / beta_ij)


def derived(
    N: Any,
    D_i: Any,
    D_j: Any,
    *,
    A_i: Any,
    B_i: Any,
    alpha_i: Any,
    beta_i: Any,
    A_j: Any,
    B_j: Any,
    alpha_j: Any,
    beta_j: Any,
    C_ij: Any,
    A_ij: Any,
    B_ij: Any,
    alpha_ij: Any,
    beta_ij: Any,
) -> dict[str, Any]:
    """Coefficients as papers print them, and what training together saves at the reference run."""
    return {
        "A_i_classic": A_i * N**alpha_i,
        "B_i_classic": B_i * D_i**beta_i,
        "A_j_classic": A_j * N**alpha_j,
        "B_j_classic": B_j * D_j**beta_j,
        "A_ij_classic": A_ij * N**alpha_ij,
        "B_ij_classic": B_ij * D_i**beta_ij,
        "net_synergy": C_ij - A_ij - B_ij * 2**-beta_ij,
    }


LAW = Law(loss, "mixed_modal", derived=derived)
