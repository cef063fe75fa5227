import re
from html.parser import HTMLParser
from types import SimpleNamespace
from unittest.mock import patch

import pandas as pd
import pytest

import bayescale as bs
from bayescale.core.note import Note
from bayescale.errors import FileError, PlanError
from bayescale.evaluation.checking import Checks, check
from bayescale.evaluation.comparing import Comparison
from bayescale.planning.allocating import allocate
from bayescale.reporting import report
from bayescale.reporting.digits import count, decimals, fixed, percent
from bayescale.reporting.symbols import find_symbols
from bayescale.runs.rules import refusals
from tests.fits import fit_to, real_runs, synthetic_fit

GOOD = Checks((Note("sampler", "info", "The chains agree."),))
BAD = Checks((Note("divergences", "error", "900 of 4000 transitions diverged.", "Add runs."),))


class Page(HTMLParser):
    """Tags, ids and text of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.words, self.hidden = [], [], [], 0
        self.feed(text)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        self.hidden += tag == "style"

    def handle_endtag(self, tag):
        self.hidden -= tag == "style"

    def handle_data(self, data):
        if not self.hidden:
            self.words.append(data)


FIGURES = ("runs", "parameters", "fit", "prediction", "held_out", "plan")
without_figures = patch(
    "bayescale.reporting.context._figures", lambda *_: (dict.fromkeys(FIGURES, "[figure]"), "")
)


def make(tmp_path, fit=None, **options):
    """Write a report without figures, which take most of the time."""
    to = tmp_path / "report.html"
    with without_figures:
        report(fit or synthetic_fit(), to=to, **{"checks": GOOD} | options)
    return Page(to.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    fit = synthetic_fit()
    plan = allocate(fit, flops=1e22, unique_tokens=1e11, max_epochs=4)
    path = tmp_path_factory.mktemp("report") / "report.html"
    report(fit, to=path, plan=plan, checks=GOOD)
    return SimpleNamespace(plan=plan, path=path, page=Page(path.read_text(encoding="utf-8")))


def test_headline_numbers_are_those_of_the_plan(planned):
    plan, text = planned.plan, planned.page.text
    params, tokens = (count(float(plan.committed[name][0])) for name in ("params", "tokens"))
    assert f"With 1e22 training FLOPs, train {params} parameters on {tokens} tokens." in text
    low, high = (count(float(plan.near_optimal[f"params_{end}"][0])) for end in ("low", "high"))
    assert f"Any size from {low} to {high} parameters" in text
    loss = float(plan.outcome["loss"].mean())
    lower = plan.summary().loc[(slice(None), "expected_loss"), "lower"].item()
    shown = re.search(r"Expected loss ([\d.]+) ([\d.]+) to", text)
    assert float(shown[1]) == pytest.approx(loss, abs=0.005)
    assert float(shown[2]) == pytest.approx(lower, abs=0.005)


def test_every_section_is_there_in_order(planned):
    order = ["headline", "data", "law", "priors", "posterior", "fit", "checks", "prediction"]
    assert [i for i in planned.page.ids if "-" not in i] == [*order, "plan", "reproduce"]


def test_a_report_opens_offline(planned):
    for tag, attributes in planned.page.tags:
        assert tag not in {"link", "script", "iframe"}
        for name in ("src", "href", "xlink:href"):
            assert attributes.get(name, "#").startswith(("#", "data:"))
    style = re.findall(r"<style.*?</style>", planned.path.read_text(encoding="utf-8"), re.DOTALL)
    assert len(style) == 1
    assert "url(" not in style[0]
    assert "@import" not in style[0]
    assert planned.path.stat().st_size < 1.5e6


def test_ids_are_unique_and_references_lead_somewhere(planned):
    ids = planned.page.ids
    assert len(ids) == len(set(ids))
    text = planned.path.read_text(encoding="utf-8")
    references = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', text)
    assert {first or second for first, second in references} <= set(ids)


def test_budgets_without_a_plan_are_planned_for(tmp_path):
    text = make(tmp_path, flops=[1e21, 1e22]).text
    assert "With 1e21 training FLOPs, train" in text
    assert "With 1e22 training FLOPs, train" in text
    assert "bayescale report fit.nc --flops 1e21 --flops 1e22 --to report.html" in text


def test_a_binding_limit_is_said_and_nothing_is_written_as_nothing(tmp_path):
    text = make(tmp_path, flops=1e24, unique_tokens=1e11).text
    assert "The limit on tokens binds with 100% probability" in text
    assert "Loss given away 0.000 0% of the loss" in text
    assert "Against the best split" not in text


def test_checks_are_made_if_none_are_given(tmp_path):
    first = check(synthetic_fit()).notes[0]
    assert first.sentence in make(tmp_path, checks=None).text


def test_failed_checks_stand_on_top(tmp_path):
    page = make(tmp_path, checks=BAD)
    assert page.text.startswith("FAILED CHECKS: ")
    body = page.text.index("This fit failed its checks.")
    assert body < page.text.index("900 of 4000 transitions diverged. Add runs.")
    assert body < page.text.index("What 54 simulated runs say about scaling", body)
    assert "From a fit that failed its checks." in page.text


def test_warnings_have_a_calmer_banner(tmp_path):
    checks = Checks((Note("few_decades", "warning", "params spans 0.5 decades.", "Add runs."),))
    text = make(tmp_path, checks=checks).text
    assert "The fit passed its checks, with 1 warning. params spans 0.5 decades." in text
    assert "failed its checks" not in text


def test_simulated_runs_are_called_so_in_words_and_figures(planned, tmp_path):
    text = planned.page.text
    assert "These runs are simulated." in text
    figures = planned.path.read_text(encoding="utf-8").count(">simulated runs<")
    assert figures == text.count("Simulated runs.") == 5
    assert "simulated" not in make(tmp_path, fit_to(real_runs())).text.lower()


def test_what_comes_from_the_user_is_escaped(tmp_path):
    nasty = "<script>alert(1)</script>"
    refused = refusals([{"row": nasty, "column": "loss", "value": nasty, "reason": nasty}])
    page = make(tmp_path, fit_to(real_runs(nasty, refused)), title=nasty)
    assert "script" not in [tag for tag, _ in page.tags]
    assert page.text.count(nasty) >= 4


def test_refused_rows_are_listed_with_reasons(tmp_path):
    entry = {"row": 17, "column": "loss", "value": "-1", "reason": "must be positive"}
    text = make(tmp_path, fit_to(real_runs(refused=refusals([entry])))).text
    assert "1 row was left out" in text
    assert "17 loss -1 must be positive" in text


def test_a_law_of_compute_alone_gets_a_report_without_a_plan(tmp_path):
    path = report(synthetic_fit("power_law"), to=tmp_path / "report.html", checks=GOOD)
    page = Page(path.read_text(encoding="utf-8"))
    assert "plan" not in page.ids
    assert [tag for tag, _ in page.tags].count("svg") == 4
    assert "each doubling of training FLOPs removes" in page.text
    assert "The loss to expect against training FLOPs." in page.text


def test_a_law_of_compute_alone_predicts_at_the_budgets(tmp_path):
    text = make(tmp_path, synthetic_fit("power_law"), flops=1e22).text
    assert "At 1e22 training FLOPs, expect a loss of" in text
    assert "times beyond the largest run" in text


def test_an_impossible_plan_is_an_error_and_leaves_no_file(tmp_path):
    with pytest.raises(PlanError):
        report(synthetic_fit(), to=tmp_path / "report.html", flops=1e3, checks=GOOD)
    assert list(tmp_path.iterdir()) == []


def test_a_comparison_says_which_score_answers_the_question(tmp_path):
    loo = {"rank": 0, "elpd": 210.04, "se": 9.0, "elpd_diff": 0.0, "dse": 0.0, "p": 4.0}
    largest = {"elpd": 40.0, "elpd_diff": 0.0, "error": 0.0042, "bias": -0.001}
    comparison = Comparison(
        loo=pd.DataFrame([loo | {"weight": 1.0, "max_k": 0.3, "high_k": 0}], index=["chinchilla"]),
        largest=pd.DataFrame(
            [largest | {"coverage": 0.9, "weight": 1.0, "runs": 10}], index=["chinchilla"]
        ),
        cut=1e20,
        ci_prob=0.89,
        best="chinchilla",
        notes=(Note("only_one", "info", "There is nothing to compare it with."),),
    )
    text = make(tmp_path, comparison=comparison).text
    assert "A compute decision extrapolates, so largest-compute-out is the score" in text
    assert "chinchilla 40.0 0.0 0.42% −0.1% 90% 1.00 10" in text
    assert "chinchilla 210.0 0.0 0.0 1.00 0" in text
    assert "There is nothing to compare it with." in text


def test_runs_that_were_held_out_stand_beside_their_prediction(tmp_path):
    fit = synthetic_fit()
    inputs = pd.DataFrame({"params": [3e9, 9e9], "tokens": 2e11})
    drawn = bs.simulate("chinchilla", inputs, values="besiroglu2024", seed=2).table
    missed = drawn.assign(loss=[drawn["loss"][0], 1.1 * drawn["loss"][1]])
    missed.to_csv(tmp_path / "large.csv", index=False)
    found = bs.score(fit, bs.load_runs(tmp_path / "large.csv"))
    page = make(tmp_path, fit, held_out=found)
    assert "held-out" in page.ids
    assert page.text.count("1 of 2 runs that chinchilla was not fitted to came out inside") == 2
    loss = f"{missed['loss'][0]:.4f}"
    assert re.search(
        rf"\d 3B 200B {loss} \S+ 2\.\d+ to 2\.\d+ \S+ \d 9B 200B .* outside", page.text
    )
    assert "--held-out" in page.text
    assert "held_out=bs.score(fit, bs.load_runs(" in page.text


def test_interval_settings_are_stated(tmp_path):
    text = make(tmp_path, ci_prob=0.5, ci_kind="hdi").text
    assert "Intervals hold 50% of the posterior (highest density)" in text


@pytest.mark.parametrize(
    ("where", "rule"),
    [
        ("missing/report.html", "there is no folder .*missing; make the folder"),
        ("file/report.html", "cannot write: .*; give a path that can be written"),
        ("folder", "is a folder, must be a file; give the name of a file"),
    ],
)
def test_a_path_that_cannot_be_written_is_an_error_before_any_work(
    tmp_path, monkeypatch, where, rule
):
    monkeypatch.setattr("bayescale.reporting.writing.build_context", None)
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileError, match=rule):
        report(synthetic_fit(), to=tmp_path / where, checks=GOOD)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "folder"]


def test_symbols_are_explained_from_the_formula():
    model = synthetic_fit().model
    roles = {s.name: (s.role, s.column) for s in find_symbols(model, list(model.law.parameters))}
    assert roles == {
        "E": ("floor", ""),
        "A": ("term", "params"),
        "B": ("term", "tokens"),
        "alpha_N": ("exponent", "params"),
        "alpha_D": ("exponent", "tokens"),
    }


@pytest.mark.parametrize(("spread", "places"), [(0.024, 3), (1.2, 1), (397.0, 0), (0.0, 3)])
def test_digits_follow_the_spread(spread, places):
    assert decimals(spread) == places


def test_numbers_are_written_for_people():
    assert fixed(-0.5, 1) == "−0.5"
    assert fixed(float("nan"), 2) == "–"
    assert fixed(-2e-16, decimals(2e-16)) == "0.000"
    assert count(5.76e23) == "5.76e23"
    assert percent(0.000056) == "0.0056%"
    assert percent(0.21) == "21%"
