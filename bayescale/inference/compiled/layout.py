"""What the text of a graph will look like: the stage of each value, and what is kept in memory.

Every value is one number, or a vector over the runs or of a length that is known. A value stands
in a stage: what needs all of a vector (a sum, a product with a matrix, the values of groups) opens
the next. A vector that a later stage needs is kept in memory if it costs much, and computed again
if it does not.
"""

from collections.abc import Sequence
from typing import Any

from pytensor.compile.ops import DeepCopyOp
from pytensor.graph.basic import Apply, Constant, Variable
from pytensor.graph.fg import FunctionGraph
from pytensor.raise_op import Assert
from pytensor.tensor.basic import Join, MakeVector, ScalarFromTensor, TensorFromScalar
from pytensor.tensor.elemwise import CAReduce, DimShuffle, Elemwise
from pytensor.tensor.math import Dot
from pytensor.tensor.shape import Reshape, SpecifyShape
from pytensor.tensor.subtensor import AdvancedIncSubtensor, AdvancedSubtensor, Subtensor

from bayescale.inference.compiled.scalars import TYPES
from bayescale.inference.compiled.text import UnsupportedError

RUNS = "%n"
"""The length of a vector over the runs."""

SAME = (DimShuffle, ScalarFromTensor, TensorFromScalar, DeepCopyOp, Assert, SpecifyShape, Reshape)
"""Operations whose numbers are those of their first input."""

_CHEAP = {"Add", "Sub", "Mul", "Neg", "Sqr", "Cast", "Switch", "Identity", "Second", "Maximum"}
_CHEAP |= {"Minimum", "Clip", "AND", "OR", "GT", "GE", "LT", "LE", "EQ", "NEQ", "Sign"}


class Layout:
    """Where the values of a graph stand in its text.

    Parameters
    ----------
    graph : FunctionGraph
        Its inputs are a vector named ``point`` and data by name.
    data : sequence of str
        The names of the data, in the order of their table.
    hoist : bool
        Whether vectors that depend on the data alone are columns behind the data.

    Attributes
    ----------
    nodes : list of Apply
        In an order in which they can be computed.
    places : dict of Variable to int
        Where the data stand in their table.
    of_data : set of Variable
        What depends on the data alone, if that is hoisted.
    stage : dict of Variable to int
        The stage of each value.
    stored : set of Variable
        The vectors that are kept in memory.
    """

    def __init__(self, graph: FunctionGraph, data: Sequence[str], hoist: bool) -> None:
        self.nodes, self.outputs = graph.toposort(), graph.outputs
        self.places = {i: data.index(i.name) for i in graph.inputs if i.name in data}
        self.of_data = self._find_of_data() if hoist else set()
        self.stage = self._find_stages()
        self.stored = self._find_stored()

    def is_at_hand(self, variable: Variable) -> bool:
        """Whether a vector lies in the point, in the data or among constants."""
        if variable.owner is None:
            return True
        inner = isinstance(variable.owner.op, (Subtensor, DimShuffle))
        return inner and self.is_at_hand(variable.owner.inputs[0])

    def is_column(self, variable: Variable) -> bool:
        """Whether a vector is taken from a column behind the data."""
        return (
            variable in self.of_data
            and isinstance(variable.owner.op, Elemwise)
            and length_of(variable) == RUNS
            and type_of(variable) == "double"
        )

    def is_data(self, variable: Variable) -> bool:
        """Whether a vector over the runs is known before any point is."""
        known = variable in self.of_data or (bool(self.of_data) and variable in self.places)
        return known and length_of(variable) == RUNS and type_of(variable) == "double"

    def lengths(self, stage: int) -> list[str]:
        """Return the lengths of the loops of a stage."""
        here = [part for part in self.stored if self.stage.get(part) == stage]
        here += [node.inputs[0] for node in self.sums_after(stage)]
        return sorted({str(length_of(part)) for part in here})

    def sums_after(self, stage: int) -> list[Apply]:
        """Return the sums that open the next stage."""
        return [n for n in self.nodes if sums(n) and self.stage[n.outputs[0]] == stage + 1]

    def kept_in(self, stage: int, length: str) -> list[Variable]:
        """Return the vectors of a length that a stage computes and keeps."""
        outputs = (part for node in self.nodes for part in node.outputs)
        here = (part for part in outputs if part in self.stored and self.stage[part] == stage)
        return [part for part in here if length_of(part) == length]

    def _find_of_data(self) -> set[Variable]:
        found: set[Variable] = set()
        for node in self.nodes:
            known = (isinstance(i, Constant) or i in self.places or i in found for i in node.inputs)
            if isinstance(node.op, (Elemwise, *SAME)) and all(known):
                found.update(node.outputs)
        return found

    def _find_stages(self) -> dict[Variable, int]:
        stage: dict[Variable, int] = {}
        for node in self.nodes:
            known = max((stage.get(part, 0) for part in node.inputs), default=0)
            stage |= dict.fromkeys(node.outputs, known + bool(self._waits_for(node)))
        return stage

    def _waits_for(self, node: Apply) -> list[Variable]:
        """Return the vectors that have to be there as a whole before a node."""
        op, inputs = node.op, node.inputs
        if sums(node):
            return [inputs[0]]
        if isinstance(op, Dot):
            return [inputs[1]]
        if isinstance(op, AdvancedIncSubtensor):
            return [inputs[1]]
        if isinstance(op, (AdvancedSubtensor, Subtensor)) and length_of(inputs[0]) is not None:
            return [] if self.is_at_hand(inputs[0]) else [inputs[0]]
        return []

    def _find_stored(self) -> set[Variable]:
        needed: list[tuple[Variable, int]] = [
            (part, self.stage[node.outputs[0]])
            for node in self.nodes
            for part in node.inputs
            if not (sums(node) or isinstance(node.op, (Join, MakeVector)))
        ]
        stored = {out for node in self.nodes for out in node.outputs if _is_kept(node)}
        for node in self.nodes:
            stored |= {part for part in self._waits_for(node) if not sums(node)}
        stored |= {leaf for output in self.outputs for leaf in leaves_of(output)}
        seen = set()
        while needed:
            part, stage = needed.pop()
            if (part, stage) in seen or part.owner is None or is_matrix(part):
                continue
            seen.add((part, stage))
            early = length_of(part) is not None and self.stage[part] < stage
            if not early or part in stored or self.is_at_hand(part):
                continue
            if isinstance(part.owner.op, Elemwise) and scalar_name(part.owner) not in _CHEAP:
                stored.add(part)
            else:
                needed += [(further, stage) for further in part.owner.inputs]
        return {part for part in stored if length_of(part) and not self.is_at_hand(part)}


