"""The page of the command line, written from the commands: examples, options, JSON."""

import inspect

import typer
from generate import _join, _plain, _table

from bayescale.cli.answer import Frame
from bayescale.cli.app import build_app, find_commands
from bayescale.cli.describing import answers, schema_of
from bayescale.cli.panels import Panel


def command_page():
    """Return the page of the command line."""
    modules = {
        module.__name__.rpartition(".")[2].replace("_", "-"): module for module in find_commands()
    }
    commands = typer.main.get_command(build_app()).commands
    shared = _shared_panels(commands.values())
    parts = [
        "# The command line",
        "`bayescale COMMAND --help` says what stands here. Amounts carry their units: `80GB`, "
        "`2T`, `$1.2M`, `30 days`. An argument of Python and its option have the same name.",
    ]
    for panel in Panel:
        parts.append(f"## {panel.value}")
        for name, module in modules.items():
            if panel is module.PANEL:
                parts += _section(name, commands[name], module.EXAMPLES, shared)
    parts.append("(shared-options)=\n## Options that commands share")
    for title, options in shared.items():
        parts += [f"### {title}", _options(options.values())]
    parts += [
        "## What every JSON answer holds",
        "`bayescale schema COMMAND` prints the JSON schema of an answer.",
        _fields(schema_of(Frame)),
    ]
    return {"commands.md": _join(parts)}


def _section(name, command, examples, shared):
    own = [part for part in _params(command) if _panel(part) not in shared]
    parts = [
        f"### bayescale {name}",
        _plain(inspect.cleandoc(command.help.partition("Examples:")[0])),
        "\n".join(["```console", *(f"$ {example}" for example in examples), "```"]),
        _options(own),
        *(_taken(title, options, command) for title, options in shared.items()),
    ]
    if name in answers():
        fields = _fields(schema_of(answers()[name]), without=Frame.__annotations__)
        parts += ["With `--json` it answers:", fields]
    return parts


def _taken(title, options, command):
    """Say which of the shared options a command takes, if any."""
    taken = {part.name for part in _params(command) if _panel(part) == title}
    if not taken:
        return ""
    missing = [f"`{part.opts[0]}`" for name, part in options.items() if name not in taken]
    but = f", without {', '.join(missing)}" if missing else ""
    return f"*{title}*: the options [that commands share](#shared-options){but}."


def _shared_panels(commands):
    """Return the options of each panel that commands share, by name."""
    found = {}
    for command in commands:
        for part in _params(command):
            if _panel(part):
                found.setdefault(_panel(part), {}).setdefault(part.name, part)
    return found


def _params(command):
    return [part for part in command.get_params(typer.Context(command)) if part.name != "help"]


def _panel(part):
    return getattr(part, "rich_help_panel", None)


def _options(parts):
    rows = [[f"`{_call(part)}`", _help(part.help or "")] for part in parts]
    return _table(["Option", "What it is"], rows) if rows else ""


def _call(part):
    """Write an argument or an option as it is typed, within a table."""
    word = part.metavar or (part.name.upper() if part.param_type_name == "argument" else "")
    names = (
        [] if part.param_type_name == "argument" else ["/".join([*part.opts, *part.secondary_opts])]
    )
    return " ".join([*names, *([word] if word else [])]).replace("|", "\\|")


def _help(text):
    return _plain(text).replace("\\`", "`")  # what stands between backticks stays code


def _fields(schema, without=()):
    rows = [
        [f"`{path}`", _help(" ".join(about.split()))]
        for path, about in _described(schema, schema.get("$defs", {}))
        if path.partition(".")[0].removesuffix("[]") not in without
    ]
    return _table(["Field", "What it is"], rows)


def _described(schema, known, path=""):
    """Yield the path and the description of every field of a JSON schema."""
    for name, part in schema.get("properties", {}).items():
        yield f"{path}{name}", part.get("description", "")
        inside, steps = _inside(part, known)
        yield from _described(inside, known, f"{path}{name}{steps}.")


def _inside(part, known, steps=""):
    """Return what an array, a mapping or a choice holds, and the path to it."""
    if "$ref" in part:
        return _inside(known[part["$ref"].rpartition("/")[2]], known, steps)
    if "items" in part:
        return _inside(part["items"], known, f"{steps}[]")
    if isinstance(part.get("additionalProperties"), dict):
        return _inside(part["additionalProperties"], known, f"{steps}.NAME")
    if "anyOf" in part:
        return _inside(part["anyOf"][0], known, steps)
    return part, steps
