import pytest

import bayescale as bs
from bayescale.forecasting.outlook import describe_outlook, describe_rungs
from tests.forecasting.ladders import in_progress, ladder, load


@pytest.fixture(scope="module")
def outlook():
    return bs.expect_end(load(in_progress(ladder(), "800M", 0.5)), "800M", ci_prob=0.9)


def test_the_sentence_says_where_it_ends_and_how_it_goes(outlook):
    last = outlook.latest
    said = describe_outlook(outlook)
    assert said.startswith("800M, 50% through its 100B tokens, is expected to end at a loss of")
    assert f"{last['median']:.4g} (90% interval {last['lower']:.4g}" in said
    assert said.endswith("no faster or slower than expected, as far as can be told")


def test_a_run_of_another_recipe_is_faster():
    table = in_progress(ladder(noise=0.0005), "800M", 0.5)
    better = table.assign(loss=table["loss"].where(table["run_id"] != "800M", table["loss"] * 0.93))
    found = bs.expect_end(load(better), "800M")
    assert found.latest["pace_lower"] > 1
    assert describe_outlook(found).endswith(": faster than expected")


def test_the_finished_runs_are_counted(outlook):
    assert len(outlook.rungs) == 5
    inside = outlook.rungs["inside"].sum()
    assert f"{inside} ended inside the 90% interval" in describe_rungs(outlook)
    assert str(outlook).count("\n") >= 5
