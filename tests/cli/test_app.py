import json
import os
import re
import subprocess
import sys

import pandas as pd
import pytest

import bayescale as bs
from tests.evaluation.checks.test_envelope import with_floor
from tests.fits import synthetic_fit
from tests.pages import only


@pytest.fixture
def fit_file(fitted, tmp_path):
    fitted.save(tmp_path / "fit.nc")
    return tmp_path / "fit.nc"


@pytest.fixture
def table(simulated_runs, tmp_path):
    names = {"params": "n_params", "tokens": "n tokens", "loss": "val/loss"}
    path = tmp_path / "runs.csv"
    simulated_runs.table.drop(columns="flops").rename(columns=names).to_csv(path, index=False)
    return path


COLUMNS = [
    "--column",
    "params=n_params",
    "--column",
    "tokens=n tokens",
    "--column",
    "loss=val/loss",
]


def test_help_does_without_pymc():
    code = (
        "import sys\nfrom bayescale import cli\nsys.argv = ['bayescale', '--help']\n"
        "try: cli.main()\nexcept SystemExit: pass\n"
        "sys.exit(any(m in sys.modules for m in ('pymc', 'pytensor', 'pandas', 'numpy')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert b"allocate" in done.stdout
    assert done.returncode == 0


def test_from_a_table_to_a_plan(call, table):
    status, out, _ = call(
        "fit", table, "--out", "fit.nc", *COLUMNS, "--random-seed", 1, "--draws", 100
    )
    assert status == 0
    assert "alpha_N" in out
    assert "The fit is in fit.nc" in out
    status, out, _ = call("allocate", "fit.nc", "--flops", "1e24", "--unique-tokens", "2T")
    assert status == 0
    assert "commit to" in out
    assert "extrapolation" in out


def test_fit_as_json(call, table):
    arguments = [*COLUMNS, "--random-seed", 1, "--draws", 50, "--json"]
    status, out, _ = call("fit", table, "--out", "fit.nc", *arguments)
    assert status == 0
    assert json.loads(out)["parameters"]["E"]["mean"] == pytest.approx(1.8, abs=0.1)


def test_noise_falls_with_a_column_that_is_named(call, table):
    arguments = [*COLUMNS, "--random-seed", 1, "--draws", 50, "--noise-with", "flops"]
    status, _, _ = call("fit", table, "--out", "fit.nc", *arguments)
    assert status == 0
    assert "falloff" in bs.load("fit.nc").posterior


def test_a_floor_that_is_known_is_stated_without_a_card(call, tmp_path):
    rungs = pd.DataFrame({"flops": [2e17, 2e18, 2e19], "loss": [3.618, 3.319, 3.076]})
    rungs.to_csv(tmp_path / "rungs.csv", index=False)
    asked = ["fit", "rungs.csv", "--model", "power_law", "--random-seed", 1, "--draws", 50]
    status, _, err = call(*asked)
    assert status == 2
    assert "what is known" in err
    assert call(*asked, "--prior", "E=1.6")[0] == 0
    assert bs.load(tmp_path / "fit.nc").model.fixed == {"E": 1.6}
    assert call(*asked, "--prior", "E=1.5 to 1.7")[0] == 0
    assert str(bs.load(tmp_path / "fit.nc").model.priors["E"]).startswith("LogNormal(median 1.59")


def test_predict_reads_counts_as_people_write_them(call, fit_file, fitted):
    status, out, _ = call("predict", fit_file, "--params", "7B", "--tokens", "1.4T", "--json")
    (row,) = json.loads(out)["predictions"]
    expected = bs.predict(fitted, params=7e9, tokens=1.4e12)
    assert status == 0
    assert row["median"] == pytest.approx(float(expected.median()))


def test_predict_as_text(call, fit_file):
    _, out, _ = call("predict", fit_file, "--params", "7e9", "--params", "70B", "--tokens", "1e12")
    assert "70B" in out
    assert "89% intervals" in out
    assert {"mean surface", "one new run"} <= set(re.split(r"\s{2,}", out.splitlines()[0]))


def test_predict_names_the_interval_of_the_surface_and_of_one_run(call, fit_file, fitted):
    asked = ("predict", fit_file, "--params", "7B", "--tokens", "1.4T", "--json")
    found = json.loads(call(*asked)[1])
    run = bs.predict(fitted, params=7e9, tokens=1.4e12, new_run=True)
    surface, single = found["mean_surface"][0], found["one_new_run"][0]
    assert found["predictions"][0] == surface
    assert single["upper"] == pytest.approx(float(run.quantile(0.945)), rel=1e-6)
    assert single["upper"] - single["lower"] > surface["upper"] - surface["lower"]
    assert json.loads(call(*asked, "--new-run")[1])["predictions"][0] == single


def test_predict_says_what_the_best_runs_alone_foretell_where_that_is_another_loss(call, tmp_path):
    with_floor(synthetic_fit(), 0.25).save(tmp_path / "high.nc")
    target = ("--params", "20B", "--tokens", "1T")
    _, out, _ = call("predict", "high.nc", *target)
    assert "warning: At 1.2e23 FLOPs the surface foretells a loss of" in out
    _, out, _ = call("predict", "high.nc", *target, "--json")
    assert [note["code"] for note in json.loads(out)["notes"]] == ["witnesses"]


def test_allocate_as_json_equals_python(call, fit_file, fitted):
    _, out, _ = call("allocate", fit_file, "--flops", "1e22", "--flops", "1e23", "--json")
    summary = {(row["flops"], row["quantity"]): row for row in json.loads(out)["summary"]}
    plan = bs.allocate(fitted, flops=[1e22, 1e23])
    expected = float(plan.committed["params"][1])
    assert summary[1e23, "params"]["committed"] == pytest.approx(expected)


def test_what_the_fit_does_not_know_can_be_assumed(call, fit_file):
    limits = ["--flops", "1e22", "--unique-tokens", "10B", "--max-epochs", 20]
    _, plain, _ = call("allocate", fit_file, *limits)
    status, out, _ = call("allocate", fit_file, *limits, "--assume", "data_constrained")
    assert status == 0
    assert "under         10B unique tokens; at most 20 epochs" in out
    assert "Not learnt from the runs" in out
    assert "Not learnt from the runs" not in plain


def test_reach_takes_the_limits_of_a_plan(call, fit_file):
    arguments = ["--target-loss", 2.3, "--candidate", "1B", "--max-tokens-per-param", 1000]
    status, out, _ = call("reach", fit_file, *arguments, "--json")
    assert status == 0
    found = json.loads(out)
    params = [row for row in found["plan"]["summary"] if row["quantity"] == "params"]
    assert params[0]["committed"] == pytest.approx(1e9)
    assert found["flops"] > 1e20


def test_an_input_named_twice_is_a_choice(call, fitted, tmp_path):
    bs.assume(fitted, "moe", inputs={"experts": 1}).save(tmp_path / "moe.nc")
    choices = ["--input", "experts=1", "--input", "experts=8"]
    status, out, _ = call("allocate", tmp_path / "moe.nc", "--flops", "1e22", *choices)
    assert status == 0
    assert "the best of 2 with probability" in out


def test_a_data_set_is_described(call):
    status, out, _ = call("datasets", "sweep")
    assert status == 0
    assert "Known flaws" in out
    status, _, errors = call("datasets", "sweeep")
    assert status == 2
    assert "did you mean 'sweep'" in errors


def test_check_tells_by_its_exit_status(call, fit_file, fitted, tmp_path):
    assert call("check", fit_file)[0] == 0
    posterior = fitted.posterior
    tree = fitted.tree.copy()
    tree["posterior"] = tree["posterior"].to_dataset().assign(E=posterior["E"] + posterior["chain"])
    bs.Fit(tree, fitted.model).save(tmp_path / "bad.nc")
    status, out, _ = call("check", tmp_path / "bad.nc")
    assert status == 1
    assert "error: R-hat of E" in out


def test_compare(call, table):
    arguments = ["--model", "chinchilla", "--model", "power_law", "--random-seed", 1, "--json"]
    status, out, _ = call("compare", table, *COLUMNS, *arguments)
    assert status == 0
    assert json.loads(out)["best"] == "chinchilla"


def test_report(call, fit_file, tmp_path):
    status, out, _ = call("report", fit_file, "--flops", "1e23", "--to", "plan.html")
    assert status == 0
    assert "plan.html" in out
    assert (tmp_path / "plan.html").read_text().lower().startswith("<!doctype html>")


@pytest.fixture
def large(tmp_path):
    inputs = pd.DataFrame({"params": [2e9, 4e9, 8e9], "tokens": 4e11})
    table = bs.simulate("chinchilla", inputs, values="besiroglu2024", seed=4).table
    table.rename(columns={"loss": "final"}).to_csv(tmp_path / "large.csv", index=False)
    return tmp_path / "large.csv"


def test_score_says_how_runs_came_out(call, fit_file, large):
    arguments = ["score", fit_file, large, "--column", "loss=final"]
    status, out, _ = call(*arguments)
    assert status == 0
    assert "of 3 runs that chinchilla was not fitted to came out inside" in out
    _, out, _ = call(*arguments, "--json", "--ci-prob", "0.5")
    answer = json.loads(out)
    assert answer["ci_prob"] == 0.5
    assert answer["coverage"] == sum(run["inside"] for run in answer["runs"]) / 3


def test_score_of_fitted_runs_is_one_sentence(call, fit_file, table):
    status, _, err = call("score", fit_file, table, *COLUMNS)
    assert status == 2
    assert "40 of the 40 runs are among those that chinchilla was fitted to" in err


def test_a_report_shows_runs_that_were_held_out(call, fit_file, large, tmp_path):
    with only("held_out"):
        status, _, _ = call("report", fit_file, "--held-out", large, "--column", "loss=final")
    assert status == 0
    assert "Held-out runs" in (tmp_path / "report.html").read_text()


def test_models_lists_every_card(call):
    _, out, _ = call("models")
    assert all(name in out for name in bs.models())


def test_models_shows_one(call):
    _, out, _ = call("models", "chinchilla")
    assert "prior     E ~ TruncatedNormal(mu 0.5 x low loss" in out
    _, out, _ = call("models", "chinchilla", "--json")
    assert json.loads(out)["card"]["priors"]["alpha_N"]["args"] == {"median": 0.3, "sigma": 0.25}


def test_datasets_lists_every_card(call):
    _, out, _ = call("datasets")
    assert all(name in out for name in bs.datasets.datasets())


def test_a_data_set_by_name(call):
    status, out, _ = call("fit", "simulated", "--random-seed", 1, "--draws", 50, "--out", "fit.nc")
    assert status == 0
    assert "simulated" in out


def test_refused_rows_are_named(call, table):
    broken = pd.read_csv(table)
    broken.loc[3, "val/loss"] = -1
    broken.to_csv(table, index=False)
    status, _, err = call("fit", table, *COLUMNS)
    assert status == 2
    assert "row 5: loss = -1.0: must be positive" in err
    status, _, err = call(
        "fit", table, *COLUMNS, "--bad-rows", "refuse", "--draws", 50, "--random-seed", 1
    )
    assert status == 0
    assert "left out row 5: loss = -1.0: must be positive" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fit", "absent.csv"], "absent.csv: No such file"),
        (["fit", "runs.docx"], "cannot read files ending in '.docx'"),
        (["fit", "{table}", "--column", "loss=los"], "unknown column 'los'"),
        (["fit", "{table}", "--column", "loss=val"], "unknown column 'val'"),
        (["fit", "{table}", "--column", "n_params"], "write NAME=COLUMN"),
        (["fit", "{table}", *COLUMNS, "--model", "chinchila"], "did you mean 'chinchilla'"),
        (["fit", "{table}", *COLUMNS, "--noise-with", "flop"], "did you mean 'flops'"),
        (["fit", "{table}", *COLUMNS, "--model", "absent.toml"], "absent.toml: No such file"),
        (["fit", "{table}", *COLUMNS, "--prior", "F=1"], "unknown prior of chinchilla 'F'"),
        (["fit", "{table}", *COLUMNS, "--prior", "E=two"], "prior of E: 'two' is no prior"),
        (["fit", "{table}", *COLUMNS, "--prior", "E"], "write NAME=PRIOR"),
        (["fit", "{table}", *COLUMNS, "--out", "nowhere/fit.nc"], "nowhere; make the folder"),
        (["fit", "{table}", *COLUMNS, "--out", "."], "is a folder, must be a file"),
        (["fit", "{table}", *COLUMNS, "--out", "{table}"], "is what this command reads"),
        (["fit", "{table}", *COLUMNS, "--random-seed", "-1"], "--random-seed = -1 must be a whole"),
        (["fit", "{table}", *COLUMNS, "--draws", "2000000"], "draws = 2000000 must be a whole"),
        (["check", "absent.nc"], "absent.nc: no such file"),
        (["check", "{table}"], "not a readable fit"),
        (["predict", "{fit}", "--params", "1e9"], "needs tokens"),
        (["predict", "{fit}", "--params", "-1", "--tokens", "1e9"], "must be positive"),
        (["predict", "{fit}", "--params", "seven", "--tokens", "1e9"], "is not a count"),
        (["allocate", "{fit}", "--flops", "0"], "flops = 0 must lie between"),
        (["allocate", "{fit}", "--flops", "1e60"], "flops = 1e+60 must lie between"),
        (["allocate", "{fit}", "--flops", "1e24", "--candidate", "7"], "is it in billions"),
        (["allocate", "{fit}", "--flops", "1e24", "--max-epochs", "4"], "limits nothing without"),
        (["allocate", "{fit}", "--flops", "1e24", "--ci-prob", "2"], "between 0 and 1"),
        (["report", "{fit}", "--to", "nowhere/report.html"], "nowhere"),
        (["report", "{fit}", "--to", "{fit}"], "is what this command reads"),
        (["models", "kaplam"], "unknown model 'kaplam'"),
        (["demo", "--to", "{table}"], "give a folder"),
    ],
)
def test_bad_input_is_one_message_and_status_2(call, table, fit_file, arguments, message):
    filled = [argument.format(table=table, fit=fit_file) for argument in arguments]
    before = {path: path.read_bytes() for path in table.parent.iterdir()}
    status, _, err = call(*filled)
    assert status == 2
    assert message in " ".join(err.replace("│", " ").split())
    assert "Traceback" not in err
    assert {path: path.read_bytes() for path in table.parent.iterdir()} == before


