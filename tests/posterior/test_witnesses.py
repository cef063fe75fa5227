"""What the best runs say against a surface, wherever it is asked."""

import numpy as np
import pytest

import bayescale as bs
from bayescale.posterior.witnesses import notes_beyond, witnesses_of
from bayescale.runs.envelope import envelope_of, foretell
from tests.evaluation.checks.test_envelope import with_floor
from tests.fits import synthetic_fit


@pytest.fixture(scope="module")
def contradicted():
    return with_floor(synthetic_fit(), 0.25)


def test_the_surface_is_asked_for_its_least_loss_and_the_best_runs_for_theirs():
    fit = synthetic_fit()
    found = witnesses_of(fit, 1e23)
    plan = bs.allocate(fit, flops=1e23)
    assert found.agree
    ends = np.quantile(plan.optimum["loss"], [0.05, 0.95])
    assert found.surface == pytest.approx(tuple(ends), rel=2e-3)
    assert found.best_runs == pytest.approx(tuple(foretell(*envelope_of(fit.runs), 1e23, 0.9)))


def test_a_prediction_says_both_where_they_do_not_agree(contradicted):
    doubted = bs.predict(contradicted, params=[1e9, 2e10], tokens=[2e10, 1e12])
    (note,) = doubted.notes
    assert note.code == "witnesses"
    assert "At 1.2e23 FLOPs the surface foretells a loss of" in note.sentence
    assert "one power law through the best" in note.sentence
    assert not bs.predict(synthetic_fit(), params=2e10, tokens=1e12).notes


def test_a_mixture_is_doubted_with_its_forms(contradicted):
    both = bs.predict({"a": contradicted, "b": synthetic_fit()}, params=2e10, tokens=1e12)
    assert [note.code for note in both.notes] == ["witnesses"]


def test_inside_the_runs_there_is_nothing_to_doubt(contradicted):
    largest = contradicted.runs.table["flops"].max()
    assert not notes_beyond(contradicted, np.array([0.5 * largest]))
    assert not notes_beyond(contradicted, np.array([]))
    assert notes_beyond(contradicted, np.array([0.5 * largest, 100 * largest]))


def test_the_curve_shows_the_second_forecast_only_where_it_contradicts(contradicted):
    words = "the best runs alone"
    for fit, shown in ((contradicted, True), (synthetic_fit(), False)):
        (ax,) = bs.plot_prediction(fit, targets=1e23).axes
        assert (words in [text.get_text() for text in ax.texts]) == shown
