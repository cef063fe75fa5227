"""Whatever a public function is given, what comes out is an answer or an error of bayescale."""

import inspect
import typing
import warnings
from types import FunctionType

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import xarray as xr

import bayescale as bs
from bayescale.inference import fitting
from bayescale.reporting import writing
from tests.fits import synthetic_fit
from tests.forecasting.ladders import in_progress, ladder
from tests.forecasting.ladders import load as load_curves

FUNCTIONS = sorted(
    name for name in bs.__all__ if isinstance(getattr(bs, name), FunctionType)
)  # classes check what they hold themselves


SWEEP = pd.DataFrame(
    {
        "params": np.repeat([1e8, 1e9], 3),
        "lr": [1e-3, 2e-3, 4e-3] * 2,
        "loss": [3.1, 3.0, 3.2, 2.8, 2.9, 3.0],
    }
)

COUNTS = pd.DataFrame({"params": [2e10], "tokens": [4e12]})
FORETOLD = bs.Forecast(
    COUNTS, pd.DataFrame([[1.9, 2.0, 2.1]], columns=[0.05, 0.5, 0.95]), origin="us"
)
FORETOLD_RUNS = bs.load_runs(COUNTS.assign(loss=2.05))
CURVES = load_curves(in_progress(ladder(checkpoints=20), "800M", 0.4))


def never(*_, **__):
    raise bs.FitError("sampling takes too long here")


@pytest.fixture
def usual(tmp_path, monkeypatch):
    """Arguments with which each function would answer."""
    monkeypatch.chdir(tmp_path)  # a word may be the name of a file to write
    monkeypatch.setattr(fitting, "sample", never)
    monkeypatch.setattr(writing, "_render", lambda *_: "a page")
    fit = synthetic_fit(draws=30)
    fit.save(tmp_path / "fit.nc")
    table = fit.runs.table[["params", "tokens", "loss"]]
    limits = {"unique_tokens": 1e12}
    return {
        "allocate": {"fit": fit, "flops": 1e22, **limits},
        "annealing_areas": {"learning_rates": [1.0, 0.5]},
        "assume": {"fit": fit, "model": "data_constrained"},
        "backtest": {"runs": fit.runs, "cuts": 0.1},
        "build_model": {"model": "chinchilla", "runs": fit.runs},
        "check": {"fit": fit},
        "compare": {"fits": {"one": fit}},
        "design": {"model": "chinchilla"},
        "expect_end": {"curves": CURVES, "name": "800M"},
        "fit": {"runs": fit.runs},
        "fit_forms": {"runs": fit.runs},
        "fit_many": {"tables": {"one": fit.runs}},
        "forecast": {"fit": synthetic_fit(), "params": 2e10, "tokens": 4e12},
        "fragility": {"fit": fit},
        "load": {"path": tmp_path / "fit.nc"},
        "load_runs": {"source": table},
        "look": {"source": table},
        "models": {},
        "next_runs": {"fit": fit, "budget": 1e20, "target": 1e22},
        "plot_backtest": {"backtest": None},
        "plot_data": {"fit": fit},
        "plot_discrepancy": {"fit": fit},
        "plot_fragility": {"fragility": None},
        "plot_isoflops": {"fit": fit},
        "plot_next": {"next_runs": None},
        "plot_optimum": {"fit": fit},
        "plot_published": {"fit": fit},
        "plot_sources": {"fit": fit},
        "plot_surface": {"fit": fit},
        "plot_fit": {"fit": fit},
        "plot_outlook": {"outlook": None},
        "plot_parameters": {"fit": fit},
        "plot_plan": {"plan": None},
        "plot_prediction": {"fit": fit},
        "plot_record": {"record": None},
        "plot_runs": {"runs": fit.runs},
        "plot_score": {"score": None},
        "plot_targets": {"prediction": bs.predict(fit, params=1e9, tokens=1e10)},
        "predict": {"fit": fit, "params": 1e9, "tokens": 1e10},
        "reach": {"fit": fit, "target_loss": 2.2, **limits},
        "report": {"fit": fit, "to": tmp_path / "report.html", "flops": 1e22},
        "returns": {"fit": fit, "least_gain": 0.01, "start": 1e21, "doublings": 2},
        "savings": {"fit": fit, "over": "arm", "baseline": "base"},
        "score": {"fit": fit, "runs": fit.runs},
        "settle": {"forecast": FORETOLD, "runs": FORETOLD_RUNS},
        "simulate": {"model": "chinchilla"},
        "tune": {"source": SWEEP},
        "versus": {"fit": fit, "new_runs": fit.runs.subset(np.arange(len(fit.runs)) < 3)},
        "worth_of_data": {
            "fit": fit,
            "flops": 1e22,
            "unique_tokens": 1e10,
            "more_tokens": 1e10,
        },
    }


WRONG = {
    "a word": "nonsense",
    "bytes": b"1e24",
    "a complex number": 1 + 2j,
    "not a number": float("nan"),
    "infinity": float("inf"),
    "a negative number": -1,
    "zero": 0,
    "a number beyond floats": 10**400,
    "truth": True,
    "nothing": None,
    "any object": object(),
    "a class": dict,
    "a module": np,
    "a list of nothing": [None],
    "an empty list": [],
    "words in a mapping": {"nonsense": "nonsense"},
    "an empty mapping": {},
    "an array of words": np.array(["nonsense"]),
    "an array of dates": np.array(["2026-01-01"], dtype="datetime64[D]"),
    "a whole table": pd.DataFrame({"a": ["x"]}),
    "a labelled array": xr.DataArray([[1.0, np.nan]]),
    "runs": "the runs",
}


def arguments_of(function):
    """The names of the arguments of a function; one that takes all limits stands for its kin."""
    for part in inspect.signature(function).parameters.values():
        if part.kind is not inspect.Parameter.VAR_KEYWORD:
            yield part.name
        elif function is bs.reach and (limits := typing.get_args(part.annotation)):
            yield from limits[0].__annotations__


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_wrong_argument_never_ends_in_an_error_of_another_library(name, usual):
    function, given = getattr(bs, name), usual[name]
    foreign = []
    for argument in arguments_of(function):
        for what, value in WRONG.items():
            wrong = synthetic_fit().runs if what == "runs" else value
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", bs.BayescaleWarning)
                try:
                    function(**{**given, argument: wrong})
                except bs.BayescaleError:
                    pass
                except Exception as error:
                    foreign.append(f"{argument} = {what}: {type(error).__name__}: {error}")
                finally:
                    plt.close("all")
    assert not foreign, "\n".join(foreign)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_unknown_argument_is_named(name, usual):
    with pytest.raises(bs.BayescaleError, match=f"unknown argument of {name} 'flopz'"):
        getattr(bs, name)(**usual[name], flopz=1e24)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_call_without_arguments_names_what_is_missing(name):
    function = getattr(bs, name)
    parts = inspect.signature(function).parameters.values()
    if any(part.default is part.empty and part.kind is not part.VAR_KEYWORD for part in parts):
        with pytest.raises(bs.BayescaleError, match=f"{name}: missing a required"):
            function()
