import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from bayescale.forecasting.curves import Curve, curves_of, planned, reached
from tests.forecasting.ladders import ladder, load


def curve(progress, losses):
    return Curve("one", 1e8, 1e10, np.array(progress), np.log(losses))


def test_each_run_has_its_checkpoints_in_order():
    table = ladder(sizes=(1e8, 2e8), checkpoints=10).sample(frac=1, random_state=1)
    found = curves_of(load(table))
    assert sorted(found) == ["100M", "200M"]
    one = found["200M"]
    assert (one.params, one.total) == (2e8, 1e11)
    assert one.progress == pytest.approx(np.linspace(0.1, 1, 10))
    own = table[table["run_id"] == "200M"].sort_values("tokens")
    assert np.exp(one.log_loss) == pytest.approx(own["loss"].to_numpy())
    assert one.rate.tolist() == [1.0] * 10


def test_between_checkpoints_the_loss_is_a_power_of_progress():
    one = curve([0.1, 0.2, 0.4, 0.8], np.array([0.1, 0.2, 0.4, 0.8]) ** -0.3)
    assert one.level(0.3) == pytest.approx(-0.3 * np.log(0.3))
    assert one.level(0.4) == pytest.approx(-0.3 * np.log(0.4))


def test_noise_of_many_checkpoints_is_smoothed():
    progress = np.linspace(0.001, 1, 1000)
    noise = np.random.default_rng(4).standard_normal(1000)
    one = curve(progress, np.exp(-0.3 * np.log(progress) + 0.05 * noise))
    assert one.level(0.5) == pytest.approx(-0.3 * np.log(0.5), abs=0.02)


@pytest.mark.parametrize("progress", [0.05, 0.35, 1.0])
def test_where_no_checkpoint_is_near_nothing_is_known(progress):
    assert np.isnan(curve([0.1, 0.2, 0.9], [3, 2.5, 2]).level(progress))


def test_a_run_in_progress_has_come_as_far_as_its_plan_says():
    one = planned(curve([0.5, 1.0], [3, 2]), 4e10)
    assert one.progress.tolist() == [0.125, 0.25]
    assert one.until(0.2).progress.tolist() == [0.125]
    assert reached([one], 0.25).tolist() == [np.log(2)]


def test_what_is_no_set_of_curves_is_refused():
    table = ladder(sizes=(1e8, 2e8), checkpoints=5)
    plain = bs.load_runs(table[["params", "tokens", "loss"]].iloc[[4, 9]], simulated=True)
    with pytest.raises(bs.RunsError, match="which run a checkpoint belongs to; name that column"):
        curves_of(plain)
    with pytest.raises(bs.RunsError, match="has no column speed; keep it with"):
        curves_of(load(table), "speed")
    same = table.assign(run_id="one").drop_duplicates("tokens").assign(params=[1e8] * 4 + [2e8])
    with pytest.raises(bs.RunsError, match="run one has 100M and 200M params"):
        curves_of(load(same))
    twice = pd.concat([table, table.assign(loss=table["loss"] * 1.01)])
    with pytest.raises(bs.RunsError, match="run 100M has two checkpoints at 20B tokens; keep one"):
        curves_of(load(twice))
