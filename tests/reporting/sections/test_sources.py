import pytest

import bayescale as bs
from bayescale.plotting.frontier import frontier_of
from tests.fits import synthetic_fit
from tests.pages import make


def foretold(fit, flops):
    frontier = frontier_of(fit, flops, {})
    single = bs.predict(fit, new_run=True, **frontier.points)
    return single.sources().iloc[frontier.asked], single.median(["chain", "draw"])[frontier.asked]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    fit = synthetic_fit(bends=True)
    return make(tmp_path_factory.mktemp("sources"), "sources", fit=fit, flops=[1e21, 1e22])


def test_the_shares_of_each_budget_are_in_the_table(page):
    shares, _ = foretold(synthetic_fit(bends=True), [1e21, 1e22])
    largest = shares[["floor", "parameters", "form", "noise"]].iloc[0].max()
    assert "comes from 10²¹ FLOPs 10²² FLOPs" in page.text
    assert f"({100 * largest:.0f}%)" in page.text
    assert "the shape of the law, which may not be the true one" in page.text


def test_it_is_said_what_a_higher_floor_does(page):
    shares, median = foretold(synthetic_fit(bends=True), [1e21, 1e22])
    change = shares["floor_effect"].iloc[0] * float(median[0])
    assert "Each 0.1 by which the floor is higher moves the forecast at 10²¹ FLOPs by" in page.text
    assert f"{change:+.2f}".replace("-", "−")[:5] in page.text


def test_a_law_that_gives_no_curve_has_no_such_section(tmp_path, monkeypatch):
    fit = synthetic_fit()
    monkeypatch.setattr(type(fit.model), "columns", {"D": "tokens", "U": "unique_tokens"})
    assert "Why the range" not in make(tmp_path, "sources", fit=fit).text
