"""A plan holds what was asked, and says it in Python and on the command line."""

import json
import shlex
from functools import cache
from html import unescape
from inspect import signature

import numpy as np
import pytest
from typer.testing import CliRunner

import bayescale as bs
from bayescale.cli.app import build_app
from bayescale.evaluation.checking import Checks
from bayescale.planning.allocating import allocate
from bayescale.planning.limits import LIMITS
from bayescale.planning.reproducing import left_out, python_arguments, shell_options
from bayescale.planning.wording import describe_limits
from tests.fits import constant_fit, synthetic_fit

H100 = bs.Hardware(989e12, utilization=0.41, price_per_hour=2.5, name="H100")
GPT = bs.Transformer(vocabulary=50_257, context=2048, tied=True)
POOLS = [bs.Pool(4e12, 0.5, "crawl"), bs.Pool(1.234567890123456e11, 1.0)]
BITS = ("weight_bits", "activation_bits", "cache_bits")

QUESTIONS = {
    "memory": ("chinchilla", {"flops": 1e24, "max_memory": 80e9, "bytes_per_param": 4}),
    "hours": ("chinchilla", {"gpu_hours": [1000, 1e6], "hardware": H100, "max_params": 7e9}),
    "dollars": (
        "chinchilla",
        {
            "dollars": 123456.789,
            "hardware": H100,
            "serving": bs.Hardware(989e12, utilization=0.1, price_per_hour=1.5),
            "inference_tokens": 1e12,
        },
    ),
    "shape": ("chinchilla", {"flops": 1e22, "rule": GPT, "risk": ("quantile", 0.9)}),
    "bits": ("chinchilla", {"flops": 1e22, "rule": bs.PerBit(GPT, bits=8), "risk": "cvar"}),
    "data": (
        "chinchilla",
        {"flops": np.array([1e22, 1e24]), "unique_tokens": np.float64(1e11), "max_epochs": 4},
    ),
    "sizes": ("chinchilla", {"flops": 1e22, "candidates": np.array([1e9, 7e9]), "tolerance": 0.01}),
    "ratio": ("chinchilla", {"flops": np.array(1e22), "max_tokens_per_param": 12.5}),
    "pools": ("data_quality", {"flops": 1e24, "pools": POOLS, "max_epochs": 2}),
    "quality": ("data_quality", {"flops": 1e24, "inputs": {"quality": 0.7}}),
    "choice": ("data_quality", {"flops": [1e22, 1e24], "inputs": {"quality": [0.5, 0.7]}}),
    "apart": (
        "precision",
        {"flops": 1e22, "inputs": {"weight_bits": 4, "activation_bits": 8, "cache_bits": 16}},
    ),
    "together": (
        "precision",
        {"flops": 1e22, "inputs": [dict.fromkeys(BITS, bits) for bits in (7, 16)]},
    ),
}

# What no line says, and why.
NOT_SAID = {"fit": "it is what the lines act on", "weights": "a report is of one fit"}


@cache
def fit_of(model):
    if model == "data_quality":
        values = {"E": 1.8, "A": 480, "B": 2000, "alpha_N": 0.35, "alpha_D": 0.366, "gamma_Q": 0.4}
        return constant_fit(model, values)
    return constant_fit(model, "kumar2024") if model == "precision" else synthetic_fit(model)


@pytest.fixture(params=QUESTIONS)
def asked(request):
    """A fit, a question and its plan."""
    model, question = QUESTIONS[request.param]
    fit = fit_of(model)
    return fit, question, allocate(fit, **question)


def assert_same(plan, again):
    assert plan.limits == again.limits
    for name in plan.committed:
        np.testing.assert_array_equal(plan.committed[name], again.committed[name])


def test_a_plan_holds_what_was_asked(asked):
    fit, _, plan = asked
    assert_same(plan, allocate(fit, **plan.limits))


