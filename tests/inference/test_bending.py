"""How a law bends: the density that is sampled, and fits by NUTS."""

import numpy as np
import pandas as pd
import pymc as pm
import pytest
from pytensor.compile.mode import Mode

import bayescale as bs
from bayescale.errors import ModelError
from bayescale.inference.coordinates import build_sampling_model
from bayescale.inference.density import log_densities
from bayescale.inference.graph import build_model
from bayescale.inference.modes import LEADING, Modes, whole_shape
from bayescale.inference.simulating import simulate
from bayescale.model.card import Model
from bayescale.model.catalogue import models
from bayescale.model.discrepancy import SHAPE
from bayescale.model.problem import Problem

ONE_INPUT = models()["power_law"].with_discrepancy(True)
OFFSETS = models()["chinchilla"].with_pool({"loss": "seed"})


def _points(problem, count):
    """Return the sampled density and the stated variables at random points, and what v does."""
    sampled = build_sampling_model(problem)
    values = sampled.value_vars
    stated = [name for name in problem.model.sampled if name != SHAPE]
    outputs = sampled.replace_rvs_by_values([sampled[name] for name in (*stated, LEADING)])
    logp = sampled.logp()
    transforms = logp - sampled.logp(jacobian=False)
    found = pm.compile(values, [logp, transforms, *outputs], mode=Mode("py", "fast_compile"))
    rng, start = np.random.default_rng(5), sampled.initial_point()
    rows, slopes = [], []
    for _ in range(count):
        point = {name: value + rng.normal(0, 0.3, np.shape(value)) for name, value in start.items()}
        rows.append(found(*(point[value.name] for value in values)))
        moved = point | {"bend_free": point["bend_free"] + 1.0}
        # Given the rest, a leading mode is linear in its coordinate: its slope is the Jacobian.
        slopes.append(found(*(moved[value.name] for value in values))[-1] - rows[-1][-1])
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return columns[0], columns[1], dict(zip(stated, columns[2:], strict=False)), columns[-1], slopes


@pytest.mark.parametrize(
    "card", [models()["chinchilla"], ONE_INPUT, OFFSETS], ids=["two", "one", "offsets"]
)
def test_the_sampled_density_is_the_stated_one_up_to_the_jacobian(card):
    table = simulate(card.with_pool({}), 16).table
    runs = bs.load_runs(table.assign(seed=np.arange(16) % 4), groups=["seed"], simulated=True)
    problem = Problem.of(card, runs)
    log_density, jacobian, draws, leading, slopes = _points(problem, count=4)
    jacobian = jacobian + sum(np.log(draws[name]) for name in card.law.terms)
    jacobian = jacobian + np.log(slopes).sum(axis=1)
    if "loss" in card.pool:  # offsets are sampled in units of their spread, or as they are
        jacobian = jacobian + _offset_jacobian(problem, draws)
    # Without the modes that the runs do not see, whose density is that of the prior.
    modes = Modes.of(problem, card.discrepancy.modes)
    seen = min(len(runs), problem.basis.modes, card.discrepancy.modes)
    shape = leading[:, :seen] @ modes.directions[:seen]
    found = log_densities(build_model(card, runs), {**draws, SHAPE: shape})
    priors = {name: value.reshape(len(value), -1) for name, value in found["log_prior"].items()}
    expected = sum(value.sum(axis=1) for name, value in priors.items() if name != SHAPE)
    expected = expected + (-0.5 * leading**2 - 0.5 * np.log(2 * np.pi)).sum(axis=1)
    expected = expected + found["log_likelihood"][card.observed].sum(axis=1)
    np.testing.assert_allclose(log_density - jacobian, expected, rtol=1e-7)


def _offset_jacobian(problem, draws):
    if problem.is_centred("seed"):
        return 0.0
    return len(problem.levels["seed"]) * np.log(draws["loss_spread"])


def test_the_modes_that_no_run_sees_stay_as_they_are_a_priori():
    problem = Problem.of(models()["chinchilla"], simulate("chinchilla", 12))
    leading = np.zeros((4000, 20))
    shape = whole_shape(problem, leading, np.random.default_rng(1))
    features = problem.basis.features(problem.runs.table)
    np.testing.assert_allclose(shape @ features.T, 0.0, atol=1e-9)  # no run is moved
    assert np.trace(np.cov(shape.T)) == pytest.approx(problem.basis.modes - 12, rel=0.05)


@pytest.fixture(scope="module")
def bending(simulated_runs):
    return bs.fit(simulated_runs, "chinchilla", random_seed=1, draws=300, chains=2)


@pytest.fixture(scope="module")
def plain(simulated_runs):
    return bs.fit(simulated_runs, discrepancy=False, random_seed=1, draws=300, chains=2)


def test_draws_save_and_load_with_the_surface_they_had(bending, tmp_path):
    bending.save(tmp_path / "fit.nc")
    loaded = bs.load(tmp_path / "fit.nc")
    asked = {"params": [1e9, 70e9], "tokens": [2e10, 1.4e12]}
    np.testing.assert_allclose(bs.predict(loaded, **asked), bs.predict(bending, **asked), rtol=1e-9)
    assert loaded.model == bending.model


