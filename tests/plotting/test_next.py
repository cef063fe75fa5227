"""What to train next, drawn."""

import pytest

import bayescale as bs
from tests.fits import synthetic_fit
from tests.plotting.figures import scatters, texts


@pytest.fixture(scope="module")
def found():
    return bs.next_runs(synthetic_fit(bends=True), budget=1e21, target=1e24)


def test_every_candidate_is_drawn_and_the_batch_numbered(found):
    ax, bar = found.plot().axes
    (dots,) = scatters(ax)
    assert len(dots.get_offsets()) == len(found.ranking)
    numbers = [str(place + 1) for place in range(len(found.batch))]
    assert [text.get_text() for text in ax.texts] == numbers
    assert f"{len(found.batch)} runs to train" in texts(ax.figure)
    assert bar.get_ylabel() == "share of the regret that one run alone removes"


def test_runs_that_were_trained_are_dots(found):
    ax, _ = found.plot().axes
    assert len(ax.lines[0].get_xdata()) == len(found.runs)


def test_nothing_to_train_is_drawn_too():
    small = {"params": [2e7], "tokens": [5e8]}
    fit = synthetic_fit(bends=True)
    found = bs.next_runs(fit, budget=1e18, target=1e24, candidates=small)
    assert "nothing to train" in texts(found.plot())
