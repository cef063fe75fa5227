"""What a notebook shows of each noun."""

import importlib
import pkgutil
import re
import warnings
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import bayescale as bs
from bayescale import display
from bayescale.core.progress import Step
from bayescale.core.shown import Shown
from bayescale.display.beliefs import density_of
from bayescale.display.progress import line_of
from tests.fits import synthetic_fit
from tests.forecasting.ladders import in_progress, ladder
from tests.forecasting.ladders import load as load_curves
from tests.pages import BAD, GOOD

VOID = {"path", "circle", "meta"}


class Balanced(HTMLParser):
    """Fails where a tag is not closed in its place."""

    def __init__(self, text):
        super().__init__()
        self.open, self.words = [], []
        self.feed(text)
        assert self.open == []
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):  # noqa: ARG002
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)


def shown(thing):
    """Return the words that a notebook shows."""
    return Balanced(thing._repr_html_()).text


@pytest.fixture(scope="module")
def held_out():
    beyond = pd.DataFrame({"params": [2e10, 4e10, 8e10], "tokens": 4e12})
    return bs.simulate("chinchilla", beyond, values="besiroglu2024", seed=4)


def foretold():
    """What was said of the runs that were held out."""
    return bs.forecast(synthetic_fit(), params=[2e10, 4e10, 8e10], tokens=4e12)


def tuning():
    """What a sweep of three sizes and five rates says of the rate."""
    sizes, rates = np.meshgrid([1e8, 2e8, 4e8], [1e-4, 3e-4, 1e-3, 3e-3, 1e-2])
    loss = 3.0 * (sizes / 1e8) ** -0.1 * (1 + 0.01 * np.log(rates / 1e-3) ** 2)
    columns = {"params": sizes, "tokens": 20 * sizes, "lr": rates, "loss": loss}
    table = pd.DataFrame({name: values.ravel() for name, values in columns.items()})
    return bs.tune(table, settings=["lr"])


@pytest.fixture(scope="module")
def nouns(held_out, back_tested, fragile):
    """Each noun, with a word that must be shown of it."""
    fit = synthetic_fit()
    plan = bs.allocate(fit, flops=[1e23, 1e24], unique_tokens=5e11)
    tables = {name: pd.DataFrame({"elpd": [2.0, 1.0], "runs": 3}, ["a", "b"]) for name in "lg"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        versus = bs.versus(fit, held_out, random_seed=1)
    return {
        "Runs": (fit.runs, "54 simulated runs"),
        "Model": (bs.models()["chinchilla"], "TruncatedNormal(mu 0.5 × low loss"),
        "Cards": (bs.models(), "overfitting_penalty_free"),
        "Fit": (fit, "Fit of chinchilla"),
        "Checks": (BAD, "This fit failed its checks"),
        "Plan": (plan, "With 1e24 FLOPs, spend"),
        "Reach": (bs.reach(fit, target_loss=2.2), "A loss of 2.2 costs"),
        "NextRuns": (
            bs.next_runs(fit, budget=1e21, target=1e24),
            "Before 1e24 FLOPs are spent, with 1e21 for further runs",
        ),
        "Score": (bs.score(fit, held_out), "runs that chinchilla was not fitted to"),
        "Versus": (versus, "over 3 runs"),
        "Comparison": (
            bs.Comparison(tables["l"], tables["g"], 1e20, 0.89, "a", GOOD.notes),
            "a extrapolates best",
        ),
        "Forecast": (foretold(), "Foretold: the loss of 3 new runs by chinchilla"),
        "Record": (bs.settle(foretold(), held_out), "came out inside their 90% interval"),
        "Outlook": (
            bs.expect_end(load_curves(in_progress(ladder(), "800M", 0.5)), "800M"),
            "is expected to end at a loss of",
        ),
        "Backtest": (back_tested, "What the later runs showed"),
        "Fragility": (fragile, "What moves it most"),
        "Look": (bs.look(fit.runs), "Models that can be fitted: "),
        "Tuning": (tuning(), "settings lr"),
        "Prediction": (bs.predict(fit, params=[7e9, 7e10], tokens=1e12), "the mean surface"),
    }


NOUNS = [
    "Backtest",
    "Fragility",
    "Runs",
    "Model",
    "Cards",
    "Fit",
    "Checks",
    "Plan",
    "Reach",
    "NextRuns",
    "Score",
    "Versus",
    "Comparison",
    "Prediction",
    "Forecast",
    "Record",
    "Outlook",
    "Look",
    "Tuning",
]


@pytest.mark.parametrize("name", NOUNS)
def test_a_noun_is_shown_in_words_and_whole_tags(nouns, name):
    thing, words = nouns[name]
    assert type(thing).__name__ == name
    text = shown(thing)
    assert words in text
    assert "object at 0x" not in text
    assert "nan" not in text.split()


@pytest.mark.parametrize("name", [name for name in NOUNS if name != "Prediction"])
def test_a_console_shows_the_sentences_and_not_the_fields(nouns, name):
    thing, _ = nouns[name]
    assert f"{name}(" not in repr(thing)
    if name != "Fit":
        assert repr(thing) == str(thing)


def test_every_class_that_shows_itself_has_a_display():
    files = {module.name for module in pkgutil.iter_modules(display.__path__)}
    for module in (
        "looking.look",
        "runs.tuning",
        "forecasting.settling",
        "forecasting.expecting",
        "inference.fitting",
        "auditing.backtesting",
        "auditing.fragile",
        "evaluation.multiplier",
        "planning.reaching",
        "planning.proposal",
    ):
        importlib.import_module(f"bayescale.{module}")
    kinds = {kind.__name__.lower() for kind in Shown.__subclasses__()}
    assert kinds <= files
    assert kinds | {"prediction"} == {name.lower() for name in NOUNS}


def test_colours_follow_the_theme_of_the_front_end(nouns):
    html = nouns["Plan"][0]._repr_html_()
    for theme in ('[data-jp-theme-light="false"]', "body.vscode-dark", 'html[data-theme="dark"]'):
        assert theme in html
    # Nothing outside of the display is touched.
    style = re.search("<style>(.*?)</style>", html, re.DOTALL)[1]
    rules = re.findall(r"([^{}]+)\{", re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL))
    assert all(".bayescale" in part for rule in rules for part in rule.split(","))


