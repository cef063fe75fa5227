import re

import pytest

from bayescale.errors import FileError, PlanError
from bayescale.reporting import report
from bayescale.runs.rules import refusals
from tests.fits import fit_to, real_runs, synthetic_fit
from tests.pages import GOOD, make


def test_a_report_opens_offline(whole):
    for tag, attributes in whole.page.tags:
        assert tag not in {"link", "iframe"}
        for name in ("src", "href", "xlink:href"):
            assert attributes.get(name, "#").startswith(("#", "data:"))
    style = re.findall(r"<style.*?</style>", whole.page.source, re.DOTALL)
    assert len(style) == 1
    assert "url(" not in style[0]
    assert "@import" not in style[0]
    assert whole.path.stat().st_size < 700e3


def test_ids_are_unique_and_references_lead_somewhere(whole):
    ids = whole.page.ids
    assert len(ids) == len(set(ids))
    references = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', whole.page.source)
    assert {first or second for first, second in references} <= set(ids)


def test_what_comes_from_the_user_is_escaped(tmp_path):
    nasty = "<script>alert(1)</script>"
    refused = refusals([{"row": nasty, "column": "loss", "value": nasty, "reason": nasty}])
    page = make(tmp_path, "data", fit=fit_to(real_runs(nasty, refused)), title=nasty)
    assert "script" not in [tag for tag, _ in page.tags]
    assert page.text.count(nasty) >= 6


def test_an_impossible_plan_is_an_error_and_leaves_no_file(tmp_path):
    with pytest.raises(PlanError):
        report(synthetic_fit(), to=tmp_path / "report.html", flops=1e3, checks=GOOD)
    assert list(tmp_path.iterdir()) == []


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
    monkeypatch.setattr("bayescale.reporting.writing._render", None)
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileError, match=rule):
        report(synthetic_fit(), to=tmp_path / where, checks=GOOD)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "folder"]


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"unique_tokens": 1e11}, "would change nothing: there is no budget for a plan"),
        ({"flps": 1e24}, "did you mean 'flops'"),
    ],
)
def test_limits_of_no_plan_are_refused(tmp_path, limits, message):
    with pytest.raises(PlanError, match=message):
        report(synthetic_fit(), to=tmp_path / "report.html", checks=GOOD, **limits)
