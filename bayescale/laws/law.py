"""What a scaling law is: one function of a run's inputs and some parameters."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from bayescale.core.quantities import BY_COLUMN, QUANTITIES
from bayescale.errors import ModelError

_FREE = re.compile(r"x|h_\d+")

# ArviZ uses these as coordinate or argument names and its plots fail on parameters so called.
_RESERVED = frozenset({"alpha", "chain", "draw", "sample", "component_group", "loss", "run"})


def is_free(symbol: str) -> bool:
    """Whether a model card decides what an input means: ``x``, or a share ``h_1``, ``h_2``, ..."""
    return _FREE.fullmatch(symbol) is not None


@dataclass(frozen=True)
class Law:
    """A scaling law: mathematics only, no priors, no data.

    Parameters
    ----------
    loss : callable
        ``loss(N, D, *, E, A, ...)``: positional arguments are what a run supplies (letters of
        `bayescale.core.quantities.QUANTITIES`, or ``x``, ``h_1``, ``h_2``, ..., which a card
        binds to columns), keyword-only arguments are the parameters. It must work on anything with
        arithmetic: use operators and `bayescale.ops`, never ``numpy`` or ``math``.
    name : str, optional
        The name; that of the function by default.
    optimum : callable, optional
        ``optimum(ND, *, A, ...) -> (N, D)``: the split of a fixed product N*D that minimises the
        loss. Names the parameters it needs. Without it the optimum is found numerically.
    derived : callable, optional
        ``derived(N, D, *, A, ...) -> dict``: further quantities of interest, given the reference
        values of the inputs and the parameters it names.
    terms : tuple of str, default ()
        Parameters that are additive parts of the loss at the reference run, in the unit of the
        loss. Declaring them lets the sampler work with the well-determined total and the shares.
    resources : dict, optional
        The coefficient and the exponent of the term in which an input acts as a power law:
        ``{"N": ("A", "alpha_N")}`` for A N^-alpha_N.
    falls_in : tuple of str, optional
        The inputs in which the loss never rises; all of them by default.
    target : str, default "loss"
        The column that the law predicts.

    Raises
    ------
    ModelError
        If the signature is not of this form.
    """

    loss: Callable[..., Any]
    name: str = ""
    optimum: Callable[..., tuple[Any, Any]] | None = None
    derived: Callable[..., dict[str, Any]] | None = None
    terms: tuple[str, ...] = ()
    resources: dict[str, tuple[str, str]] = field(default_factory=dict)
    falls_in: tuple[str, ...] | None = None
    target: str = "loss"

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", getattr(self.loss, "__name__", "law"))
        self._check_signature()

    def _check_signature(self) -> None:
        where = f"law {self.name!r}"
        for parameter in inspect.signature(self.loss).parameters.values():
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                raise ModelError(
                    f"{where}: {parameter} is open-ended; name every input and parameter"
                )
            if parameter.kind is parameter.POSITIONAL_ONLY:
                raise ModelError(f"{where}: remove the '/' after {parameter.name!r}")
            if parameter.kind is parameter.KEYWORD_ONLY and parameter.name in _RESERVED:
                raise ModelError(
                    f"{where}: {parameter.name!r} is a reserved name; "
                    f"call the parameter for instance {parameter.name}_N"
                )
        known = [name for name in self.inputs if name in QUANTITIES or is_free(name)]
        if unknown := [name for name in self.inputs if name not in known]:
            raise ModelError(
                f"{where}: input {unknown[0]!r} is not known; positional arguments must be among "
                f"{', '.join(QUANTITIES)}, x, h_1, h_2 and so on; parameters must stand after '*'"
            )
        if unknown := [
            name for name in (*(self.falls_in or ()), *self.resources) if name not in self.inputs
        ]:
            raise ModelError(f"{where}: {unknown[0]!r} is not among its inputs")
        if self.target not in BY_COLUMN:
            raise ModelError(
                f"{where}: target {self.target!r} must be one of {', '.join(BY_COLUMN)}"
            )
        if not self.inputs or not self.parameters:
            raise ModelError(
                f"{where}: needs at least one input and one parameter, as in loss(N, *, E, A)"
            )
        named = [*self.terms, *(name for pair in self.resources.values() for name in pair)]
        if unknown := [name for name in named if name not in self.parameters]:
            raise ModelError(f"{where}: term {unknown[0]!r} is not among its parameters")
        for function in (self.optimum, self.derived):
            names = () if function is None else _names(function, inspect.Parameter.KEYWORD_ONLY)
            if unknown := [name for name in names if name not in self.parameters]:
                asking = getattr(function, "__name__", "a function")
                raise ModelError(
                    f"{where}: {asking} asks for {unknown[0]!r}, "
                    f"which is not among the parameters {', '.join(self.parameters)}"
                )

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The letters of the inputs, in order."""
        return _names(self.loss, inspect.Parameter.POSITIONAL_OR_KEYWORD)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters, in order."""
        return _names(self.loss, inspect.Parameter.KEYWORD_ONLY)

    def best_split(self, product: Any, parameters: Mapping[Any, Any]) -> tuple[Any, Any]:
        """Return the (N, D) of fixed product that minimises the loss, in closed form."""
        assert self.optimum is not None
        return self.optimum(product, **_wanted(self.optimum, parameters))

    def derive(self, reference: Iterable[Any], parameters: Mapping[Any, Any]) -> dict[str, Any]:
        """Return the derived quantities, in order, or nothing if the law declares none."""
        if self.derived is None:
            return {}
        found = self.derived(*reference, **_wanted(self.derived, parameters))
        # What follows from fixed parameters alone is a number; draws want one for each draw.
        draws = next((values for values in parameters.values() if np.ndim(values)), None)
        if draws is None:
            return found
        return {n: value if np.ndim(value) else value + 0.0 * draws for n, value in found.items()}

    @cached_property
    def formula(self) -> str:
        """The formula as plain text, a fingerprint that changes when the mathematics does."""
        return str(self.symbolic())

    def symbolic(self) -> Any:
        """Return the loss as a SymPy expression of the raw inputs and the parameters."""
        return self.loss(*_symbols(self.inputs).values(), **_symbols(self.parameters))

    def equation(self) -> Any:
        """Return the law as a SymPy equation, inputs divided by their reference values."""
        import sympy

        inputs, references = (_symbols(self.inputs, suffix).values() for suffix in ("", "_0"))
        with sympy.evaluate(False):
            ratios = [
                value / reference for value, reference in zip(inputs, references, strict=True)
            ]
            right = self.loss(*ratios, **_symbols(self.parameters))
            right = sympy.Add(*_summands(right))
        return sympy.Eq(sympy.Symbol(BY_COLUMN[self.target].symbol), right, evaluate=False)


def _symbols(names: Iterable[str], suffix: str = "") -> dict[str, Any]:
    import sympy

    return {name: sympy.Symbol(name + suffix, positive=True) for name in names}


def _summands(expression: Any) -> list[Any]:
    if not expression.is_Add:
        return [expression]
    return [part for argument in expression.args for part in _summands(argument)]


def _wanted(function: Callable[..., Any], parameters: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: parameters[name] for name in _names(function, inspect.Parameter.KEYWORD_ONLY)}


def _names(function: Callable[..., Any], kind: Any) -> tuple[str, ...]:
    signature = inspect.signature(function)
    return tuple(name for name, value in signature.parameters.items() if value.kind is kind)
