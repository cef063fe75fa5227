"""The text of a forecast's file, with a digest of all that it holds."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bayescale.core.text import first_line
from bayescale.errors import FileError
from bayescale.forecasting.content import SCHEMA, Content

_NAME, _, _VERSION = SCHEMA.rpartition("/")


def digest_of(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what a file says, however it is spaced and ordered."""
    rest = {name: value for name, value in content.items() if name != "digest"}
    plain = json.dumps(rest, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def encode(content: Content) -> bytes:
    """Return the bytes of a file, one field a line."""
    lines = [f"{json.dumps(name)}: {_line(value)}" for name, value in content.items()]
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _line(value: Any) -> str:
    return json.dumps(value, allow_nan=False)


def decode(path: Path) -> Content:
    """Read the file of a forecast.

    Raises
    ------
    FileError
        If it is missing, is no forecast, was altered, or is of an unknown form.
    """
    found = _read(path)
    name, _, version = str(found.get("schema", "")).rpartition("/")
    if name != _NAME:
        raise FileError(f"{path}: is no forecast; give a file that bayescale forecast wrote")
    if version != _VERSION:
        raise FileError(
            f"{path}: is a forecast of form {version}, this version of bayescale reads form "
            f"{_VERSION}; use the version that wrote it, or a newer one"
        )
    try:
        same = found.get("digest") == digest_of(found)
    except ValueError:  # a number that is none
        same = False
    if not same:
        raise FileError(
            f"{path}: was altered after it was written, its digest does not fit; a forecast on "
            "record stays as it was made, so take the original"
        )
    return _validated(path, found)


def is_forecast(path: Path) -> bool:
    """Return whether a file is a forecast, whole or not and of whatever form."""
    try:
        schema = _read(path).get("schema", "")
    except FileError:
        return False
    return str(schema).rpartition("/")[0] == _NAME


def _validated(path: Path, found: dict[str, Any]) -> Content:
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(Content).validate_python(found)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise FileError(
            f"{path}: {where} of this forecast is not what form {_VERSION} says; make it anew with "
            "bayescale forecast"
        ) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileError(f"{path}: cannot be read: {reason}; give the file of a forecast") from None
    except (ValueError, RecursionError) as error:
        raise FileError(
            f"{path}: is no JSON ({first_line(error)}); give a file that bayescale forecast wrote"
        ) from None
    if not isinstance(found, dict):
        raise FileError(f"{path}: is no forecast; give a file that bayescale forecast wrote")
    return found
