from dataclasses import replace

import pytest

import bayescale as bs
from bayescale.datasets import load
from bayescale.reporting.paths import without_folders
from tests.fits import fit_to, real_runs
from tests.pages import GOOD, only
from tests.reporting.test_trust import question


@pytest.mark.parametrize(
    "folder", ["/home/somebody/secret plans/", "C:\\Users\\somebody\\", "/srv/a&b/"]
)
@pytest.mark.parametrize("kind", ["html", "md", "json"])
def test_no_folder_of_the_machine_stands_in_a_report(tmp_path, folder, kind):
    runs = real_runs(f"{folder}runs.csv")
    runs = replace(runs, provenance=replace(runs.provenance, origin=f"{folder}runs.csv"))
    to = tmp_path / f"report.{kind}"
    with only("headline", "trust", "data", "reproduce"):
        bs.report(fit_to(runs), to=to, checks=GOOD, flops=1e22)
    text = to.read_text(encoding="utf-8")
    assert "runs.csv" in text
    assert "somebody" not in text
    assert "/srv/a" not in text


def test_relative_paths_and_names_of_data_sets_stay():
    from bayescale.reporting.paths import folders_in

    assert folders_in(fit_to(real_runs("tables/runs.csv")), question()) == []
    assert folders_in(fit_to(load("simulated")), question()) == []
    assert folders_in(fit_to(real_runs("/runs.csv")), question()) == []


def test_the_deepest_folder_goes_first():
    assert without_folders("in /a/b/c.csv", ["/a/b/", "/a/"]) == "in c.csv"
