"""Do the pages of the documentation name only what there is, and run as they say?"""

import ast
import inspect
import re
import shlex
from operator import attrgetter
from pathlib import Path

import pytest
import typer

import bayescale as bs
from bayescale.cli.app import build_app

DOCS = Path(__file__).parent.parent / "docs"
WRITTEN = {"laws", "gallery", "api", "evidence", "examples"}  # by the build
COMMANDS = typer.main.get_command(build_app()).commands
PAGES = sorted([*DOCS.glob("*.md"), *DOCS.glob("howto/*.md"), *DOCS.glob("explanation/*.md")])


def blocks(page, language):
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}[^\n]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def calls():
    for page in PAGES:
        for block in blocks(page, "console"):
            for line in re.findall(r"^\$ (bayescale .*)", block, re.MULTILINE):
                yield pytest.param(line, id=f"{page.stem}: {line}")


def nodes(page):
    """Return the parts of the code on a page, whether it is run there or not."""
    for block in [*blocks(page, "python"), *blocks(page, r"\{code-cell\}")]:
        yield from ast.walk(ast.parse(block))


def public(node):
    """Return what code takes from the package, such as ``datasets.load``, or nothing."""
    found = re.fullmatch(r"bs\.([\w.]+)", ast.unparse(node))
    return attrgetter(found[1])(bs) if found else None


@pytest.mark.parametrize("line", list(calls()))
def test_commands_have_the_options_that_are_shown(line):
    name, *rest = shlex.split(line.partition(" > ")[0])[1:]
    parameters = COMMANDS[name].params
    known = {text for option in parameters for text in (*option.opts, *option.secondary_opts)}
    assert {word for word in rest if word.startswith("--")} <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_code_takes_what_is_public(page):
    for node in nodes(page):
        if isinstance(node, ast.Attribute):
            public(node)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_code_gives_arguments_that_there_are(page):
    for node in nodes(page):
        if isinstance(node, ast.Call) and (called := public(node.func)):
            known = dict(inspect.signature(called).parameters)
            if any(parameter.kind is parameter.VAR_KEYWORD for parameter in known.values()):
                known |= inspect.signature(bs.allocate).parameters
            assert {keyword.arg for keyword in node.keywords if keyword.arg} <= set(known)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_to_pages(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([\w./]+\.md)\)", text):
        made = page.parent.joinpath(target).resolve().relative_to(DOCS).parts[0]
        if made not in WRITTEN:
            assert (page.parent / target).is_file(), target


def test_every_page_is_reached():
    for folder in ("howto", "explanation"):
        index = (DOCS / folder / "index.md").read_text(encoding="utf-8")
        for page in DOCS.glob(f"{folder}/*.md"):
            assert page.stem == "index" or f"]({page.name})" in index, page.name
