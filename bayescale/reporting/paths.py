"""Keep the folders of somebody's machine out of a report."""

from collections.abc import Iterable, Iterator
from pathlib import PurePath, PurePosixPath, PureWindowsPath

from markupsafe import escape

from bayescale.posterior.fit import Fit
from bayescale.reporting.question import Question
from bayescale.runs.provenance import Provenance


def folders_in(fit: Fit, question: Question) -> list[str]:
    """Return the absolute folders that a report might name, with their last slash."""
    paths = [fit.runs.source, *_origins(fit.runs.provenance), str(fit.asked.get("model", ""))]
    if question.held_out is not None:
        paths += [question.held_out.source, *_origins(question.held_out.provenance)]
    return sorted({folder for path in paths for folder in _folders(path)}, key=len, reverse=True)


def _origins(provenance: Provenance) -> list[str]:
    origin = provenance.origin
    return [origin] if isinstance(origin, str) else origin


def _folders(path: str) -> Iterator[str]:
    kinds: list[tuple[type[PurePath], str]] = [(PurePosixPath, "/"), (PureWindowsPath, "\\")]
    for kind, slash in kinds:
        folder = kind(path).parent
        # The root alone is part of every path, and says nothing of a machine.
        if folder.is_absolute() and len(folder.parts) > 1 and "\n" not in path:
            yield f"{folder}{slash}"


def without_folders(text: str, folders: Iterable[str]) -> str:
    """Return a text in which files stand without these folders, however they are escaped."""
    for folder in folders:
        # A string in Python, and that in JSON; either in a page.
        quoted = folder.replace("\\", "\\\\")
        for form in (quoted.replace("\\", "\\\\"), quoted, folder):
            text = text.replace(form, "").replace(str(escape(form)), "")
    return text
