import shutil
import sys
import warnings

import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from bayescale import cli
from tests.fits import synthetic_fit
from tests.forecasting.ladders import in_progress, ladder


@pytest.fixture
def call(monkeypatch, capsys, tmp_path):
    """Run a command line in an empty folder; return exit status, output and errors."""
    monkeypatch.chdir(tmp_path)
    return _caller(monkeypatch, capsys)


def _caller(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["bayescale", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        captured = capsys.readouterr()
        return stop.value.code or 0, captured.out, captured.err

    return run


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """A folder with what the examples of the help name: tables, and fits made in few draws."""
    folder = tmp_path_factory.mktemp("examples")
    fit = synthetic_fit()
    runs = fit.runs.table.drop(columns="flops")
    names = {"params": "n_params", "tokens": "n_tokens", "loss": "val_loss"}
    runs.rename(columns=names).to_csv(folder / "runs.csv", index=False)
    beyond = pd.DataFrame({"params": [2e10, 4e10, 8e10], "tokens": 4e12})
    for name, seed in (("held_out", 4), ("new_runs", 5)):
        drawn = bs.simulate("chinchilla", beyond, values="besiroglu2024", seed=seed)
        drawn.table.to_csv(folder / f"{name}.csv", index=False)
    beyond.assign(flops=6 * beyond["params"] * beyond["tokens"]).to_csv(folder / "inputs.csv")
    in_progress(ladder(checkpoints=20), "1600M", 0.4).replace("1600M", "large").to_csv(
        folder / "checkpoints.csv", index=False
    )
    offered = pd.DataFrame({"params": [1e8, 1e9, 3e9], "tokens": [2e11, 1e11, 2e10]})
    offered.to_csv(folder / "candidates.csv", index=False)
    _sweep().to_csv(folder / "sweep.csv", index=False)
    fit.save(folder / "fit.nc")
    _put_on_record(folder, beyond)
    synthetic_fit(bends=True).save(folder / "other.nc")
    _pooled(fit.runs).save(folder / "pooled.nc")
    return folder


def _put_on_record(folder, beyond):
    """Two forecasts of the held-out runs."""
    (folder / "forecasts").mkdir()
    asked = {name: beyond[name].to_numpy() for name in ("params", "tokens")}
    for name, fit in {"law": synthetic_fit(), "bent": synthetic_fit(bends=True)}.items():
        bs.forecast(fit, **asked).save(folder / "forecasts" / f"{name}.json")
    shutil.copy(folder / "forecasts" / "law.json", folder / "larger.json")


def _sweep():
    """Learning rates at three sizes."""
    params, rate = np.repeat([1e7, 1e8, 1e9], 5), np.tile(np.geomspace(1e-4, 6.4e-3, 5), 3)
    off = np.log2(rate / 1e-3)
    loss = 40 * params**-0.15 * np.exp(0.01 * off**2)
    return pd.DataFrame({"params": params, "tokens": 20 * params, "lr": rate, "loss": loss})


def _pooled(runs):
    table = runs.table.assign(arm=["base", "new"] * (len(runs) // 2))
    grouped = bs.load_runs(table, groups=["arm"], simulated=True)
    few = {"draws": 60, "tune": 200, "chains": 2, "random_seed": 1, "progressbar": False}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return bs.fit(grouped, pool={"B": "arm"}, **few)


@pytest.fixture
def ask(prepared, monkeypatch, capsys, tmp_path):
    """Run a command line in a copy of the prepared folder."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return _caller(monkeypatch, capsys)
