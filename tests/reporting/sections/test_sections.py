"""What holds of every section, and of the one that is yet to be written."""

import importlib
import sys
from dataclasses import fields
from pathlib import Path
from textwrap import dedent
from types import NoneType
from typing import get_args, get_type_hints

import pytest
from jinja2 import Environment, UndefinedError, meta, nodes

from bayescale.errors import BayescaleError
from bayescale.reporting import report, sections
from bayescale.reporting.page import Page as PageContext
from bayescale.reporting.sections import find_sections
from tests.fits import synthetic_fit
from tests.pages import GOOD, make

FOLDER = Path(sections.__file__).parent
EVERY = pytest.mark.parametrize("section", find_sections(), ids=lambda section: section.id)


@pytest.fixture
def add(tmp_path, monkeypatch):
    """Add a section of the price of a plan, as a person would: one module and one template."""
    monkeypatch.setattr(sections, "__path__", [*sections.__path__, str(tmp_path / "added")])

    def write(template, after="plan"):
        (tmp_path / "added").mkdir()
        (tmp_path / "added" / "price.html.j2").write_text(template)
        (tmp_path / "added" / "price.py").write_text(
            dedent(f"""
            from dataclasses import dataclass
            from bayescale.reporting.section import Section

            @dataclass(frozen=True)
            class PriceContext:
                dollars: str

            def show_price(fit, question):
                return PriceContext("a million")

            SECTION = Section("price", "Price", after="{after}", show=show_price)
            """)
        )
        importlib.invalidate_caches()

    yield write
    sys.modules.pop("bayescale.reporting.sections.price", None)
    vars(sections).pop("price", None)


def test_sections_stand_in_the_order_of_a_decision(whole):
    order = ["headline", "trust", "scenarios", "changes", "sources", "explore", "plan"]
    order += ["data", "prediction", "law", "fit", "held-out", "comparison"]
    order += ["priors", "posterior", "checks", "reproduce"]
    assert [name for name in whole.page.ids if name in order] == order


def test_the_navigation_lists_the_sections_that_are_there(whole, tmp_path):
    bare = make(tmp_path, "headline", "plan", "checks", "comparison", fit=synthetic_fit())
    assert bare.navigation == [("#checks", "Checks")]
    above = {section.anchor for section in find_sections() if section.above_navigation}
    assert len(whole.page.navigation) == len(find_sections()) - len(above)
    for page in (whole.page, bare):
        anchors = [tag["id"] for name, tag in page.tags if name == "section" and "id" in tag]
        below = [f"#{anchor}" for anchor in anchors if anchor not in above]
        assert [href for href, _ in page.navigation] == below
        assert [title for _, title in page.navigation] == page.headings[-len(below) :]


def test_a_new_section_is_one_module_and_one_template(add, tmp_path):
    add("<p>It costs {{ price.dollars }}.</p>")
    ids = [section.id for section in find_sections()]
    assert ids[ids.index("plan") :][:3] == ["plan", "price", "data"]
    page = make(tmp_path, "headline", "price", fit=synthetic_fit())
    assert page.navigation == [("#price", "Price")]
    assert page.text.endswith("Price It costs a million.")


@pytest.mark.parametrize("misspelt", ["price.dolars", "page.titel", "prize.dollars"])
def test_a_misspelt_name_in_a_template_is_an_error_and_leaves_no_file(add, tmp_path, misspelt):
    add(f"<p>It costs {{{{ {misspelt} }}}}.</p>")
    with pytest.raises(UndefinedError, match=r"dolars|titel|prize"):
        make(tmp_path, "price", fit=synthetic_fit())
    assert not (tmp_path / "report.html").exists()


def test_a_section_that_follows_nothing_is_an_error_that_says_what_it_may_follow(add, tmp_path):
    add("", after="plans")
    with pytest.raises(BayescaleError, match="'price' follows 'plans'.*headline, .*plan, "):
        report(synthetic_fit(), to=tmp_path / "report.html", checks=GOOD)


@EVERY
def test_module_template_and_id_have_one_name(section):
    assert (FOLDER / f"{section.id}.py").exists()
    assert (FOLDER / section.template).exists()


@EVERY
def test_a_template_uses_every_field_of_its_section_and_no_other_name(section):
    tree = Environment().parse((FOLDER / section.template).read_text(encoding="utf-8"))
    assert meta.find_undeclared_variables(tree) <= {section.id, "page"}
    used = {"page": set(), section.id: set()}
    for node in tree.find_all(nodes.Getattr):
        if isinstance(node.node, nodes.Name) and node.node.name in used:
            used[node.node.name].add(node.attr)
    hint = get_type_hints(section.show)["return"]
    (context,) = {*(get_args(hint) or (hint,))} - {NoneType}
    assert used[section.id] == {field.name for field in fields(context)}
    assert used["page"] <= {field.name for field in fields(PageContext)}
