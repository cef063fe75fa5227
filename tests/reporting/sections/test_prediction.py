from tests.fits import synthetic_fit
from tests.pages import make


def test_a_law_of_compute_alone_is_drawn_against_compute_without_a_plan(tmp_path):
    page = make(tmp_path, "headline", "prediction", "plan", fit=synthetic_fit("power_law"))
    assert "plan" not in page.ids
    assert [tag for tag, _ in page.tags].count("svg") == 1
    assert "each doubling of training FLOPs removes" in page.text
    assert "The loss to expect against training FLOPs." in page.text
