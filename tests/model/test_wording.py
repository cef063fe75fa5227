from bayescale.model.catalogue import models
from bayescale.model.wording import describe


def test_a_card_is_told_with_its_priors_its_bend_and_what_was_published():
    text = describe(models()["chinchilla"])
    assert "prior     E ~ TruncatedNormal(mu 0.5 x low loss" in text
    assert "published besiroglu2024: E 1.8172" in text
    assert "bends     The law's form is trusted to bend" in text
    assert "bends" not in describe(models()["chinchilla"].with_discrepancy(False))
