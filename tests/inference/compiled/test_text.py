import numpy as np
import pytest

from bayescale.inference.compiled.machine import assemble, function_at, load_code
from bayescale.inference.compiled.text import Text, Value, number
from tests.inference.compiled.machines import POINTER, WHOLE


def run(text, length, out):
    """Run a text that may use %n and %out."""
    body = "\n".join(text.lines)
    code = assemble(f"define i64 @f(i64 %n, ptr %out) {{\nentry:\n{body}\n  ret i64 0\n}}\n")
    engine, address = load_code(code)
    function_at(address("f"), [WHOLE, POINTER])(length, out.ctypes.data)
    assert engine is not None


def test_a_loop_gathers_over_all_rounds_and_inner_loops():
    text, out = Text(), np.zeros(3)
    with text.loop("%n") as outer:
        with text.loop("4") as inner:
            total = inner.gather("Add", text.double(inner.index))
        sum_of_sums = outer.gather("Add", total)
        all_positive = outer.gather("AND", text.compare("ogt", total, number(5.0)))
        some_large = outer.gather("OR", text.compare("ogt", total, number(7.0)))
    for place, value in enumerate(
        (sum_of_sums, text.double(all_positive), text.double(some_large))
    ):
        text.store(value, "%out", place)
    run(text, 5, out)
    assert out.tolist() == [30.0, 1.0, 0.0]


@pytest.mark.parametrize("value", [0.1, -np.inf, 1e-310, 3.0, np.pi])
def test_a_number_is_exact_to_the_bit(value):
    text, out = Text(), np.zeros(1)
    text.store(number(value), "%out", 0)
    run(text, 1, out)
    assert out[0] == value


def test_whole_numbers_and_truth_values_become_doubles():
    text, out = Text(), np.zeros(2)
    text.store(text.double(Value("-3", "i64")), "%out", 0)
    text.store(text.double(Value("true", "i1")), "%out", 1)
    run(text, 1, out)
    assert out.tolist() == [-3.0, 1.0]
