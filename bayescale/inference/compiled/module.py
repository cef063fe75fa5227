"""A module of LLVM text: functions, what they call, and how the data reach them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bayescale.inference.compiled.layout import RUNS
from bayescale.inference.compiled.loops import Writer
from bayescale.inference.compiled.machine import vector_path
from bayescale.inference.compiled.text import number

# Four numbers at once, by the vector functions of glibc: on processors with AVX-512 too, whose
# vectors of eight LLVM uses in part only.
_LANES = 4
_IN_VECTORS = {"exp": "v", "log": "v", "log1p": "v", "expm1": "v", "pow": "vv", "tanh": "v"}
_IN_VECTORS |= {"erf": "v", "erfc": "v"}

_PURE = "nounwind willreturn memory(none)"

# nutpie calls `logp`, which returns 3 to reject a point, and `copy`; the others are of their kind.
_DENSITY = "i64 %dim, ptr noalias %point, ptr noalias %gradient, ptr noalias %density, ptr %data"
_EXPANDING = "i64 %dim, i64 %size, ptr noalias %point, ptr noalias %out, ptr %data"
_FILLING = "ptr %data"
_REJECTED = 3


@dataclass
class Module:
    """Functions of one table of data.

    Attributes
    ----------
    data : sequence of str
        The names of the data, in the order of the table: it holds the number of runs, the address
        of each of them, and of each column that the data alone decide.
    columns : int
        How many such columns there are.
    """

    data: Sequence[str]
    columns: int = 0
    _functions: list[str] = field(default_factory=list)
    _called: set[str] = field(default_factory=set)

    def add_density(self, graph: Any) -> None:
        """Add ``logp`` of a graph of the log density and its gradient, and ``prepare`` for it."""
        writer = Writer(graph, self.data, hoist=True)
        writer.write(["%density", "%gradient"])
        self.columns = len(writer.columns)
        finite = _is_finite(writer)
        self._add("logp", _DENSITY, writer, f"select i1 {finite}, i64 0, i64 {_REJECTED}")
        filler = Writer(graph, self.data)
        if writer.columns:
            filler.write_columns(writer.columns, [f"%c{i}" for i in range(self.columns)])
        self._add("prepare", _FILLING, filler)

    def add_expanding(self, name: str, graph: Any) -> None:
        """Add a function that stores the outputs of a graph one after the other."""
        writer = Writer(graph, self.data)
        writer.write(_consecutive(graph, writer))
        self._add(name, _EXPANDING, writer)

    def _add(self, name: str, signature: str, writer: Writer, status: str = "") -> None:
        head = ["%n = load i64, ptr %data"]
        head += self._pointers("d", range(1, len(self.data) + 1))
        head += self._pointers("c", range(len(self.data) + 1, len(self.data) + 1 + self.columns))
        sizes, freed = [], []
        for buffer, length in writer.buffers:
            if length == RUNS:
                sizes += [f"{buffer} = call noalias ptr @malloc(i64 %bytes)"]
                freed += [f"call void @free(ptr {buffer})"]
            else:
                sizes += [f"{buffer} = alloca double, i64 {length}"]
        head += ["%bytes = shl i64 %n, 3", *sizes]
        tail = [f"%status = {status}" if status else "%status = add i64 0, 0", *freed]
        lines = [f"  {line}" for line in head] + writer.text.lines
        lines += [f"  {line}" for line in [*tail, "ret i64 %status"]]
        body = "\n".join(lines)
        self._functions += [
            *writer.constants,
            f"define i64 @{name}({signature}) {{\nentry:\n{body}\n}}",
        ]
        self._called |= writer.text.called

    def _pointers(self, letter: str, places: Iterable[int]) -> list[str]:
        lines = []
        for i, place in enumerate(places):
            lines += [f"%{letter}{i}.at = getelementptr ptr, ptr %data, i64 {place}"]
            lines += [f"%{letter}{i} = load ptr, ptr %{letter}{i}.at"]
        return lines

    def __str__(self) -> str:
        """Write the whole module."""
        return "\n".join([*_declarations(self._called), _COPY, *self._functions, ""])


def _consecutive(graph: Any, writer: Writer) -> list[str]:
    """Return a pointer for each output, one behind the other."""
    pointers, place = [], 0
    for output in graph.outputs:
        pointers.append(writer.text.place("%out", place))
        place += writer.size_of(output)
    return pointers


def _is_finite(writer: Writer) -> str:
    """Add whether the density and all of its gradient are numbers."""
    text = writer.text
    with text.loop("%dim") as loop:
        slope = text.load("%gradient", loop.index)
        zero = text.binary("fsub", slope, slope)
        smooth = loop.gather("AND", text.compare("oeq", zero, number(0.0)))
    value = text.load("%density", 0)
    known = text.compare("oeq", text.binary("fsub", value, value), number(0.0))
    return text.binary("and", smooth, known).name


def _declarations(called: set[str]) -> list[str]:
    lines, variants = ["declare noalias ptr @malloc(i64)", "declare void @free(ptr)"], []
    for name in sorted({*called, "log"} - {"digamma"}):
        attributes, given = _PURE, ", ".join(["double"] * (2 if name == "pow" else 1))
        if vector_path() == "libmvec" and name in _IN_VECTORS:
            kind = f"N{_LANES}{_IN_VECTORS[name]}"
            wide = ", ".join([f"<{_LANES} x double>"] * len(_IN_VECTORS[name]))
            variant = f"_ZGVd{kind}_{name}"
            lines.append(f"declare <{_LANES} x double> @{variant}({wide}) {_PURE}")
            variants.append(f"ptr @{variant}")
            mapping = f"_ZGV_LLVM_{kind}_{name}({variant})"
            attributes += f' "vector-function-abi-variant"="{mapping}"'
        lines.append(f"declare double @{name}({given}) {attributes}")
    if variants:
        used = f"[{len(variants)} x ptr] [{', '.join(variants)}]"
        lines.append(f'@llvm.compiler.used = appending global {used}, section "llvm.metadata"')
    return [*lines, _digamma()] if "digamma" in called else lines


def _digamma() -> str:
    """Return the text of psi(x) for x > 0: recurrence up to 12, then the asymptotic series."""
    series = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12]
    lines, total = [], number(series[-1]).name
    for i, coefficient in reversed(list(enumerate(series[:-1]))):
        lines.append(f"  %m{i} = fmul double %squared, {total}")
        lines.append(f"  %p{i} = fadd double %m{i}, {number(coefficient).name}")
        total = f"%p{i}"
    return _DIGAMMA.replace("%series", "\n".join(lines)).replace("%total", total)


_DIGAMMA = f"""define internal double @digamma(double %given) {_PURE} {{
entry:
  br label %head
head:
  %x = phi double [ %given, %entry ], [ %next, %step ]
  %sum = phi double [ 0.0, %entry ], [ %less, %step ]
  %small = fcmp olt double %x, 12.0
  br i1 %small, label %step, label %end
step:
  %part = fdiv double 1.0, %x
  %less = fsub double %sum, %part
  %next = fadd double %x, 1.0
  br label %head
end:
  %log = call double @log(double %x)
  %inverse = fdiv double 1.0, %x
  %squared = fmul double %inverse, %inverse
  %half = fmul double %inverse, 0.5
%series
  %tail = fmul double %squared, %total
  %main = fsub double %log, %half
  %both = fsub double %main, %tail
  %result = fadd double %both, %sum
  ret double %result
}}"""

_COPY = f"""declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
define i64 @copy({_EXPANDING}) {{
entry:
  %bytes = shl i64 %dim, 3
  call void @llvm.memcpy.p0.p0.i64(ptr %out, ptr %point, i64 %bytes, i1 false)
  ret i64 0
}}"""
