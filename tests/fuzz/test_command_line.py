"""Whatever is typed, a command answers or says in a few lines what is wrong."""

import contextlib
import io
import sys
import warnings
from unittest import mock

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from bayescale import cli
from bayescale.cli.app import build_app
from tests.fits import synthetic_fit
from tests.fuzz.effort import QUIET, examples

pytestmark = QUIET

COMMANDS = ("check", "predict", "allocate", "reach", "models", "datasets")
MOST_LINES = 10

APP = typer.main.get_command(build_app())
WORD = st.one_of(
    st.sampled_from(["1e22", "70B", "1.4T", "2.2", "0.9", "0", "-1", "nan", "inf", "1e400", ""]),
    st.sampled_from(["experts=8", "experts=", "=", "a=b=c", "cvar:0.9", "quantile:2", "mean"]),
    st.sampled_from(["Transformer,vocabulary=32000,context=2048", "Transformer", "tokens=1T"]),
    st.sampled_from(["flops_per_second=989e12,utilization=0.4", "tokens=1T,quality=0.5,name=web"]),
    st.sampled_from(["data_constrained", "chinchilla", "simulated", "FIT", "nothing.nc", "hdi"]),
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=6),
)


USUAL = {
    "predict": ["--params", "1e9", "--tokens", "2e10"],
    "allocate": ["--flops", "1e22"],
    "reach": ["--target-loss", "2.2"],
}


@st.composite
def lines(draw):
    name = draw(st.sampled_from(COMMANDS))
    command = APP.commands[name]
    options = [part for part in command.params if part.param_type_name == "option"]
    line = [name]
    if any(part.name == "fit" for part in command.params):
        line += [draw(st.sampled_from(["FIT", "FIT", "FIT", "FIT", "nothing.nc"]))]
        line += draw(st.sampled_from([USUAL.get(name, []), []]))
    for option in draw(st.lists(st.sampled_from(options), max_size=3)):
        flag = draw(st.sampled_from(option.opts + option.secondary_opts))
        line += [flag] if option.is_flag else [flag, draw(WORD)]
    return [*line, *draw(st.lists(WORD, max_size=1))] if draw(st.booleans()) else line


@pytest.fixture(scope="module")
def fit_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("fuzz") / "fit.nc"
    synthetic_fit(draws=30).save(path)
    return str(path)


def run(line):
    """Return the exit status of a command line, and what it wrote as errors."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", ["bayescale", *line]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("always")
        try:
            cli.main()
        except SystemExit as stop:
            return stop.code or 0, err.getvalue()
    return 0, err.getvalue()


@examples(60, 2000)
@given(line=lines())
def test_a_command_answers_or_says_in_a_few_lines_what_is_wrong(fit_file, line):
    status, said = run([fit_file if word == "FIT" else word for word in line])
    assert status in (0, 1, 2), said
    assert "Traceback" not in said
    if status == 2:
        assert said.strip()
        wrong = [text for text in said.splitlines() if not text.startswith("warning: ")]
        assert len(wrong) <= MOST_LINES, said