@pytest.fixture
def sampled(fitted, monkeypatch):
    """A fit that the command line takes for the one it has sampled."""
    monkeypatch.setattr("bayescale.inference.fitting.fit", lambda *_, **__: fitted)
    return fitted


def test_few_draws_are_saved_and_said_to_be_few(call, table, tmp_path):
    few = ["--draws", "10", "--chains", "1", "--random-seed", "1"]
    status, out, err = call("fit", table, *COLUMNS, *few)
    assert status == 0, err
    assert "The fit has 10 draws, an answer needs at least 100" in out
    assert bs.load(tmp_path / "fit.nc").samples == 10
    status, _, err = call("predict", "fit.nc", "--params", "1e9", "--tokens", "1e10")
    assert status == 2
    assert "this fit has 10 draws, an answer needs at least 100" in err


def test_a_fit_is_kept_whatever_fails_after_it_is_saved(
    call, table, sampled, monkeypatch, tmp_path
):
    def fail(_):
        raise IndexError("out of range\nat some place")

    monkeypatch.setattr("bayescale.evaluation.checking.check", fail)
    status, out, err = call("fit", table, *COLUMNS, "--json")
    assert status == 1
    assert "the fit is saved, but checking the fit failed: out of range\n" in err
    found = json.loads(out)
    assert found["checks"] is None
    assert "E" in found["parameters"]
    assert bs.load(tmp_path / "fit.nc").posterior.equals(sampled.posterior)


def test_a_fit_that_cannot_be_saved_where_it_should_is_saved_elsewhere(
    call, table, sampled, monkeypatch, tmp_path
):
    spare = tmp_path / "spare"
    spare.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spare))
    access = os.access
    looked = []

    def once(path, mode):
        # The folder becomes read-only while sampling.
        looked.extend([path] if path == tmp_path else [])
        return access(path, mode) if len(looked) < 2 or path != tmp_path else False

    monkeypatch.setattr(os, "access", once)
    status, out, err = call("fit", table, *COLUMNS)
    (kept,) = spare.rglob("*.nc")
    assert status == 1
    assert "cannot be written; choose another, or make it writable; until then" in err
    assert f"the fit is in {kept}" in err
    assert f"The fit is in {kept}." in out
    assert bs.load(kept).posterior.equals(sampled.posterior)
