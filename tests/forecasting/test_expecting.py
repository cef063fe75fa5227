import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from tests.fits import synthetic_fit
from tests.forecasting.ladders import in_progress, ladder, load

LOOKS = (0.15, 0.3, 0.6)


def left_out(table, looks=LOOKS, prob=0.9, **settings):
    """Foretell the end of each run from the others at some looks."""
    rows = []
    for name in table["run_id"].unique():
        truth = table[table["run_id"] == name].sort_values("tokens")["loss"].iloc[-1]
        runs = load(in_progress(table, name, max(looks)), **settings)
        found = bs.expect_end(runs, name, at=looks, ci_prob=prob).table
        inside = found["lower"].le(truth) & found["upper"].ge(truth)
        error = (found["median"] / truth - 1).abs()
        rows.append(pd.DataFrame({"at": looks, "error": error, "inside": inside}))
    return pd.concat(rows, ignore_index=True)


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_the_end_is_foretold_and_intervals_hold(schedule):
    tables = [ladder(schedule=schedule, seed=seed) for seed in (3, 4)]
    found = pd.concat(map(left_out, tables))
    by_look = found.groupby("at")["error"].mean()
    assert by_look[0.15] < 0.004
    assert by_look[0.6] < by_look[0.15]
    assert found["inside"].mean() >= 0.8


def test_no_later_checkpoint_is_used():
    table = in_progress(ladder(), "800M", 0.5)
    early = bs.expect_end(load(in_progress(ladder(), "800M", 0.15)), "800M")
    looks = bs.expect_end(load(table), "800M").table
    assert looks["progress"].tolist() == pytest.approx([0.15, 0.3, 0.5])
    for column in ("median", "lower", "upper", "loss", "pace"):
        assert looks.loc[0, column] == pytest.approx(early.latest[column])


def test_the_path_leads_from_the_run_to_its_end():
    found = bs.expect_end(load(in_progress(ladder(), "800M", 0.3)), "800M")
    path = found.path
    assert path["progress"].iloc[[0, -1]].tolist() == pytest.approx([0.3, 1.0])
    assert path["median"].is_monotonic_decreasing
    assert path["median"].iloc[-1] == pytest.approx(found.latest["median"], rel=1e-3)


def test_a_fit_counts_too():
    fit = synthetic_fit()
    sizes, total = (2e8, 4e8, 8e8, 1.6e9), 2e10
    progress = np.linspace(0.05, 1, 20)
    rng = np.random.default_rng(2)

    def curve(size):
        loss = bs.predict(fit, params=size, tokens=total * progress).median(["chain", "draw"])
        noisy = loss.to_numpy() * np.exp(0.01 * rng.standard_normal(20))
        return pd.DataFrame(
            {"run_id": f"{size:g}", "params": size, "tokens": total * progress, "loss": noisy}
        )

    table = in_progress(pd.concat(map(curve, sizes)), "8e+08", 0.2)
    runs = load(table, columns={})
    alone, both = bs.expect_end(runs, "8e+08"), bs.expect_end(runs, "8e+08", fit=fit)
    width = [each.latest["upper"] - each.latest["lower"] for each in (alone, both)]
    assert width[1] < width[0]
    said = bs.predict(fit, params=8e8, tokens=total).median().item()
    assert both.latest["median"] == pytest.approx(said, rel=0.01)
    assert both.latest["pace_lower"] < 1 < both.latest["pace_upper"]
    assert both.expected_by == "the fit of chinchilla"


def test_a_fit_that_contradicts_the_curve_is_left_out():
    table = in_progress(ladder(), "800M", 0.3)
    table = table.assign(loss=table["loss"] / 2)
    alone = bs.expect_end(load(table), "800M")
    both = bs.expect_end(load(table), "800M", fit=synthetic_fit())
    assert "curve_against_fit" in {note.code for note in both.notes}
    assert both.latest["median"] == pytest.approx(alone.latest["median"])


def test_runs_of_unknown_size_have_an_end_but_no_pace():
    rng = np.random.default_rng(5)
    table = ladder(sizes=(1e9,) * 1).drop(columns=["params", "learning_rate"])
    parts = [
        table.assign(run_id=f"mixture {place}", loss=table["loss"] * np.exp(0.01 * off))
        for place, off in enumerate(rng.standard_normal(5))
    ]
    found = bs.expect_end(
        load(in_progress(pd.concat(parts), "mixture 2", 0.3), columns={}), "mixture 2"
    )
    assert found.expected_by == ""
    assert found.table["pace"].isna().all()
    assert "pace" not in str(found)
    truth = parts[2]["loss"].iloc[-1]
    assert found.latest["median"] == pytest.approx(truth, rel=0.01)


@pytest.mark.parametrize("at", [0.6, 1.5, -1, 0.001])
def test_a_look_where_there_is_no_checkpoint_is_refused(at):
    table = in_progress(ladder(), "800M", 0.5)
    if at == 0.6:  # beyond the last checkpoint, which is then the latest look
        assert bs.expect_end(load(table), "800M", at=at).latest["progress"] == pytest.approx(0.5)
        return
    with pytest.raises(bs.RunsError, match=r"at = .* has checkpoints from 2.5% to 50%"):
        bs.expect_end(load(table), "800M", at=at)


def test_finished_runs_without_checkpoints_where_it_is_are_refused():
    table = in_progress(ladder(), "800M", 0.3)
    ends = (table["run_id"] == "800M") | (table["tokens"] > 9e10)
    with pytest.raises(bs.RunsError, match="0 finished runs with checkpoints near 30%"):
        bs.expect_end(load(table[ends]), "800M")


def hot(table, family):
    """Return the checkpoints of a family of shapes, all of one length."""
    part = table[table["family"] == family]
    names = part["width"].astype(str) + "x" + part["depth"].astype(str)
    return part.assign(run_id=names)[["run_id", "params", "tokens", "loss"]]


def test_public_curves_end_where_they_are_foretold(public_table):
    """22 shapes of McLeish et al. 2025 at a constant rate, 350B tokens, each left out in turn."""
    found = left_out(hot(public_table("gemstones2025.csv"), "hot"), columns={})
    errors = found.groupby("at")["error"].mean()
    assert errors[0.15] < 0.005
    assert errors[0.3] < 0.003
    assert found["inside"].mean() >= 0.88


def test_public_language_curves_end_where_they_are_foretold(public_table):
    """Five sizes of Alabdulmohsin et al. 2022, up to what all of them have seen."""
    table = public_table("alabdulmohsin2022_language.csv")
    table = table[(table["domain"] == "LM") & (table["duplicate_row"] == 0)]
    table = table.drop(columns="run_id").rename(
        columns={"model": "run_id", "examples_seen": "tokens"}
    )
    ends = table.groupby("run_id")["tokens"].max()
    table = table[table["tokens"] <= ends.min() * 1.01]
    rows = []
    for name, part in table.groupby("run_id"):
        last = part.sort_values("tokens").iloc[-1]
        early = in_progress(table, name, 0.15 * ends.min() / last["tokens"])
        runs = load(early[["run_id", "params", "tokens", "loss"]], columns={})
        found = bs.expect_end(runs, name, total_tokens=last["tokens"], ci_prob=0.9).latest
        rows.append(
            (found["median"] / last["loss"] - 1, found["lower"] <= last["loss"] <= found["upper"])
        )
    errors, inside = zip(*rows, strict=True)
    assert np.abs(errors).mean() < 0.005
    assert sum(inside) >= 4
