import numpy as np
import pytest

import bayescale as bs
from bayescale.compute.flops import FLOPS_PER_PARAM_TOKEN
from bayescale.laws.law import Law
from bayescale.planning.allocating import allocate
from tests.fits import constant_fit

# N*, D/N and L* at the published constants, recomputed by hand from the closed form.
GOLDEN = {
    ("besiroglu2024", 1e21): (2.778e9, 21.6, 2.306),
    ("besiroglu2024", 5.76e23): (7.225e10, 18.4, 1.974),
    ("besiroglu2024", 3.8e25): (6.187e11, 16.6, 1.892),
    ("hoffmann2022", 1e21): (2.217e9, 33.9, 2.296),
    ("hoffmann2022", 5.76e23): (4.036e10, 58.9, 1.918),
    ("hoffmann2022", 3.8e25): (2.732e11, 84.8, 1.811),
    ("hoffmann2022_rounded", 1e21): (1.824e9, 50.1, None),
    ("hoffmann2022_rounded", 5.76e23): (3.219e10, 92.7, None),
    ("hoffmann2022_rounded", 3.8e25): (2.135e11, 139, None),
}


@pytest.mark.parametrize(("name", "flops"), GOLDEN)
def test_published_constants_give_the_golden_table(name, flops):
    params, tokens_per_param, loss = GOLDEN[name, flops]
    plan = allocate(constant_fit("chinchilla", name), flops=flops)
    assert float(plan.committed["params"][0]) == pytest.approx(params, rel=5e-4)
    assert float(plan.committed["tokens_per_param"][0]) == pytest.approx(tokens_per_param, rel=5e-3)
    if loss is not None:
        assert float(plan.outcome["loss"].mean()) == pytest.approx(loss, abs=6e-4)


def test_every_split_spends_what_it_says(fitted):
    free = allocate(fitted, flops=[1e21, 1e23])
    limited = allocate(fitted, flops=[1e21, 1e23], unique_tokens=1e10)
    for plan in (free, limited):
        for split in (plan.optimum, plan.committed):
            spent = FLOPS_PER_PARAM_TOKEN * split["params"] * split["tokens"]
            assert np.allclose(spent, split["spent"])
            assert np.allclose(spent, split["spent_share"] * split["flops"])
    assert np.allclose(free.committed["spent_share"], 1.0)
    assert (limited.committed["spent_share"] < 1.0).all()


def test_regret_is_what_the_plan_gives_away(fitted):
    plan = allocate(fitted, flops=1e24)
    regret = plan.outcome["loss"] - plan.optimum["loss"]
    assert float(regret.min()) >= -1e-12
    np.testing.assert_allclose(plan.outcome["regret"], regret, atol=1e-12)


def test_unique_tokens_cap_the_tokens(fitted):
    plan = allocate(fitted, flops=1e24, unique_tokens=1e11)
    assert float(plan.optimum["tokens"].max()) == pytest.approx(1e11)
    assert float(plan.binding["tokens"][0]) == 1.0
    assert float(plan.committed["epochs"][0]) == pytest.approx(1.0)


def test_epochs_stretch_the_tokens(fitted):
    plan = allocate(fitted, flops=1e24, unique_tokens=1e11, max_epochs=4)
    assert float(plan.committed["tokens"][0]) == pytest.approx(4e11)
    assert float(plan.committed["epochs"][0]) == pytest.approx(4.0)
    assert "repetition" in {note.code for note in plan.notes}


def test_a_generous_cap_changes_nothing(fitted):
    free, capped = allocate(fitted, flops=1e22), allocate(fitted, flops=1e22, unique_tokens=1e15)
    np.testing.assert_allclose(free.committed["params"], capped.committed["params"])
    assert float(capped.binding["tokens"][0]) == 0.0


def test_many_budgets_give_each_budgets_plan(fitted):
    many = allocate(fitted, flops=[1e21, 1e24])
    one = allocate(fitted, flops=1e24)
    assert float(many.committed["params"][1]) == pytest.approx(
        float(one.committed["params"][0]), rel=1e-6
    )


def test_a_law_without_an_optimum_is_refused(fitted):
    def size_only(N, D, *, E, A, alpha_N, B, alpha_D):
        return E + A * N**-alpha_N + 0 * B * D**-alpha_D

    model = fitted.model.model_copy(update={"law": Law(size_only)})
    with pytest.raises(bs.PlanError, match=r"no optimum at 1e\+24 FLOPs: in 100% of the draws"):
        allocate(bs.Fit(fitted.tree, model), flops=1e24)


def test_a_budget_far_beyond_the_data_is_left_unspent(fitted):
    plan = allocate(fitted, flops=1e24, unique_tokens=1e5)
    assert float(plan.committed["spent_share"][0]) < 0.02
    assert "unspent" in {note.code for note in plan.notes}


def test_one_epoch_is_assumed_aloud(fitted):
    notes = {note.code: note for note in allocate(fitted, flops=1e22, unique_tokens=1e11).notes}
    assert notes["one_epoch"].severity == "warning"
    given = allocate(fitted, flops=1e22, unique_tokens=1e11, max_epochs=1)
    assert "one_epoch" not in {note.code for note in given.notes}


def test_memory_that_holds_no_model_is_refused(fitted):
    rule = bs.Transformer(vocabulary=256_000, context=4096)
    with pytest.raises(bs.PlanError, match=r"max_memory = 1e\+08 bytes .* give more memory"):
        allocate(fitted, flops=1e22, max_memory=1e8, rule=rule)
