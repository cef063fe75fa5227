"""Chinchilla seen through non-embedding counts: N becomes (N + omega N^(1/3)) / (1 + omega).

L = E + A ((N + omega N^(1/3)) / (1 + omega))^-alpha_N + B D^-alpha_D.

Pearce & Song 2024, "Reconciling Kaplan and Chinchilla Scaling Laws", arXiv:2406.12907. The total
count is N_T = N + omega N^(1/3): at a fixed shape the width, and with it the embedding, grows with
the cube root of N. The best N for C = 6 N D is then no power law: its exponent in C falls from near
0.8 at small scale (Kaplan et al. 2020 found 0.73) towards that of the total count.
"""

from typing import Any

from bayescale.laws.law import Law


def loss(N: Any, D: Any, *, E: Any, A: Any, B: Any, alpha_N: Any, alpha_D: Any, omega: Any) -> Any:
    """Loss of a model of N non-embedding parameters (Pearce & Song 2024, eq. 10).

    omega is the number of embedding parameters, as a share of N, at the reference run.
    """
    total = (N + omega * N ** (1 / 3)) / (1 + omega)
    return E + A * total**-alpha_N + B * D**-alpha_D


def local_exponent(N: Any, *, alpha_N: Any, alpha_D: Any, omega: Any) -> Any:
    """Exponent of the best N in C = 6 N D, at the budget for which N is best.

    With s the elasticity of the total count, d log N_T / d log N, this is
    alpha_D / (alpha_D + alpha_N s - d log s / d log N).
    """
    embedding = omega * N ** (-2 / 3)
    s = (1 + embedding / 3) / (1 + embedding)
    change = (1 + embedding / 9) / (1 + embedding / 3) - s
    return alpha_D / (alpha_D + alpha_N * s - change)


def best_tokens(N: Any, *, A: Any, B: Any, alpha_N: Any, alpha_D: Any, omega: Any) -> Any:
    """Tokens D at the budget for which N is best: alpha_N s A N_T^-alpha_N = alpha_D B D^-alpha_D.

    The frontier has no closed form in C, but its points (N, D) have one in N.
    """
    embedding = omega * N ** (-2 / 3)
    s = (1 + embedding / 3) / (1 + embedding)
    total = N * (1 + embedding) / (1 + omega)
    return (alpha_D * B / (alpha_N * s * A * total**-alpha_N)) ** (1 / alpha_D)


def derived(
    N: Any, D: Any, *, A: Any, B: Any, alpha_N: Any, alpha_D: Any, omega: Any
) -> dict[str, Any]:
    """Coefficients at a reference of one, those of the chinchilla law, and the exponents of N*.

    ``a_opt`` belongs to total counts, which the local exponent approaches at large scale.
    """
    omega_classic = omega * N ** (2 / 3)
    A_total = A * (N * (1 + omega)) ** alpha_N
    return {
        "A_classic": A_total * (1 + omega_classic) ** -alpha_N,
        "B_classic": B * D**alpha_D,
        "omega_classic": omega_classic,
        "A_total": A_total,
        "a_opt": alpha_D / (alpha_N + alpha_D),
        "a_reference": local_exponent(1.0, alpha_N=alpha_N, alpha_D=alpha_D, omega=omega),
    }


LAW = Law(loss, "nonembedding", derived=derived, terms=("E", "A", "B"))