def test_the_printed_python_makes_the_same_plan(asked):
    fit, question, plan = asked
    given = python_arguments(plan.limits)
    assert set(given) == set(question)
    line = f"bs.allocate(fit, {', '.join(f'{name}={text}' for name, text in given.items())})"
    assert_same(plan, eval(line, {"bs": bs, "fit": fit}))


def test_the_printed_options_make_the_same_plan(asked, tmp_path):
    fit, _, plan = asked
    fit.save(tmp_path / "fit.nc")
    options = shlex.split(shlex.join(shell_options(plan.limits)))
    done = CliRunner().invoke(
        build_app(), ["allocate", str(tmp_path / "fit.nc"), *options, "--json"]
    )
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    summary = plan.summary().reset_index()
    for row, (_, expected) in zip(found["summary"], summary.iterrows(), strict=True):
        assert row["quantity"] == expected["quantity"]
        if row["committed"] is not None:
            assert row["committed"] == pytest.approx(expected["committed"], rel=1e-12)


def test_every_argument_of_a_plan_is_declared_held_and_said():
    names = list(signature(allocate).parameters)
    plan = allocate(synthetic_fit(), flops=1e22)
    assert ["fit", *plan.limits] == ["fit", *(limit.name for limit in LIMITS)]
    assert set(names) == {"fit", *plan.limits}
    said = set.union(*(set(question) for _, question in QUESTIONS.values()))
    assert set(names) - said == set(NOT_SAID)


def test_a_report_plans_any_budget_and_says_how_to_plan_it_again(tmp_path):
    path = bs.report(
        synthetic_fit(),
        to=tmp_path / "report.html",
        checks=Checks(()),
        gpu_hours=1e6,
        hardware=H100,
        max_memory=80e9,
        bytes_per_param=4,
    )
    text = unescape(path.read_text())
    assert "train <b>20B</b> parameters" in text
    assert "    max_memory=80000000000,\n    bytes_per_param=4,\n" in text
    assert "--gpu-hours 1000000 --hardware flops_per_second=9.89e14," in text
    assert "--max-memory 80000000000 --bytes-per-param 4 --to report.html" in text
    assert "leave out" not in text


class OwnRule(bs.SixND):
    """A rule that only its maker can write."""


def own_risk(losses):
    return losses.max(axis=-1)


def test_what_only_its_maker_can_write_is_named():
    fits = {"one": synthetic_fit(), "other": synthetic_fit()}
    plan = allocate(fits, flops=1e22, rule=OwnRule(), risk=own_risk, hardware=H100)
    assert left_out(plan.limits) == ["rule", "risk", "weights"]
    assert set(python_arguments(plan.limits)) == {"flops", "hardware"}
    assert "the least own_risk loss" in describe_limits(plan)
    odd = bs.Hardware(989e12, name="H100, the large one")
    plan = allocate(synthetic_fit(), gpu_hours=1e6, hardware=odd)
    assert left_out(plan.limits) == ["hardware"]
    twice = bs.PerBit(bs.PerBit(bits=8))
    assert left_out(allocate(synthetic_fit(), flops=1e22, rule=twice).limits) == ["rule"]


def test_a_limit_is_said_in_words():
    plan = allocate(fit_of("chinchilla"), **QUESTIONS["memory"][1])
    assert describe_limits(plan) == ["weights in at most 80 GB", "4 bytes for each weight"]
    plan = allocate(fit_of("chinchilla"), **QUESTIONS["hours"][1])
    assert describe_limits(plan) == [
        "1K or 1M GPU hours",
        "training on H100 at 41%, 2.5 dollars an hour",
        "at most 7B parameters",
    ]
    plan = allocate(fit_of("data_quality"), **QUESTIONS["pools"][1])
    assert "tokens from 4T of quality 0.5 (crawl) and 123B of quality 1" in describe_limits(plan)
    assert plan.unique_tokens == POOLS[0].tokens + POOLS[1].tokens
    plan = allocate(fit_of("chinchilla"), **QUESTIONS["bits"][1])
    assert "the least cvar loss" in describe_limits(plan)
