"""What would have been decided at earlier points of a sweep, against fits made by hand."""

import numpy as np
import pytest

import bayescale as bs
from bayescale.auditing.backtesting import backtest
from tests.conftest import CUTS, FEW

FORMS = ("chinchilla", "kaplan")


@pytest.fixture(scope="module")
def by_hand(simulated_runs, below):
    """The fit of one form below the first cut, as the back-test makes it."""
    return bs.fit(simulated_runs.subset(below[0]), "chinchilla", random_seed=1, **FEW)


def test_each_form_stands_at_each_cut_with_and_without_discrepancy(back_tested, below):
    table = back_tested.table
    forms = {name for form in FORMS for name in (form, f"{form} without discrepancy")}
    for part, (cut, rows) in zip(below, table.groupby(level="cut"), strict=True):
        assert set(rows.index.get_level_values("form")) == {*forms, "mixture"}
        assert rows["fitted"].eq(part.sum()).all()
        assert rows["held_out"].eq((~part).sum()).all()
        assert cut <= CUTS[1] * back_tested.flops


def test_what_a_form_foretold_is_the_score_of_its_fit(back_tested, by_hand, simulated_runs, below):
    score = bs.score(by_hand, simulated_runs.subset(~below[0]))
    cut = back_tested.table.index[0][0]
    row = back_tested.table.loc[(cut, "chinchilla")]
    assert row["error"] == pytest.approx(score.error, rel=1e-3)
    assert row["bias"] == pytest.approx(score.bias, rel=1e-3, abs=1e-6)
    assert row["log_score"] == pytest.approx(score.elpd / len(score.table))
    assert row["inside_50"] <= row["inside_80"] <= row["inside_90"] <= row["inside_95"]


def test_the_plan_is_that_of_the_fit_below_the_cut(back_tested, by_hand):
    plan = bs.allocate(by_hand, flops=back_tested.flops)
    row = back_tested.table.iloc[0]
    assert row["params"] == pytest.approx(float(plan.committed["params"][0]), rel=1e-3)
    assert row["expected_loss"] == pytest.approx(float(plan.outcome["loss"].mean()), rel=1e-4)
    assert row["params_low"] < row["params"] < row["params_high"]


def test_the_regret_is_what_the_later_runs_say(back_tested):
    """Further from the plan by all runs is worse, and that plan itself loses nothing."""
    table, best = back_tested.table, float(back_tested.plan.committed["params"][0])
    away = np.abs(np.log(table["params"] / best))
    larger = table["params"] > best
    for side in (larger, ~larger):
        order = away[side].sort_values().index
        assert table.loc[order, "regret"].is_monotonic_increasing
    assert (table["regret"] >= 0).all()
    assert table["wasted_compute"].between(0, 1).all()


def test_no_form_counts_more_before_anything_came_out(back_tested):
    table = back_tested.table
    first, second = (rows for _, rows in table.groupby(level="cut"))
    assert first["weight"].dropna().eq(0.5).all()
    assert second["weight"].sum() == pytest.approx(1.0)
    assert second["weight"].max() > 0.5


def test_it_is_said_in_a_sentence_and_two_tables(back_tested):
    text = str(back_tested)
    assert text.startswith("Asked 2 times up to ")
    assert "the mixture of chinchilla and kaplan would have recommended" in text
    assert "of the compute. " in text
    assert "What would have been recommended for" in text
    assert "What the later runs showed" in text
    assert "nan" not in text


@pytest.mark.usefixtures("swift")
def test_an_interrupted_one_goes_on(simulated_runs, tmp_path, monkeypatch):
    from bayescale.inference import bulk

    settings = {"cuts": 0.3, "discrepancy": False, "folder": tmp_path}
    first = backtest(simulated_runs, ["chinchilla"], **settings)
    monkeypatch.setattr(bulk, "carry_out", lambda _: pytest.fail("was made already"))
    again = backtest(simulated_runs, ["chinchilla"], **settings)
    assert again.table.equals(first.table)
    assert again.lead == "chinchilla without discrepancy"


@pytest.mark.usefixtures("swift")
def test_a_form_that_cannot_plan_is_scored_and_said_so(simulated_runs):
    found = backtest(simulated_runs, ["power_law"], cuts=0.3, discrepancy=False, random_seed=1)
    assert found.plan is None
    assert found.table["error"].notna().all()
    assert found.table["params"].isna().all()
    assert any("cannot say how to split a budget" in note.sentence for note in found.notes)
    assert "recommended" not in str(found)


@pytest.mark.usefixtures("swift")
def test_beside_a_form_that_cannot_plan_the_others_do(simulated_runs):
    models = ["chinchilla", "kaplan", "power_law"]
    found = backtest(simulated_runs, models, cuts=0.3, discrepancy=False, random_seed=1)
    params = found.table["params"].droplevel("cut")
    assert np.isnan(params["power_law"])
    each = params[["chinchilla without discrepancy", "kaplan without discrepancy"]]
    assert each.min() <= params["mixture"] <= each.max()


@pytest.mark.parametrize(
    ("models", "cuts", "words"),
    [
        ([], None, "give each form once, and at least one"),
        (["chinchilla", "chinchilla"], None, "give each form once"),
        (["accuracy_sigmoid"], None, "predicts accuracy, and a back-test is of losses; leave it"),
        (FORMS, 1e30, r"cuts = 1e\+30 leaves 40 runs below and 0 above; choose one between"),
        (FORMS, 1e15, r"cuts = 1e\+15 leaves 0 runs below and 40 above; choose one between"),
        (FORMS, -1.0, "cuts = -1 must be training FLOPs, such as .*, or a share of the compute"),
        (
            FORMS,
            2e-5,
            r"leaves \d runs below, and these forms need 7; cut at .* FLOPs or",
        ),
        (FORMS, [0.3, 0.3001], "two of the 2 leave the same runs below; give cuts with runs"),
    ],
)
def test_what_cannot_be_replayed_is_refused_with_a_remedy(simulated_runs, models, cuts, words):
    with pytest.raises(bs.FitError, match=words):
        backtest(simulated_runs, models, cuts=cuts)


@pytest.mark.usefixtures("swift")
def test_the_remedy_for_too_few_runs_works(simulated_runs):
    flops = np.sort(simulated_runs.table["flops"])
    found = backtest(
        simulated_runs, ["chinchilla"], cuts=float(flops[6]), discrepancy=False, random_seed=1
    )
    assert found.table["fitted"].iloc[0] == 7


def test_runs_without_compute_are_refused(simulated_runs):
    table = simulated_runs.table[["params", "loss"]]
    with pytest.raises(bs.FitError, match="a back-test needs the compute of the runs"):
        backtest(bs.Runs(table, source="a table"), ["power_law_params"])
