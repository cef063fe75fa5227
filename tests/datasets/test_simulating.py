import numpy as np
import pytest

from bayescale.datasets import datasets, load
from bayescale.datasets.card import Simulation
from bayescale.errors import RunsError
from bayescale.model.catalogue import models

SIMULATED = {name: known for name, known in datasets().items() if known.simulated}


@pytest.mark.parametrize("name", SIMULATED)
def test_simulated_runs_are_the_same_each_time(name: str) -> None:
    assert load(name).table.equals(load(name).table)


@pytest.mark.parametrize("name", SIMULATED)
def test_simulated_runs_say_so(name: str) -> None:
    origin, runs = SIMULATED[name].origin, load(name)
    assert isinstance(origin, Simulation)
    assert runs.simulated
    assert "nothing was trained" in runs.source
    assert origin.model in runs.source
    assert origin.published in runs.source


@pytest.mark.parametrize("name", SIMULATED)
def test_simulated_losses_scatter_around_the_law(name: str) -> None:
    origin, runs = SIMULATED[name].origin, load(name)
    assert isinstance(origin, Simulation)
    model = models()[origin.model]
    inputs = (runs.table[column].to_numpy() for column in model.columns.values())
    truth = model.law.loss(*inputs, **model.published[origin.published].values)
    noise = np.log(runs.loss / truth) / origin.noise.scale
    assert len(runs) == len(origin.flops) * len(origin.sizes)
    assert abs(np.median(noise)) < 0.6
    assert 0.4 < np.median(np.abs(noise)) < 1.1  # 0.73 for a Student-t of 5 degrees of freedom


@pytest.mark.parametrize("name", SIMULATED)
def test_simulated_sizes_bracket_the_best_of_each_budget(name: str) -> None:
    origin, runs = SIMULATED[name].origin, load(name)
    assert isinstance(origin, Simulation)
    for _, budget in runs.table.groupby("flops"):
        best = int(np.argmin(budget.sort_values("params")["loss"]))
        assert 0 < best < len(origin.sizes) - 1


def test_simulated_runs_have_no_other_columns() -> None:
    with pytest.raises(RunsError, match="simulated: params cannot be chosen, the runs are drawn"):
        load("simulated", params="n_params")
