import unicodedata

import numpy as np
import pandas as pd
import pytest

from bayescale.errors import RunsError
from bayescale.runs.reading import load_runs


@pytest.mark.parametrize(
    ("cells", "label"),
    [
        ([1, 1.0, "1", " 1 "], "1"),
        (["a", "a ", " a", "a"], "a"),
        (["é", unicodedata.normalize("NFD", "é"), "é", "é"], "é"),
        ([0.5, 0.5, "0.5", "0.5"], "0.5"),
    ],
)
def test_what_a_person_takes_for_one_label_is_one(cells, label, table):
    runs = load_runs(table.assign(arch=pd.Series(cells, dtype=object)), groups=["arch"])
    assert set(runs.levels("arch")) == {label}


@pytest.mark.parametrize("empty", [None, np.nan, "", "  "])
def test_an_empty_label_is_refused_with_its_row(empty, table):
    given = table.assign(arch=["a", empty, "b", "b"])
    with pytest.raises(RunsError, match="row 1: arch = : is empty"):
        load_runs(given, groups=["arch"])
    assert list(load_runs(given, groups=["arch"], bad_rows="refuse").table.index) == [0, 2, 3]


@pytest.mark.parametrize("name", ["run", "chain", "draw", "sample", "loss", "params", "experts"])
def test_a_group_of_a_name_that_is_taken_is_refused_and_can_be_renamed(name, table):
    given = table.assign(**{name: table.get(name, pd.Series([1.0, 1.0, 2.0, 2.0]))})
    with pytest.raises(RunsError, match=rf"groups={{'{name}_label': '{name}'}}"):
        load_runs(given, groups=[name])
    runs = load_runs(given, groups={f"{name}_label": name})
    assert runs.groups == (f"{name}_label",)


def test_a_column_called_run_names_the_training_run_as_run_id(table):
    runs = load_runs(table.assign(run=["a", "b", "c", "d"]), run="run")
    assert (runs.run, runs.groups) == ("run_id", ("run_id",))
    assert runs.levels("run_id").tolist() == ["a", "b", "c", "d"]


def test_configurations_of_tables_read_apart_agree(table):
    whole, part = load_runs(table), load_runs(table.iloc[[2]])
    assert part.levels("configuration")[0] == whole.levels("configuration")[2]
    assert len(set(whole.levels("configuration"))) == 4


def test_a_configuration_is_the_same_with_and_without_its_flops(table):
    with_flops = load_runs(table.assign(flops=6.2 * table["params"] * table["tokens"]))
    assert with_flops.levels("configuration").tolist() == (
        load_runs(table).levels("configuration").tolist()
    )


def test_the_rounding_of_a_product_makes_no_other_configuration(table):
    scaled = load_runs(table.assign(params=table["params"] / 1e9), params="params * 1e9")
    assert set(scaled.levels("configuration")) == set(load_runs(table).levels("configuration"))
