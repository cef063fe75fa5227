"""A floor, a data term and its slope that all bend with size: L = E(N) + B(N) D^-alpha(N).

Li et al. 2025, "Predictable Scale: Part II, Farseer", arXiv:2506.10972, writes
L = exp(s N^q + S) + exp(r N^-b + Q) D^-exp(t N^a + T). Here a factor exp(s N^q + S) is
E exp(-f (N^q - 1)/q), with E its value and -f its slope in log N at the reference run.

The floor tends to zero as N grows without limit, so far beyond the runs the best split of a budget
is an endless model on no data: search within the support of the runs only. Very different constants
give the same surface, so that no constant means anything by itself.
"""

from typing import Any

from bayescale.laws.law import Law
from bayescale.ops import exp


def loss(
    N: Any,
    D: Any,
    *,
    E: Any,
    B: Any,
    alpha_D: Any,
    f_N: Any,
    g_N: Any,
    h_N: Any,
    q: Any,
    b: Any,
    a: Any,
    tau: Any,
) -> Any:
    """Loss of a model of N parameters trained on D tokens (Li et al. 2025, eq. 3).

    At the reference run: E and B are the floor and the data term, alpha_D is the exponent of D, and
    f_N, g_N, h_N are the rates at which these three fall with log N. tau is the log of the
    reference tokens: the exponent changes with N, so B(N) depends on the unit of D.
    """
    slope = alpha_D * exp(-h_N * (N**a - 1) / a)
    floor = E * exp(-f_N * (N**q - 1) / q)
    level = tau * (alpha_D - slope) - (g_N + tau * alpha_D * h_N) * (1 - N**-b) / b
    return floor + B * exp(level) * D**-slope


# At few tokens larger models need more of them, so that only more tokens always lower the loss.
LAW = Law(loss, "farseer", terms=("E", "B"), falls_in=("D",))
