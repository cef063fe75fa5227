import numpy as np
import pytest

import bayescale as bs
from bayescale.auditing.recounting import recounted


def test_other_columns_of_the_same_data_set_are_taken():
    runs = bs.datasets.load("sweep")
    how = {"without embeddings": {"params": "params_nonembedding"}, "exact": {"flops": "flops"}}
    found = dict(recounted(runs, how))
    without, exact = found["without embeddings"], found["exact"]
    assert len(without) == len(exact) == len(runs)
    assert (without.table["params"] < runs.table["params"]).all()
    product = 6 * without.table["params"] * without.table["tokens"]
    np.testing.assert_allclose(without.table["flops"], product)
    assert exact.flops_rule == "recorded"
    assert exact.table["params"].equals(runs.table["params"])


def test_a_table_is_read_again_as_it_was_read(tmp_path):
    path = tmp_path / "runs.csv"
    path.write_text(
        "n,inner,tok,l,arm\n1e8,8e7,2e9,3.5,a\n2e8,1.7e8,4e9,3.3,a\n4e8,3.6e8,8e9,3.1,b\n"
    )
    names = {"params": "n", "tokens": "tok", "loss": "l"}
    runs = bs.load_runs(path, **names, where="arm == 'a'")
    ((_, found),) = recounted(runs, {"inner": {"params": "inner"}})
    assert found.table["params"].tolist() == [8e7, 1.7e8]
    assert found.loss.tolist() == [3.5, 3.3]


def test_runs_that_are_given_are_taken_as_they_are():
    runs = bs.datasets.load("simulated")
    assert dict(recounted(runs, {"mine": runs})) == {"mine": runs}


@pytest.mark.parametrize("how", ["params", {}, {"loss": "other"}, 3.0])
def test_what_is_no_way_of_counting_is_refused(how):
    with pytest.raises(bs.FitError, match="must be the columns of params, tokens, flops by name"):
        list(recounted(bs.datasets.load("sweep"), {"odd": how}))


def test_a_dataframe_cannot_be_read_again(table):
    with pytest.raises(bs.FitError, match="no file that could be read again; give the runs"):
        list(recounted(bs.load_runs(table), {"odd": {"params": "other"}}))
