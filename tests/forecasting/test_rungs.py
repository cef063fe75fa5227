import pandas as pd
import pytest

import bayescale as bs
from bayescale.forecasting.curves import curves_of
from bayescale.forecasting.rungs import set_beside
from tests.forecasting.ladders import in_progress, ladder, load


def beside(table, name, total=None, **settings):
    runs = load(table, **settings)
    return set_beside(curves_of(runs), runs, name, total)


@pytest.fixture(scope="module")
def table():
    return in_progress(ladder(checkpoints=20), "800M", 0.4)


def test_the_others_are_finished_and_say_how_long_it_will_be(table):
    found = beside(table, "800M")
    assert found.run.total == 1e11
    assert found.run.progress[-1] == pytest.approx(0.4)
    assert len(found.rungs) == 5
    assert not found.aside


def test_runs_of_another_schedule_are_left_aside(table):
    cosine = ladder(sizes=(1.5e8, 3e8), schedule="cosine", checkpoints=20)
    both = pd.concat([table, cosine])
    by_label = beside(both, "800M", columns={}, groups=["schedule"])
    assert by_label.aside == dict.fromkeys(["150M", "300M"], "schedule cosine instead of constant")
    by_rate = beside(both, "800M")
    assert set(by_rate.aside) == {"150M", "300M"}
    assert "a learning rate at 69% of its peak at 40% of its training" in by_rate.aside["150M"]
    assert len(by_rate.rungs) == 5


def test_a_run_of_another_schedule_than_all_others_is_refused(table):
    other = table.assign(schedule=table["schedule"].where(table["run_id"] != "800M", "wsd"))
    words = (
        "0 finished runs of the schedule of 800M; 3 are needed .* 100M, which has schedule const"
    )
    with pytest.raises(bs.RunsError, match=words):
        beside(other, "800M", groups=["schedule"])
    annealed = ladder(schedule="cosine", checkpoints=20)
    mixed = pd.concat([annealed[annealed["run_id"] != "800M"], table[table["run_id"] == "800M"]])
    with pytest.raises(bs.RunsError, match="which has a learning rate at"):
        beside(mixed, "800M")


def test_a_plan_of_another_length_shows_in_the_learning_rate():
    table = in_progress(ladder(schedule="cosine", checkpoints=20), "800M", 0.6)
    assert len(beside(table, "800M").rungs) == 5
    with pytest.raises(bs.RunsError, match="0 finished runs of the schedule of 800M"):
        beside(table, "800M", total=2e11)


def test_how_long_it_will_be_has_to_be_known(table):
    shorter = ladder(sizes=(3e8,), total=5e10, checkpoints=20)
    mixed = pd.concat([table, shorter])
    with pytest.raises(bs.RunsError, match=r"\(50B to 100B tokens\); give total_tokens"):
        beside(mixed, "800M")
    assert beside(mixed, "800M", total=1e11).run.total == 1e11
    with pytest.raises(bs.RunsError, match="must be the tokens of the whole run"):
        beside(table, "800M", total=-1.0)


def test_a_run_beyond_its_end_or_at_it_is_refused(table):
    with pytest.raises(
        bs.RunsError, match="has seen 40B tokens and was to end at 30B: it is beyond"
    ):
        beside(table, "800M", total=3e10)
    with pytest.raises(bs.RunsError, match="400M has ended, at 100B of 100B tokens"):
        beside(ladder(checkpoints=20), "400M")


def test_too_few_finished_runs_are_refused(table):
    few = table[table["run_id"].isin(["100M", "200M", "800M"])]
    with pytest.raises(bs.RunsError, match="2 finished runs of the schedule of 800M; 3 are needed"):
        beside(few, "800M")


def test_an_unknown_run_is_named(table):
    with pytest.raises(bs.RunsError, match="did you mean '800M'"):
        beside(table, "80M")
