import warnings

import numpy as np
import pytest
from scipy import integrate, stats

import bayescale as bs
from bayescale.evaluation.loo import _integral, psis_loo


def test_offsets_are_integrated_out_whatever_the_widths():
    rng = np.random.default_rng(1)
    for sigma, nu, spread, runs in [
        (0.01, 4.0, 0.02, 3),
        (0.001, 1.5, 0.1, 8),
        (0.05, 9.0, 0.001, 1),
    ]:
        residual = 0.02 + sigma * rng.standard_t(nu, size=runs)

        def density(offset, residual=residual, sigma=sigma, nu=nu, spread=spread):
            likelihood = stats.t.pdf(residual - offset, nu, scale=sigma).prod()
            return likelihood * stats.norm.pdf(offset, scale=spread)

        grid = np.linspace(-6 * spread - 0.2, 6 * spread + 0.2, 400_001)
        expected = np.log(integrate.trapezoid([density(at) for at in grid[::8]], grid[::8]))
        found = _integral(residual[None], np.array([[sigma]]), np.array([[nu]]), np.array([spread]))
        assert found[0] == pytest.approx(expected, abs=0.02)


@pytest.fixture(scope="module")
def checkpoints():
    """Twelve runs that differ by 3%, with six rows each that hardly differ from their run."""
    table = bs.design("chinchilla", 14, seed=2).loc[lambda t: t.index.repeat(6)]
    table = table.reset_index(drop=True).assign(name=lambda t: np.arange(len(t)) // 6)
    rng = np.random.default_rng(3)
    loss = bs.simulate("chinchilla", table[["params", "tokens"]], noise=1e-3, seed=1).loss
    spread = 0.01 * rng.standard_normal(14)
    table = table[["params", "tokens"]].assign(
        name=[f"run {i}" for i in table["name"]], loss=loss * np.exp(np.repeat(spread, 6))
    )
    return bs.load_runs(table, groups=["name"])


def test_runs_of_a_group_are_left_out_together(checkpoints):
    fit = bs.fit(checkpoints, pool={"loss": "name"}, random_seed=1, draws=150, chains=2)
    loo = psis_loo(fit)
    assert loo.elpd_i.dims == ("name",)
    assert loo.elpd_i.size == 14
    # Row by row, five others of the run give the offset away.
    import arviz_stats

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # few draws: k of a run may be high
        alone = arviz_stats.loo(fit.tree, pointwise=True)
    assert loo.elpd < alone.elpd - 14
