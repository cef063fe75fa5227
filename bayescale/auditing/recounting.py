"""The same runs, their size and compute counted otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from bayescale.compute.flops import train_flops
from bayescale.core.text import show
from bayescale.datasets import datasets, load
from bayescale.errors import FitError
from bayescale.runs.reading import load_runs
from bayescale.runs.table import Runs

COUNTS = ("params", "tokens", "flops")


def recounted(runs: Runs, counts: Mapping[str, Any]) -> Iterator[tuple[str, Runs]]:
    """Yield the runs by each way of counting.

    Parameters
    ----------
    runs : Runs
        The runs as they were fitted.
    counts : mapping of str to Runs or mapping
        By name: the runs, or which columns of their table to take, such as
        ``{"params": "params_nonembedding"}``.

    Raises
    ------
    FitError
        If the table is not known any more, or a way of counting is neither.
    RunsError
        If the table cannot be read so.
    """
    for name, how in counts.items():
        yield name, how if isinstance(how, Runs) else _read_again(runs, name, how)


def _read_again(runs: Runs, name: str, how: Any) -> Runs:
    if not isinstance(how, Mapping) or not how or set(how) - set(COUNTS):
        raise FitError(
            f"counts[{name!r}] = {show(how)} must be the columns of {', '.join(COUNTS)} by name, "
            "such as {'params': 'params_nonembedding'}, or Runs"
        )
    origin = runs.provenance.origin
    if not origin:
        raise FitError(
            f"counts[{name!r}]: {runs.source} is no file that could be read again; give the runs "
            "themselves, bs.load_runs(table, params=...)"
        )
    # A table may hold FLOPs by another count than the one that is asked for.
    asked = {**runs.provenance.asked, **how, "flops_rule": "recorded"}
    by_name = isinstance(origin, str) and origin in datasets()
    found = load(str(origin), **asked) if by_name else load_runs(origin, **asked)
    return found if "flops" in how or runs.flops_rule == "recorded" else _by_six(found)


def _by_six(runs: Runs) -> Runs:
    """Return runs whose compute follows from what is counted of size and tokens, by 6ND."""
    if not {"params", "tokens"} <= set(runs.table):
        return runs
    flops = train_flops(runs.table["params"], runs.table["tokens"])
    return replace(runs, table=runs.table.assign(flops=flops), flops_rule="6ND")
