"""Do the scripts in examples/ find what their text says they find?"""

import runpy
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

import bayescale as bs

EXAMPLES = Path(__file__).parent.parent / "examples"
TESTED = (
    "is_the_slope_shared",
    "learn_from_a_sweep",
    "plan_a_budget",
    "predict_accuracy",
    "reconcile_kaplan_chinchilla",
)

pytestmark = pytest.mark.example


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run an example in an empty folder and return what it leaves behind, by name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CI", "true")
    with mpl.rc_context({"backend": "agg"}):
        yield lambda name: runpy.run_path(str(EXAMPLES / f"{name}.py"))


def interval(draws):
    return np.quantile(draws, [0.055, 0.945])


def covers(draws, truth):
    low, high = np.quantile(draws, [0.01, 0.99])
    return low < truth < high


def test_every_example_is_tested():
    assert {path.stem for path in EXAMPLES.glob("[!_]*.py")} == set(TESTED)


def test_a_plan_is_made_and_repetition_is_priced(run, capsys):
    found = run("plan_a_budget")
    truth = {"E": 1.8172, "alpha_N": 0.3478, "alpha_D": 0.3658}
    for name, value in truth.items():
        assert covers(found["fit"].posterior[name], value), name
    for score in (found["comparison"].loo, found["comparison"].largest):
        assert score.index[0] == "chinchilla"
        assert score.loc["power_law", "elpd_diff"] < -20
    assert float(found["loss"].median()) == pytest.approx(2.215, abs=0.01)
    assert float(found["loss"]["extrapolation"][0]) == pytest.approx(1.0, abs=0.01)
    plan = found["plan"]
    assert float(plan.committed["epochs"][0]) == pytest.approx(4.0)
    assert float(plan.committed["tokens"][0]) == pytest.approx(8e10)
    assert float(plan.binding["tokens"][0]) == 1.0
    assert 1.3 < found["middle"] < 2.2
    text = capsys.readouterr().out
    assert "Repetition, up to 6." in text
    assert "Not learnt from the runs but drawn from the priors of data_constrained" in text


def test_a_chained_prediction_is_no_more_certain_than_its_second_half(run):
    found = run("predict_accuracy")
    both, alone = (interval(found[name]) for name in ("accuracy", "alone"))
    assert np.diff(both) > np.diff(alone)
    assert float(found["accuracy"].median()) == pytest.approx(0.848, abs=0.01)
    card = bs.models()["chinchilla"]
    loss = card.law.loss(2e10, 4e11, **card.published["besiroglu2024"].values)
    assert both[0] < found["accuracy_fit"].model.law.loss(loss, **found["task"]) < both[1]


def test_counting_without_embeddings_turns_chinchilla_into_kaplan(run):
    found = run("reconcile_kaplan_chinchilla")
    assert covers(found["fit"].posterior["omega"], 0.22)
    assert covers(found["fit"].posterior["a_opt"], 0.3658 / (0.3478 + 0.3658))
    plain, total = (interval(found[name].posterior["a_opt"]) for name in ("plain", "fit"))
    assert plain[0] > total[1]
    small = found["average_exponent"](10**12.95, 10**20.7)
    large = found["average_exponent"](6e18, 3e21)
    assert 0.72 < np.median(small) < 0.82
    assert 0.50 < np.median(large) < 0.56
    assert interval(small)[0] > interval(large)[1]


def test_shared_exponents_are_not_told_from_varying_ones(run):
    found = run("is_the_slope_shared")
    spreads = found["spreads"]
    assert all(float(spreads[name].median()) < 0.1 for name in spreads)
    row = found["comparison"].loo.iloc[1]
    assert abs(row["elpd_diff"]) < 2 * row["dse"] + 2
    assert any("cannot tell" in note.sentence for note in found["comparison"].notes)
    rho = found["rho"]["rho_N"]
    # By the coefficients, equal terms take (A / A_dense)^(1 / alpha_N) times the parameters.
    for architecture, A in (("hybrid", 540), ("recurrent", 430)):
        expected = (480 / A) ** (1 / 0.35)
        draws = rho.sel(architecture=architecture)
        assert covers(draws, expected), architecture
        assert (interval(draws) > 1).all() == (expected > 1)


def test_the_form_that_fits_best_foretells_worst(run):
    found = run("learn_from_a_sweep")
    for score in (found["comparison"].loo, found["comparison"].largest):
        assert score.index[0] == "bounded"
        assert score["elpd_diff"].iloc[1] < -5
    scores = found["scores"]
    assert scores["outer_power"].coverage == 1.0
    assert scores["bounded"].coverage < 0.5
    assert scores["bounded"].error > scores["outer_power"].error
    assert found["decade"].largest["coverage"].max() < 0.3
    assert "beyond_reach" in {note.code for note in found["decade"].notes}
    noise = found["apart"].posterior
    assert 2.5 < float(noise["loss_spread"].median() / noise["sigma"].median()) < 4.5
    _the_cheapest_runs_bend_every_form(found)
    _repeated_data_overfit_late_and_then_at_once(found)


def _the_cheapest_runs_bend_every_form(found):
    fits, parts, scores = (found[name] for name in ("fits", "parts", "scores"))
    dearer = {name: bs.score(part, found["fresh"], ci_prob=0.9) for name, part in parts.items()}
    assert all(dearer[name].error < scores[name].error for name in fits)
    for name in ("chinchilla", "outer_power"):
        all_runs, some = (float(f[name].posterior["a_opt"].median()) for f in (fits, parts))
        assert all_runs == pytest.approx(0.40, abs=0.04)
        assert some == pytest.approx(0.52, abs=0.04)
    with_embeddings, without = (
        float(fit.posterior["a_opt"].median()) for fit in found["counts"].values()
    )
    assert 0.03 < without - with_embeddings < 0.1


def _repeated_data_overfit_late_and_then_at_once(found):
    assert interval(found["fit"].posterior["delta"])[0] > 1.3
    assert bs.score(found["fit"], found["held_out"], ci_prob=0.9).coverage > 0.8
    epochs = float(found["plan"].committed["epochs"][0])
    assert 5 < epochs < 20
