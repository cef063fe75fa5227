import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from tests.fits import synthetic_fit


def test_each_run_stands_beside_what_was_foretold_of_it(foretold, came_out):
    record = bs.settle(foretold, came_out)
    said = foretold.summary()
    table = record.table
    assert table["loss"].tolist() == came_out.table["loss"].tolist()
    for name in ("median", "lower", "upper", "extrapolation"):
        assert table[name].to_numpy() == pytest.approx(said[name].to_numpy())
    assert table["error"].to_numpy() == pytest.approx(said["median"] / came_out.loss - 1)
    assert (
        record.inside[0.9].tolist()
        == came_out.table["loss"].between(said["lower"], said["upper"]).tolist()
    )


def test_the_file_settles_as_the_forecast_does(foretold, on_record, came_out):
    assert bs.settle(on_record, came_out).wis == bs.settle(foretold, came_out).wis
    assert bs.settle(str(on_record), came_out).table["forecast"].unique() == ["larger"]


def test_a_folder_is_a_record(on_record, came_out):
    bs.forecast(synthetic_fit(bends=True), params=[2e10, 9e10], tokens=4e12).save(
        on_record.parent / "bent.json"
    )
    (on_record.parent / "package.json").write_text("{}", encoding="utf-8")
    record = bs.settle(on_record.parent, came_out)
    assert record.forecasts["runs"].to_dict() == {"bent": 1, "larger": 3}
    codes = {note.code: note.sentence for note in record.notes}
    assert codes["open_forecasts"] == "1 of 5 questions wait for their run."
    assert "package.json" in codes["no_forecasts"]
    assert "err_together" in codes
    assert "2 forecasts of 3 runs settled 4 times" in str(record)


def test_one_edited_file_spoils_the_folder(on_record, came_out):
    text = on_record.read_text(encoding="utf-8")
    other = on_record.parent / "other.json"
    other.write_text(text.replace('"target": "loss"', '"target": "accuracy"'), encoding="utf-8")
    with pytest.raises(bs.FileError, match=r"other\.json: was altered"):
        bs.settle(on_record.parent, came_out)


def test_a_folder_without_forecasts_is_refused(tmp_path, came_out):
    with pytest.raises(bs.FileError, match="holds no forecast among 0 JSON files"):
        bs.settle(tmp_path, came_out)


def test_runs_that_nobody_asked_about_are_refused_or_counted(foretold, came_out):
    table = came_out.table.assign(params=lambda rows: rows["params"] * 3)
    with pytest.raises(bs.RunsError, match=r"none of 3 runs .* 20B params, 4T tokens and 2 more"):
        bs.settle(foretold, bs.load_runs(table[["params", "tokens", "loss"]]))
    both = pd.concat([came_out.table, table], ignore_index=True)[["params", "tokens", "loss"]]
    record = bs.settle(foretold, bs.load_runs(both))
    assert len(record.table) == 3
    assert any("nobody asked: 3 runs" in note.sentence for note in record.notes)


def test_seeds_of_one_question_are_runs_of_their_own(foretold, came_out):
    twice = pd.concat([came_out.table, came_out.table.assign(loss=came_out.loss * 1.002)])
    runs = bs.load_runs(twice[["params", "tokens", "loss"]].reset_index(drop=True))
    record = bs.settle(foretold, runs)
    assert len(record.table) == 6
    assert any(note.code == "answered_twice" for note in record.notes)


def test_counts_that_are_a_little_off_are_said(foretold, came_out):
    table = came_out.table[["params", "tokens", "loss"]].assign(tokens=3.98e12)
    record = bs.settle(foretold, bs.load_runs(table))
    assert any("by up to 0.5" in note.sentence for note in record.notes)
    with pytest.raises(bs.RunsError, match="none of 3 runs"):
        bs.settle(foretold, bs.load_runs(table), tolerance=1e-3)


def test_losses_in_another_unit_are_doubted(foretold, came_out):
    table = came_out.table[["params", "tokens", "loss"]].assign(loss=came_out.loss / np.log(2))
    record = bs.settle(foretold, bs.load_runs(table))
    assert any(note.code == "comparable" for note in record.notes)


def test_a_fit_shows_that_it_made_the_forecast(foretold, came_out):
    bs.settle(foretold, came_out, made_by=synthetic_fit())
    with pytest.raises(
        bs.FitError, match="not made from this fit of chinchilla: another model card"
    ):
        bs.settle(foretold, came_out, made_by=synthetic_fit(bends=True))
    with pytest.raises(bs.FitError, match="another posterior; give"):
        bs.settle(foretold, came_out, made_by=synthetic_fit(draws=60))
    lower = bs.Forecast(**{**vars(foretold), "quantiles": foretold.quantiles * 0.99})
    with pytest.raises(bs.FitError, match="the quantiles differ"):
        bs.settle(lower, came_out, made_by=synthetic_fit())
    with pytest.raises(bs.PlanError, match="made_by is given for 2 forecasts"):
        bs.settle({"a": foretold, "b": foretold}, came_out, made_by=synthetic_fit())
    ours = bs.Forecast(foretold.question, foretold.quantiles, origin="by eye")
    with pytest.raises(bs.FitError, match="not made by a fit but by eye"):
        bs.settle(ours, came_out, made_by=synthetic_fit())


def test_two_kinds_of_forecasts_are_no_record(foretold, came_out):
    other = bs.Forecast(**{**vars(foretold), "target": "accuracy"})
    with pytest.raises(bs.PlanError, match="one foretells the loss, two the accuracy"):
        bs.settle({"one": foretold, "two": other}, came_out)
