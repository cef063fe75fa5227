import numpy as np
import pytest

from bayescale.runs.valley import find_valley

RATES = np.log(np.geomspace(1e-4, 1.6e-3, 5))[:, None]


def parabola(x, vertex, curvature, level=1.0):
    return level + 0.5 * curvature * (x[:, 0] - vertex) ** 2


def test_the_vertex_lies_between_what_was_tried():
    found = find_valley(RATES, parabola(RATES, np.log(5e-4), 0.01))
    assert found.told
    assert np.exp(found.vertex[0]) == pytest.approx(5e-4)
    assert found.level == pytest.approx(1.0)
    assert found.curvature[0, 0] == pytest.approx(0.01)
    assert not found.at_edge.any()


def test_how_far_a_setting_can_move_and_what_it_costs_agree():
    found = find_valley(RATES, parabola(RATES, np.log(5e-4), 0.01))
    moved = found.vertex + found.reach(0.002)
    assert found.excess(moved) == pytest.approx(0.002)
    assert found.excess(found.vertex) == 0


def test_two_settings_that_go_together_are_told():
    x = np.stack(np.meshgrid(np.linspace(-2, 2, 5), np.linspace(-2, 2, 5)), axis=-1).reshape(-1, 2)
    curvature = np.array([[0.02, -0.01], [-0.01, 0.03]])
    off = x - [0.3, -0.4]
    found = find_valley(x, 1 + 0.5 * np.einsum("ni,ij,nj->n", off, curvature, off))
    np.testing.assert_allclose(found.vertex, [0.3, -0.4], atol=1e-9)
    np.testing.assert_allclose(found.curvature, curvature, atol=1e-9)


@pytest.mark.parametrize("losses", [[1.0, 0.9, 0.8, 0.7, 0.6], [0.6, 0.7, 0.8, 0.9, 1.0]])
def test_a_best_at_the_edge_is_no_valley(losses):
    found = find_valley(RATES, np.array(losses))
    assert found.at_edge.all()
    assert not found.told
    assert np.isnan(found.curvature).all()
    assert found.vertex[0] == RATES[found.best, 0]


def test_rows_far_above_do_not_shape_the_valley():
    losses = parabola(RATES, np.log(4e-4), 0.004)
    losses[-1] = 4.0  # diverged
    assert np.exp(find_valley(RATES, losses).vertex[0]) == pytest.approx(4e-4, rel=1e-6)


def test_two_rows_tell_nothing():
    found = find_valley(RATES[:2], np.array([1.0, 0.9]))
    assert not found.told
