import numpy as np
import pytest
from scipy.special import huber

import bayescale as bs
from bayescale.inference.fitting import fit
from bayescale.laws import get_law
from bayescale.model.catalogue import models

LAW = get_law("outer_power")
HUBER = models()["outer_power"].published["besiroglu2024_huber"].values
PARAMETERS = {"A": 0.7, "B": 0.5, "alpha_N": 0.35, "alpha_D": 0.28}
N, D = np.geomspace(1.0, 1e3, 7), np.geomspace(1e3, 0.5, 7)


@pytest.fixture(scope="module")
def runs():
    try:
        return bs.datasets.load("chinchilla")
    except bs.RunsError as error:
        pytest.skip(f"the public runs are not to be had: {error}")


def test_with_k_of_one_it_is_the_chinchilla_law():
    chinchilla = get_law("chinchilla")
    expected = chinchilla.loss(N, D, E=1.7, **PARAMETERS)
    np.testing.assert_allclose(LAW.loss(N, D, E=1.7, k=1.0, **PARAMETERS), expected)
    assert LAW.best_split(1e6, {**PARAMETERS, "k": 1.0}) == pytest.approx(
        chinchilla.best_split(1e6, PARAMETERS)
    )


def test_without_a_floor_and_with_k_of_alpha_d_it_is_the_kaplan_law():
    kaplan = get_law("kaplan")
    special = {**PARAMETERS, "k": PARAMETERS["alpha_D"]}
    expected = kaplan.loss(N, D, **PARAMETERS)
    np.testing.assert_allclose(LAW.loss(N, D, E=0.0, **special), expected)
    assert LAW.best_split(1e6, special) == pytest.approx(kaplan.best_split(1e6, PARAMETERS))


def test_a_and_b_are_what_either_shortage_costs_alone_whatever_k_is():
    for k in (0.2, 0.8, 1.5):
        alone = LAW.loss(1.0, 1e30, E=1.7, k=k, **PARAMETERS) - 1.7
        assert alone == pytest.approx(PARAMETERS["A"], rel=1e-4)


@pytest.mark.parametrize(
    ("published", "log_A", "log_B", "log_E", "a", "b", "k"),
    [
        ("beck2025_transformer", 14.45, 16.33, 0.09, 0.64, 0.63, 0.25),
        ("beck2025_xlstm", 15.46, 16.53, 0.18, 0.71, 0.65, 0.26),
    ],
)
def test_published_constants_give_the_loss_of_the_form_papers_print(
    published, log_A, log_B, log_E, a, b, k
):
    params, tokens = np.array([8e7, 1e9, 7e9]), np.array([2e9, 1e11, 2e12])
    printed = np.exp(log_E) + (np.exp(log_A) * params**-a + np.exp(log_B) * tokens**-b) ** k
    values = models()["outer_power"].published[published].values
    np.testing.assert_allclose(LAW.loss(params, tokens, **values), printed)
    inner = LAW.derive((1.0, 1.0), values)
    assert inner["A_inner"] == pytest.approx(np.exp(log_A))
    assert inner["alpha_D_inner"] == pytest.approx(b)


def test_the_huber_optimum_has_the_printed_constants():
    inner = LAW.derive((1.0, 1.0), HUBER)
    found = (HUBER["k"], HUBER["E"], inner["alpha_N_inner"], inner["alpha_D_inner"])
    np.testing.assert_allclose(found, (0.7741, 1.757, 0.4244, 0.4305), rtol=3e-4)
    assert inner["a_opt"] == pytest.approx(0.504, abs=5e-4)


def test_the_huber_optimum_is_one_on_the_240_runs(runs):
    def objective(**changes):
        values = HUBER | changes
        predicted = LAW.loss(runs.table["params"], runs.table["tokens"], **values)
        return huber(1e-3, np.log(predicted / runs.loss)).sum()

    least = objective()
    assert least == pytest.approx(9.5418e-4, rel=1e-5)
    for name, value in HUBER.items():
        assert min(objective(**{name: value * f}) for f in (0.9999, 1.0001)) > least


@pytest.mark.slow
def test_the_240_runs_choose_k_near_0_8_and_leave_the_frontier_where_it_is(runs):
    chinchilla, outer = (
        fit(runs, name, random_seed=1, draws=500, chains=2)
        for name in ("chinchilla", "outer_power")
    )
    assert not outer.tree["sample_stats"]["diverging"].any()
    k, a_opt = outer.posterior["k"], outer.posterior["a_opt"]
    assert float(k.mean()) == pytest.approx(0.815, abs=0.04)
    assert float((k < 1).mean()) > 0.99
    assert 0.49 < float(a_opt.mean()) < 0.52
    assert float(outer.posterior["E"].mean()) < float(chinchilla.posterior["E"].mean()) - 0.02