def test_far_out_the_interval_is_wider_and_among_the_runs_it_is_not(bending, plain):
    asked = {"params": [5e8, 1e12], "tokens": [1e10, 2e13]}
    widths = [
        bs.predict(fit, **asked).std(["chain", "draw"]).to_numpy() for fit in (bending, plain)
    ]
    inside, outside = widths[0] / widths[1]
    assert outside > 1.5
    assert 0.5 < inside < 2


def test_noise_is_most_of_the_width_among_the_runs_and_little_of_it_far_out(bending):
    asked = {"params": [1e9, 1e12], "tokens": [2e10, 2e13], "new_run": True}
    near, far = bs.predict(bending, **asked).sources().to_dict("records")
    assert near["noise"] > 0.6
    assert far["noise"] < 0.2
    assert far["floor"] > 0.3
    assert near["form"] > far["form"]  # less of it a decade, by the slope of the discrepancy


def test_the_surface_is_the_density_that_the_likelihood_saw(bending, simulated_runs):
    from scipy import stats

    table, posterior = simulated_runs.table, bending.posterior
    surface = bs.predict(bending, params=table["params"], tokens=table["tokens"])
    spread = {"df": posterior["nu"], "scale": posterior["sigma"]}
    residual = np.log(table["loss"].to_numpy()) - np.log(surface.to_numpy())
    shapes = {name: value.to_numpy()[..., None] for name, value in spread.items()}
    expected = stats.t.logpdf(residual, **shapes)
    kept = bending.tree["log_likelihood"]["log_loss"]
    apart = np.abs(kept - expected)
    assert float(apart.quantile(0.99)) < 0.02
    assert float(apart.max()) < 0.2


def test_a_plan_is_the_same_when_it_is_asked_for_again(bending):
    first, second = (bs.allocate(bending, flops=1e23) for _ in range(2))
    assert str(first) == str(second)
    assert np.isfinite(first.optimum["params"]).all()


def test_the_best_size_of_a_draw_is_the_least_of_its_own_surface(bending):
    from bayescale.planning.arguments import limits_of
    from bayescale.planning.optimising import best_splits
    from bayescale.planning.surface import surface_of

    fits, within, _ = limits_of(bending, {"flops": 1e23})
    surface = surface_of(fits)
    best = best_splits(surface, within)
    least = surface.losses(within, best.params, best.flops)
    for factor in (0.97, 1.03):
        assert (surface.losses(within, best.params * factor, best.flops) >= least - 1e-12).all()


def test_held_out_runs_are_scored_by_the_bent_surface(bending):
    table = {"params": [2e10], "tokens": [4e11], "loss": [2.1]}

    held_out = bs.load_runs(pd.DataFrame(table), simulated=True)
    scored = bs.score(bending, held_out).table.iloc[0]
    drawn = bs.predict(bending, params=2e10, tokens=4e11, new_run=True)
    assert scored["median"] == pytest.approx(float(drawn.median()), rel=0.003)
    width = float(drawn.quantile(0.945) - drawn.quantile(0.055))
    assert scored["upper"] - scored["lower"] == pytest.approx(width, rel=0.2)


def test_a_budget_for_a_loss_a_multiplier_and_a_check_take_the_bent_surface(
    bending, simulated_runs
):
    reached = bs.reach(bending, target_loss=2.2)
    assert np.isfinite(reached.flops).mean() > 0.5
    new = bs.load_runs(
        simulated_runs.table.assign(loss=simulated_runs.table["loss"] * 0.98).iloc[-6:],
        simulated=True,
    )
    multiple = bs.versus(bending, new)
    assert np.isfinite(multiple.multiplier).mean() > 0.9
    assert bs.check(bending).ok


def test_it_is_compared_and_refitted_with_its_bend(bending, plain):
    found = bs.compare([bending, plain])
    assert set(found.largest.index) == {"chinchilla", "chinchilla without discrepancy"}
    assert np.isfinite(found.largest[["elpd", "coverage"]].to_numpy()).all()


def test_without_its_discrepancy_a_card_is_the_plain_one(simulated_runs, plain):
    card = Model(law="chinchilla", priors=models()["chinchilla"].priors)
    again = bs.fit(simulated_runs, card, random_seed=1, draws=300, chains=2)
    assert again.posterior.identical(plain.posterior)
    assert plain.bending is None


def test_any_law_of_size_or_tokens_may_be_given_one():
    card = models()["data_constrained"]
    assert card.bent_columns == ("params", "tokens")
    assert card.with_discrepancy(None) is card is card.with_discrepancy(True)
    assert models()["isoflop"].bent_columns == ("params", "flops")
    assert ONE_INPUT.bent_columns == ("flops",)


def test_a_law_of_other_things_cannot_bend():
    with pytest.raises(ModelError, match="leave the discrepancy out"):
        models()["accuracy_sigmoid"].with_discrepancy(True)


def test_a_law_whose_parameter_has_the_name_of_the_bend_is_refused():
    def my_loss(N, *, E, bend):
        return E + bend / N

    prior = {"dist": "LogNormal", "median": 0.3, "sigma": 0.8}
    with pytest.raises(ModelError, match="rename"):
        Model(law=my_loss, priors={"E": prior, "bend": prior}, discrepancy={})
