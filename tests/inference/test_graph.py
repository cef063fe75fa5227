import numpy as np
import pytest

from bayescale.inference.graph import build_model
from bayescale.inference.simulating import simulate
from bayescale.model.catalogue import models
from bayescale.model.problem import Problem

each_card = pytest.mark.parametrize("card", models().values(), ids=models())


def test_the_inputs_are_the_columns_of_the_runs(chinchilla, runs):
    data = Problem.of(chinchilla, runs).data
    np.testing.assert_array_equal(data["N"], runs.table["params"])
    np.testing.assert_array_equal(data["D"], runs.table["tokens"])


def test_the_observations_are_log_losses(chinchilla, runs):
    data = Problem.of(chinchilla, runs).data
    np.testing.assert_allclose(data["observed"], np.log(runs.table["loss"]))


def test_the_reference_is_the_low_end_of_the_runs(chinchilla, runs):
    data = Problem.of(chinchilla, runs).data
    assert (data["N_ref"], data["D_ref"]) == (6e7, 8e8)


@each_card
def test_the_free_variables_are_those_of_the_card(card):
    free = {variable.name for variable in build_model(card, simulate(card, 16)).free_RVs}
    assert free == set(card.sampled)
    assert free >= set(card.law.parameters) - set(card.fixed)