def test_the_plan_of_each_budget_stands_in_it(nouns):
    plan, _ = nouns["Plan"]
    text = shown(plan)
    for size in plan.committed["params"].to_numpy():
        assert bs.core.text.human(float(size)) in text
    assert "under 500B unique tokens" in text


def test_what_users_wrote_is_not_taken_for_tags():
    table = pd.DataFrame({"params": [1e8, 2e8], "tokens": [2e9, 4e9], "loss": [3.5, 3.3]})
    runs = bs.load_runs(table.assign(arm=["<b>new", "a&b"]), groups=["arm"], name="<script>")
    html = runs._repr_html_()
    assert "<script>" not in html
    assert "<b>new" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("name", sorted(bs.models()))
def test_every_card_is_shown_with_its_priors_drawn(name):
    card = bs.models()[name]
    html = card._repr_html_()
    Balanced(html)
    assert html.count("<svg") == len(card.all_priors)
    for prior in card.all_priors.values():
        x, y = density_of(prior)
        assert np.all(np.diff(x) > 0)
        assert np.isfinite(y).all()
        assert 0.9 < np.trapezoid(y, x) < 1.2  # few points of a broad one


def test_a_prior_that_cannot_be_drawn_is_still_written():
    prior = bs.Prior(dist="Wald", args={"mu": 1.0, "lam": 2.0})
    assert density_of(prior) is None
    assert "Wald(mu 1, lam 2)" in shown(bs.models()["chinchilla"].with_priors({"A": prior}))


def test_a_fixed_parameter_is_said_to_be_fixed():
    card = bs.models()["chinchilla"].with_priors({"E": 1.6})
    assert "fixed at 1.6" in shown(card)


def test_what_is_computed_from_a_prediction_is_shown_as_an_array():
    prediction = bs.predict(synthetic_fit(), params=7e9, tokens=1e12)
    half = prediction / 2
    assert type(half) is xr.DataArray
    assert "xr-wrap" in half._repr_html_()


def test_many_rows_are_counted_and_not_shown(held_out):
    table = pd.concat([held_out.table[["params", "tokens"]]] * 5, ignore_index=True)
    prediction = bs.predict(synthetic_fit(), params=table["params"], tokens=table["tokens"])
    assert "5 more rows" in shown(prediction)


def test_a_line_says_what_is_being_done_and_how_far_it_is():
    steps = [Step("refitting a, 1 of 2"), Step("sampling a", 1, 30, 120)]
    line = str(line_of(steps))
    assert "refitting a, 1 of 2: sampling a ..." in Balanced(line).text
    assert '<progress value="30" max="120">' in line
