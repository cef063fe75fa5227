from bayescale.model.card import Model

LOGNORMAL = {"dist": "LogNormal", "median": 0.3, "sigma": 0.8}


PRIORS = dict.fromkeys(("E", "A", "B", "alpha_N", "alpha_D"), LOGNORMAL)


def card_with(**fields):
    return Model(**{"law": "chinchilla", "priors": PRIORS, **fields})


def test_the_likelihood_has_a_default():
    likelihood = card_with().likelihood
    assert (likelihood.sigma.dist, likelihood.nu.dist) == ("HalfStudentT", "Gamma")
