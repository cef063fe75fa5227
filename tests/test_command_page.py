"""The page of the command line holds every command, example and option."""

import importlib
from pathlib import Path

import typer

from bayescale.cli.app import build_app, find_commands

DOCS = Path(__file__).parent.parent / "docs"


def test_the_page_of_the_command_line_leaves_nothing_out(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS))
    (text,) = importlib.import_module("commands").command_page().values()
    for name, command in typer.main.get_command(build_app()).commands.items():
        assert f"### bayescale {name}\n" in text
        for part in command.params:
            assert part.param_type_name == "argument" or f"`{part.opts[0]}" in text, part.name
    assert all(
        f"$ {example}\n" in text for module in find_commands() for example in module.EXAMPLES
    )
    assert "`models.NAME.needs`" in text
    assert "`--bad-rows <error\\|refuse>`" in text
