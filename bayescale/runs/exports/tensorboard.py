"""Event files of TensorBoard, read by its own package, which need not be installed otherwise."""

from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from bayescale.errors import RunsError
from bayescale.runs.exports.curves import carried_forward, run_of
from bayescale.runs.exports.export import Export
from bayescale.runs.source import Source


def read_file(path: Path) -> Source:
    """Read the scalars of an event file: a row a step, a column a tag."""
    if find_spec("tensorboard") is None:
        raise RunsError(
            "reading event files needs tensorboard, which is not installed; install it with "
            "pip install tensorboard, or export the scalars as .csv"
        )
    from tensorboard.backend.event_processing import event_accumulator

    everything = {event_accumulator.SCALARS: 0, event_accumulator.TENSORS: 0}
    events = event_accumulator.EventAccumulator(str(path), size_guidance=everything)
    events.Reload()
    tags = events.Tags()
    columns = {tag: {e.step: e.value for e in events.Scalars(tag)} for tag in tags["scalars"]}
    for tag in tags["tensors"]:
        values = {e.step: _scalar(e.tensor_proto) for e in events.Tensors(tag)}
        columns |= {tag: values} if all(v is not None for v in values.values()) else {}
    if not columns:
        raise RunsError("it holds no scalars; give the event file of a run that logged its loss")
    table = pd.DataFrame(columns).sort_index().rename_axis("step").reset_index()
    run = run_of(path)
    return Source(carried_forward(table.assign(run=run), "run"), curve="run")


def _scalar(proto: object) -> float | None:
    from tensorboard.util.tensor_util import make_ndarray

    array = make_ndarray(proto)
    return float(array) if array.ndim == 0 and array.dtype.kind in "fiu" else None


EXPORT = Export("an event file of TensorBoard", of_file=read_file, names=("*tfevents*",))
