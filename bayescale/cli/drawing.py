"""Figures as files: what a figure is drawn from is made first."""

from collections.abc import Mapping
from inspect import Parameter, signature
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bayescale
from bayescale.cli.inputs import choose_fit, read_runs, require_output
from bayescale.core.figures import PREFIX, kinds
from bayescale.core.files import write_whole
from bayescale.core.progress import step
from bayescale.core.text import unknown_name
from bayescale.errors import BayescaleError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bayescale.posterior.fit import Fit
    from bayescale.runs.table import Runs

_FORMATS = (".png", ".svg", ".pdf")


def complete_figure(incomplete: str) -> list[str]:
    """Return the kinds of figures for a shell."""
    return [kind for kind in kinds() if kind.startswith(incomplete)]


def draw(
    kind: str,
    source: str,
    to: Path,
    *,
    choosing: tuple[list[str], str | None],
    held_out: str | None,
    reading: Mapping[str, Any],
    settings: Mapping[str, Any],
    limits: Mapping[str, Any],
    targets: Mapping[str, Any],
) -> Path:
    """Draw a figure into a file.

    Parameters
    ----------
    kind : str
        One of `bayescale.core.figures.kinds`.
    source : str
        A fit, or a table of runs.
    to : Path
        The file; its ending says the format.
    choosing : tuple
        The group and the card of `bayescale.cli.inputs.choose_fit`.
    held_out : str or None
        Runs that were not fitted.
    reading : mapping
        How tables are read.
    settings, limits : mapping
        Arguments of the figure, and of the plan that it shows.
    targets : mapping
        What is predicted, by column.

    Raises
    ------
    BayescaleError
        If there is no such figure, or an option means nothing to it.
    """
    if kind not in kinds():
        raise BayescaleError(unknown_name("figure", kind, kinds()))
    require_figure(to, source, held_out)
    function = getattr(bayescale, f"{PREFIX}{kind}")
    subject, *others = signature(function).parameters.values()
    if subject.name == "prediction":
        from bayescale.posterior.predicting import predict

        fit = choose_fit(Path(source), *choosing)
        shown, limits = predict(fit, **{**targets, **limits}), {}
    else:
        shown, limits = _subject(subject.name, source, choosing, held_out, reading, limits)
    named = {name: value for name, value in settings.items() if value not in (None, [])}
    with step("drawing"):
        write_figure(function(shown, **_accepted(kind, others, {**named, **limits})), to)
    return to


def require_figure(to: Path | None, *read: str | Path | None) -> None:
    """Raise if a figure cannot be written, is in no known format, or is what is read."""
    if to is None:
        return
    if to.suffix.lower() not in _FORMATS:
        raise BayescaleError(f"{to}: figures are {', '.join(_FORMATS)}; end the name in one")
    require_output(to, *read)


def with_figure(noun: Any, to: Path | None) -> str:
    """Return what is said of a noun; write its figure and say where it is, if it was asked for."""
    if to is None:
        return str(noun)
    with step("drawing"):
        write_figure(noun.plot(), to)
    return f"{noun}\nThe figure is in {to}."


def write_figure(figure: "Figure", to: Path) -> None:
    """Write a figure into a file, whose ending says the format."""
    content = BytesIO()
    figure.savefig(content, format=to.suffix[1:].lower(), dpi=200)
    write_whole(to, content.getvalue())


def _subject(
    what: str,
    source: str,
    choosing: tuple[list[str], str | None],
    held_out: str | None,
    reading: Mapping[str, Any],
    limits: Mapping[str, Any],
) -> tuple[Any, Mapping[str, Any]]:
    """Return what a figure is drawn from, and the limits that are left for the figure itself."""
    if what == "backtest":
        return _backtest(read_runs(source, reading)), limits
    if what == "runs" and not source.endswith(".nc"):
        return read_runs(source, reading), limits
    if what == "outlook":
        raise BayescaleError(
            "an outlook is of one run among checkpoints; draw it with "
            "bayescale expect-end NAME CHECKPOINTS --figure FILE"
        )
    if what == "record":
        return _record(source, held_out, reading), limits
    fit = choose_fit(Path(source), *choosing)
    if what == "fragility":
        return _fragility(fit, limits)
    if what == "runs":
        return fit.runs, limits
    if what == "plan":
        from bayescale.planning.allocating import allocate

        return allocate(fit, **limits), {}
    if what == "next_runs":
        return _next_runs(fit, limits), {}
    if what == "score":
        return _score(fit, held_out, reading), limits
    return fit, limits


def _record(source: str, held_out: str | None, reading: Mapping[str, Any]) -> Any:
    from bayescale.forecasting.settling import settle

    if held_out is None:
        raise BayescaleError("a record needs what came out; name the runs with --held-out")
    return settle(source, read_runs(held_out, reading))


def _backtest(runs: "Runs") -> Any:
    from bayescale.auditing.backtesting import backtest

    return backtest(runs)


def _fragility(fit: "Fit", limits: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
    """Return what moves the answer of a fit; a budget is its target."""
    from bayescale.auditing.fragile import fragility

    left = {name: value for name, value in limits.items() if name != "flops"}
    asked = limits.get("flops")
    target = asked[0] if isinstance(asked, list) else asked
    return fragility(fit, target=target), left


def _score(fit: "Fit", held_out: str | None, reading: Mapping[str, Any]) -> Any:
    from bayescale.evaluation.scoring import score

    if held_out is None:
        raise BayescaleError("a score needs runs that were not fitted; name them with --held-out")
    return score(fit, read_runs(held_out, reading))


def _next_runs(fit: "Fit", limits: Mapping[str, Any]) -> Any:
    from bayescale.planning.proposing import next_runs

    targets = limits.get("flops") or []
    if len(targets) != 1:
        raise BayescaleError("next runs improve one plan; give its budget once with --flops")
    if "budget" not in limits:
        raise BayescaleError("next runs need a budget of their own; give it with --budget")
    rest = {name: value for name, value in limits.items() if name != "flops"}
    return next_runs(fit, target=targets[0], **rest)


def _accepted(kind: str, parameters: list[Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was given as the figure takes it; a budget is a value to mark."""
    names = {part.name for part in parameters}
    limits = any(part.kind is Parameter.VAR_KEYWORD for part in parameters)
    found = dict(given)
    if "targets" in names and "flops" in found:
        found["targets"] = found.pop("flops")
    for name in found:
        if name not in names and not limits:
            flag = name.replace("_", "-")
            raise BayescaleError(f"--{flag} means nothing to the figure {kind}; leave it out")
    return found
