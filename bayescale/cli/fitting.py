"""How a model is fitted, as options that every command shares that fits one."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bayescale.cli.inputs import parse_pairs
from bayescale.cli.sharing import shared
from bayescale.core.progress import step
from bayescale.posterior.length import USUAL

if TYPE_CHECKING:
    from bayescale.posterior.fit import Fit


def _option(*flags: str, **settings: Any) -> Any:
    return typer.Option(*flags, rich_help_panel="How the model is fitted", **settings)


def _model(
    *,
    priors: Annotated[
        list[str],
        _option(
            "--prior",
            metavar="NAME=PRIOR",
            help="Another prior than that of the card: E=1.6 fixes it, 'E=1.4 to 1.8' has 89% "
            "there; repeatable.",
        ),
    ] = [],  # noqa: B006
    pool: Annotated[
        list[str],
        _option(metavar="NAME=GROUP", help="A parameter that groups share in part; repeatable."),
    ] = [],  # noqa: B006
    noise_with: Annotated[
        str | None,
        _option(metavar="COLUMN", help="Let the noise fall as a power of a column, such as flops."),
    ] = None,
    discrepancy: Annotated[
        bool | None,
        _option(
            "--discrepancy/--no-discrepancy",
            help="Whether the truth may bend away from the law; as the card says by default.",
        ),
    ] = None,
) -> None:
    """Name what may be said of a model; the values reach a command through `takes_model`."""


def _length(
    *,
    draws: Annotated[int, _option(min=1, help="Draws for each chain.")] = USUAL["draws"],
    tune: Annotated[int, _option(min=0, help="Draws of adaptation for each chain.")] = USUAL[
        "tune"
    ],
    chains: Annotated[int, _option(min=1, help="Number of chains.")] = USUAL["chains"],
) -> None:
    """Name how long is sampled; the values reach a command through `takes_fitting`."""


def load_sampler() -> "Callable[..., Fit]":
    """Return `bayescale.fit`, whose sampler takes seconds to load."""
    with step("loading the sampler"):
        from bayescale.inference.fitting import fit

        return fit


def takes_fitting(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command options for fitting, and what was given as one mapping ``fitting``.

    The mapping holds keywords of `bayescale.fit`.
    """
    return shared(command, "fitting", _keywords, _model, _length)


def takes_model(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options for fitting but for those that say how long is sampled."""
    return shared(command, "fitting", _keywords, _model)


def _keywords(given: dict[str, Any]) -> dict[str, Any]:
    """Return what was given as keywords, pairs as mappings."""
    forms = {"priors": ("prior", "NAME=PRIOR"), "pool": ("pool", "NAME=GROUP")}
    return {n: parse_pairs(*forms[n], v) if n in forms else v for n, v in given.items()}
