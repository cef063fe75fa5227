"""The density that is sampled."""

import numpy as np
import pymc as pm
import pytest
from pytensor.compile.mode import Mode

from bayescale.inference.coordinates import build_sampling_model
from bayescale.inference.density import log_densities
from bayescale.inference.graph import UNCOMPILED, build_model
from bayescale.inference.simulating import simulate
from bayescale.model.card import Model
from bayescale.model.catalogue import models
from bayescale.model.problem import Problem
from tests.fits import straight


def points_near_start(pm_model, count, seed):
    rng = np.random.default_rng(seed)
    start = pm_model.initial_point()
    return [{k: v + rng.normal(0, 0.3) for k, v in start.items()} for _ in range(count)]


@pytest.mark.parametrize(
    "card",
    [
        *(straight(name) for name in models()),
        straight("chinchilla").with_noise("flops"),
        Model(
            name="floor of any sign",
            law="power_law",
            inputs={"x": "flops"},
            priors={
                "E": {"dist": "Normal", "mu": 1.5, "sigma": 1.0},
                "A": {"dist": "LogNormal", "median": 0.4, "sigma": 0.8},
                "alpha_x": {"dist": "LogNormal", "median": 0.15, "sigma": 0.6},
            },
        ),
    ],
    ids=lambda card: card.name + ", falling noise" * bool(card.likelihood.varies_with),
)
def test_the_sampled_density_is_the_stated_one_up_to_the_jacobian(card):
    runs = simulate(card, 16)
    sampled = build_sampling_model(Problem.of(card, runs))
    stated = build_model(card, runs)
    names = [variable.name for variable in stated.free_RVs]
    values = sampled.value_vars
    natural = sampled.replace_rvs_by_values([sampled[name] for name in names])
    logp = sampled.logp()
    transforms = logp - sampled.logp(jacobian=False)
    # Python refuses operations of more than 32 operands, which long sums are rewritten to.
    plain = Mode(linker="py", optimizer=None if len(names) > 10 else "fast_compile")
    evaluate_sampled = pm.compile(values, [logp, transforms, *natural], mode=plain)
    points = points_near_start(sampled, count=4, seed=5)
    rows = zip(
        *(evaluate_sampled(*(point[v.name] for v in values)) for point in points), strict=True
    )
    log_density, jacobian, *parameters = (np.array(row) for row in rows)
    draws = dict(zip(names, parameters, strict=True))
    if "log_total" in sampled.named_vars:
        free = (name for name in card.law.terms if name not in card.fixed)
        jacobian = jacobian + sum(np.log(draws[name]) for name in free)
    found = log_densities(stated, draws)
    expected = sum(found["log_prior"].values())
    expected = expected + found["log_likelihood"][card.observed].sum(axis=1)
    np.testing.assert_allclose(log_density - jacobian, expected, rtol=1e-8)


def test_total_and_shares_cover_positive_terms_one_to_one(chinchilla, runs):
    sampled = build_sampling_model(Problem.of(chinchilla, runs))
    values = [
        sampled.rvs_to_values[sampled[name]] for name in ("log_total", "log_ratio_A", "log_ratio_B")
    ]
    terms = sampled.replace_rvs_by_values([sampled[name] for name in ("E", "A", "B")])
    terms_at = pm.compile(values, terms, mode=UNCOMPILED)
    E, A, B = terms_at(np.log(3.0), np.log(0.5), np.log(0.25))
    np.testing.assert_allclose([E + A + B, A / E, B / E], [3.0, 0.5, 0.25])
