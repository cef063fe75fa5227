"""The density of every card, written as loops, is the one that PyTensor computes."""

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from pytensor.compile.mode import Mode

from bayescale.inference.compiled.graphs import Graphs, simplify
from bayescale.inference.compiled.keeping import Code
from bayescale.inference.compiled.machine import assemble
from bayescale.inference.compiled.module import Module
from bayescale.inference.compiled.running import Density, Loaded
from bayescale.inference.compiled.text import UnsupportedError
from bayescale.inference.coordinates import build_sampling_model
from bayescale.inference.modes import sampling_data
from bayescale.inference.simulating import simulate
from bayescale.model.catalogue import models
from bayescale.model.problem import Problem
from bayescale.runs.table import Runs
from tests.inference.compiled.machines import a_point, compute


def _cases():
    """Every card as it is, and some of them with groups, offsets, falling noise and bending."""
    yield from (card.with_discrepancy(False) for card in models().values())
    chinchilla = models()["chinchilla"].with_discrepancy(False)
    yield chinchilla.with_pool({"E": "few", "A": "few", "alpha_N": "few"})
    yield chinchilla.with_pool({"E": "many", "B": "many"})
    yield chinchilla.with_noise("flops")
    bending = [models()[name].with_discrepancy(True) for name in ("power_law", "data_constrained")]
    yield from bending
    yield chinchilla.with_discrepancy(True).with_pool({"loss": "many", "A": "few"})


def _runs(card):
    table = simulate(card.with_pool({}), 60, seed=1).table
    groups = {"few": np.arange(60) % 3, "many": np.arange(60) % 20}
    return Runs(table.assign(**groups), groups=tuple(groups), simulated=True)


def _reference(graphs, outputs, simplified):
    """Return PyTensor's function; its Python refuses operations of more than 32 operands."""
    point = np.zeros(graphs.dim)
    try:
        simplified(point)
    except NotImplementedError:
        plain = Mode(linker="py", optimizer=None)
        return pm.compile([graphs.point], outputs, mode=plain)
    return simplified


@pytest.mark.parametrize(
    "card", list(_cases()), ids=lambda card: f"{card.name} {list(card.pooled)}"
)
def test_density_and_gradient_are_those_of_pytensor(card):
    problem = Problem.of(card, _runs(card))
    graphs = Graphs(build_sampling_model(problem))
    outputs = graphs.density()
    simplified = simplify(graphs.point, outputs)
    data = sampling_data(problem)
    module = Module(list(data))
    module.add_density(simplified.maker.fgraph)
    about = {"dim": graphs.dim, "data": list(data), "columns": module.columns}
    density = Density(Loaded(Code(about, assemble(str(module)))), data)
    reference = _reference(graphs, outputs, simplified)
    rng, start = np.random.default_rng(0), graphs.pm_model.initial_point()
    centre = np.concatenate([np.ravel(start[value.name]) for value in graphs.values])
    compared = 0
    for _ in range(6):
        point = centre + rng.uniform(-0.7, 0.7, graphs.dim)
        with np.errstate(all="ignore"):
            value, slope = (np.asarray(part) for part in reference(point))
        found = density.at(point)
        if not (np.isfinite(value) and np.isfinite(slope).all()):
            assert found[0] == -np.inf
            continue
        compared += 1
        assert found[0] == pytest.approx(float(value), rel=1e-12, abs=1e-12)
        np.testing.assert_allclose(found[1], slope, rtol=1e-12, atol=1e-12 * np.abs(slope).max())
    assert compared >= 2


def data_variable(name, value, shape=None):
    return pytensor.shared(np.asarray(value, float), name=name, shape=shape)


RUNS = 37
RNG = np.random.default_rng(1)


def test_vectors_are_summed_gathered_and_scattered():
    point = a_point(5)
    x = data_variable("x", RNG.uniform(1, 2, RUNS))
    group = data_variable("group", np.arange(RUNS) % 4)
    index = pt.cast(group, "int64")
    of_groups = pt.exp(point)
    residual = (x - of_groups[index] * pt.mean(point)) ** 2
    loss = pt.log(residual.sum())
    outputs = [loss, pt.grad(loss, point), point[index].sum()]
    found, expected = compute(
        point, outputs, [0.5, 0.1, -0.2, 0.3, 0.0], {"x": x.get_value(), "group": group.get_value()}
    )
    np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_products_with_a_matrix_of_the_runs():
    point = a_point(3)
    features = data_variable("features", RNG.normal(size=(RUNS, 3)), shape=(None, 3))
    fitted = pt.exp(0.1 * pt.dot(features, point))
    back = pt.dot(features.T, fitted)
    outputs = [fitted.sum(), back, pt.grad(pt.sum(back**2), point)]
    values = {"features": features.get_value()}
    found, expected = compute(point, outputs, [0.5, 0.1, -0.2], values)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_what_a_later_stage_needs_of_an_expensive_vector_is_kept():
    point = a_point(2)
    x = data_variable("x", RNG.uniform(1, 2, RUNS))
    costly = pt.exp(point[0] * x) / (1 + x)
    outputs = [(costly - costly.sum() * x).sum(), pt.all(pt.gt(costly, point[1])) * 1.0]
    found, expected = compute(point, outputs, [0.7, 0.1], {"x": x.get_value()})
    np.testing.assert_allclose(found, expected, rtol=1e-13)


@pytest.mark.parametrize(
    "build",
    [
        lambda point: pt.dot(pt.outer(point, point), point).sum(),
        lambda point: pt.max(point),
        lambda point: point[::2].sum(),
        lambda point: pt.sort(point)[0],
        lambda point: pt.cumsum(point)[1],
    ],
)
def test_what_is_not_known_is_refused_and_never_guessed(build):
    point = a_point(4)
    with pytest.raises(UnsupportedError):
        compute(point, [build(point)], [1.0, 2.0, 3.0, 4.0])
