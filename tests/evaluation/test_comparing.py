import warnings

import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from bayescale.evaluation.comparing import _notes, compare
from bayescale.inference import bulk
from bayescale.inference.fitting import fit
from tests.fits import straight, synthetic_fit


@pytest.fixture(scope="module")
def fits(fitted, simulated_runs):
    other = fit(simulated_runs, "power_law", random_seed=1, draws=200, chains=2)
    return {"two axes": fitted, "compute only": other}


@pytest.fixture(scope="module")
def comparison(fits):
    return compare(fits)


def test_the_law_the_runs_were_drawn_from_is_best(comparison):
    assert comparison.best == "two axes"
    assert comparison.loo.index[0] == "two axes"


def test_loo_is_that_of_arviz(comparison, fitted):
    import arviz_stats

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # few draws: k of a run may be high
        expected = arviz_stats.loo(fitted.tree, pointwise=True)
    assert comparison.loo.loc["two axes", "elpd"] == pytest.approx(expected.elpd)
    assert comparison.loo.loc["two axes", "max_k"] == pytest.approx(float(expected.pareto_k.max()))


def test_stacking_weights_sum_to_one(comparison):
    assert comparison.loo["weight"].sum() == pytest.approx(1.0)


def test_a_fifth_of_the_runs_is_held_out(comparison, simulated_runs):
    above = simulated_runs.table["flops"] > comparison.cut
    assert comparison.largest["runs"].eq(above.sum()).all()
    assert above.mean() == pytest.approx(0.2, abs=0.03)


def test_held_out_scores_are_those_of_a_fit_below_the_cut(comparison, simulated_runs):
    below = (simulated_runs.table["flops"] <= comparison.cut).to_numpy()
    part = fit(simulated_runs.subset(below), straight("chinchilla"), random_seed=1, draws=300)
    held_out = simulated_runs.subset(~below)
    table = held_out.table
    predicted = bs.predict(part, params=table["params"], tokens=table["tokens"])
    error = np.abs(predicted.mean(["chain", "draw"]) / held_out.loss - 1).mean()
    # The score takes medians of predictive draws, which scatter.
    assert comparison.largest.loc["two axes", "error"] == pytest.approx(float(error), abs=5e-4)


def test_two_names_of_one_fit_are_refitted_once(fitted, monkeypatch):
    refitted, fit_all = [], bulk.fit_all
    monkeypatch.setattr(bulk, "fit_all", lambda r, *words: refitted.extend(r) or fit_all(r, *words))
    both = compare({"one": fitted, "other": fitted})
    assert len(refitted) == 1
    assert both.largest["elpd"].nunique() == 1


def test_notes_say_which_score_answers_the_question(comparison):
    (note,) = [note for note in comparison.notes if note.code == "question"]
    assert "A compute decision extrapolates, so largest-compute-out answers it" in note.sentence


def test_a_reach_that_no_form_stands_is_named(simulated_runs):
    table = simulated_runs.table.drop(columns="flops")
    large = table["params"] * table["tokens"] > 2e19
    bent = bs.load_runs(table.assign(loss=table["loss"] * np.where(large, 1.15, 1.0)))
    few = {"random_seed": 1, "draws": 200, "chains": 2}
    compared = compare([fit(bent, "chinchilla", **few)], cut=6 * 2e19)
    (note,) = (note for note in compared.notes if note.code == "beyond_reach")
    assert "holds only" in note.sentence
    assert "fit without the cheapest runs" in note.remedy


def test_a_form_that_holds_its_promise_is_not_called_unfit(comparison):
    assert "beyond_reach" not in {note.code for note in comparison.notes}


def test_equal_losses_of_one_size_are_different_runs():
    """Papers print two decimals, so that a size can have the same loss on other tokens."""
    params, tokens = np.repeat([1e8, 2e8, 4e8, 8e8], 8), np.tile(np.geomspace(2e9, 2e10, 8), 4)
    noise = 0.02 * np.random.default_rng(0).standard_normal(32)
    loss = np.round(1.7 + 400 * params**-0.34 + noise, 2)
    loss[-1] = loss[-8]  # the most and the fewest tokens of the largest size
    table = pd.DataFrame({"params": params, "tokens": tokens, "loss": loss})
    runs = bs.load_runs(table, simulated=True)
    sizes = fit(runs, "power_law_params", random_seed=1, draws=50, chains=2)
    assert compare([sizes]).largest["runs"].item() == 7


def test_a_cut_outside_the_runs(fits):
    with pytest.raises(bs.FitError, match=r"cut = 1e\+30 leaves 40 runs below and 0 above; choose"):
        compare(fits, cut=1e30)


def test_fits_of_other_runs(fitted, simulated_runs):
    few = fit(simulated_runs.subset(np.arange(40) < 30), random_seed=1, draws=20, chains=2)
    with pytest.raises(bs.FitError, match="fit all models to the same runs"):
        compare({"a": fitted, "b": few})


def test_nothing_to_compare():
    with pytest.raises(bs.FitError, match="give at least one fit"):
        compare({})


def scores(difference, dse):
    return pd.DataFrame(
        {"elpd": [9.0, 9.0 - difference], "elpd_diff": [0.0, -difference], "dse": [0.0, dse]},
        index=["a", "b"],
    ).assign(runs=12, coverage=0.9, high_k=0)


@pytest.mark.parametrize(
    ("difference", "dse", "told"), [(0.47, 0.1, 0), (9, 6, 0), (9, np.nan, 0), (9, 2, 1)]
)
def test_models_that_the_scores_cannot_tell_apart_are_called_so(difference, dse, told):
    largest = scores(difference, dse)
    notes = list(_notes(scores(20, 2).iloc[[0]].rename({"a": "b"}), largest, 1e20, 1.0, 0.89, None))
    codes = [note.code for note in notes]
    assert ("largest_tie" in codes) == (not told)
    # What cannot be told apart does not disagree either.
    assert ("disagree" in codes) == bool(told)


def test_all_models_are_scored_by_groups_where_one_pools_losses():
    from bayescale.evaluation.comparing import _left_out_by

    plain = synthetic_fit()
    pooled = bs.Fit(plain.tree, plain.model.with_pool({"loss": "configuration"}))
    assert _left_out_by({"plain": plain}) is None
    assert _left_out_by({"plain": plain, "pooled": pooled}) == "configuration"
    notes = _notes(scores(20, 2), scores(20, 2), 1e20, 1.0, 0.89, "configuration")
    assert any("pooled over configuration, so LOO leaves out" in note.sentence for note in notes)


def test_several_cuts_stand_side_by_side(fits):
    """Each column is what a comparison at that cut alone would say."""
    compared = compare(fits, cut=[1e20, 0.1])
    assert len(compared.cuts.columns) == 2
    assert compared.cut == max(compared.cuts)
    alone = compare(fits, cut=1e20).largest
    expected = alone["elpd"] / alone["runs"]
    pd.testing.assert_series_equal(
        compared.cuts[1e20].sort_index(), expected.sort_index(), check_names=False
    )
    assert compared.best == compared.cuts.mean(axis=1).idxmax()
    assert "Log density of a run above each cut" in str(compared)
    (note,) = (note for note in compared.notes if note.code == "across_cuts")
    assert "On average over 2 cuts two axes foretells best, and at each of them" in note.sentence


def test_one_cut_needs_no_further_table(comparison):
    assert "above each cut" not in str(comparison)
    assert "across_cuts" not in {note.code for note in comparison.notes}
