import numpy as np
import pandas as pd
import pytest

from bayescale.inference.fitting import fit
from bayescale.laws import get_law
from bayescale.model.card import Model
from bayescale.model.catalogue import models
from bayescale.runs.reading import load_runs

PF_DAY = 1e15 * 86400  # FLOPs

# As the papers print them: E + (x_0 / x)^alpha_x.
PRINTED = {
    ("power_law_params", "kaplan2020"): (0.0, 8.8e13, 0.076),
    ("power_law_tokens", "kaplan2020"): (0.0, 5.4e13, 0.095),
    ("power_law_no_floor", "kaplan2020"): (0.0, 3.1e8 * PF_DAY, 0.050),
    ("power_law_no_floor", "kaplan2020_fixed_batch"): (0.0, 1.6e7 * PF_DAY, 0.057),
    ("power_law_no_floor", "henighan2020_language"): (0.0, 3.47e8 * PF_DAY, 0.048),
    ("power_law_params", "henighan2020_language"): (0.0, 1.47e14, 0.070),
    ("power_law_params", "henighan2020_image_8x8"): (3.12, 80.0, 0.24),
    ("power_law_params", "henighan2020_image_16x16"): (2.64, 280.0, 0.22),
    ("power_law_params", "henighan2020_image_32x32"): (2.20, 63.0, 0.13),
    ("power_law_params", "henighan2020_image_vq_16x16"): (3.99, 2.7e4, 0.13),
    ("power_law_params", "henighan2020_image_vq_32x32"): (3.07, 1.9e4, 0.14),
    ("power_law_params", "henighan2020_text_to_image_text"): (0.0, 5.6e8, 0.037),
    ("power_law_params", "henighan2020_text_to_image_image"): (2.0, 5.1e3, 0.16),
    ("power_law_params", "henighan2020_image_to_text_text"): (0.0, 7.0e8, 0.039),
    ("power_law_params", "henighan2020_image_to_text_image"): (2.0, 5.5e3, 0.15),
    ("power_law_params", "henighan2020_video"): (1.01, 3.7e4, 0.24),
    ("power_law_params", "henighan2020_mathematics"): (0.28, 1.1e4, 0.16),
    ("power_law", "henighan2020_image_8x8"): (3.13, 1.8e-8 * PF_DAY, 0.19),
    ("power_law", "henighan2020_image_16x16"): (2.64, 1.6e-8 * PF_DAY, 0.16),
    ("power_law", "henighan2020_image_32x32"): (2.21, 3.6e-9 * PF_DAY, 0.10),
    ("power_law", "henighan2020_image_vq_16x16"): (4.09, 6.1e-7 * PF_DAY, 0.11),
    ("power_law", "henighan2020_image_vq_32x32"): (3.17, 2.6e-6 * PF_DAY, 0.12),
    ("power_law", "henighan2020_text_to_image_image"): (1.93, 1.5e-6 * PF_DAY, 0.15),
    ("power_law", "henighan2020_image_to_text_image"): (1.97, 1.5e-6 * PF_DAY, 0.16),
    ("power_law", "henighan2020_video"): (0.95, 2.2e-5 * PF_DAY, 0.14),
    ("power_law", "henighan2020_mathematics"): (0.14, 1.4e-5 * PF_DAY, 0.17),
}


@pytest.mark.parametrize(
    ("card", "column"),
    {
        "power_law": "flops",
        "power_law_no_floor": "flops",
        "power_law_params": "params",
        "power_law_tokens": "tokens",
    }.items(),
)
def test_each_axis_has_a_card(card, column):
    assert models()[card].law.name == "power_law"
    assert models()[card].columns == {"x": column}


@pytest.mark.parametrize(("card", "key"), PRINTED)
def test_published_constants_give_the_loss_of_the_printed_form(card, key):
    E, x_0, alpha_x = PRINTED[card, key]
    values = models()[card].published[key].values
    x = np.geomspace(1e6, 1e24, 7)
    np.testing.assert_allclose(
        get_law("power_law").loss(x, **values), E + (x_0 / x) ** alpha_x, rtol=1e-12
    )


def test_every_published_set_is_compared_with_its_printed_form():
    shipped = {
        (name, key)
        for name, card in models().items()
        if card.law.name == "power_law"
        for key in card.published
    }
    assert shipped == set(PRINTED)


@pytest.mark.parametrize(("exponent", "floor"), [(1.0, 0.0), (2.0, 0.0), (0.5, 0.0), (1.0, None)])
def test_each_type_of_learning_curve_is_a_choice_of_priors(exponent, floor):
    card = models()["power_law_tokens"]
    priors = dict(card.priors) | {"alpha_x": {"dist": "Fixed", "value": exponent}}
    if floor is not None:
        priors["E"] = {"dist": "Fixed", "value": floor}
    chosen = Model(law=card.law, inputs=card.inputs, priors=priors)
    given = {"E": 0.5, **chosen.fixed}
    doubled = card.law.loss(2.0, A=1.0, **given) - given["E"]
    assert doubled == pytest.approx(0.5**exponent)


def test_a_floor_fixed_at_zero_is_fitted_and_predicts():
    x = np.geomspace(1e17, 1e22, 30)
    truth = models()["power_law_no_floor"].published["kaplan2020"].values
    noise = np.exp(0.005 * np.random.default_rng(3).standard_normal(x.size))
    loss = get_law("power_law").loss(x, **truth) * noise
    runs = load_runs(pd.DataFrame({"flops": x, "loss": loss}), simulated=True)
    fitted = fit(runs, "power_law_no_floor", draws=200, tune=300, chains=2, random_seed=1)
    assert "E" not in fitted.posterior
    assert not fitted.tree["sample_stats"]["diverging"].any()
    exponent = fitted.posterior["alpha_x"]
    assert float(exponent.mean()) == pytest.approx(0.05, abs=3 * float(exponent.std()))
    assert float(fitted.posterior["A_classic"].median()) == pytest.approx(truth["A"], rel=0.1)
