import numpy as np
import pandas as pd
import pytest

from bayescale.inference.evaluating import evaluate_on
from bayescale.inference.fitting import fit
from bayescale.laws import get_law
from bayescale.runs.reading import load_runs
from bayescale.runs.schedules import annealing_areas

# Near the constants of small language models at peak rates of 1e-3.
TRUTH = {"E": 2.6, "A": 0.6, "alpha_S1": 0.5, "C": 0.3}
STEPS, PEAK = 20_000, 1e-3


def cosine():
    return PEAK * (0.1 + 0.9 * (1 + np.cos(np.linspace(0.0, np.pi, STEPS))) / 2)


def warmup_stable_decay():
    decay = np.linspace(1.0, 0.02, STEPS // 5)
    return PEAK * np.concatenate([np.ones(STEPS - len(decay)), decay])


def curve(rates, seed, points=60):
    S1, S2 = annealing_areas(rates)
    kept = np.linspace(STEPS // 20, STEPS - 1, points).astype(int)
    noise = np.exp(0.002 * np.random.default_rng(seed).standard_normal(points))
    loss = get_law("annealing").loss(S1[kept], S2[kept], **TRUTH) * noise
    table = pd.DataFrame({"forward_area": S1[kept], "annealing_area": S2[kept], "loss": loss})
    return load_runs(table, simulated=True)


def test_a_constant_rate_follows_a_power_law_of_the_forward_area():
    S1 = np.geomspace(0.1, 30.0, 9)
    np.testing.assert_allclose(
        get_law("annealing").loss(S1, 0.0, **TRUTH),
        get_law("power_law").loss(S1, E=2.6, A=0.6, alpha_x=0.5),
    )


def test_annealing_takes_off_its_area_times_c():
    law = get_law("annealing")
    drop = law.loss(5.0, 0.0, **TRUTH) - law.loss(5.0, 0.4, **TRUTH)
    assert drop == pytest.approx(0.12)


def test_the_loss_stays_positive_whatever_the_areas():
    assert np.all(get_law("annealing").loss(5.0, np.geomspace(1.0, 1e6, 7), **TRUTH) > 0)


@pytest.mark.slow
def test_one_schedule_predicts_another():
    fitted = fit(curve(cosine(), seed=1), "annealing", draws=250, tune=500, random_seed=4)
    assert not fitted.tree["sample_stats"]["diverging"].any()
    other = curve(warmup_stable_decay(), seed=2)
    predicted = np.exp(evaluate_on(fitted, other)["predictive"])
    lower, upper = np.quantile(predicted, [0.025, 0.975], axis=0)
    assert np.mean((lower < other.loss) & (other.loss < upper)) > 0.85
    np.testing.assert_allclose(np.median(predicted, axis=0), other.loss, rtol=0.02)
    # Without the annealing area the decay at the end would be missed.
    constant = get_law("power_law").loss(
        other.table["forward_area"].to_numpy()[-1], E=2.6, A=0.6, alpha_x=0.5
    )
    assert constant > upper[-1]
