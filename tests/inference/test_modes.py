import numpy as np

from bayescale.inference.modes import (
    LEADING,
    Modes,
    bend_of_runs,
    mode_shapes,
    parameter_names,
    sampling_data,
)
from bayescale.inference.simulating import simulate
from bayescale.model.catalogue import models
from bayescale.model.problem import Problem


def test_the_modes_of_few_runs_are_filled_up_so_that_one_density_serves_all():
    card = models()["chinchilla"]
    for count in (12, 60):
        problem = Problem.of(card, simulate("chinchilla", count))
        data = sampling_data(problem)
        shapes = {name: np.shape(data[name]) for name in mode_shapes(card)}
        assert shapes == {"mode_vectors": (count, 20), "mode_root": (20,)}


def test_the_bend_of_the_runs_is_that_of_the_modes_kept():
    problem = Problem.of(models()["chinchilla"], simulate("chinchilla", 12))
    draws = {"bend": np.array([0.02]), LEADING: np.ones((1, 20))}
    modes = Modes.of(problem, 20)
    shape = draws[LEADING][:, :12] @ modes.directions[:12]
    unit = problem.model.discrepancy.unit
    expected = 0.02 / unit * shape @ problem.basis.features(problem.runs.table).T
    np.testing.assert_allclose(bend_of_runs(problem)(draws), expected, atol=1e-9)


def test_a_law_that_does_not_bend_has_no_modes():
    card = models()["chinchilla"].with_discrepancy(False)
    assert mode_shapes(card) == {}
    assert parameter_names(card) == card.sampled
    assert LEADING in parameter_names(models()["chinchilla"])
