"""Code made of small graphs, and called."""

import ctypes

import numpy as np
import pytensor.tensor as pt

from bayescale.inference.compiled.graphs import simplify
from bayescale.inference.compiled.machine import assemble, function_at, load_code
from bayescale.inference.compiled.module import Module
from bayescale.inference.nuts import POINT

POINTER, WHOLE = ctypes.c_void_p, ctypes.c_int64


def a_point(size):
    return pt.vector(POINT, shape=(size,))


def compute(point, outputs, values, data=None):
    """Compile outputs of a point, and return what the code stores and what PyTensor computes."""
    data = {} if data is None else data
    function = simplify(point, outputs)
    module = Module(list(data))
    module.add_expanding("outputs", function.maker.fgraph)
    engine, address = load_code(assemble(str(module)))
    runs = max([np.shape(value)[0] for value in data.values() if np.ndim(value)], default=1)
    arrays = [np.array(value, float, order="C", ndmin=1) for value in data.values()]
    table = np.array([runs, *(array.ctypes.data for array in arrays)], np.int64)
    values = np.asarray(values, float)
    expected = np.concatenate([np.ravel(part) for part in function(values)])
    found = np.full(len(expected) + 1, -77.0)
    call = function_at(address("outputs"), [WHOLE, WHOLE, POINTER, POINTER, POINTER])
    pointers = [array.ctypes.data for array in (values, found, table)]
    assert call(len(values), len(expected), *pointers) == 0
    assert engine is not None
    assert found[-1] == -77.0  # nothing is written behind the end
    return found[:-1], expected
