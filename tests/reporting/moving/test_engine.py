"""What the page works out, against what Python does from the same draws."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import bayescale as bs
from bayescale.errors import PlanError
from bayescale.model.catalogue import models
from bayescale.model.discrepancy import BEND, SHAPE
from bayescale.reporting import moving
from bayescale.reporting.digits import Interval
from bayescale.reporting.moving.formula import javascript
from bayescale.reporting.moving.payload import payload
from tests.browser import run_javascript
from tests.fits import fit_of_card, recorded_fit, synthetic_fit

ENGINE = (Path(moving.__path__[0]) / "engine.js").read_text(encoding="utf-8")
ETI = Interval(0.89, "eti")
COUNTS = {"params", "tokens", "flops", "unique_tokens"}
POINTS = [(3e8, 2e10), (7e9, 1.4e11), (7e10, 1.4e12)]


def splits(name):
    """Whether a card gives the loss from what a budget is split into."""
    columns = set(models()[name].columns.values())
    of_loss = models()[name].law.target == "loss"
    return of_loss and "params" in columns and bool({"tokens", "flops"} & columns)


SPLITTING = [name for name in models() if splits(name)]


def ask(fit, plan, folder, script, **changed):
    """Return what a script finds with the engine of a plan at hand."""
    data = payload(fit, plan, ETI)
    lines = [
        ENGINE,
        f"const data = {json.dumps(data)};",
        f"const engine = makeEngine(data, {javascript(fit.model.law)});",
        f"const ask = {{...data.start, ...{json.dumps(changed)}}};",
        script,
    ]
    return run_javascript("\n".join(lines), folder)


def exact(fit, columns):
    """Return the losses of all draws, the bending of the law without its spline."""
    found = fit.model.predict_at(columns, fit.reference, fit.parameters)
    found = np.asarray(found).ravel()
    if fit.basis is None:
        return found
    scale = fit.posterior[BEND].to_numpy().ravel() / fit.model.discrepancy.unit
    shape = fit.posterior[SHAPE].to_numpy().reshape(fit.samples, -1)
    features = fit.basis.features(pd.DataFrame({name: [v] for name, v in columns.items()}))
    return found * np.exp((scale[:, None] * shape) @ features[0])


def straightened(fit):
    """Return a fit as if its law did not bend."""
    return replace(fit, model=fit.model.with_discrepancy(False))


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Return the fit and the plan of a card, and what the page makes of them; each once."""
    made = {}

    def make(name):
        if name not in made:
            runs = bs.simulate(name, 40, seed=1)
            fit = fit_of_card(name, runs, draws=100)  # a page carries them all
            further = set(fit.model.columns.values()) - COUNTS
            inputs = {column: float(runs.table[column].median()) for column in further}
            asked = {"flops": 1e21, "unique_tokens": 2e10, "inputs": inputs or None}
            try:
                plan = bs.allocate(fit, **asked)
            except PlanError:  # a law without an optimum can still choose among sizes
                plan = bs.allocate(fit, **asked, candidates=[1e9, 3e9, 1e10])
            script = (
                f"const at = {json.dumps(POINTS)}.map(([n, d]) => [...engine.losses(n, d, 2e10)]);"
                "const plan = engine.plan(ask); result = { at, plan };"
            )
            made[name] = fit, plan, inputs, ask(fit, plan, tmp_path_factory.mktemp("ask"), script)
        return made[name]

    return make


@pytest.mark.parametrize("name", SPLITTING)
def test_page_and_python_agree_to_six_digits_on_the_loss(planned, name):
    fit, _, inputs, found = planned(name)
    for (params, tokens), losses in zip(POINTS, found["at"], strict=True):
        flops = float(fit.rule.train(params)) * tokens
        unique = min(tokens, 2e10)
        columns = {"params": params, "tokens": tokens, "flops": flops, "unique_tokens": unique}
        np.testing.assert_allclose(losses, exact(fit, columns | inputs), rtol=1e-6)


@pytest.mark.parametrize("name", ["chinchilla", "outer_power", "isoflop"])
def test_page_and_python_agree_to_six_digits_on_how_a_law_bends(tmp_path, name):
    fit = fit_of_card(name, bs.simulate(name, 40, seed=1), draws=40, bends=True)
    plan = bs.allocate(fit, flops=1e21)
    script = f"result = {json.dumps(POINTS)}.map(([n, d]) => [...engine.losses(n, d, null)]);"
    for (params, tokens), losses in zip(POINTS, ask(fit, plan, tmp_path, script), strict=True):
        columns = {"params": params, "tokens": tokens}
        columns["flops"] = float(fit.rule.train(params)) * tokens
        known = exact(fit, {name: columns[name] for name in fit.model.columns.values()})
        np.testing.assert_allclose(losses, known, rtol=1e-6)
        assert np.ptp(known / exact(straightened(fit), columns)) > 1e-3


