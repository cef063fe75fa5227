"""Python and the command line take the same arguments."""

from types import FunctionType

import pytest
import typer

import bayescale as bs
from bayescale.cli.app import build_app, find_commands
from bayescale.cli.panels import Panel
from bayescale.core.figures import kinds

RUNS_BY_COLUMN = "--column NAME=COLUMN names every column"
A_VERB = "a saved fit is read, asked of one group and extended before it is asked"
PRINTED = "it is how the answer is printed"
OF_RUNS = "it is how the table of runs is read, by load_runs"
AN_OBJECT = "it cannot be typed; it is made where it is missing"

MADE = "the fits are made, or read"

# What one side takes and the other does not, on purpose.
PYTHON_ALONE = {
    "backtest": {"progressbar": "it is shown where there is a terminal"},
    "fragility": {"progressbar": "it is shown where there is a terminal"},
    "fit": {
        "progressbar": "it is shown where there is a terminal",
        "sample_kwargs": "it is for those who know the sampler",
    },
    "load_runs": {
        **dict.fromkeys(("params", "tokens", "loss", "flops", "unique_tokens"), RUNS_BY_COLUMN),
        "name": "the path is the name",
        "simulated": "the data sets know it, and a file does not",
    },
    "report": dict.fromkeys(("plan", "checks"), AN_OBJECT)
    | {"comparison": "--compare-with names the other fits", "scenarios": "plans made in Python"},
    "score": {"weights": "a mixture is scored where it is made, by forms"},
    "simulate": {"values": "--published and --value give them"},
}
OF_A_FIT = dict.fromkeys(("in_group", "assume"), A_VERB)
OF_A_TABLE = dict.fromkeys(
    ("columns", "groups", "run", "where", "last_of", "best_of", "wide", "bad_rows", "flops_rule"),
    OF_RUNS,
)
FITTING = ("priors", "pool", "noise_with", "discrepancy", "draws", "tune", "chains", "random_seed")
SHOWN = dict.fromkeys(("as_json", "ci_prob"), PRINTED)
TO_A_FILE = {"as_json": PRINTED, "to": PRINTED}
COMMAND_ALONE = {
    "fit": OF_A_TABLE | SHOWN | {"out": "Fit.save writes it"},
    "load_runs": {},
    "assume": SHOWN | {"out": "Fit.save writes it"},
    "predict": OF_A_FIT | SHOWN | {"sources": "Prediction.sources() says it"},
    "allocate": OF_A_FIT | SHOWN,
    "reach": OF_A_FIT | SHOWN,
    "returns": OF_A_FIT | SHOWN,
    "worth_of_data": OF_A_FIT | SHOWN,
    "expect_end": OF_A_TABLE | SHOWN | {"fit": "it need not be given", "figure": "Outlook.plot"},
    "forecast": OF_A_FIT | TO_A_FILE,
    "settle": OF_A_TABLE | SHOWN | {"figure": "Record.plot draws it"},
    "next_runs": OF_A_FIT | {"as_json": PRINTED},
    "versus": OF_A_FIT | OF_A_TABLE | SHOWN,
    "savings": SHOWN,
    "score": OF_A_FIT | OF_A_TABLE | SHOWN,
    "backtest": OF_A_TABLE | SHOWN | {"figure": PRINTED},
    "fragility": SHOWN | {"figure": PRINTED},
    "compare": OF_A_TABLE | SHOWN | {"model": MADE} | dict.fromkeys(FITTING, MADE),
    "design": TO_A_FILE,
    "simulate": TO_A_FILE
    | dict.fromkeys(("published", "value"), "they are the values")
    | {"runs": "a table may be a number"},
    "report": OF_A_FIT | OF_A_TABLE | {"compare_with": "the comparison is made"},
}
# Where an argument of a verb is one of the command, or what a command reads from a file.
POSITIONAL = {"fits", "new_runs", "source"}

# Public functions without a command of their own.
WITHOUT = {
    "build_model": "it returns a model of PyMC, for those who write Python",
    "annealing_areas": "it takes a schedule step by step; its result is a column of a table",
    "load": "every command that takes FIT reads one",
    "fit_forms": "forms is its command",
    "fit_many": "it takes many tables by name; compare and forms refit by it",
    "load_runs": "every command that takes RUNS reads one",
}


def options_of(name):
    """The names of a command's options, without its arguments."""
    return {part.name for part in _params(name, "option")} - {"help"}


def _params(name, kind):
    command = typer.main.get_command(build_app()).commands[name.replace("_", "-")]
    return [part for part in command.params if part.param_type_name == kind]


def keywords_of(name):
    """The names of a verb's arguments, without what a command reads from a file."""
    names = set(getattr(bs, name).__border__.readers)
    command = name if name != "load_runs" else "fit"
    return names - POSITIONAL - {part.name for part in _params(command, "argument")} - {"fit"}


def test_every_public_function_has_a_command_or_a_reason():
    functions = {n for n in bs.__all__ if isinstance(getattr(bs, n), FunctionType)}
    drawn = {f"plot_{kind}" for kind in kinds()}
    commands = {name.replace("-", "_") for name in typer.main.get_command(build_app()).commands}
    assert functions - drawn - commands == set(WITHOUT)


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
    names = [module.__name__.rpartition(".")[2].replace("_", "-") for module in modules]
    assert names == list(commands)
    assert {module.PANEL for module in modules} == set(Panel)
    for module, command in zip(modules, commands.values(), strict=True):
        assert command.rich_help_panel == module.PANEL
        assert module.__doc__ == command.help


def test_panels_follow_one_another_and_commands_the_alphabet():
    places = [(list(Panel).index(module.PANEL), module.__name__) for module in find_commands()]
    assert places == sorted(places)
