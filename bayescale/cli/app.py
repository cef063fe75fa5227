"""The command line: text for people, ``--json`` for machines."""

import atexit
import os
import sys
import warnings
from contextlib import suppress
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Annotated, Any, NoReturn

import typer

import bayescale
from bayescale.cli import commands
from bayescale.cli.panels import Panel
from bayescale.cli.plain import PlainCommand, PlainGroup
from bayescale.cli.showing import clear_line
from bayescale.core.asking import on_the_command_line
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
        cls=PlainGroup,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        help="Bayesian scaling laws: fit them to training runs, check, compare, and plan compute.",
    )
    found.callback()(_settings)
    for module in find_commands():
        name = module.__name__.rpartition(".")[2]
        found.command(
            name.replace("_", "-"),
            cls=PlainCommand,
            rich_help_panel=module.PANEL.value,
            epilog="\n\n".join(["Examples:", *module.EXAMPLES]),
        )(getattr(module, name))
    return found


def options_of(app: typer.Typer) -> dict[str, str]:
    """Return the option of each keyword that a command takes."""
    group = typer.main.get_command(app)
    commands = group.commands.values()  # type: ignore[attr-defined]
    return {
        part.name: part.opts[0]
        for command in commands
        for part in command.params
        if part.param_type_name == "option"
    }


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"bayescale {bayescale.__version__}")
        raise typer.Exit


def _settings(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_say_version, is_eager=True, help="Print the version and stop."
        ),
    ] = False,
) -> None:
    """Name the options that need no command."""


def _show_warning(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
    if issubclass(category, BayescaleWarning):
        clear_line()
        typer.echo(f"warning: {message}", err=True)


def main() -> None:
    """Run the command line; errors print one message and exit with status 2."""
    warnings.showwarning = _show_warning
    app = build_app()
    try:
        with on_the_command_line(options_of(app)):
            app()
    except BayescaleError as error:
        clear_line()
        typer.echo(f"error: {error}", err=True)
        sys.exit(2)


def run() -> NoReturn:
    """Run the command line as a process that ends when its work has.

    Python takes a second to take down what was imported, which the operating system does at once.
    Files are closed by then, and what other packages want done at the end is done.
    """
    status: Any = 0
    try:
        main()
    except SystemExit as stop:
        status = stop.code
    if isinstance(status, str):
        typer.echo(status, err=True)
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # whoever read it may have left
            stream.flush()
    os._exit(status if isinstance(status, int) else int(status is not None))
