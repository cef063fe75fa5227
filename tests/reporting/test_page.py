from tests.fits import fit_to, real_runs, synthetic_fit
from tests.pages import BAD, make

WORDS = ("headline", "law", "priors", "checks", "reproduce")


def test_failed_checks_stand_on_top(tmp_path):
    page = make(tmp_path, "headline", fit=synthetic_fit(), checks=BAD)
    assert page.text.startswith("FAILED CHECKS: ")
    body = page.text.index("This fit failed its checks.")
    assert body < page.text.index("900 of 4000 transitions diverged. Add runs.")
    assert body < page.text.index("What 54 simulated runs say about scaling", body)
    assert "From a fit that failed its checks." in page.text
    assert ("section", {"id": "headline", "class": "failed"}) in page.tags


def test_simulated_runs_are_called_so_in_words_and_figures(whole):
    text = whole.page.text
    assert "These runs are simulated." in text
    figures = whole.page.source.count('<figure><div class="wide"')
    assert figures == whole.page.source.count(">simulated runs<") == text.count("Simulated runs.")
    assert figures == 8


def test_nothing_is_called_simulated_if_the_runs_were_trained(tmp_path):
    page = make(tmp_path, "data", *WORDS, fit=fit_to(real_runs()))
    assert "simulated" not in page.text.lower()


def test_interval_settings_are_stated(tmp_path):
    text = make(tmp_path, "headline", fit=synthetic_fit(), ci_prob=0.5, ci_kind="hdi").text
    assert "Intervals hold 50% of the posterior (highest density)" in text
