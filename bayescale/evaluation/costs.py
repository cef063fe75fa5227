"""What a token costs two recipes: in FLOPs as they were recorded, and in time."""

import numpy as np
import pandas as pd

from bayescale.compute.accounting import FlopsRule
from bayescale.core.quantities import FloatArray
from bayescale.runs.rules import FLOPS_TOLERANCE
from bayescale.runs.table import Runs

SPEED = "tokens_per_second"
"""The column of training tokens a second; both tables must be of one kind and number of chips."""

_SPAN = 2.0


def flops_ratio(rule: FlopsRule, new_runs: Runs) -> FloatArray | None:
    """Return how many times the FLOPs of the baseline a token cost each new run, shape (runs,).

    Parameters
    ----------
    rule : FlopsRule
        What a token cost the baseline.
    new_runs : Runs
        The new runs; None is returned unless they recorded their FLOPs.
    """
    table = new_runs.table
    known = {"params", "tokens", "flops"} <= set(table) and "flops" not in new_runs.derived
    if not known:
        return None
    cost = rule.train(table["params"]) * table["tokens"].to_numpy(float)
    ratio = np.asarray(table["flops"].to_numpy(float) / cost)
    return ratio if np.any(np.abs(ratio - 1) > FLOPS_TOLERANCE / 2) else None


class Speed:
    """How fast a baseline trains: tokens a second as a power of size, by its runs."""

    def __init__(self, table: pd.DataFrame) -> None:
        sizes = np.log(table["params"].to_numpy(float))
        speeds = np.log(table[SPEED].to_numpy(float))
        wide = np.ptp(sizes) >= np.log(_SPAN)
        # Where sizes do not tell, FLOPs a second are taken to be the same for all of them.
        self.power = float(np.polyfit(sizes, speeds, 1)[0]) if wide else -1.0
        self.level = float(np.mean(speeds - self.power * sizes))

    def at(self, params: pd.Series) -> FloatArray:
        """Return tokens a second of some sizes."""
        return np.asarray(np.exp(self.level + self.power * np.log(params.to_numpy(float))))


def time_of(log_m: FloatArray, baseline: Runs, new_runs: Runs) -> FloatArray | None:
    """Return log multipliers of time for those of compute, None if a speed is not known.

    The baseline trains sqrt(m) N parameters on sqrt(m) D tokens where a new run trained N on D.
    """
    if any({SPEED, "params"} - set(runs.table) for runs in (baseline, new_runs)):
        return None
    speed = Speed(baseline.table)
    faster = new_runs.table[SPEED].to_numpy(float) / speed.at(new_runs.table["params"])
    return np.asarray(0.5 * (1 - speed.power) * log_m + np.log(faster))
