import pytest

from bayescale.cli.demonstrating import MODEL, run_demo


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The folder of a demo, and what it said."""
    folder, said = tmp_path_factory.mktemp("demo") / "new", []
    run_demo(folder, said.append)
    return folder, said


def test_the_demo_goes_from_runs_to_a_report(first):
    folder, said = first
    text = "\n".join(said)
    assert "runs from A sweep of small language models" in text
    assert "no divergence" in text
    assert f"runs that {MODEL} was not fitted to came out inside" in text
    assert "512K unique tokens; at most 64 epochs" in text
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "Held-out runs" in report
    assert "FAILED" not in report


def test_a_second_demo_uses_the_fit_of_the_first(first):
    folder, said = first
    again = []
    run_demo(folder, again.append)
    assert any(f"Using the fit in {folder / 'fit.nc'}" in line for line in again)
    assert again[-1] == said[-1]
