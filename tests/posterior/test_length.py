import inspect

import pytest
from typer.main import get_command

import bayescale as bs
from bayescale.cli.app import build_app
from bayescale.posterior.length import USUAL


@pytest.mark.parametrize("name", USUAL)
def test_python_and_the_command_line_fit_alike(name):
    options = {param.name: param for param in get_command(build_app()).commands["fit"].params}
    defaults = [inspect.signature(f).parameters[name].default for f in (bs.fit, bs.fit_forms)]
    assert {options[name].default, *defaults} == {USUAL[name]}
