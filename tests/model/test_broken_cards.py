import math

import pytest

from bayescale.errors import ModelError
from bayescale.laws import MOST_MEMBERS, get_law
from bayescale.model.card import Model, Prior
from bayescale.model.catalogue import get_model, read_model
from bayescale.model.distributions import DISTRIBUTIONS

PRIOR = '{ dist = "LogNormal", median = 0.4, sigma = 0.8 }'
HEAD = 'law = "power_law"\ninputs = { x = "flops" }\n'


def card(E=PRIOR, head=HEAD, tail=""):
    return f"{head}priors = {{ E = {E}, A = {PRIOR}, alpha_x = {PRIOR} }}\n{tail}"


BROKEN = [
    (card('{ dist = "Normal", mu = 0, sigma = 0 }'), "priors.E: sigma = 0: must be positive"),
    (card('{ dist = "Normal", mu = 0, sigma = -1 }'), "priors.E: sigma = -1: must be positive"),
    (card('{ dist = "Normal", mu = 0, sigma = nan }'), "priors.E: sigma = nan: must be a finite"),
    (card('{ dist = "Normal", mu = inf, sigma = 1 }'), "priors.E: mu = inf: must be a finite"),
    (card('{ dist = "Normal", mu = 0, sigma = true }'), "priors.E.args.sigma"),
    (card('{ dist = "Normal", mu = 0 }'), "priors.E: a Normal takes sigma or tau"),
    (card('{ dist = "Normal", mu = 0, sgma = 1 }'), "it has mu, sgma"),
    (card('{ dist = "Uniform", lower = 3, upper = 1 }'), "lower must be below upper"),
    (card('{ dist = "Uniform", lower = 1, upper = 1 }'), "lower must be below upper"),
    (card('{ dist = "Fixed", value = nan }'), "priors.E: value = nan: must be a finite"),
    (card('{ dist = "Fixed", value = inf }'), "priors.E: value = inf: must be a finite"),
    (card('{ dist = "LogNormal", median = 0, sigma = 1 }'), "median = 0: must be positive"),
    (card('{ dist = "Gamma", alpha = 2 }'), "a Gamma takes alpha and beta or mu and sigma"),
    (card('{ dist = "Exponential", lam = -2 }'), "lam = -2: must be positive"),
    (card('{ dist = "Beta", mu = 2, nu = 1 }'), "mu = 2: a Beta has mu below 1"),
    (card('{ dist = "Lognormal", mu = 0, sigma = 1 }'), "did you mean 'LogNormal'"),
    (card('{ dist = "Poisson", mu = 1 }'), "unknown distribution 'Poisson'"),
    (card("3"), "priors.E: 3 is no table"),
    (card(tail="[likelihood]\nsigma = 3\n"), "likelihood: sigma: 3 is no table"),
    (
        card(tail='[likelihood.sigma]\ndist = "Normal"\nmu = 0\nsigma = 1\n'),
        "allows values that are not positive; take a LogNormal",
    ),
    (
        card(tail='[pool.E]\nover = "family"\nspread = { dist = "Normal", mu = 0, sigma = 1 }\n'),
        "pool.E.spread: Normal(mu 0, sigma 1) allows values that are not positive",
    ),
    (card(head="self = 3\n" + HEAD), "self: unknown key"),
    (card(head="pool = 3\n" + HEAD), "pool: 3 is no table"),
    (card(tail="[pool]\nE = 3\n"), "pool.E: 3 is no table"),
    (f"{HEAD}priors = 3\n[pool]\nE = 'family'\n", "priors: 3 is no table"),
    (card(head="reference = { x = inf }\n" + HEAD), "reference.x"),
    (
        card(tail="[published.p]\nsource = 's'\nvalues = { E = nan, A = 1, alpha_x = 1 }"),
        "values.E",
    ),
    (card(head="law = {}\n"), "law: {} is no law; give its name"),
    ('law = "mixture_999999999"\n', "mixture takes 2 to 64 domains; write for example mixture_7"),
    (f'law = "mixture_{"9" * 5000}"\n', "mixture takes 2 to 64 domains"),
    ('law = "mixture_²"\n', "unknown law 'mixture_²'"),
    ("law = " + "[" * 20000, "not a TOML file"),
    ("", "law: is required"),
]


@pytest.mark.parametrize(("content", "words"), BROKEN, ids=[words for _, words in BROKEN])
def test_a_broken_card_is_refused_when_read_with_file_key_and_rule(content, words, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ModelError) as error:
        read_model(path)
    assert str(error.value).startswith(f"{path}: ")
    assert words in str(error.value)


def test_a_card_may_begin_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(card(), encoding="utf-8-sig")
    assert get_model(path).name == "power_law"


def test_a_family_of_laws_ends_where_it_says():
    assert len(get_law(f"mixture_{MOST_MEMBERS}").inputs) == 2 + MOST_MEMBERS
    with pytest.raises(ModelError, match="takes 2 to 64 domains"):
        get_law(f"mixture_{MOST_MEMBERS + 1}")


def test_a_truncated_normal_may_be_open_at_an_end():
    prior = Prior(dist="TruncatedNormal", args={"mu": 1.0, "sigma": 1.0, "upper": math.inf})
    assert (
        Model(
            law="power_law",
            inputs={"x": "flops"},
            priors=dict.fromkeys(("E", "A", "alpha_x"), prior),
        ).priors["E"]
        == prior
    )


def test_every_distribution_is_one_that_pymc_can_make():
    import pymc as pm

    for name, known in DISTRIBUTIONS.items():
        if name in {"Fixed", "LogNormal"}:
            continue  # one value, and stated by its median
        for form in known.forms:
            names = [*form.split(), *known.optional.split()]
            values = dict.fromkeys(names, 0.4) | ({"sigma": 0.3} if "sigma" in names else {})
            values |= {"upper": 0.8} if "upper" in names else {}
            getattr(pm, name).dist(**Prior(dist=name, args=values).args)
