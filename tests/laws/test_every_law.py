import itertools
from functools import cache

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest
import sympy
import xarray as xr
from scipy.optimize import minimize_scalar

from bayescale.core.quantities import quantity_of
from bayescale.errors import ModelError
from bayescale.inference.graph import UNCOMPILED
from bayescale.inference.prior_draws import draw_prior
from bayescale.inference.simulating import simulate, typical_values
from bayescale.laws import get_law, laws
from bayescale.model.catalogue import models
from bayescale.model.likelihood import BetaBinomial
from bayescale.model.problem import Problem

RUNS = 64

each_law = pytest.mark.parametrize("law", laws().values(), ids=laws())
each_card = pytest.mark.parametrize("card", models().values(), ids=models())
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


def sweep(card):
    """Return simulated runs of a card and the parameters they were drawn with."""
    return _sweep(card.name)


@cache
def _sweep(name):
    card = models()[name]
    runs = simulate(card, RUNS, seed=1)
    return runs, typical_values(Problem.of(card, runs))


def card_of(law):
    cards = [card for card in models().values() if card.law is law]
    # A card that states priors of all parameters rather than fixing some.
    return min(cards, key=lambda card: len(card.fixed))


def medians_of(law):
    return sweep(card_of(law))[1]


def ratios(card):
    """Return the inputs of the sweep as the law sees them: relative to their reference."""
    runs, _ = sweep(card)
    reference = Problem.of(card, runs).scales
    return [
        runs.table[column].to_numpy() / reference[f"{symbol}_ref"]
        for symbol, column in card.columns.items()
    ]


def inputs_of(law):
    return ratios(card_of(law))


@each_law
def test_every_law_is_found_under_its_own_name(law):
    assert get_law(law.name) is law


def test_an_unknown_law_suggests_the_nearest():
    with pytest.raises(ModelError, match="unknown law 'chincilla': did you mean 'chinchilla'"):
        get_law("chincilla")


@each_law
def test_sympy_agrees_with_numpy(law):
    parameters = medians_of(law)
    inputs = [values[:6] for values in inputs_of(law)]
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
def test_pytensor_agrees_with_numpy(law):
    parameters = medians_of(law)
    inputs = inputs_of(law)
    input_symbols = [pt.dvector() for _ in inputs]
    parameter_symbols = {name: pt.dscalar() for name in parameters}
    graph = law.loss(*input_symbols, **parameter_symbols)
    given = dict(zip(input_symbols, inputs, strict=True))
    given |= {parameter_symbols[name]: value for name, value in parameters.items()}
    values = graph.eval(given, mode=UNCOMPILED)
    np.testing.assert_allclose(values, law.loss(*inputs, **parameters), rtol=1e-12)


@each_law
def test_xarray_draws_broadcast_against_runs(law):
    parameters = medians_of(law)
    inputs = inputs_of(law)
    factors = xr.DataArray([[0.9, 1.0], [1.1, 1.2]], dims=("chain", "draw"))
    losses = law.loss(
        *(xr.DataArray(values, dims="target") for values in inputs),
        **{name: value * factors for name, value in parameters.items()},
    )
    assert losses.sizes == {"chain": 2, "draw": 2, "target": RUNS}
    for chain, draw in itertools.product(range(2), range(2)):
        scaled = {k: v * float(factors[chain, draw]) for k, v in parameters.items()}
        expected = law.loss(*inputs, **scaled)
        found = losses.isel(chain=chain, draw=draw).transpose("target")
        np.testing.assert_allclose(found, expected, rtol=1e-12)


@each_law
def test_the_prediction_never_rises_where_the_law_says_so(law):
    card = card_of(law)
    runs, parameters = sweep(card)
    falls_in = law.inputs if law.falls_in is None else law.falls_in
    for symbol in falls_in:
        column = card.columns[symbol]
        quantity, reference = quantity_of(column), Problem.of(card, runs).reference[symbol]
        inputs = [np.full(50, np.median(values)) for values in ratios(card)]
        span = np.geomspace(max(quantity.span[0], 1e-3), quantity.span[1], 50) / reference
        inputs[law.inputs.index(symbol)] = span
        predicted = law.loss(*inputs, **parameters)
        assert np.all(np.diff(predicted) <= 1e-12 * predicted[1:]), symbol
        assert predicted[-1] < predicted[0], symbol


