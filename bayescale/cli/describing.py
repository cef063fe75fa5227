"""The JSON of every answer, described from the classes that the commands declare."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from pydantic import TypeAdapter

from bayescale.cli.answer import Frame


def answers() -> dict[str, type[Any]]:
    """Return the class of each command's answer, by the name of the command."""
    found = {}
    for module in iter_modules([str(Path(__file__).parent / "commands")]):
        answer = getattr(import_module(f"bayescale.cli.commands.{module.name}"), "Answer", None)
        if answer is not None:
            found[module.name.replace("_", "-")] = answer
    return found


def schema_of(answer: type[Any]) -> dict[str, Any]:
    """Return the JSON schema of an answer: of the frame of all answers, and of what it says."""
    frame, own = (TypeAdapter(kind).json_schema() for kind in (Frame, answer))
    both = {key: {**frame.get(key, {}), **own.get(key, {})} for key in ("$defs", "properties")}
    required = [*frame["required"], *own.get("required", ())]
    return {**own, **both, "required": required}


def validate(answer: type[Any], found: dict[str, Any]) -> None:
    """Raise pydantic's error if JSON is not what its command declares."""
    frame = {name: found[name] for name in Frame.__annotations__}
    TypeAdapter(Frame).validate_python(frame)
    own = {name: value for name, value in found.items() if name not in frame}
    TypeAdapter(answer).validate_python(own)
