"""``trainer_state.json`` of the Hugging Face Trainer: the evaluations of one training run."""

from pathlib import Path
from typing import Any

import pandas as pd

from bayescale.runs.exports.curves import carried_forward, run_of
from bayescale.runs.exports.export import Export
from bayescale.runs.source import Source

_SPENT = "total_flos"


def read_document(document: Any, path: Path) -> Source | None:
    """Read the log of a trainer: a row for each evaluation, with the FLOPs spent until then."""
    if not isinstance(document, dict) or not {"log_history", "global_step"} <= set(document):
        return None
    table = pd.json_normalize(list(document["log_history"]))
    if not len(table) or "step" not in table:
        raise ValueError("its log_history is empty")
    remarks: tuple[str, ...] = ()
    spent, steps = document.get(_SPENT), document["global_step"]
    if _SPENT not in table or table[_SPENT].notna().sum() <= 1:
        table = table.drop(columns=_SPENT, errors="ignore")
        if isinstance(spent, int | float) and spent > 0 and steps:
            # The trainer states what it spent at the end; a step costs the same throughout.
            table["flops"] = float(spent) * table["step"] / steps
            remarks = ("FLOPs are those of the trainer (total_flos), in proportion to the steps.",)
    table = carried_forward(table.assign(run=run_of(path)), "run")
    return Source(table, remarks, curve="run", usual=_usual(table))


def _usual(table: pd.DataFrame) -> dict[str, Any]:
    """Take the loss on held-out data, not that of the last training batches."""
    return {"loss": "eval_loss"} if "eval_loss" in table else {}


EXPORT = Export(
    "a trainer_state.json of the Hugging Face Trainer",
    of_document=read_document,
    names=("trainer_state.json", "*trainer_state*.json"),
)
