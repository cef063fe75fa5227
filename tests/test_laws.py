import itertools
from functools import cache

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest
import sympy
import xarray as xr
from scipy.optimize import minimize_scalar

from bayescale.card import models
from bayescale.errors import ModelError
from bayescale.laws import get_law, laws
from bayescale.model import UNCOMPILED, draw_prior
from bayescale.runs import load_runs
from bayescale.units import tokens_for

each_law = pytest.mark.parametrize("law", laws().values(), ids=laws())
each_law_with_optimum = pytest.mark.parametrize(
    "law", [law for law in laws().values() if law.optimum], ids=lambda law: law.name
)
each_published = pytest.mark.parametrize(
    ("law", "values"),
    [
        pytest.param(card.law, published.values, id=f"{card.name}-{name}")
        for card in models().values()
        for name, published in card.published.items()
        if card.law.optimum
    ],
)


@pytest.fixture(scope="module")
def prior_medians(simulated_runs):
    table = simulated_runs.table.assign(unique_tokens=simulated_runs.table["tokens"] / 4)
    runs = load_runs(table)

    @cache
    def medians(law):
        cards = [card for card in models().values() if card.law is law]
        assert cards, f"no card states priors for the law {law.name}"
        draws = draw_prior(cards[0], runs, draws=301, seed=1)
        return {name: float(np.median(draws[name])) for name in law.parameters}

    return medians


def some_inputs(law):
    """Return inputs relative to their reference that grow at different rates."""
    return [np.geomspace(1.0, 30.0 * 3.0**i, 6) for i in range(len(law.inputs))]


@each_law
def test_every_law_is_found_under_its_own_name(law):
    assert get_law(law.name) is law


def test_an_unknown_law_suggests_the_nearest():
    with pytest.raises(ModelError, match="unknown law 'chincilla': did you mean 'chinchilla'"):
        get_law("chincilla")


@each_law
def test_sympy_agrees_with_numpy(law, prior_medians):
    parameters = prior_medians(law)
    inputs = some_inputs(law)
    expression = law.symbolic()
    symbols = {symbol.name: symbol for symbol in expression.free_symbols}
    values = [
        float(
            expression.subs(
                {
                    symbols[name]: value
                    for name, value in [*zip(law.inputs, row, strict=True), *parameters.items()]
                }
            )
        )
        for row in zip(*inputs, strict=True)
    ]
    np.testing.assert_allclose(values, law.loss(*inputs, **parameters), rtol=1e-12)


@each_law
def test_pytensor_agrees_with_numpy(law, prior_medians):
    parameters = prior_medians(law)
    inputs = some_inputs(law)
    input_symbols = [pt.dvector() for _ in inputs]
    parameter_symbols = {name: pt.dscalar() for name in parameters}
    graph = law.loss(*input_symbols, **parameter_symbols)
    given = dict(zip(input_symbols, inputs, strict=True))
    given |= {parameter_symbols[name]: value for name, value in parameters.items()}
    values = graph.eval(given, mode=UNCOMPILED)
    np.testing.assert_allclose(values, law.loss(*inputs, **parameters), rtol=1e-12)


@each_law
def test_xarray_draws_broadcast_against_runs(law, prior_medians):
    parameters = prior_medians(law)
    inputs = some_inputs(law)
    factors = xr.DataArray([[0.9, 1.0], [1.1, 1.2]], dims=("chain", "draw"))
    losses = law.loss(
        *(xr.DataArray(values, dims="target") for values in inputs),
        **{name: value * factors for name, value in parameters.items()},
    )
    assert losses.sizes == {"chain": 2, "draw": 2, "target": 6}
    for chain, draw in itertools.product(range(2), range(2)):
        scaled = {k: v * float(factors[chain, draw]) for k, v in parameters.items()}
        expected = law.loss(*inputs, **scaled)
        found = losses.isel(chain=chain, draw=draw).transpose("target")
        np.testing.assert_allclose(found, expected, rtol=1e-12)


@each_law
def test_the_loss_falls_in_each_input(law, prior_medians):
    for i in range(len(law.inputs)):
        inputs = [np.ones(50) for _ in law.inputs]
        inputs[i] = np.geomspace(0.1, 1000.0, 50)
        losses = law.loss(*inputs, **prior_medians(law))
        assert np.all(np.diff(losses) <= 0), law.inputs[i]
        assert losses[-1] < losses[0], law.inputs[i]


