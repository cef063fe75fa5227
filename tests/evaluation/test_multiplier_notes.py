"""What a comparison with a baseline says and what it refuses."""

import numpy as np
import pytest

import bayescale as bs
from bayescale.laws.law import Law
from bayescale.posterior.fit import Fit
from bayescale.runs.table import Runs
from tests.evaluation.recipes import PARAMS, certain, of_size, with_parts
from tests.fits import real_runs, synthetic_fit


def test_the_summary_has_a_row_for_each_run_and_one_for_all():
    fit = synthetic_fit()
    runs = of_size(fit, 1.5)
    named = Runs(runs.table.set_axis(["a", "b", "c", "d", "e"]), source="a recipe of ours")
    found = bs.versus(fit, named)
    table = found.summary(ci_prob=0.5, ci_kind="eti")
    assert table.index.tolist() == ["a", "b", "c", "d", "e", "overall"]
    counts = ["params", "tokens", "flops", "loss"]
    assert table.columns.tolist() == [*counts, "median", "lower", "upper", "unreachable"]
    low, high = np.quantile(found.multiplier.sel(run="b"), [0.25, 0.75])
    assert table.loc["b", ["lower", "upper"]].tolist() == pytest.approx([low, high])
    assert table.loc["overall", counts].isna().all()
    assert table.loc["overall", "median"] == pytest.approx(float(found.overall.median()))
    assert table.loc["c", "loss"] == runs.loss[2]


def test_the_text_is_a_sentence_with_its_interval():
    fit = synthetic_fit()
    found = bs.versus(fit, of_size(fit, 1.5))
    row = found.summary().loc["overall"]
    first, second, *_ = str(found).splitlines()
    assert first == (
        f"worth {row['median']:.3g}x compute, 89% interval {row['lower']:.3g} to "
        f"{row['upper']:.3g}, over 5 runs"
    )
    assert second.startswith("at ten times the compute the multiplier is ")
    one = bs.versus(fit, of_size(fit, 1.5, PARAMS[:1]))
    assert str(one).splitlines()[0].endswith("over 1 run")


def codes(found):
    return [note.code for note in found.notes]


def test_runs_far_from_those_of_the_baseline_are_extrapolation():
    fit = certain()
    largest = fit.runs.table["params"].max()
    near, far = (of_size(fit, params=np.array([size])) for size in (1e9, 20 * largest))
    assert "extrapolation" not in codes(bs.versus(fit, near))
    found = bs.versus(fit, far)
    (note,) = [note for note in found.notes if note.code == "extrapolation"]
    assert "parameters 20 times outside the runs" in note.sentence
    assert note.severity == "warning"
    assert note.sentence in str(found)


def test_a_multiplier_that_is_read_off_far_away_is_extrapolation():
    fit = certain()
    budget = fit.runs.table["flops"].max()
    params = np.array([np.sqrt(budget / 120.0)])
    assert "extrapolation" not in codes(bs.versus(fit, of_size(fit, 9.0, params)))
    found = bs.versus(fit, of_size(fit, 40.0, params))
    (note,) = [note for note in found.notes if note.code == "extrapolation"]
    assert "training FLOPs 40 times outside the runs" in note.sentence


def test_simulated_runs_are_said_to_be_so():
    fit = certain()
    trained = of_size(fit)
    simulated = Runs(trained.table, source="a formula", simulated=True)
    sentences = [str(note) for note in bs.versus(fit, simulated).notes]
    assert "info: New runs: The runs are simulated (a formula)." in sentences
    assert any(text.startswith("info: Baseline: The runs are simulated") for text in sentences)
    assert not any("New runs" in note.sentence for note in bs.versus(fit, trained).notes)


def test_a_baseline_that_was_trained_is_not_called_simulated():
    from tests.fits import fit_to

    fit = fit_to(real_runs())
    assert "simulated" not in codes(bs.versus(fit, of_size(fit)))


def test_runs_without_a_column_that_the_law_takes():
    fit = certain()
    runs = Runs(of_size(fit).table[["flops", "loss"]], source="sweep.csv")
    words = "sweep.csv: chinchilla needs params, tokens, loss, the runs have no params; name its"
    with pytest.raises(bs.RunsError, match=words):
        bs.versus(fit, runs)


def test_no_runs_at_all():
    fit = certain()
    runs = of_size(fit)
    with pytest.raises(bs.RunsError, match="has 0 runs to compare; give at least one"):
        bs.versus(fit, runs.subset(np.zeros(len(runs), bool)))


def test_a_law_of_something_else_than_the_loss():
    fit = certain()
    law = Law(fit.model.law.loss, "other", target="accuracy")
    with pytest.raises(bs.FitError, match="chinchilla predicts accuracy, a multiplier .* give a"):
        bs.versus(with_parts(fit, law=law), of_size(fit))


def test_a_law_without_a_resource():
    def of_areas(S1, S2, *, E, A, B, alpha_N, alpha_D):
        return E + A * S1**-alpha_N + B * S2**-alpha_D

    fit = certain()
    with pytest.raises(bs.FitError, match="takes forward_area and annealing_area, none of which"):
        bs.versus(with_parts(fit, law=of_areas), of_size(fit))


def test_a_fit_of_several_groups():
    fit = certain()
    pooled = Fit(fit.tree, fit.model.with_pool({"E": "architecture"}))
    with pytest.raises(bs.FitError, match=r"fit\.group\(architecture=\.\.\.\)"):
        bs.versus(pooled, of_size(fit))
