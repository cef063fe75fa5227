"""Results of the LM evaluation harness: one row a model and task."""

from pathlib import Path
from typing import Any

import pandas as pd

from bayescale.core.asking import setting
from bayescale.runs.exports.export import Export
from bayescale.runs.expressions import sizes_in
from bayescale.runs.source import Source

_BITS, _PERPLEXITY = "bits_per_byte", "word_perplexity"


def read_document(document: Any, path: Path) -> Source | None:
    """Read ``results``: accuracies and the number of items of each task."""
    if not isinstance(document, dict) or not isinstance(document.get("results"), dict):
        return None
    if not {"configs", "config", "versions"} & set(document):
        return None
    results = {task: _metrics(values) for task, values in document["results"].items()}
    model: dict[str, Any] = {"model": _model(document, path)}
    params = _of(document, "config").get("model_num_parameters")
    if isinstance(params, int | float) and params > 0:
        model["params"] = params
    sizes = _of(document, "n-samples")
    rows = [
        model | {"task": task, "items": _items(sizes.get(task))} | values
        for task, values in results.items()
        if "accuracy" in values
    ]
    losses = [values for values in results.values() if _BITS in values or _PERPLEXITY in values]
    if not rows:
        rows = [model | {"task": task} | values for task, values in results.items()]
    elif len(losses) == 1:
        rows = [losses[0] | row for row in rows]
    table = pd.DataFrame(rows).dropna(axis=1, how="all")
    if "accuracy" in table and not {_BITS, _PERPLEXITY} & set(table):
        table["error_rate"] = 1 - table["accuracy"]
    usual = {"loss": _BITS} if _BITS in table else {}
    if "params" not in table and sizes_in(table["model"]).notna().all():
        usual["params"] = "size(model)"
    return Source(table, usual=usual, doubts=_doubts(table))


def _doubts(table: pd.DataFrame) -> tuple[str, ...]:
    tasks = sorted(map(str, table["task"].unique()))
    if len(tasks) < 2:
        return ()
    shown = ", ".join(tasks[:6]) + (f" and {len(tasks) - 6} more" if len(tasks) > 6 else "")
    return (
        f"it holds {len(tasks)} tasks ({shown}), which have no curve in common: keep one with "
        f"{setting('where', f'task == {tasks[0]!r}')}",
    )


def _metrics(values: Any) -> dict[str, float]:
    """Return the numbers of a task; ``acc,none`` is an accuracy, standard errors are left out."""
    found: dict[str, float] = {}
    for name, value in dict(values).items():
        metric = name.partition(",")[0]
        if isinstance(value, int | float) and not metric.endswith("_stderr"):
            found.setdefault(metric, float(value))
    if "acc" in found:
        found["accuracy"] = found.pop("acc")
    elif "exact_match" in found:
        found["accuracy"] = found.pop("exact_match")
    return found


def _items(sizes: Any) -> float | None:
    return sizes.get("effective", sizes.get("original")) if isinstance(sizes, dict) else sizes


def _model(document: dict[str, Any], path: Path) -> str:
    named = document.get("model_name") or _of(document, "config").get("model_args") or path.stem
    if isinstance(named, dict):
        named = named.get("pretrained", path.stem)
    arguments = dict(part.partition("=")[::2] for part in str(named).split(","))
    return str(arguments.get("pretrained", named))


def _of(document: dict[str, Any], key: str) -> dict[str, Any]:
    found = document.get(key)
    return found if isinstance(found, dict) else {}


EXPORT = Export(
    "results of the LM evaluation harness", of_document=read_document, names=("results*.json",)
)
