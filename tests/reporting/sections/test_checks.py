from bayescale.evaluation.checking import check
from tests.fits import synthetic_fit
from tests.pages import make


def test_checks_are_made_if_none_are_given(tmp_path):
    page = make(tmp_path, "checks", fit=synthetic_fit(), checks=None)
    for note in check(synthetic_fit()).notes:
        assert f"{note.severity} {' '.join(note.sentence.split())}" in page.text
