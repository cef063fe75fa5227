import math

import pytest

from bayescale.errors import ModelError
from bayescale.laws import laws
from bayescale.model.card import Model
from bayescale.model.catalogue import get_model, models, read_model

LOGNORMAL = {"dist": "LogNormal", "median": 0.3, "sigma": 0.8}
PRIORS = dict.fromkeys(("E", "A", "B", "alpha_N", "alpha_D"), LOGNORMAL)

each_card = pytest.mark.parametrize("card", models().values(), ids=models())


def card_with(**fields):
    return Model(**{"law": "chinchilla", "priors": PRIORS, **fields})


def complaint(**fields):
    with pytest.raises(ModelError) as error:
        card_with(**fields)
    return str(error.value)


# The cards that ship


@each_card
@pytest.mark.parametrize("field", ["summary", "use_when", "citation"])
def test_every_card_says_what_it_is_when_to_use_it_and_where_it_is_from(card, field):
    assert len(getattr(card, field).split()) >= 3


@each_card
def test_every_card_states_a_prior_for_each_parameter(card):
    assert set(card.priors) == set(card.law.parameters)


@each_card
def test_every_card_is_found_under_its_own_name(card):
    assert get_model(card.name) is card


@each_card
def test_every_published_set_has_a_source_and_all_parameters(card):
    for published in card.published.values():
        assert published.source
        assert set(published.values) == set(card.law.parameters)


@pytest.mark.parametrize(
    "card", [card for card in models().values() if card.law.optimum], ids=lambda card: card.name
)
def test_published_exponents_have_prior_mass(card):
    for published in card.published.values():
        for name, prior in card.priors.items():
            # Whatever else a card holds may depend on the reference, exponents do not.
            if prior.dist == "LogNormal" and name in {"alpha_N", "alpha_D"}:
                distance = math.log(published.values[name] / prior.args["median"])
                assert abs(distance) < 3 * prior.args["sigma"], name


@each_card
def test_every_card_prints_its_priors_with_those_of_the_noise(card):
    text = str(card)
    for name, prior in card.all_priors.items():
        assert f"{name} ~ {prior}" in text
    for name, value in card.fixed.items():
        assert f"{name} = {value!r}" in text


def test_every_law_has_a_card():
    assert {card.law.name for card in models().values()} == set(laws())


@each_card
def test_every_card_survives_being_written_and_read_as_json(card):
    fields = card.model_dump(mode="json", exclude={"law"})
    assert Model(law=card.law, **fields) == card


# What a card decides


def test_a_model_is_called_after_its_law_unless_it_has_a_name():
    assert (card_with().name, card_with(name="mine").name) == ("chinchilla", "mine")


def test_a_function_can_be_the_law():
    def mine(N, *, E, A):
        return E + A / N

    card = Model(law=mine, priors={"E": LOGNORMAL, "A": LOGNORMAL})
    assert (card.name, card.law.parameters) == ("mine", ("E", "A"))


def test_the_letters_of_the_field_read_their_columns():
    assert card_with().columns == {"N": "params", "D": "tokens"}


def test_x_reads_the_column_that_the_card_binds(card_file):
    assert read_model(card_file).columns == {"x": "flops"}


# Bad cards


def without(name):
    return {key: value for key, value in PRIORS.items() if key != name}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"sumary": "x"}, ["sumary: unknown key", "summary"]),
        (
            {"likelihood": {"sigma": LOGNORMAL, "nu": LOGNORMAL, "tau": LOGNORMAL}},
            ["likelihood: tau: unknown key; a likelihood has sigma and nu"],
        ),
        (
            {"published": {"p": {"values": {}, "source": "s", "year": 2022}}},
            ["published.p.year: unknown key; allowed are values, source"],
        ),
        ({"priors": without("B")}, ["priors: B is missing", "E, A, B, alpha_N, alpha_D"]),
        (
            {"priors": {**PRIORS, "gamma": LOGNORMAL}},
            ["priors: gamma is not a parameter", "E, A, B, alpha_N, alpha_D"],
        ),
        (
            {"published": {"p": {"values": {"E": 1.0}, "source": "s"}}},
            ["published.p.values: A is missing"],
        ),
        ({"published": {"p": {"values": {}}}}, ["published.p.source", "required"]),
        ({"law": "chinchila"}, ["law", "did you mean 'chinchilla'"]),
        ({"law": 3}, ["law"]),
        ({"priors": {**PRIORS, "E": {"mu": 1.0}}}, ["priors.E.dist", "required"]),
        (
            {"priors": {**PRIORS, "E": {"dist": "Normal", "mu": "big", "sigma": 1}}},
            ["priors.E.args.mu", "number"],
        ),
        (
            {"priors": {**PRIORS, "E": {"dist": "LogNormal", "mu": 0, "sigma": 1}}},
            ["priors.E: a LogNormal takes median and sigma"],
        ),
        (
            {"priors": {**PRIORS, "E": {"dist": "LogNormal", "median": -1, "sigma": 1}}},
            ["priors.E: median = -1: must be positive"],
        ),
        ({"priors": {**PRIORS, "E": {**LOGNORMAL, "unit": "nats"}}}, ["priors.E.unit", "'loss'"]),
        (
            {"priors": {**PRIORS, "E": {"dist": "Gamma", "alpha": 2, "beta": 1, "unit": "loss"}}},
            ["priors.E: unit = 'loss' is defined for HalfNormal", "not Gamma"],
        ),
        (
            {"law": "power_law", "priors": dict.fromkeys(("E", "A", "alpha_x"), LOGNORMAL)},
            ["inputs: 'x' is not bound", 'inputs = { x = "flops" }'],
        ),
        (
            {"inputs": {"N": "flops"}},
            ["inputs.N = 'flops'", "law chinchilla leaves no input to be bound"],
        ),
        (
            {"reference": {"U": 1.0}},
            ["reference.U", "law chinchilla takes N, D"],
        ),
        (
            {"pool": {"k": "architecture"}},
            ["pool: k is not a parameter", "E, A, B, alpha_N, alpha_D", "loss pools the residuals"],
        ),
        (
            {"pool": {"E": {"over": "architecture", "centred": True}}},
            ["pool.E.centred", "allowed are over, spread"],
        ),
    ],
)
def test_a_bad_card_is_refused_with_key_and_remedy(fields, words):
    message = complaint(**fields)
    for word in words:
        assert word in message
