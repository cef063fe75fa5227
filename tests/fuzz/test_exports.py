"""Whatever becomes of an export, it is refused with a reason or every run of it is sound."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bayescale as bs
from tests.fuzz.effort import QUIET, examples
from tests.fuzz.test_tables import assert_sound, read
from tests.runs.exports.samples import (
    harness_results,
    ladder_log,
    trackio_project,
    trainer_state,
    wandb_chart,
    wandb_runs,
)

pytestmark = QUIET


def bytes_of_trackio():
    with tempfile.TemporaryDirectory() as folder:
        return trackio_project(Path(folder) / "runs.db").read_bytes()


EXPORTS = {
    "wandb.csv": wandb_runs().to_csv(index=False).encode(),
    "chart.csv": wandb_chart().to_csv(index=False).encode(),
    "190M.csv": ladder_log().to_csv(index=False).encode(),
    "trainer_state.json": json.dumps(trainer_state()).encode(),
    "results.json": json.dumps(harness_results()).encode(),
    "runs.db": bytes_of_trackio(),
    "project.csv": b"name,summary,config\na,{'val_loss': 3.1},{'n_params': 1e7}\n",
}
PIECE = st.sampled_from(
    [b"", b"null", b"[]", b"{}", b'"x"', b"1e400", b",", b"\n", b"nan", b"-1", b"true", b"\x00"]
)


@st.composite
def damaged(draw):
    name = draw(st.sampled_from(sorted(EXPORTS)))
    content = EXPORTS[name]
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(content)))
        content = content[:place] + draw(PIECE) + content[place + draw(st.integers(0, 8)) :]
    return name, content


@examples(80, 2500)
@given(damaged())
def test_a_damaged_export_is_refused_or_its_runs_are_sound(export):
    name, content = export
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        if (runs := read(path, bad_rows="refuse")) is not None:
            assert_sound(runs)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=4),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(["log_history", "step", "results", "config", "loss", "acc,none", "x"]),
            inside,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@examples(60, 2000)
@given(JSON, st.booleans())
def test_any_json_that_is_called_like_an_export_is_refused_or_sound(document, state):
    marks = {"log_history": [], "global_step": 1} if state else {"results": {}, "config": {}}
    if isinstance(document, dict):
        document = marks | document
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trainer_state.json"
        path.write_text(json.dumps(document))
        if (runs := read(path, bad_rows="refuse")) is not None:
            assert_sound(runs)


@examples(50, 1500)
@given(damaged(), st.text(max_size=12) | st.sampled_from(["loss=*b", "acc={run} - val/loss"]))
def test_a_look_answers_or_refuses(export, wide):
    name, content = export
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            seen = bs.look(path, **({"wide": wide} if "=" in wide else {}))
        except bs.RunsError:
            return
        assert str(seen)
        assert bool(seen.problem) == (seen.runs is None)


@pytest.mark.parametrize("name", EXPORTS)
def test_the_exports_are_sound_before_they_are_damaged(name, tmp_path):
    (tmp_path / name).write_bytes(EXPORTS[name])
    assert read(tmp_path / name) is not None
