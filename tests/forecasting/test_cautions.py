import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from bayescale.forecasting.cautions import doubt_intervals
from tests.forecasting.ladders import in_progress, ladder, load


def codes(table, name, **asked):
    return {note.code for note in bs.expect_end(load(table), name, **asked).notes}


def test_a_plain_ladder_gives_no_cause_for_doubt():
    table = in_progress(ladder(), "800M", 0.3)
    assert codes(table, "800M") == {"simulated"}


def test_a_run_that_spiked_is_doubted():
    table = in_progress(ladder(), "800M", 0.3)
    late = (table["run_id"] == "800M") & (table["tokens"] > 2.6e10)
    spiked = table.assign(loss=table["loss"].where(~late, table["loss"] * 1.1))
    assert "curve_unlike" in codes(spiked, "800M")


def test_a_run_that_has_hardly_begun_is_doubted():
    assert "early" in codes(in_progress(ladder(), "800M", 0.05), "800M")


def test_a_run_far_beyond_the_finished_ones_is_doubted():
    table = ladder(sizes=(1e8, 1.5e8, 2e8, 2.5e8, 3.2e9))
    assert "far_run" in codes(in_progress(table, "3200M", 0.3), "3200M")


def test_three_finished_runs_are_few():
    table = in_progress(ladder(sizes=(1e8, 2e8, 4e8, 8e8)), "800M", 0.3)
    assert "few_rungs" in codes(table, "800M")


def test_coarse_checkpoints_are_said():
    table = in_progress(ladder(checkpoints=10), "800M", 0.1)
    assert "no_earlier" in codes(table, "800M")


@pytest.mark.parametrize(("inside", "warned"), [(9, False), (8, False), (4, True)])
def test_intervals_that_missed_too_often_are_doubted(inside, warned):
    foretold = pd.DataFrame({"inside": np.arange(10) < inside})
    assert bool(list(doubt_intervals(foretold, 0.9))) is warned
