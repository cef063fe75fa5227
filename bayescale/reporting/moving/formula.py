"""A law as JavaScript, written from its own formula."""

from typing import Any

from bayescale.errors import PlanError
from bayescale.laws.law import Law


def javascript(law: Law) -> str:
    """Return a function that evaluates a law for many draws.

    Parameters
    ----------
    law : Law
        The law. Inputs are taken in its order, divided by their reference values; parameters in
        its order, the draws of one after those of the other.

    Returns
    -------
    str
        ``(x, p, n, out) => { ... }``, which writes n losses into ``out``. Names are made here, so
        that nothing of a law of a user's own stands in it.

    Raises
    ------
    PlanError
        If the formula has something that JavaScript does not know.

    Examples
    --------
    >>> from bayescale.laws import get_law
    >>> print(javascript(get_law("power_law")))
    (x, p, n, out) => {
      const x0 = x[0], l0 = Math.log(x0);
      for (let i = 0; i < n; i++) {
        const p0 = p[i], p1 = p[n + i], p2 = p[2 * n + i];
        out[i] = p0 + p1*Math.exp(-l0*p2);
      }
    }
    """
    import sympy

    inputs = _symbols("x", len(law.inputs))
    logs = dict(zip(inputs, _symbols("l", len(inputs)), strict=True))
    parameters = _symbols("p", len(law.parameters))
    formula = law.loss(*inputs, **dict(zip(law.parameters, parameters, strict=True)))
    # Browsers are slow at powers, and the logarithm of an input is the same for all draws.
    formula = sympy.sympify(formula).replace(
        lambda part: part.is_Pow and not part.exp.is_number and part.base.is_positive,
        lambda part: sympy.exp(part.exp * logs.get(part.base, sympy.log(part.base))),
    )
    shared, (found,) = sympy.cse(formula, symbols=sympy.numbered_symbols("t"))
    lines = [f"const {name} = {_print(part, law)};" for name, part in shared]
    lines.append(f"out[i] = {_print(found, law)};")
    heads = ", ".join(f"{x} = x[{i}], {logs[x]} = Math.log({x})" for i, x in enumerate(inputs))
    values = ", ".join(f"{p} = p[{_offset(i)}i]" for i, p in enumerate(parameters))
    body = "\n".join(f"    {line}" for line in [f"const {values};", *lines])
    loop = f"  for (let i = 0; i < n; i++) {{\n{body}\n  }}"
    return f"(x, p, n, out) => {{\n  const {heads};\n{loop}\n}}"


def _symbols(letter: str, count: int) -> list[Any]:
    import sympy

    return [sympy.Symbol(f"{letter}{i}", positive=True) for i in range(count)]


def _offset(position: int) -> str:
    return "" if position == 0 else "n + " if position == 1 else f"{position} * n + "


def _print(part: Any, law: Law) -> str:
    import sympy

    written = sympy.jscode(part, strict=False)
    if "Not supported" in written:
        raise PlanError(f"the formula of {law.name} has parts that JavaScript does not know")
    return str(written)