@each_law
def test_gradients_are_finite_at_the_prior_medians(law, prior_medians):
    symbols = {name: pt.dscalar(name) for name in law.parameters}
    loss = law.loss(*some_inputs(law), **symbols)
    gradients = pytensor.grad(pt.log(loss).sum(), list(symbols.values()))
    medians = prior_medians(law)
    given = {symbols[name]: value for name, value in medians.items()}
    values = [
        gradient.eval(given, mode=UNCOMPILED, on_unused_input="ignore") for gradient in gradients
    ]
    assert np.all(np.isfinite(values))
    assert np.all(np.asarray(values) != 0), "a parameter has no influence on the loss"


@each_law
def test_the_latex_names_every_parameter_and_input(law):
    text = sympy.latex(law.equation())
    for name in (*law.parameters, *law.inputs, *(f"{symbol}_0" for symbol in law.inputs)):
        assert sympy.latex(sympy.Symbol(name)) in text


@each_law
def test_declared_terms_add_up_to_the_loss_at_the_reference(law, prior_medians):
    if law.terms:
        parameters = prior_medians(law)
        total = sum(parameters[name] for name in law.terms)
        ones = [1.0] * len(law.inputs)
        assert law.loss(*ones, **parameters) == pytest.approx(total)


@each_law
def test_classic_coefficients_give_the_same_loss_from_raw_inputs(law, prior_medians):
    parameters = prior_medians(law)
    references = [3e7 * 10**i for i in range(len(law.inputs))]
    derived = law.derive(references, parameters)
    classic = {
        name.removesuffix("_classic"): v for name, v in derived.items() if "_classic" in name
    }
    if classic:
        ratios = some_inputs(law)
        raw = [ratio * reference for ratio, reference in zip(ratios, references, strict=True)]
        expected = law.loss(*ratios, **parameters)
        np.testing.assert_allclose(law.loss(*raw, **(parameters | classic)), expected)


def assert_split_is_the_minimum(law, product, parameters):
    others = [1.0] * (len(law.inputs) - 2)

    def loss_at(log_N):
        N = np.exp(log_N)
        return law.loss(N, product / N, *others, **parameters)

    N, D = law.best_split(product, parameters)
    assert product == pytest.approx(N * D)
    centre = np.log(product) / 2
    found = minimize_scalar(
        loss_at, bounds=(centre - 12.0, centre + 12.0), method="bounded", options={"xatol": 1e-9}
    )
    assert np.log(N) == pytest.approx(found.x, abs=1e-4)


@each_law_with_optimum
@pytest.mark.parametrize("product", [10.0, 1e4])
def test_the_closed_form_optimum_is_the_minimum_at_the_prior_medians(law, product, prior_medians):
    assert_split_is_the_minimum(law, product, prior_medians(law))


@each_published
@pytest.mark.parametrize("flops", [1e21, 3.8e25])
def test_the_closed_form_optimum_is_the_minimum_at_published_constants(law, values, flops):
    assert_split_is_the_minimum(law, flops / 6, values)


@pytest.mark.parametrize(
    ("published", "flops", "params", "tokens_per_param"),
    [
        ("besiroglu2024", 1e21, 2.778e9, 21.6),
        ("besiroglu2024", 5.76e23, 7.225e10, 18.4),
        ("besiroglu2024", 3.8e25, 6.187e11, 16.6),
        ("hoffmann2022", 1e21, 2.217e9, 33.9),
        ("hoffmann2022", 5.76e23, 4.036e10, 58.9),
        ("hoffmann2022", 3.8e25, 2.732e11, 84.8),
        ("hoffmann2022_rounded", 1e21, 1.824e9, 50.1),
        ("hoffmann2022_rounded", 5.76e23, 3.219e10, 92.7),
        ("hoffmann2022_rounded", 3.8e25, 2.135e11, 139),
    ],
)
def test_chinchilla_recommends_what_the_published_constants_imply(
    published, flops, params, tokens_per_param
):
    card = models()["chinchilla"]
    N, D = card.law.best_split(flops / 6, card.published[published].values)
    assert pytest.approx(params, rel=1e-3) == N
    assert tokens_per_param == pytest.approx(D / N, rel=5e-3)


@pytest.mark.parametrize(
    ("published", "flops", "loss"),
    [
        ("besiroglu2024", 1e21, 2.306),
        ("besiroglu2024", 5.76e23, 1.974),
        ("besiroglu2024", 3.8e25, 1.892),
        ("hoffmann2022", 1e21, 2.296),
        ("hoffmann2022", 5.76e23, 1.918),
        ("hoffmann2022", 3.8e25, 1.811),
    ],
)
def test_chinchilla_reaches_the_loss_the_published_constants_imply(published, flops, loss):
    card = models()["chinchilla"]
    values = card.published[published].values
    N, _ = card.law.best_split(flops / 6, values)
    assert card.law.loss(N, tokens_for(flops, N), **values) == pytest.approx(loss, abs=6e-4)
