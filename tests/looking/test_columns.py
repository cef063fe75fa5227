import numpy as np
import pandas as pd

from bayescale.looking.columns import describe_columns, named_in

TABLE = pd.DataFrame(
    {
        "run_id": ["a", "b", "c", "d"],
        "seed": [1, 2, 1, 2],
        "lr": [0.1, 0.1, 0.2, 0.2],
        "arch": ["base", "base", "muon", "muon"],
        "train_loss": [3.1, 3.2, 3.3, np.nan],
        "curve": [[1, 2], [3], [4], [5]],
        "nothing": [None] * 4,
    }
)


def test_columns_are_told_by_what_they_hold_and_say_of_a_run():
    found = {column.name: column for column in describe_columns(TABLE, ".")}
    roles = {name: column.role for name, column in found.items()}
    assert roles == {
        "run_id": "run",
        "seed": "seed",
        "lr": "setting",
        "arch": "group",
        "train_loss": "outcome",
        "curve": "",
        "nothing": "",
    }
    assert [found[name].kind for name in ("arch", "curve", "nothing")] == [
        "text",
        "lists",
        "nothing",
    ]
    assert (found["train_loss"].low, found["train_loss"].high) == (3.1, 3.3)
    assert found["train_loss"].empty == 1
    assert found["arch"].levels == ("base", "muon")


def test_numbers_as_people_write_them_are_numbers():
    (column,) = describe_columns(pd.DataFrame({"size": ["19.0 M", "7B"]}), ".")
    assert (column.kind, column.low, column.high) == ("numbers", 1.9e7, 7e9)


def test_columns_are_found_in_formulas_as_whole_names():
    names = ["acc", "a", "val acc"]
    assert named_in("1 - acc / 100", names) == ["acc"]
    assert named_in("log(`val acc`)", names) == ["acc", "val acc"]
