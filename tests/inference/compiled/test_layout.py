"""A value stands in the stage that has all it waits for, and little is kept in memory."""

import numpy as np
import pytensor.tensor as pt
import pytest
from pytensor.graph.fg import FunctionGraph

from bayescale.inference.compiled.layout import RUNS, Layout, length_of
from bayescale.inference.compiled.text import UnsupportedError
from tests.inference.compiled.machines import a_point


def laid_out(point, outputs, *data, hoist=False):
    graph = FunctionGraph([point, *data], outputs, clone=False)
    return Layout(graph, [part.name for part in data], hoist)


def test_what_needs_a_sum_stands_after_it():
    point, x = a_point(2), pt.vector("x")
    total = pt.exp(point[0] * x).sum()
    layout = laid_out(point, [(x * total).sum()], x)
    stages = [layout.stage[total], layout.stage[layout.outputs[0]]]
    assert stages == [1, 2]
    assert layout.lengths(0) == [RUNS]


@pytest.mark.parametrize(("costly", "kept"), [(True, 1), (False, 0)])
def test_only_what_costs_much_is_kept_for_a_later_stage(costly, kept):
    point, x = a_point(2), pt.vector("x")
    first = pt.exp(point[0] * x) if costly else point[0] * x
    layout = laid_out(point, [(first - first.sum()).sum()], x)
    assert len(layout.stored) == kept


def test_what_depends_on_the_data_alone_is_a_column():
    point, x = a_point(1), pt.vector("x")
    logs = pt.log(x)
    outputs = [(logs * point[0]).sum()]
    assert laid_out(point, outputs, x, hoist=True).is_column(logs)
    assert not laid_out(point, outputs, x).is_column(logs)


def test_a_table_has_no_length():
    assert length_of(pt.as_tensor(np.ones(3))) == "3"
    with pytest.raises(UnsupportedError, match="2 dimensions"):
        length_of(pt.matrix("features"))
