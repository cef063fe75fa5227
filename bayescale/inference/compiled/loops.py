"""Write a PyTensor graph of numbers and vectors as a few loops over the runs.

A stage of the layout is its single numbers, then one loop for each length.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from pytensor.graph.basic import Apply, Constant, Variable
from pytensor.graph.fg import FunctionGraph
from pytensor.scalar.basic import ScalarOp
from pytensor.tensor.basic import Alloc, Join, MakeVector
from pytensor.tensor.elemwise import CAReduce, Elemwise
from pytensor.tensor.math import Dot
from pytensor.tensor.shape import Shape_i
from pytensor.tensor.subtensor import (
    AdvancedIncSubtensor,
    AdvancedSubtensor,
    Subtensor,
    indices_from_subtensor,
)

from bayescale.inference.compiled.layout import (
    RUNS,
    SAME,
    Layout,
    is_made,
    is_matrix,
    leaves_of,
    length_of,
    scalar_name,
    type_of,
)
from bayescale.inference.compiled.scalars import apply_scalar, constant
from bayescale.inference.compiled.text import Text, UnsupportedError, Value
from bayescale.inference.nuts import POINT


class Writer:
    """The text of one function.

    Parameters
    ----------
    graph : FunctionGraph
        Its inputs are a vector named ``point`` and data by name.
    data : sequence of str
        The names of the data, in the order of their table.
    hoist : bool
        Whether vectors that depend on the data alone are taken from columns behind the data,
        which `write_columns` fills once.
    """

    def __init__(self, graph: FunctionGraph, data: Sequence[str], hoist: bool = False) -> None:
        self.text = Text()
        self.columns: dict[tuple[Variable, bool], int] = {}
        self.constants: list[str] = []
        self._layout = Layout(graph, data, hoist)
        self._numbers: dict[Variable, Value] = {}
        self._buffers: dict[Variable, str] = {}
        self._filled: set[Variable] = set()

    def _column(self, variable: Variable, logarithm: bool = False) -> str:
        """Return the name of the column that holds a vector of the data, or its logarithm."""
        return f"%c{self.columns.setdefault((variable, logarithm), len(self.columns))}"

    # Values.

    def _address(self, variable: Variable) -> tuple[str, int]:
        if variable.owner is None and variable.name == POINT:
            return "%point", 0
        if variable in self._layout.places:
            return f"%d{self._layout.places[variable]}", 0
        if isinstance(variable, Constant):
            return self._constant_array(np.asarray(variable.data, float)), 0
        if variable.owner is None:
            raise UnsupportedError(f"the input {variable}")
        pointer, offset = self._address(variable.owner.inputs[0])
        return pointer, offset + _start(variable.owner)

    def _constant_array(self, values: np.ndarray) -> str:
        name = f"@constant{len(self.constants)}_{id(self)}"
        numbers = ", ".join(f"double {constant(value, 'double').name}" for value in values.flat)
        self.constants.append(f"{name} = private constant [{values.size} x double] [{numbers}]")
        return name

    def _value(self, variable: Variable, known: dict[Variable, Value], index: Value | int) -> Value:
        """Return one number of a variable, which is known or can be loaded."""
        if isinstance(variable, Constant) and length_of(variable) is None:
            return constant(variable.data, type_of(variable))
        for values in (known, self._numbers):
            if variable in values:
                return values[variable]
        if self._layout.is_column(variable):
            return self.text.load(self._column(variable), index)
        if variable in self._filled:
            return self.text.load(self._buffers[variable], index)
        if not self._layout.is_at_hand(variable):
            raise UnsupportedError(f"{variable.owner.op} where it stands")
        pointer, offset = self._address(variable)
        if length_of(variable) is None:
            return self.text.load(pointer, offset)
        return self.text.load(self.text.place(pointer, offset) if offset else pointer, index)

    def _compute(self, node: Apply, known: dict[Variable, Value], index: Value | int) -> Value:
        """Return one number of what a node computes."""
        op, (output,), text = node.op, node.outputs, self.text
        first = node.inputs[0]
        if isinstance(op, Elemwise) and scalar_name(node) == "Pow" and self._layout.is_data(first):
            logarithm = text.load(self._column(first, logarithm=True), index)
            power = text.double(self._value(node.inputs[1], known, index))
            return text.call("exp", text.binary("fmul", power, logarithm))
        if isinstance(op, AdvancedSubtensor):
            at = self._value(node.inputs[1], known, index)
            pointer, offset = self._whole(first)
            return text.load(text.place(pointer, offset), at)
        if isinstance(op, Subtensor):
            if length_of(first) is None:
                return self._value(first, known, index)
            if length_of(output) is not None:
                raise UnsupportedError("a part of a computed vector")
            pointer, offset = self._whole(first)
            return text.load(pointer, offset + _start(node))
        if isinstance(op, Shape_i):
            size = first.type.shape[op.i]
            return Value(RUNS if size is None else str(size), "i64")
        if isinstance(op, CAReduce):
            values = first.owner.inputs if is_made(first) else [first]
            return self._fold(node, [self._value(part, known, index) for part in values])
        if isinstance(op, (*SAME, Alloc)):
            return self._value(first, known, index)
        if isinstance(op, (Elemwise, ScalarOp)):
            values = [self._value(part, known, index) for part in node.inputs]
            return apply_scalar(text, getattr(op, "scalar_op", op), values, type_of(output))
        raise UnsupportedError(f"the operation {op}")

    def _fold(self, node: Apply, values: list[Value]) -> Value:
        result = values[0]
        for value in values[1:]:
            kind = type_of(node.outputs[0])
            result = apply_scalar(self.text, node.op.scalar_op, [result, value], kind)
        return result

    def _whole(self, variable: Variable) -> tuple[str, int]:
        """Return where a vector lies."""
        return (self._buffers[variable], 0) if variable in self._filled else self._address(variable)

    # Stages.

    def write(self, stores: Sequence[str]) -> None:
        """Add everything that the outputs need and store each at a pointer of that name."""
        for stage in range(max(self._layout.stage.values(), default=0) + 1):
            self._write_numbers(stage)
            for length in self._layout.lengths(stage):
                self._write_loop(stage, length)
            for node in self._layout.nodes:
                if self._layout.stage[node.outputs[0]] == stage + 1:
                    self._write_whole(node)
        for pointer, output in zip(stores, self._layout.outputs, strict=True):
            place = 0
            for leaf in leaves_of(output):
                place = self._store(leaf, pointer, place)

    def write_columns(self, columns: Iterable[tuple[Variable, bool]], names: Sequence[str]) -> None:
        """Add a loop that fills the columns of the data of another function of the graph."""
        targets = list(columns)
        needed = self._needed(variable for variable, _ in targets)
        for node in self._layout.nodes:
            if node.outputs[0] in needed and length_of(node.outputs[0]) is None:
                self._numbers[node.outputs[0]] = self._compute(node, {}, 0)
        with self.text.loop(RUNS) as loop:
            known = self._compute_all(needed, loop.index)
            for (variable, logarithm), name in zip(targets, names, strict=True):
                value = self._value(variable, known, loop.index)
                value = self.text.call("log", value) if logarithm else value
                self.text.store(value, name, loop.index)

    def _write_numbers(self, stage: int) -> None:
        for node in self._layout.nodes:
            output = node.outputs[0]
            if self._layout.stage[output] != stage or output in self._numbers:
                continue
            if isinstance(node.op, (Join, MakeVector)) or is_matrix(output):
                continue
            if length_of(output) is None:
                self._numbers[output] = self._compute(node, {}, 0)

    def _write_loop(self, stage: int, length: str) -> None:
        sums = [n for n in self._layout.sums_after(stage) if length_of(n.inputs[0]) == length]
        kept = [p for p in self._layout.kept_in(stage, length) if p not in self._filled]
        needed = self._needed([*(node.inputs[0] for node in sums), *kept])
        with self.text.loop(length) as loop:
            known = self._compute_all(needed, loop.index)
            for node in sums:
                how = scalar_name(node)
                value = self._value(node.inputs[0], known, loop.index)
                self._numbers[node.outputs[0]] = loop.gather(how, value)
            for part in kept:
                value = self.text.double(self._value(part, known, loop.index))
                self.text.store(value, self._buffer(part), loop.index)
        self._filled.update(kept)

    def _needed(self, targets: Iterable[Variable]) -> set[Variable]:
        """Return what has to be computed in a loop to have the targets."""
        found: set[Variable] = set()
        waiting = list(targets)
        while waiting:
            part = waiting.pop()
            there = part in found or part in self._numbers or part in self._filled
            if there or self._layout.is_at_hand(part) or self._layout.is_column(part):
                continue
            found.add(part)
            node = part.owner
            taken = node.inputs[1:] if isinstance(node.op, AdvancedSubtensor) else node.inputs
            power = isinstance(node.op, Elemwise) and scalar_name(node) == "Pow"
            waiting += taken[1:] if power and self._layout.is_data(taken[0]) else taken
        return found

    def _compute_all(self, needed: set[Variable], index: Value) -> dict[Variable, Value]:
        known: dict[Variable, Value] = {}
        for node in self._layout.nodes:
            output = node.outputs[0]
            if output in needed and output not in self._numbers:
                known[output] = self._compute(node, known, index)
        return known

    def _now(self, variable: Variable, index: Value) -> Value:
        """Return one number of a vector that no loop has to share."""
        return self._value(variable, self._compute_all(self._needed([variable]), index), index)

    def _write_whole(self, node: Apply) -> None:
        """Add what takes a vector as a whole and makes another."""
        if isinstance(node.op, Dot):
            self._write_product(node)
        elif isinstance(node.op, AdvancedIncSubtensor):
            self._write_scatter(node)
        else:
            return
        self._filled.add(node.outputs[0])

    def _write_product(self, node: Apply) -> None:
        matrix, (output,) = node.inputs[0], node.outputs
        turned = matrix.owner is not None
        if turned and not getattr(matrix.owner.op, "is_matrix_transpose", False):
            raise UnsupportedError("a product of computed matrices")
        base = matrix.owner.inputs[0] if turned else matrix
        if base not in self._layout.places or base.type.shape[1] is None:
            raise UnsupportedError("a product with a matrix that is no data of known width")
        values, (vector, offset) = self._address(base)[0], self._whole(node.inputs[1])
        width, into, text = base.type.shape[1], self._buffer(output), self.text
        vector = text.place(vector, offset)
        if turned:
            with text.loop(str(width)) as loop:
                text.store(constant(0.0, "double"), into, loop.index)
        with text.loop(RUNS) as run:
            row = text.op(f"mul i64 {run.index.name}, {width}", "i64")
            row_values = text.place(values, row)
            factor = text.load(vector, run.index) if turned else None
            with text.loop(str(width)) as column:
                entry = text.load(row_values, column.index)
                if factor is None:
                    product = text.binary("fmul", entry, text.load(vector, column.index))
                    total = column.gather("Add", product)
                else:
                    product = text.binary("fmul", entry, factor)
                    so_far = text.load(into, column.index)
                    text.store(text.binary("fadd", so_far, product), into, column.index)
            if factor is None:
                text.store(total, into, run.index)

    def _write_scatter(self, node: Apply) -> None:
        """Add up what the runs of each group contribute."""
        base, added, at, *more = node.inputs
        if more or node.op.set_instead_of_inc or length_of(base) == RUNS:
            raise UnsupportedError("values put into a vector")
        (output,), text = node.outputs, self.text
        into = self._buffer(output)
        with text.loop(str(length_of(output))) as loop:
            text.store(self._now(base, loop.index), into, loop.index)
        with text.loop(str(length_of(at))) as loop:
            group = self._now(at, loop.index)
            total = text.binary("fadd", text.load(into, group), self._value(added, {}, loop.index))
            text.store(total, into, group)

    def _buffer(self, variable: Variable) -> str:
        return self._buffers.setdefault(variable, f"%b{len(self._buffers)}")

    def _store(self, leaf: Variable, pointer: str, place: int) -> int:
        length = length_of(leaf)
        if length == RUNS:
            raise UnsupportedError("an output over the runs")
        if length is None:
            self.text.store(self.text.double(self._value(leaf, {}, 0)), pointer, place)
            return place + 1
        into = self.text.place(pointer, place)
        with self.text.loop(length) as loop:
            self.text.store(self._value(leaf, {}, loop.index), into, loop.index)
        return place + int(length)

    def size_of(self, output: Variable) -> int:
        """Return how many numbers an output has."""
        return sum(int(length_of(leaf) or 1) for leaf in leaves_of(output))

    @property
    def buffers(self) -> list[tuple[str, str]]:
        """Name and length of each vector that is kept in memory."""
        return [(name, str(length_of(part))) for part, name in self._buffers.items()]


def _start(node: Apply) -> int:
    """Return where a part of a vector starts, for a node that takes one."""
    if not isinstance(node.op, Subtensor):
        return 0
    (index,) = indices_from_subtensor(node.inputs[1:], node.op.idx_list)
    if isinstance(index, slice) and not (index.step is None or int(_data(index.step)) == 1):
        raise UnsupportedError("every other number of a vector")
    start = _data(index.start if isinstance(index, slice) else index)
    if start < 0:
        raise UnsupportedError("a place counted from the end")
    return start


def _data(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, Variable) and not isinstance(value, Constant):
        raise UnsupportedError("a place that depends on values")
    return int(getattr(value, "data", value))
