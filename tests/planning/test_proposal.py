"""What to train next, in words."""

from dataclasses import replace

import pytest

import bayescale as bs
from tests.fits import synthetic_fit


@pytest.fixture(scope="module")
def found():
    return bs.next_runs(synthetic_fit(bends=True), budget=1e21, target=1e24)


def test_it_says_what_to_train_and_what_that_brings(found):
    lines = str(found).splitlines()
    assert lines[0].startswith("before 1e24 FLOPs are spent, with 1e21 for further runs, by chin")
    starts = [line.split()[0] for line in lines[1:5]]
    assert starts == ["now", "train", "then", "saves"]
    assert f"{len(found.batch)} runs" in lines[2]
    assert lines[7].split()[1] == bs.core.text.human(found.batch["params"].iloc[0])


def test_a_long_batch_is_cut_with_a_count(found):
    batch = found.batch.iloc[[0] * 15]
    assert "  and 3 more" in str(replace(found, batch=batch)).splitlines()


def test_what_is_saved_is_in_proportion_to_the_regret_that_is_removed(found):
    share = 1 - found.then["regret"] / found.now["regret"]
    assert found.saved_flops == pytest.approx(share * found.now["wasted_flops"])