def type_of(variable: Variable) -> str:
    """Return the type that one number of a variable has in the text."""
    try:
        return TYPES[variable.type.dtype]
    except (AttributeError, KeyError):
        raise UnsupportedError(f"values of type {variable.type}") from None


def length_of(variable: Variable) -> str | None:
    """Return the length of a vector as text, or None for a single number."""
    lengths = [size for size in getattr(variable.type, "shape", ()) if size != 1]
    if len(lengths) > 1:
        raise UnsupportedError(f"an array of {len(lengths)} dimensions")
    if not lengths:
        return None
    return RUNS if lengths[0] is None else str(lengths[0])


def scalar_name(node: Apply) -> str:
    """Return what an elementwise operation does to numbers."""
    return type(getattr(node.op, "scalar_op", node.op)).__name__


def is_matrix(variable: Variable) -> bool:
    """Whether a value has two dimensions that are more than one."""
    return len([size for size in getattr(variable.type, "shape", ()) if size != 1]) > 1


def is_made(variable: Variable) -> bool:
    """Whether a vector is made of single numbers."""
    return variable.owner is not None and isinstance(variable.owner.op, MakeVector)


def sums(node: Apply) -> bool:
    """Whether a node adds up a vector, or combines its numbers otherwise."""
    if not isinstance(node.op, CAReduce) or is_made(node.inputs[0]):
        return False
    return length_of(node.inputs[0]) is not None and length_of(node.outputs[0]) is None


def _is_kept(node: Apply) -> bool:
    return isinstance(node.op, (Dot, AdvancedIncSubtensor))


def leaves_of(output: Variable) -> list[Variable]:
    """Return the parts that are joined to an output, in order."""
    op = None if output.owner is None else output.owner.op
    if isinstance(op, (Join, MakeVector)):
        parts = [part for part in output.owner.inputs if not _is_axis(op, part)]
        return [leaf for part in parts for leaf in leaves_of(part)]
    if isinstance(op, DeepCopyOp):
        return leaves_of(output.owner.inputs[0])
    return [output]


def _is_axis(op: Any, part: Variable) -> bool:
    return isinstance(op, Join) and part.type.ndim == 0
