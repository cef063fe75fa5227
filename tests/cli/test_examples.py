"""The examples of each command's help run as they stand, and their JSON is what its schema says."""

import json
import shlex
import shutil
from pathlib import Path

import pytest
import typer

import bayescale
from bayescale.cli.app import build_app, find_commands
from bayescale.cli.describing import answers, schema_of, validate
from bayescale.cli.units import UNITS
from tests.cli.idioms import python_in

EXAMPLES = [
    pytest.param(example, place, id=example[:60])
    for module in find_commands()
    for place, example in enumerate(module.EXAMPLES)
]
COMMANDS = typer.main.get_command(build_app()).commands
FEW = {"draws": 60, "tune": 200, "chains": 2}
SAMPLING = ("backtest", "fragility", "fit", "compare", "forms")
OF_NOTHING = ("design", "simulate", "models", "datasets")


def line_of(example):
    """Return the words of an example, with few draws where a model is fitted."""
    line = shlex.split(example)
    assert line.pop(0) == "bayescale"
    names = {part.name for part in COMMANDS[line[0]].params}
    few = [(f"--{name}", str(value)) for name, value in FEW.items() if name in names]
    return [*line, *(word for pair in few for word in pair)]


@pytest.fixture
def short(monkeypatch):
    """A demo that makes nothing."""
    module = "bayescale.cli.demonstrating"
    monkeypatch.setattr(f"{module}.run_demo", lambda to, **_: to / "report.html")


@pytest.mark.parametrize(("example", "place"), EXAMPLES)
@pytest.mark.usefixtures("short")
def test_an_example_answers(example, place, ask):
    line = line_of(example)
    in_json = line[0] in answers()
    there = set(Path().iterdir())
    # What samples does so once: the first example for people, the others for machines.
    if not (in_json and line[0] in SAMPLING and place):
        status, out, err = ask(*line)
        assert status == 0, err
        assert out.strip()
        assert not python_in(out + err)
    if not in_json or (line[0] in SAMPLING and not place):
        return
    for made in set(Path().iterdir()) - there:  # some files are not replaced
        made.unlink() if made.is_file() else shutil.rmtree(made)
    status, out, err = ask(*line, "--json")
    assert status == 0, err
    found = json.loads(out, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    validate(answers()[line[0]], found)
    assert (found["command"], found["version"]) == (line[0], bayescale.__version__)
    assert set(found["units"]) <= set(UNITS)
    if line[0] not in OF_NOTHING:
        assert found["provenance"]
        assert all(source["count"] > 0 for source in found["provenance"])


def test_every_command_shows_an_example(ask):
    for module in find_commands():
        name = module.__name__.rpartition(".")[2].replace("_", "-")
        assert module.EXAMPLES, name
        out = " ".join(ask(name, "--help")[1].split())
        assert all(" ".join(example.split()) in out for example in module.EXAMPLES), name


def test_every_command_with_json_declares_what_it_holds():
    with_json = {
        name
        for name, command in COMMANDS.items()
        if any("--json" in part.opts for part in command.params)
    }
    assert with_json == set(answers())


@pytest.mark.parametrize("name", sorted(answers()))
def test_every_field_of_an_answer_is_described(name):
    schema = schema_of(answers()[name])
    for part in (schema, *schema.get("$defs", {}).values()):
        assert part["additionalProperties"] is False
        for field, about in part["properties"].items():
            assert about.get("description"), field


def test_a_schema_is_printed_for_a_command_that_answers_in_json(ask):
    status, out, _ = ask("schema", "worth-of-data")
    assert status == 0
    assert "compute_multiple" in json.loads(out)["properties"]
    status, _, err = ask("schema", "alocate")
    assert status == 2
    assert "did you mean 'allocate'" in err
