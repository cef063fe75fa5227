import json

import pytest

from bayescale.errors import RunsError
from bayescale.runs.reading import load_runs


def read(content, tmp_path, **options):
    (tmp_path / "runs.json").write_text(json.dumps(content))
    return load_runs(tmp_path / "runs.json", **options)


@pytest.mark.parametrize("orient", ["columns", "split", "records", "index"])
def test_json_is_read_however_pandas_wrote_it(orient, table, tmp_path):
    table = table.set_axis(["a", "b", "c", "d"]) if orient == "index" else table
    table.to_json(tmp_path / "runs.json", orient=orient)
    assert load_runs(tmp_path / "runs.json").loss.tolist() == table["loss"].tolist()


def test_runs_by_their_names_keep_them(table, tmp_path):
    content = {f"run {i}": row for i, row in enumerate(table.to_dict("records"))}
    runs = read(content, tmp_path, groups=["name"])
    assert list(runs.table["name"]) == list(content)


def test_objects_inside_objects_are_columns(table, tmp_path):
    content = [{"model": {"n_params": r["params"]}, **r} for r in table.to_dict("records")]
    for record in content:
        del record["params"]
    assert read(content, tmp_path).table["params"].tolist() == table["params"].tolist()


def test_one_object_alone_is_no_table(tmp_path):
    with pytest.raises(RunsError, match="holds no list of objects"):
        read({"params": 1e8, "loss": 3.0}, tmp_path)
