"""Training logs of OLMo ladders: a row an evaluation, the size in the name of the run."""

from pathlib import Path
from typing import Any

import pandas as pd

from bayescale.runs.exports.curves import carried_forward
from bayescale.runs.exports.export import Export
from bayescale.runs.expressions import quote_name, sizes_in
from bayescale.runs.source import Source

_TOKENS, _FLOPS = "throughput/total_tokens", "throughput/total_training_Gflops"
_ENDING = "/CrossEntropyLoss"
_USUAL_LOSS = ("eval/c4_en-validation", "eval/c4")


def read_table(table: pd.DataFrame, path: Path | None) -> Source | None:
    """Read a log: tokens and FLOPs under ``throughput/``, losses under ``eval/``."""
    names = [str(name) for name in table]
    losses = [name for name in names if name.startswith("eval/") and name.endswith(_ENDING)]
    if _TOKENS not in names or not losses:
        return None
    run = next((name for name in ("run", "run_name", "name") if name in names), "run")
    if run not in names:
        table = table.assign(run="run" if path is None else path.name.partition(".csv")[0])
    usual: dict[str, Any] = {"tokens": _TOKENS}
    if sizes_in(table[run]).notna().all():
        usual["params"] = f"size({quote_name(run)})"
    if loss := [name + _ENDING for name in _USUAL_LOSS if name + _ENDING in losses]:
        usual["loss"] = loss[0]
    if _FLOPS in names:
        usual |= {"flops": f"{_FLOPS} * 1e9", "flops_rule": "recorded"}
    return Source(carried_forward(table, run), usual=usual, curve=run)


EXPORT = Export("a training log of an OLMo ladder", of_table=read_table)