@each_card
def test_gradients_are_finite_over_the_range_of_the_prior(card):
    runs, _ = sweep(card)
    law, free = card.law, [name for name in card.law.parameters if name not in card.fixed]
    symbols = {name: pt.dscalar(name) for name in free}
    predicted = law.loss(*ratios(card), **symbols, **card.fixed)
    gradients = pytensor.grad(pt.log(predicted).sum(), list(symbols.values()))
    evaluate = pytensor.function(list(symbols.values()), gradients, mode=UNCOMPILED)
    drawn = draw_prior(Problem.of(card, runs), draws=20, seed=2)
    values = np.array([evaluate(*draw) for draw in zip(*(drawn[n] for n in free), strict=True)])
    assert np.all(np.isfinite(values))
    for name, column in zip(free, values.T, strict=True):
        assert np.any(column != 0), f"{name} has no influence on the prediction"


@each_card
def test_the_prior_predicts_sane_values(card):
    runs, _ = sweep(card)
    drawn = draw_prior(Problem.of(card, runs), draws=500, seed=3)
    parameters = {n: drawn[n][:, None] if n in drawn else card.fixed[n] for n in card.priors}
    predicted = card.law.loss(*(values[None, :] for values in ratios(card)), **parameters)
    observed = runs.table[card.law.target]
    if isinstance(card.likelihood, BetaBinomial):
        sane = (predicted >= -0.01) & (predicted <= 1.01)
    else:
        sane = (predicted > observed.min() / 10) & (predicted < observed.max() * 10)
    assert sane.mean() >= 0.99


@each_law
def test_the_latex_names_every_parameter_and_input(law):
    text = sympy.latex(law.equation())
    for name in (*law.parameters, *law.inputs, *(f"{symbol}_0" for symbol in law.inputs)):
        assert sympy.latex(sympy.Symbol(name)) in text


@each_law
def test_declared_terms_nearly_add_up_to_the_loss_at_the_reference(law):
    if law.terms:
        card, parameters = card_of(law), medians_of(law)
        total = sum(parameters[name] for name in law.terms)
        at_reference = [
            1.0 if quantity_of(card.columns[symbol]).scale else np.median(values)
            for symbol, values in zip(law.inputs, ratios(card), strict=True)
        ]
        assert law.loss(*at_reference, **parameters) == pytest.approx(total, rel=0.2)


@each_law
def test_classic_coefficients_give_the_same_loss_from_raw_inputs(law):
    parameters = medians_of(law)
    card = card_of(law)
    runs, _ = sweep(card)
    references = list(Problem.of(card, runs).reference.values())
    derived = law.derive(references, parameters)
    classic = {
        name.removesuffix("_classic"): v for name, v in derived.items() if "_classic" in name
    }
    if classic:
        raw = [runs.table[column].to_numpy() for column in card.columns.values()]
        expected = law.loss(*inputs_of(law), **parameters)
        np.testing.assert_allclose(law.loss(*raw, **(parameters | classic)), expected, rtol=1e-8)


def assert_split_is_the_minimum(law, product, parameters):
    others = [1.0] * (len(law.inputs) - 2)

    def loss_at(log_N):
        N = np.exp(log_N)
        return law.loss(N, product / N, *others, **parameters)

    N, D = (float(part) for part in law.best_split(product, parameters))
    assert product == pytest.approx(N * D)
    centre = np.log(product) / 2
    found = minimize_scalar(
        loss_at, bounds=(centre - 12.0, centre + 12.0), method="bounded", options={"xatol": 1e-9}
    )
    assert np.log(N) == pytest.approx(found.x, abs=1e-4)


@each_law_with_optimum
@pytest.mark.parametrize("product", [10.0, 1e4])
def test_the_closed_form_optimum_is_the_minimum_at_the_prior_medians(law, product):
    assert_split_is_the_minimum(law, product, medians_of(law))


@each_published
@pytest.mark.parametrize("flops", [1e21, 3.8e25])
def test_the_closed_form_optimum_is_the_minimum_at_published_constants(law, values, flops):
    assert_split_is_the_minimum(law, flops / 6, values)