@pytest.mark.parametrize("name", SPLITTING)
def test_page_and_python_make_the_same_plan_from_the_same_draws(planned, name):
    _, plan, _, found = planned(name)
    committed = {str(n): float(v[0]) for n, v in plan.committed.data_vars.items()}
    page = found["plan"]
    assert page["loss"][0] == pytest.approx(float(plan.outcome["loss"].mean()), rel=2e-4)
    assert page["params"] == pytest.approx(committed["params"], rel=0.03)
    assert page["tokens"] == pytest.approx(committed["tokens"], rel=0.03)
    assert page["share"] == pytest.approx(committed["spent_share"], rel=0.03)
    near = [float(plan.near_optimal[f"params_{end}"][0]) for end in ("low", "high")]
    assert page["near"] == pytest.approx(near, rel=0.05)


@pytest.mark.parametrize(
    "limits",
    [
        {},
        {"inference_tokens": 1e13},
        {"unique_tokens": 1e11, "max_epochs": 4},
        {"max_params": 2e10},
        {"max_memory": 4e10, "bytes_per_param": 4},
        {"max_tokens_per_param": 20, "inference_tokens": 1e13},
        {"candidates": [7e9, 2e10, 7e10, 2e11]},
        {"risk": ("cvar", 0.9)},
        {"risk": ("quantile", 0.9), "unique_tokens": 1e12},
    ],
    ids=str,
)
@pytest.mark.parametrize("bends", [False, True])
def test_every_limit_binds_on_the_page_as_in_python(tmp_path, bends, limits):
    fit = synthetic_fit(draws=40, bends=bends)  # few enough for a page to carry all of them
    plan = bs.allocate(fit, flops=1e24, **limits)
    found = ask(fit, plan, tmp_path, "result = { plan: engine.plan(ask), of: data.draws };")
    assert found["of"] == fit.samples
    page, committed = found["plan"], plan.committed
    assert page["loss"][0] == pytest.approx(float(plan.outcome["loss"].mean()), rel=1e-5)
    for name in ("params", "tokens"):
        assert page[name] == pytest.approx(float(committed[name][0]), rel=0.02)
    summary = plan.summary(0.89, "eti").xs("expected_loss", level="quantity")
    assert page["loss"][1:] == pytest.approx(summary[["lower", "upper"]].iloc[0].tolist(), rel=1e-4)


def test_compute_is_counted_on_the_page_as_the_runs_count_it(tmp_path):
    fit = recorded_fit()
    plan = bs.allocate(fit, flops=1e22)
    script = "result = [3e8, 7e9].map((params) => engine.perToken('train', params));"
    known = fit.rule.train(np.array([3e8, 7e9])).tolist()
    assert ask(fit, plan, tmp_path, script) == pytest.approx(known, rel=1e-6)


def test_a_budget_that_serving_eats_up_has_no_plan(tmp_path):
    plan = bs.allocate(synthetic_fit(), flops=1e22)
    script = "result = engine.plan({ ...ask, flops: 1e10, serving: 1e18 });"
    assert ask(synthetic_fit(), plan, tmp_path, script) is None


def test_the_curve_falls_and_passes_through_the_plan(tmp_path):
    plan = bs.allocate(synthetic_fit(), flops=1e22)
    script = "result = engine.curve(ask, [1e20, 1e21, 1e22, 1e23]);"
    losses = [row[1] for row in ask(synthetic_fit(), plan, tmp_path, script)]
    assert losses == sorted(losses, reverse=True)
    assert losses[2] == pytest.approx(float(plan.outcome["loss"].mean()), rel=1e-3)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"model": "another"}, "made from several fits"),
        ({"limits": {"pools": [bs.Pool(1e12, 0.5)]}}, "pools of different quality"),
        ({"limits": {"risk": max}}, "a risk that was written in Python"),
    ],
)
def test_what_the_page_cannot_carry_is_said(change, why):
    plan = bs.allocate(synthetic_fit(), flops=1e22)
    if "limits" in change:
        change = {"limits": plan.limits | change["limits"]}
    with pytest.raises(PlanError, match=why):
        payload(synthetic_fit(), replace(plan, **change), ETI)


def test_a_page_carries_as_many_draws_as_there_is_room_for():
    fits = {bends: synthetic_fit(bends=bends) for bends in (False, True)}
    found = {name: payload(fit, bs.allocate(fit, flops=1e22), ETI) for name, fit in fits.items()}
    assert found[False]["draws"] == 400
    assert 100 < found[True]["draws"] < 400
    assert all(len(json.dumps(data)) < 260e3 for data in found.values())
