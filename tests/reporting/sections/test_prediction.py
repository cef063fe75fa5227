from tests.evaluation.checks.test_envelope import with_floor
from tests.fits import synthetic_fit
from tests.pages import make


def test_a_law_of_compute_alone_is_drawn_against_compute_without_a_plan(tmp_path):
    page = make(tmp_path, "headline", "prediction", "plan", fit=synthetic_fit("power_law"))
    assert "plan" not in page.ids
    assert [tag for tag, _ in page.tags].count("svg") == 1
    assert "each doubling of training FLOPs removes" in page.text
    assert "The loss to expect against training FLOPs." in page.text


def test_both_forecasts_are_shown_where_surface_and_best_runs_do_not_agree(tmp_path):
    contradicted = with_floor(synthetic_fit(), 0.25)
    words = "At 1e23 FLOPs the surface foretells a loss of"
    for fit, shown in ((contradicted, True), (synthetic_fit(), False)):
        page = make(tmp_path, "headline", "prediction", fit=fit, flops=1e23)
        assert (words in page.text) == shown
        assert ("the best runs alone" in page.text) == shown
