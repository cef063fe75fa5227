"""The learning rate that is best for a model of N parameters on D tokens: G_lr N^r_N D^r_D.

Li et al. 2025, "Predictable Scale I: Optimal Hyperparameter Scaling Law in Large Language Model
Pretraining", arXiv:2503.04715: the rate falls with size and rises with tokens. It is fitted to the
best rows of sweeps, which `bayescale.tune` finds.
"""

from typing import Any

from bayescale.laws.law import Law


def best_rate(N: Any, D: Any, *, G_lr: Any, r_N: Any, r_D: Any) -> Any:
    """Best peak learning rate (Li et al. 2025, eq. 1)."""
    return G_lr * N**r_N * D**r_D


def derived(N: Any, D: Any, *, G_lr: Any, r_N: Any, r_D: Any) -> dict[str, Any]:
    """Coefficient as papers print it: at a reference of one."""
    return {"G_lr_classic": G_lr * N**-r_N * D**-r_D}


LAW = Law(
    best_rate, "best_learning_rate", derived=derived, target="best_learning_rate", falls_in=()
)
