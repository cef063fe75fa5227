"""How far the form of a law is trusted, as a card says it."""

import json

import pytest

from bayescale.errors import ModelError
from bayescale.laws import get_law
from bayescale.model.card import Model
from bayescale.model.catalogue import models
from bayescale.model.discrepancy import Discrepancy, bends_over

CARD = models()["chinchilla_bending"]


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
    assert "discrepancy" not in json.loads(models()["chinchilla"].to_json())


def test_a_card_that_was_changed_has_another_name():
    added = models()["chinchilla"].with_discrepancy(True)
    assert added.name == "chinchilla + discrepancy"
    assert added.with_discrepancy(False).name == "chinchilla"
    assert CARD.with_discrepancy(False).name == "chinchilla_bending - discrepancy"


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
