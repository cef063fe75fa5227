"""Which choices move the answer of a fit."""

import numpy as np
import pytest

import bayescale as bs
from bayescale.auditing.fragile import fragility
from bayescale.auditing.reweighing import Influence
from bayescale.inference.fitting import fit as fit_runs
from tests.fits import fit_to, straight, synthetic_fit

CAUSES = {"losses rounded", "noise added", "a region left out", "kind of noise"}
CAUSES |= {"what is believed of the floor", "discrepancy", "one run left out"}


def test_each_cause_has_its_changes(fragile):
    assert set(fragile.table["cause"]) >= CAUSES
    assert fragile.table["by"].isin(["refit", "weights"]).all()
    assert set(fragile.fitted.index) >= {"E", "alpha_N", "best size", "loss"}


def test_changes_are_ranked_by_what_they_do_at_the_target(fragile):
    ranked = fragile.ranked
    assert ranked.is_monotonic_decreasing
    first = fragile.table.iloc[0]
    assert (first["cause"], first["change"]) == ranked.index[0]


def test_a_refit_is_the_fit_of_those_runs(fragile, fitted, swift):
    rows = fragile.table.query("change == 'to 1 decimal'").set_index("answer")
    rounded = fitted.runs.table.assign(loss=fitted.runs.loss.round(1))
    again = fit_runs(
        bs.Runs(rounded, source="rounded"),
        straight("chinchilla"),
        random_seed=1,
        sample_kwargs={"target_accept": fitted.attrs["target_accept"]},
        **swift,
    )
    floor = float(again.posterior["E"].median())
    assert rows.loc["E", "value"] == pytest.approx(floor, rel=1e-6)
    width = np.ptp(np.quantile(fitted.posterior["E"], [0.16, 0.84])) / 2
    shift = (floor - float(fitted.posterior["E"].median())) / width
    assert rows.loc["E", "shift"] == pytest.approx(shift, abs=1e-6)


def test_the_two_strongest_causes_are_said_in_words(fragile):
    text = str(fragile)
    strongest = fragile.ranked.index[0]
    assert "chinchilla says best size" in text
    assert f"What moves it most: {strongest[1]} ({strongest[0]}): best size" in text
    assert "; then " in text
    assert "as fitted" in text


@pytest.mark.usefixtures("swift")
def test_an_interrupted_one_goes_on(fitted, tmp_path, monkeypatch):
    from bayescale.auditing import fragile as module
    from bayescale.inference import bulk

    every = module.variants_of
    monkeypatch.setattr(module, "variants_of", lambda fit: [*every(fit)][:2])
    first = fragility(fitted, target=1e24, folder=tmp_path)
    monkeypatch.setattr(bulk, "carry_out", lambda _: pytest.fail("was made already"))
    again = fragility(fitted, target=1e24, folder=tmp_path)
    assert again.table.equals(first.table)
    assert first.flops == 1e24


@pytest.mark.usefixtures("swift")
def test_other_counts_are_a_cause_and_a_refit_that_fails_is_a_line(fitted, monkeypatch):
    from bayescale.auditing import fragile as module

    monkeypatch.setattr(module, "variants_of", lambda _: [])
    few = fitted.runs.subset(np.arange(len(fitted.runs)) < 3)
    found = fragility(fitted, counts={"few": few, "the same": fitted.runs})
    rows = found.table[found.table["cause"] == "how it is counted"]
    assert set(rows["change"]) == {"the same"}
    assert rows["shift"].abs().max() < 0.5
    (note,) = (note for note in found.notes if note.code == "fragile_failed")
    assert note.sentence.startswith("how it is counted, few: no answer (3 runs cannot determine")


@pytest.mark.parametrize(("digits", "told"), [(1, True), (2, False), (9, False)])
def test_losses_that_were_rounded_too_far_are_told(digits, told):
    from bayescale.auditing.fragile import _notes

    table = synthetic_fit().runs.table
    fit = fit_to(bs.Runs(table.assign(loss=table["loss"].round(digits)), source="a paper"))
    codes = {note.code for note in _notes(fit, Influence({}, np.array([], int)), {})}
    assert ("fragile_digits" in codes) == told


@pytest.mark.parametrize("target", [0, -1e24, float("inf")])
def test_a_target_that_is_no_budget_is_refused(fitted, target):
    with pytest.raises(bs.FitError, match=r"target.* must be training FLOPs|must be a number"):
        fragility(fitted, target=target)


def test_a_fit_that_was_extended_cannot_be_made_again():
    fit = bs.assume(synthetic_fit(), "data_constrained")
    with pytest.raises(bs.FitError, match="give the fit as bs.fit made it"):
        fragility(fit)


def test_a_pooled_fit_is_refused_with_a_remedy():
    plain = synthetic_fit()
    pooled = bs.Fit(plain.tree, plain.model.with_pool({"E": "arm"}))
    with pytest.raises(bs.FitError, match="fit one model to all, keeping the column"):
        fragility(pooled)
