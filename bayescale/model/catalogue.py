"""The model cards that ship and those in files: found, read, never listed."""

import tomllib
from functools import cache
from pathlib import Path

from bayescale.core.border import checked
from bayescale.core.shown import Shown
from bayescale.core.text import unknown_name
from bayescale.errors import ModelError
from bayescale.model.card import Model


def read_model(path: str | Path) -> Model:
    """Read a model card.

    Raises
    ------
    ModelError
        If the file cannot be read or is not a model card; the message names file and key.
    """
    path = Path(path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror}; give the path of a model card") from None
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path}: not a TOML file: {error}") from None
    try:
        return Model(**content)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from None


class Cards(Shown, dict[str, Model]):
    """Model cards by name."""

    def __str__(self) -> str:
        """Write each card in a line."""
        width = max(map(len, self), default=0)
        return "\n".join(f"{name:{width}}  {card.summary}" for name, card in self.items())


@checked(ModelError)
@cache
def models() -> Cards:
    """Return every model card that ships, by name."""
    return Cards({path.stem: _shipped(path) for path in _cards().values()})


def get_model(model: "str | Path | Model") -> Model:
    """Return a model: itself, a shipped card by name, or the card in a ``.toml`` file.

    Raises
    ------
    ModelError
        If there is no such model; the message suggests the nearest name.
    """
    if isinstance(model, Model):
        return model
    if str(model).endswith(".toml"):
        return read_model(model)
    if str(model) not in _cards():
        raise ModelError(unknown_name("model", str(model), _cards()))
    return _shipped(_cards()[str(model)])


@cache
def _shipped(path: Path) -> Model:
    return read_model(path)


@cache
def _cards() -> dict[str, Path]:
    package = Path(__file__).parent.parent
    installed = package / "models"
    folder = installed if installed.is_dir() else package.parent / "models"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}
