"""How far the form of a law is trusted, as a card says it."""

import json

import pytest

from bayescale.errors import ModelError
from bayescale.laws import get_law
from bayescale.model.card import Model
from bayescale.model.catalogue import models
from bayescale.model.discrepancy import Discrepancy, bends_over

CARD = models()["chinchilla"]


def test_it_speaks_of_percents_a_decade():
    assert "bend by about 2% a decade" in Discrepancy().words
    assert "bend by about 2% a decade" in str(CARD)


def test_a_law_bends_over_size_and_tokens_or_over_its_one_input():
    assert bends_over(get_law("data_constrained")) == ("N", "D")
    assert bends_over(get_law("power_law")) == ("x",)
    assert bends_over(get_law("domain_share")) == ()


def test_the_bend_is_among_the_priors_and_the_card_survives_json():
    assert CARD.all_priors["bend"].args == {"median": 0.02, "sigma": 0.7}
    assert Model(law=CARD.law, **json.loads(CARD.to_json())) == CARD


def test_a_card_without_it_is_written_as_it_always_was():
    assert "discrepancy" not in json.loads(CARD.with_discrepancy(False).to_json())


def test_a_card_that_was_changed_has_another_name():
    taken = CARD.with_discrepancy(False)
    assert taken.name == "chinchilla without discrepancy"
    assert taken.with_discrepancy(True).name == "chinchilla"
    added = models()["power_law"].with_discrepancy(True)
    assert added.name == "power_law with discrepancy"
    assert added.with_discrepancy(False) == models()["power_law"]


def test_tails_stay_light_beside_it_and_are_as_ever_without():
    def lowest(card):
        return card.likelihood.nu.args.get("lower")

    plain = Model(law="chinchilla", priors=CARD.priors)
    bent = Model(law="chinchilla", priors=CARD.priors, discrepancy={})
    assert [lowest(card) for card in (CARD, plain, bent)] == [3.0, None, 3.0]
    assert CARD.with_discrepancy(False).likelihood.nu == plain.likelihood.nu
    own = {"nu": {"dist": "Gamma", "alpha": 2.0, "beta": 0.1}}
    stated = Model(law="chinchilla", priors=CARD.priors, discrepancy={}, likelihood=own)
    assert stated.likelihood.nu.dist == "Gamma"


def test_every_law_that_splits_a_budget_bends_unless_it_cannot():
    names = {name for name, card in models().items() if card.discrepancy is not None}
    may = {
        name
        for name, card in models().items()
        if {"params"} < set(card.columns.values())
        and {"tokens", "flops"} & set(card.columns.values())
        and card.law.target == "loss"
    }
    # A bounded loss, published constants, and a price of repetition that a bend would pay.
    penalties = {name for name in may if name.startswith("overfitting_penalty")}
    assert may - names == {"bounded", "data_constrained_fixed_base"} | penalties
    assert names <= may


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"bend": {"dist": "Fixed", "value": 0.02}}, "leave the discrepancy out"),
        ({"bend": {"dist": "Normal", "mu": 0.0, "sigma": 0.1}}, "positive"),
        ({"slope": -1.0}, "zero or positive"),
        ({"bent": 1}, "bend, length, slope, modes"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, words):
    fields = {name: getattr(CARD, name) for name in Model.model_fields}
    with pytest.raises(ModelError, match=words):
        Model(**{**fields, "discrepancy": wrong})
