"""The batch that is best for a model of N parameters on D tokens: G_b N^b_N D^b_D.

Li et al. 2025, "Predictable Scale I: Optimal Hyperparameter Scaling Law in Large Language Model
Pretraining", arXiv:2503.04715: the batch grows with the tokens and hardly depends on size. It is
fitted to the best rows of sweeps, which `bayescale.tune` finds, in any unit of the batch.
"""

from typing import Any

from bayescale.laws.law import Law


def best_batch(N: Any, D: Any, *, G_b: Any, b_N: Any, b_D: Any) -> Any:
    """Best batch (Li et al. 2025, eq. 1, with a power of N besides)."""
    return G_b * N**b_N * D**b_D


def derived(N: Any, D: Any, *, G_b: Any, b_N: Any, b_D: Any) -> dict[str, Any]:
    """Coefficient as papers print it: at a reference of one."""
    return {"G_b_classic": G_b * N**-b_N * D**-b_D}


LAW = Law(best_batch, "best_batch", derived=derived, target="best_batch", falls_in=())
