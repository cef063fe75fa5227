"""The best model size for a compute budget, as a power law: N_opt = G C^a_opt.

Approach 1 of Hoffmann et al. 2022, "Training Compute-Optimal Large Language Models",
arXiv:2203.15556. It is fitted to the winners at several budgets, which
`bayescale.runs.frontier.frontier` takes from training curves, or to the vertices of IsoFLOP
parabolas.
"""

from typing import Any

from bayescale.laws.law import Law


def frontier(C: Any, *, G: Any, a_opt: Any) -> Any:
    """Parameters of the best model for C FLOPs (Hoffmann et al. 2022, sec. 3.1)."""
    return G * C**a_opt


def derived(C: Any, *, G: Any, a_opt: Any) -> dict[str, Any]:
    """Coefficient as papers print it: at a reference of one."""
    return {"G_classic": G * C**-a_opt}


LAW = Law(frontier, "compute_frontier", derived=derived, target="params", falls_in=())
