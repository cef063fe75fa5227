"""The command line: text for people, ``--json`` for machines."""

import sys
import warnings
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import typer

from bayescale.cli import commands
from bayescale.cli.panels import Panel
from bayescale.errors import BayescaleError, BayescaleWarning


def find_commands() -> list[ModuleType]:
    """Return the modules of the commands, by panel and name."""
    names = [module.name for module in iter_modules(commands.__path__)]
    found = [import_module(f"{commands.__name__}.{name}") for name in names]
    return sorted(found, key=lambda module: (list(Panel).index(module.PANEL), module.__name__))


def build_app() -> typer.Typer:
    """Return the application with every command that there is."""
    # Everything that needs PyMC or pandas is imported inside the commands, so that help is
    # immediate.
    found = typer.Typer(
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        help="Bayesian scaling laws: fit them to training runs, check, compare, and plan compute.",
    )
    for module in find_commands():
        name = module.__name__.rpartition(".")[2]
        found.command(name, rich_help_panel=module.PANEL.value)(getattr(module, name))
    return found


def _show_warning(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
    if issubclass(category, BayescaleWarning):
        typer.echo(f"warning: {message}", err=True)


def main() -> None:
    """Run the command line; errors print one message and exit with status 2."""
    warnings.showwarning = _show_warning
    try:
        build_app()()
    except BayescaleError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(2)
