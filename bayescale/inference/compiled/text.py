"""LLVM text in the making: instructions, loops, and what single numbers are turned into."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np


class UnsupportedError(Exception):
    """A graph holds something that is not written out as text; it is compiled elsewhere."""


class Value(NamedTuple):
    """The name of a number in the text, and its type: ``double``, ``i64`` or ``i1``."""

    name: str
    type: str = "double"


def number(value: float) -> Value:
    """Return a constant, exact to the bit."""
    return Value(f"0x{np.float64(value).view(np.uint64):016X}")


@dataclass
class Text:
    """The body of one function.

    Attributes
    ----------
    lines : list of str
        The instructions so far.
    called : set of str
        Functions of the mathematical library that they call.
    """

    lines: list[str] = field(default_factory=list)
    called: set[str] = field(default_factory=set)
    _count: int = 0
    _label: str = "entry"

    def add(self, line: str) -> None:
        """Add an instruction without a result."""
        self.lines.append(f"  {line}")

    def op(self, instruction: str, kind: str = "double") -> Value:
        """Add an instruction and return its result."""
        name = self.name()
        self.add(f"{name} = {instruction}")
        return Value(name, kind)

    def name(self) -> str:
        """Return a name that nothing has yet."""
        self._count += 1
        return f"%t{self._count}"

    def call(self, function: str, *arguments: Value) -> Value:
        """Call a function of doubles."""
        self.called.add(function)
        given = ", ".join(f"double {value.name}" for value in arguments)
        return self.op(f"call double @{function}({given})")

    def binary(self, instruction: str, left: Value, right: Value) -> Value:
        """Combine two values of one type."""
        return self.op(f"{instruction} {left.type} {left.name}, {right.name}", left.type)

    def compare(self, how: str, left: Value, right: Value) -> Value:
        """Compare two doubles."""
        return self.op(f"fcmp {how} double {left.name}, {right.name}", "i1")

    def select(self, condition: Value, yes: Value, no: Value) -> Value:
        """Choose one of two values."""
        which = f"{yes.type} {yes.name}, {no.type} {no.name}"
        return self.op(f"select i1 {condition.name}, {which}", yes.type)

    def place(self, pointer: str, index: Value | int) -> str:
        """Return where a number of an array lies."""
        at = index if isinstance(index, int) else index.name
        return self.op(f"getelementptr double, ptr {pointer}, i64 {at}").name

    def load(self, pointer: str, index: Value | int) -> Value:
        """Read a number of an array."""
        return self.op(f"load double, ptr {self.place(pointer, index)}")

    def store(self, value: Value, pointer: str, index: Value | int) -> None:
        """Write a number of an array."""
        self.add(f"store double {value.name}, ptr {self.place(pointer, index)}")

    def double(self, value: Value) -> Value:
        """Return a value as a double."""
        if value.type == "double":
            return value
        how = "uitofp" if value.type == "i1" else "sitofp"
        return self.op(f"{how} {value.type} {value.name} to double")

    @contextmanager
    def loop(self, length: str) -> Iterator["Loop"]:
        """Run what is added inside for each index below a length of at least one."""
        label, before = self.name()[1:], self._label
        loop = Loop(self, Value(f"%{label}.i", "i64"))
        self.add(f"br label %{label}")
        self.lines.append(f"{label}:")
        start, self._label = len(self.lines), label
        yield loop
        following = self.op(f"add i64 {loop.index.name}, 1", "i64")
        again = self.op(f"icmp slt i64 {following.name}, {length}", "i1")
        carried = [(loop.index, "0", following.name), *loop.carried]
        self.lines[start:start] = [
            f"  {value.name} = phi {value.type} [ {first}, %{before} ], [ {then}, %{self._label} ]"
            for value, first, then in carried
        ]
        self.add(f"br i1 {again.name}, label %{label}, label %{label}.end")
        self.lines.append(f"{label}.end:")
        self._label = f"{label}.end"


@dataclass
class Loop:
    """A loop being written: its index, and what it carries from one round to the next."""

    text: Text
    index: Value
    carried: list[tuple[Value, str, str]] = field(default_factory=list)

    def gather(self, how: str, value: Value) -> Value:
        """Combine the values of all rounds by ``Add``, ``Mul``, ``AND`` or ``OR``."""
        if how not in _GATHERED:
            raise UnsupportedError(f"all of a vector by {how}")
        instruction, first = _GATHERED[how]
        so_far = Value(self.text.name(), value.type)
        found = self.text.binary(instruction, so_far, value)
        self.carried.append((so_far, first, found.name))
        return found


# Sums may be taken in any order: without that leave no vector instruction could add them.
_GATHERED = {
    "Add": ("fadd reassoc", "0.0"),
    "Mul": ("fmul reassoc", "1.0"),
    "AND": ("and", "true"),
    "OR": ("or", "false"),
}
