import importlib.util

import numpy as np
import pytest

from bayescale.errors import RunsError
from bayescale.runs.exports import tensorboard
from bayescale.runs.reading import load_runs
from tests.runs.exports.samples import loss_of

needs_tensorboard = pytest.mark.skipif(
    importlib.util.find_spec("tensorboard") is None, reason="tensorboard is not installed"
)


def write_events(folder, size):
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    writer = EventFileWriter(str(folder))
    for step in (100, 200, 300):
        for tag, value in (("tokens", step * 1e6), ("eval/loss", loss_of(size, step * 1e6))):
            summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
            writer.add_event(Event(step=step, wall_time=1.0, summary=summary))
    writer.close()


@needs_tensorboard
def test_the_last_evaluation_of_each_run_of_a_folder_is_read(tmp_path):
    for name, size in (("base-10m", 1e7), ("base-40m", 4e7)):
        write_events(tmp_path / name, size)
    with pytest.warns(UserWarning, match="guessed that params is size"):
        runs = load_runs(tmp_path)
    assert runs.table["params"].tolist() == [1e7, 4e7]
    np.testing.assert_allclose(runs.loss, loss_of(np.array([1e7, 4e7]), 3e8), rtol=1e-6)


@needs_tensorboard
def test_a_file_that_holds_nothing_is_refused(tmp_path):
    path = tmp_path / "events.out.tfevents.1.host"
    path.write_bytes(b"")
    with pytest.raises(RunsError, match="holds no scalars"):
        load_runs(path)


def test_without_tensorboard_the_error_names_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(tensorboard, "find_spec", lambda _: None)
    (tmp_path / "events.out.tfevents.1.host").write_bytes(b"")
    with pytest.raises(RunsError, match="pip install tensorboard, or export the scalars as .csv"):
        load_runs(tmp_path / "events.out.tfevents.1.host")
