import json
from dataclasses import fields

import pytest

import bayescale as bs
from bayescale.reporting.summary import SCHEMA, Summary
from tests.fits import synthetic_fit
from tests.pages import BAD, GOOD

H100 = bs.Hardware(989e12, utilization=0.4, price_per_hour=2.5)


@pytest.fixture(scope="module")
def plan():
    return bs.allocate(synthetic_fit(), flops=1e24, unique_tokens=1e12, hardware=H100)


def write(folder, kind, **options):
    to = folder / f"report.{kind}"
    bs.report(synthetic_fit(), to=to, **{"checks": GOOD} | options)
    return to.read_text(encoding="utf-8")


def test_json_has_the_documented_fields_and_the_numbers_of_the_plan(tmp_path, plan):
    other = bs.allocate(synthetic_fit(), flops=[1e22, 1e23])
    told = {"title": "A title", "author": "Me", "date": "today", "loss_unit": "nats"}
    found = json.loads(write(tmp_path, "json", plan=plan, scenarios={"small": other}, **told))
    assert list(found) == [part.name for part in fields(Summary)]
    assert found["schema"] == SCHEMA
    assert {name: found[name] for name in told} == told
    (mine,) = found["plans"]["This plan"]
    assert mine["params"] == float(plan.committed["params"][0])
    assert mine["loss"]["value"] == float(plan.outcome["loss"].mean())
    assert mine["cost"]["dollars"] == pytest.approx(mine["cost"]["flops"] * H100.dollars_per_flop)
    assert [each["flops"] for each in found["plans"]["small"]] == [1e22, 1e23]
    assert {change["cause"] for change in found["changes"]} >= {"the unique tokens"}
    assert found["trust"]["light"] == "amber"


def test_every_field_of_the_json_is_documented():
    assert [part.name for part in fields(Summary) if part.name not in Summary.__doc__] == []


def test_what_is_no_number_is_null_and_the_rest_is_standard_json(tmp_path):
    text = write(tmp_path, "json", flops=1e22)
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert json.loads(text)["plans"]["This plan"][0]["epochs"] is None


def test_a_report_without_a_plan_has_numbers_too(tmp_path):
    found = json.loads(write(tmp_path, "json"))
    assert found["plans"] == {}
    assert found["changes"] == []
    assert "alpha_N" in {each["name"] for each in found["parameters"]}


def test_markdown_says_the_verdict_the_trust_and_the_lines(tmp_path, plan):
    text = write(tmp_path, "md", plan=plan, title="A title", author="Me", loss_unit="nats")
    assert text.startswith("# A title\n\nMe\n\n## In short\n\n**Train ")
    assert "dollars" in text
    assert "**Amber: Use with care.**" in text
    assert "| the unique tokens | half as many, 500B |" in text
    assert "```console\nbayescale fit" in text


def test_markdown_of_a_failed_fit_begins_with_that(tmp_path):
    text = write(tmp_path, "md", flops=1e22, checks=BAD)
    assert text.split("\n\n")[1].startswith("**This fit failed its checks.")


def test_a_title_is_no_mark_up(tmp_path):
    nasty = "x\n\n# y <script>alert(1)</script> `z` | w"
    text = write(tmp_path, "md", flops=1e22, title=nasty)
    assert text.splitlines()[0] == "# x # y &lt;script>alert(1)&lt;/script> 'z' | w"


def test_an_unknown_ending_is_a_page(tmp_path):
    assert write(tmp_path, "htm").lstrip().startswith("<!DOCTYPE html>")


def test_a_scenario_has_a_row_of_its_own(tmp_path, plan):
    tight = bs.allocate(synthetic_fit(), flops=1e24, max_params=1e10)
    html = write(tmp_path, "html", plan=plan, scenarios={"fits one GPU": tight})
    assert "fits one GPU" in html
    assert "Half the budget" not in html
