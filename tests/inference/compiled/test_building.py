import numpy as np
import pytest

from bayescale.inference.compiled.building import build_code
from bayescale.inference.compiled.running import Loaded
from bayescale.inference.simulating import simulate
from bayescale.model.catalogue import models
from bayescale.model.problem import Problem
from bayescale.runs.table import Runs


def test_the_code_says_what_it_takes_and_gives(chinchilla, runs):
    about = build_code(Problem.of(chinchilla, runs)).about
    assert about["dim"] == 7
    assert set(about["data"]) == set(Problem.of(chinchilla, runs).data)
    assert about["parameters"] == {name: [] for name in [*chinchilla.law.parameters, "sigma", "nu"]}
    assert about["formula"] == chinchilla.law.formula


@pytest.mark.parametrize("levels", [3, 20])
def test_code_of_groups_serves_other_runs_of_as_many(levels):
    card = models()["chinchilla"].with_pool({"E": "seed", "A": "seed"})
    tables = [simulate("chinchilla", size, seed=size).table for size in (40, 60)]
    first, second = (
        Problem.of(card, Runs(table.assign(seed=np.arange(len(table)) % levels), groups=("seed",)))
        for table in tables
    )
    loaded = Loaded(build_code(first))
    point = np.full((1, loaded.code.about["dim"]), -0.2)
    assert loaded.put_to(second).parameters(point)["E_by_seed"].shape == (1, levels)
    assert np.isfinite(loaded.put_to(second).at(point[0])[0])
