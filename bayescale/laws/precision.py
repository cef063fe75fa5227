"""Training in low precision: weights, activations and cache of few bits act like fewer parameters.

L = E + A (N f(P_w) f(P_a) f(P_kv))^-alpha_N + B D^-alpha_D, where each f has a lost and a gamma of
its own in f(P) = 1 - lost exp((4 - P) / gamma): lost is the share of the parameters that 4 bits
lose. Kumar et al. 2024, "Scaling Laws for Precision", arXiv:2411.04330, write
f(P) = 1 - exp(-(P / gamma - n)). Loss from quantising after training is not part of this law.
"""

from typing import Any

import numpy as np

from bayescale.core.minimizing import minimize
from bayescale.laws import chinchilla
from bayescale.laws.law import Law
from bayescale.laws.precision_weights import offset, share_kept

SEARCHED = (1.0, 32.0)
"""Bits among which `best_bits` looks."""


def loss(
    N: Any,
    D: Any,
    P_w: Any,
    P_a: Any,
    P_kv: Any,
    *,
    E: Any,
    A: Any,
    B: Any,
    alpha_N: Any,
    alpha_D: Any,
    lost_w: Any,
    lost_a: Any,
    lost_kv: Any,
    gamma_w: Any,
    gamma_a: Any,
    gamma_kv: Any,
) -> Any:
    """Loss of N parameters trained on D tokens with the given bits (Kumar et al. 2024)."""
    kept = share_kept(P_w, lost_w, gamma_w) * share_kept(P_a, lost_a, gamma_a)
    effective = N * kept * share_kept(P_kv, lost_kv, gamma_kv)
    return chinchilla.loss(effective, D, E=E, A=A, B=B, alpha_N=alpha_N, alpha_D=alpha_D)


def best_bits(
    *, lost_w: Any, lost_a: Any, lost_kv: Any, gamma_w: Any, gamma_a: Any, gamma_kv: Any
) -> np.ndarray:
    """Bits, the same everywhere, that train best if compute costs N D P (Kumar et al. 2024).

    N D P buys effective parameters times tokens in proportion to f_w f_a f_kv / P, so its maximum
    is best at any budget and whatever the exponents. The offsets n matter: the published constants
    give 7.0 bits, and 3.5 if the offsets are left out, as in the formula the paper prints.
    """
    constants = np.broadcast_arrays(lost_w, gamma_w, lost_a, gamma_a, lost_kv, gamma_kv)

    def cost(P: Any, *of: Any) -> Any:
        kept = [share_kept(P, lost, gamma) for lost, gamma in zip(of[::2], of[1::2], strict=True)]
        return np.log(P) - np.sum(np.log(kept), axis=0)

    given = tuple(np.atleast_1d(np.asarray(values, float)) for values in constants)
    low, high = (np.asarray(bits, float) for bits in SEARCHED)
    return minimize(cost, low, high, given).reshape(constants[0].shape)


def derived(
    N: Any,
    D: Any,
    *_: Any,
    A: Any,
    B: Any,
    alpha_N: Any,
    alpha_D: Any,
    lost_w: Any,
    lost_a: Any,
    lost_kv: Any,
    gamma_w: Any,
    gamma_a: Any,
    gamma_kv: Any,
) -> dict[str, Any]:
    """Coefficients as papers print them, at a reference of one, and the offsets n."""
    return {
        **chinchilla.derived(N, D, A=A, B=B, alpha_N=alpha_N, alpha_D=alpha_D),
        "n_w": offset(lost_w, gamma_w),
        "n_a": offset(lost_a, gamma_a),
        "n_kv": offset(lost_kv, gamma_kv),
    }


LAW = Law(
    loss,
    "precision",
    derived=derived,
    terms=("E", "A", "B"),
    resources={"N": ("A", "alpha_N"), "D": ("B", "alpha_D")},
)
