"""Python and the command line take the same arguments."""

from inspect import Parameter, signature

import pytest
import typer

import bayescale as bs
from bayescale.cli.app import build_app, find_commands
from bayescale.cli.panels import Panel
from bayescale.planning.limits import LIMITS, PlanArguments

RUNS_BY_COLUMN = "--column NAME=COLUMN names every column"
A_VERB = "a saved fit is read, asked of one group and extended before it is asked"
PRINTED = "it is how the answer is printed"
OF_RUNS = "it is how the table of runs is read, by load_runs"
AN_OBJECT = "it cannot be typed; it is made where it is missing"

# What one side takes and the other does not, on purpose.
PYTHON_ALONE = {
    "fit": {
        "progressbar": "it is shown where there is a terminal",
        "sample_kwargs": "it is for those who know the sampler",
    },
    "load_runs": {
        **dict.fromkeys(("params", "tokens", "loss", "flops", "unique_tokens"), RUNS_BY_COLUMN),
        "name": "the path is the name",
        "simulated": "the data sets know it, and a file does not",
    },
    "allocate": {"weights": "a command asks one fit"},
    "reach": {"weights": "a command asks one fit"},
    "report": dict.fromkeys(("plan", "comparison", "checks"), AN_OBJECT),
}
OF_A_FIT = dict.fromkeys(("in_group", "assume"), A_VERB)
OF_A_TABLE = dict.fromkeys(
    ("columns", "groups", "run", "where", "last_of", "best_of", "wide", "bad_rows", "flops_rule"),
    OF_RUNS,
)
SHOWN = dict.fromkeys(("as_json", "ci_prob"), PRINTED)
COMMAND_ALONE = {
    "fit": OF_A_TABLE | SHOWN | {"out": "Fit.save writes it"},
    "load_runs": {},
    "predict": OF_A_FIT | SHOWN,
    "allocate": OF_A_FIT | SHOWN,
    "reach": OF_A_FIT | SHOWN,
    "versus": OF_A_FIT | OF_A_TABLE | SHOWN,
    "score": OF_A_FIT | OF_A_TABLE | SHOWN,
    "compare": OF_A_TABLE
    | SHOWN
    | {"model": "the fits are made", "random_seed": "the fits are made"},
    "report": OF_A_FIT | OF_A_TABLE,
}
# Where an argument of a verb is the fit or the table that a command reads from a file.
POSITIONAL = {"fits", "runs", "new_runs", "source"}


def options_of(name):
    """The names of a command's options, without its arguments."""
    command = typer.main.get_command(build_app()).commands[name]
    return {part.name for part in command.params if part.param_type_name == "option"} - {"help"}


def keywords_of(name):
    """The names of a verb's arguments, without what a command reads from a file."""
    parameters = signature(getattr(bs, name)).parameters.values()
    names = {part.name for part in parameters if part.kind is not Parameter.VAR_KEYWORD}
    if any(part.kind is Parameter.VAR_KEYWORD for part in parameters):
        budgets = {limit.name for limit in LIMITS if limit.budget}
        every = set(PlanArguments.__annotations__)
        names |= every if name == "report" else every - budgets
    return names - POSITIONAL - {"fit"}


@pytest.mark.parametrize("name", COMMAND_ALONE)
def test_a_command_takes_what_its_verb_takes(name):
    keywords = keywords_of(name)
    options = options_of("fit" if name == "load_runs" else name)
    if name == "load_runs":
        options &= keywords
    assert keywords - options == set(PYTHON_ALONE.get(name, {}))
    assert options - keywords <= set(COMMAND_ALONE[name])


def test_every_exception_is_one():
    for name, alone in PYTHON_ALONE.items():
        assert set(alone) <= keywords_of(name)


def test_every_command_has_a_file_a_panel_and_a_line_of_help():
    commands = typer.main.get_command(build_app()).commands
    modules = find_commands()
    assert [module.__name__.rpartition(".")[2] for module in modules] == list(commands)
    assert {module.PANEL for module in modules} == set(Panel)
    for module, command in zip(modules, commands.values(), strict=True):
        assert command.rich_help_panel == module.PANEL
        assert module.__doc__ == command.help


def test_panels_follow_one_another_and_commands_the_alphabet():
    places = [(list(Panel).index(module.PANEL), module.__name__) for module in find_commands()]
    assert places == sorted(places)
